"""What each entry's texts say in one language and not, or no longer, in the other.

A trigger keeps it with every write of an entry's row, so that loads, imports and SQL count too:

- ``text_times``: when each text last changed, by its column. A text that is not named has not
  changed since the entry was made.
- ``text_marks``: what is to be done, by the column of the text to be written. ``missing``: it is
  empty, and the other language's is not. ``copied``: it is the other's, word for word.
  ``stale``: the other changed after this one was last touched. Whoever brings a text up to date
  takes its mark away and gives the other none; both written at once are not stale.
- ``missing_it`` … ``stale_en``: whether the entry has such marks, for lists and their counts. A
  copy is missing.

A person who has read both takes a mark away by writing the time into ``still_right``; see
``say_still_right``; a text that is known to be behind when it is written gets its mark there, see
``known_behind``. Names are proper names: they are not looked at. The texts of an entry's lists are
in ``directory.marked_texts``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import migrations, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.manager import get_translatable_fields_for_model

from directory.marked_texts import MAY_BE_RIGHT, MISSING, STALE, MarkedText
from directory.registry import kind_of
from places.languages import LANGUAGES, other

FLAGS = tuple(f"{what}_{language}" for what in (MISSING, STALE) for language in LANGUAGES)
# What no hand writes, and no version, load or import brings back.
KEPT_BY_THE_DATABASE = ("text_times", *FLAGS)


def _flag(label: Any) -> models.BooleanField:
    return models.BooleanField(label, default=False, db_default=False, editable=False)


class TranslatedTexts(models.Model):
    """The columns of it, for entries."""

    text_times = models.JSONField(_("texts changed"), default=dict, db_default={}, editable=False)
    text_marks = models.JSONField(_("texts to write"), default=dict, db_default={}, editable=False)
    still_right = models.JSONField(
        _("translations that are still right"), default=dict, db_default={}, editable=False
    )
    missing_it = _flag(_("a text is missing in Italian"))
    missing_en = _flag(_("a text is missing in English"))
    stale_it = _flag(_("a text is out of date in Italian"))
    stale_en = _flag(_("a text is out of date in English"))

    class Meta:
        abstract = True


def translation_indexes() -> list[models.Index]:
    """In the order of the admin's lists, so that the first page of much is read at once."""
    return [
        models.Index(
            *("sort_it", "id"),
            name=f"%(app_label)s_%(class)s_{what[0]}_{language}",
            condition=models.Q(**{f"{what}_{language}": True}),
        )
        for what in (MISSING, STALE)
        for language in LANGUAGES
    ]


# ------------------------------------------------------------------ reading
@cache
def texts_of(model: type[models.Model]) -> tuple[str, ...]:
    """The translated texts of a kind of entry, without language."""
    names = get_translatable_fields_for_model(model) or ()
    return tuple(name for name in names if name != "name")


def mark_of(entry: Any, name: str, language: str) -> str:
    """``missing``, ``copied``, ``stale`` or nothing."""
    return entry.text_marks.get(f"{name}_{language}", "")


def changed_at(entry: Any, name: str, language: str) -> datetime:
    """When a text last changed."""
    seconds = entry.text_times.get(f"{name}_{language}")
    if seconds is None:
        return entry.created
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())


def may_be_right(
    entry: Any, languages: Iterable[str] = LANGUAGES, marks: Iterable[str] = MAY_BE_RIGHT
) -> list[str]:
    """The columns of the texts with a mark that a person can take away without writing."""
    return [
        column
        for column, mark in entry.text_marks.items()
        if mark in tuple(marks) and column.rpartition("_")[2] in tuple(languages)
    ]


# ------------------------------------------------------------------ writing
def say_still_right(
    entries: Any, by: Any, languages: Iterable[str] = LANGUAGES, only: str | None = None
) -> tuple[int, int]:
    """A person has read the texts that are out of date in the languages, those of the lists too,
    and they say what the others say.

    ``only`` names one text: its column, or the key of a ``MarkedText``. One that is a copy is right
    only when it is named. How many texts of how many entries had a mark. Recorded in the history,
    with what was said. Four queries and two versions.
    """
    from directory.history import record_in_bulk, remember

    manager = entries.model._default_manager
    marks = (STALE,) if only is None else MAY_BE_RIGHT
    texts, found = 0, []
    with transaction.atomic():
        rows = manager.filter(pk__in=entries.hold()).order_by("pk")
        locked = list(rows.only("text_marks", "still_right"))
        marked = MarkedText.objects.of(
            kind_of(entries.model).number, [entry.pk for entry in locked]
        ).that_may_be_right(languages, marks)
        in_lists: defaultdict[int, list[str]] = defaultdict(list)
        gone = []
        for one in marked:
            if only is None or one.key == only:
                in_lists[one.entry].append(one.key)
                gone.append(one.pk)
        for entry in locked:
            right = [
                column
                for column in may_be_right(entry, languages, marks)
                if only is None or column == only
            ] + in_lists[entry.pk]
            if right:
                now = timezone.now().isoformat()
                entry.still_right = entry.still_right | dict.fromkeys(right, now)
                texts += len(right)
                found.append(entry)
        remember(found)
        manager.bulk_update(found, ["still_right"], batch_size=500)
        MarkedText.objects.filter(pk__in=gone).delete()
        record_in_bulk(found, user=by)
    return texts, len(found)


def known_behind(columns: Iterable[str]) -> dict[str, str]:
    """What to write into ``still_right`` with texts that are written now and are out of date."""
    return dict.fromkeys(columns, f"no {timezone.now().isoformat()}")


def agreeing(entry: Any, then: dict[str, Any]) -> dict[str, str]:
    """What to write into ``still_right`` when an entry is to say what a version said.

    ``then`` are the version's fields. Texts that agreed with each other then, agree again.
    """
    now = timezone.now().isoformat()
    marks = then.get("text_marks")
    if marks is None:
        return {}
    model: Any = type(entry)
    return {
        f"{name}_{language}": now
        for name in texts_of(model)
        if all(getattr(entry, f"{name}_{one}") == then.get(f"{name}_{one}") for one in LANGUAGES)
        for language in LANGUAGES
        if getattr(entry, f"{name}_{language}")
        and getattr(entry, f"{name}_{other(language)}")
        and f"{name}_{language}" not in marks
    }


# ------------------------------------------------------------------ the database
JUDGE = """
CREATE OR REPLACE FUNCTION public.civicnet_judge_texts(
    names text[], was_it text[], was_en text[], is_it text[], is_en text[],
    was_right jsonb, is_right jsonb, INOUT times jsonb, INOUT marks jsonb,
    OUT missing_it boolean, OUT missing_en boolean, OUT stale_it boolean, OUT stale_en boolean
) LANGUAGE plpgsql AS $$
DECLARE
    languages CONSTANT text[] := ARRAY['it', 'en'];
    -- A row that is new: nothing was before, and what it says it says at once.
    fresh CONSTANT boolean := was_it IS NULL;
    missing boolean[] := ARRAY[false, false];
    stale boolean[] := ARRAY[false, false];
    said text[];
    before text[];
    changed boolean[];
    marked text[];
    name text;
    column_name text;
    is_confirmed boolean;
    mark text;
    its_other integer;
BEGIN
    FOR number IN 1 .. cardinality(names) LOOP
        name := names[number];
        said := ARRAY[coalesce(is_it[number], ''), coalesce(is_en[number], '')];
        IF said[1] = '' AND said[2] = '' AND fresh THEN CONTINUE; END IF;
        before := ARRAY[coalesce(was_it[number], ''), coalesce(was_en[number], '')];
        changed := ARRAY[fresh OR said[1] <> before[1], fresh OR said[2] <> before[2]];
        marked := ARRAY[marks ->> (name || '_it'), marks ->> (name || '_en')];
        FOR mine IN 1 .. 2 LOOP
            its_other := 3 - mine;
            column_name := name || '_' || languages[mine];
            -- Of a row that is new, what was behind once may have been written since.
            is_confirmed := is_right ? column_name AND CASE
                WHEN fresh THEN is_right ->> column_name NOT LIKE 'no %'
                ELSE is_right -> column_name IS DISTINCT FROM was_right -> column_name
            END;
            mark := CASE
                WHEN said[its_other] = '' THEN NULL
                WHEN said[mine] = '' THEN 'missing'
                WHEN fresh AND marked[mine] = 'stale' THEN 'stale'
                WHEN is_confirmed THEN
                    CASE WHEN is_right ->> column_name LIKE 'no %' THEN 'stale' END
                WHEN said[mine] = said[its_other] THEN CASE
                    WHEN changed[mine] AND (mine = 2 OR NOT changed[its_other]) THEN 'copied'
                    WHEN changed[its_other] THEN NULL
                    ELSE marked[mine]
                END
                WHEN changed[mine] THEN NULL
                WHEN marked[mine] IN ('stale', 'copied') THEN 'stale'
                WHEN changed[its_other] AND before[its_other] <> '' AND marked[its_other] IS NULL
                    THEN 'stale'
            END;
            IF mark IS DISTINCT FROM marked[mine] THEN
                marks := CASE WHEN mark IS NULL THEN marks - column_name
                    ELSE marks || jsonb_build_object(column_name, mark) END;
            END IF;
            IF changed[mine] AND NOT fresh THEN
                times := times || jsonb_build_object(
                    column_name, extract(epoch FROM now())::bigint);
            END IF;
            missing[mine] := missing[mine] OR coalesce(mark IN ('missing', 'copied'), false);
            stale[mine] := stale[mine] OR coalesce(mark = 'stale', false);
        END LOOP;
    END LOOP;
    missing_it := missing[1];
    missing_en := missing[2];
    stale_it := stale[1];
    stale_en := stale[2];
END $$
"""
NO_JUDGE = "DROP FUNCTION public.civicnet_judge_texts"
TRIGGER = """
CREATE FUNCTION public.civicnet_time_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO judged FROM public.civicnet_judge_texts(
            {names}, NULL, NULL, {new_it}, {new_en},
            NULL, NEW.still_right, NEW.text_times, NEW.text_marks);
    ELSE
        SELECT * INTO judged FROM public.civicnet_judge_texts(
            {names}, {old_it}, {old_en}, {new_it}, {new_en},
            OLD.still_right, NEW.still_right, OLD.text_times, OLD.text_marks);
    END IF;
    NEW.text_times := judged.times;
    NEW.text_marks := judged.marks;
    NEW.missing_it := judged.missing_it;
    NEW.missing_en := judged.missing_en;
    NEW.stale_it := judged.stale_it;
    NEW.stale_en := judged.stale_en;
    RETURN NEW;
END $$;
CREATE TRIGGER time_texts BEFORE INSERT ON public.{table}
    FOR EACH ROW EXECUTE FUNCTION public.civicnet_time_{table}();
CREATE TRIGGER time_changed_texts BEFORE UPDATE ON public.{table}
    FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION public.civicnet_time_{table}()
"""
NO_TRIGGER = """
DROP TRIGGER time_changed_texts ON public.{table};
DROP TRIGGER time_texts ON public.{table};
DROP FUNCTION public.civicnet_time_{table}()
"""


def create_judging() -> list[migrations.RunSQL]:
    return [migrations.RunSQL(JUDGE, NO_JUDGE)]


def time_texts(table: str, texts: Iterable[str], again: bool = False) -> list[migrations.RunSQL]:
    """A migration operation: marks and times are kept of the translated texts of a table.

    When a kind gets a text, its migration says this ``again``, with all texts.
    """
    names = tuple(texts)
    watched = [f"{name}_{code}" for name in names for code in LANGUAGES]
    watched += ["still_right", "text_marks", *KEPT_BY_THE_DATABASE]
    sql = TRIGGER.format(
        table=table,
        names=_names(names),
        old_it=_array("OLD", names, "it"),
        old_en=_array("OLD", names, "en"),
        new_it=_array("NEW", names, "it"),
        new_en=_array("NEW", names, "en"),
        old=", ".join(f"OLD.{column}" for column in watched),
        new=", ".join(f"NEW.{column}" for column in watched),
    )
    none = NO_TRIGGER.format(table=table)
    return [
        *([migrations.RunSQL(none, migrations.RunSQL.noop)] if again else []),
        migrations.RunSQL(sql, none),
    ]


def _names(names: Iterable[str]) -> str:
    return f"'{{{','.join(names)}}}'::text[]"


def _array(row: str, names: Iterable[str], language: str) -> str:
    return f"ARRAY[{', '.join(f'{row}.{name}_{language}' for name in names)}]"

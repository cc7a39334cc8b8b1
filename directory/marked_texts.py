"""What the texts in an entry's lists say in one language and not, or no longer, in the other.

``directory.translated_texts`` keeps it for an entry's own texts, on the entry's row. Rows of lists
are many and their texts few, so each marked text is a row of its own here, and what has no mark
takes no place. Triggers on the lists keep it with every write, for all rows of a statement at once.

Two rules differ from those of an entry's own texts. The title of a source is quoted as the source
has it: in one language it is enough, and in two it can be out of date. A label or a title that was
written alike in both at once is a name (“Facebook”), no copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db import migrations, models
from django.utils.translation import gettext_lazy as _

from places.languages import LANGUAGES, other

MISSING, COPIED, STALE = "missing", "copied", "stale"
TO_WRITE = (MISSING, COPIED)
MAY_BE_RIGHT = (STALE, COPIED)

# How a text is judged.
WRITTEN, NAMED, QUOTED = "written", "named", "quoted"
# What is written alike in both languages at once is a name, no copy.
NAMES = ("label", "title")


class MarkedTextQuerySet(models.QuerySet):
    def of(self, kind: int, entries: Iterable[int]) -> MarkedTextQuerySet:
        return self.filter(kind=kind, entry__in=entries)

    def missing_in(self, kind: int, language: str) -> MarkedTextQuerySet:
        return self.filter(kind=kind, language=language, mark__in=TO_WRITE)

    def stale_in(self, kind: int, language: str) -> MarkedTextQuerySet:
        return self.filter(kind=kind, language=language, mark=STALE)

    def that_a_new_row_would_lack(self) -> MarkedTextQuerySet:
        """What only a row's past can tell: written anew with the same texts it has no such mark.

        It may have one too many: that of an English copy that a person said to be right.
        """
        of_the_past = models.Q(language=LANGUAGES[0]) | models.Q(text__in=NAMES)
        return self.filter(models.Q(mark=STALE) | models.Q(of_the_past, mark=COPIED))

    def that_may_be_right(
        self, languages: Iterable[str], marks: Iterable[str]
    ) -> MarkedTextQuerySet:
        """Those that a person can take away without writing, in the order of their rows."""
        some = self.filter(mark__in=tuple(marks), language__in=tuple(languages))
        return some.order_by("entry", "list", "row", "text")


class MarkedText(models.Model):
    """A text that is to be written. ``list`` is the table of the row that holds it.

    No key ties it to entries, which rooms above hold: ``kind`` is the number of the kind in
    ``directory.registry``. It goes with its row. ``since`` is when the other language's text last
    changed, or when the mark began; ``agreed`` is what the other said as long as this one was
    right: where it says that again, the mark goes.
    """

    kind = models.PositiveSmallIntegerField(editable=False)
    entry = models.BigIntegerField(editable=False)
    list = models.CharField(max_length=63, editable=False)
    row = models.BigIntegerField(editable=False)
    text = models.CharField(max_length=63, editable=False)
    language = models.CharField(max_length=2, editable=False)
    mark = models.CharField(max_length=7, editable=False)
    since = models.DateTimeField(editable=False)
    agreed = models.TextField(null=True, editable=False)  # noqa: DJ001 - "" is something said

    objects: ClassVar[Any] = MarkedTextQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("marked text of a list")
        verbose_name_plural = _("marked texts of lists")
        constraints = [
            models.UniqueConstraint(
                fields=["list", "row", "text", "language"], name="directory_markedtext_once"
            ),
            models.CheckConstraint(
                name="directory_markedtext_mark_known",
                condition=models.Q(mark__in=[MISSING, COPIED, STALE]),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "entry"], name="directory_markedtext_entry"),
            models.Index(
                fields=["kind", "language", "entry"],
                name="directory_markedtext_missing",
                condition=models.Q(mark__in=TO_WRITE),
            ),
            models.Index(
                fields=["kind", "language", "entry"],
                name="directory_markedtext_stale",
                condition=models.Q(mark=STALE),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """What names the text in forms, and in the ``still_right`` of its entry."""
        return f"{self.list}:{self.row}:{self.text}_{self.language}"


# ------------------------------------------------------------------ reading
def marks_of(entry: Any) -> dict[tuple[str, int, str], MarkedText]:
    """By table, key of the row and column, the marked texts in an entry's lists.

    One query for each entry that a request holds.
    """
    from directory.registry import kind_of

    if "_marks_of_lists" not in entry.__dict__:
        marked = MarkedText.objects.of(kind_of(entry).number, [entry.pk]) if entry.pk else ()
        entry.__dict__["_marks_of_lists"] = {
            (one.list, one.row, f"{one.text}_{one.language}"): one for one in marked
        }
    return entry.__dict__["_marks_of_lists"]


# ------------------------------------------------------------------ writing
def give_marks(row: Any, marks: dict[str, dict[str, Any]]) -> None:
    """What is known of a row's texts beside what they say, by column: as a version has it
    (``directory.history``), or a proposal (``directory.copies``). Two queries for each, three for
    copies."""
    from directory.registry import kind_of

    owner = row._meta.get_field(row.belongs_to)
    of_owner = {
        "kind": kind_of(owner.related_model).number,
        "entry": getattr(row, owner.attname),
    }
    for column, said in marks.items():
        text, _separator, language = column.rpartition("_")
        texts = MarkedText.objects.filter(list=row._meta.db_table, row=row.pk, text=text)
        if said["mark"] == COPIED:
            # Of two that are alike only one is a copy; the database takes the English one for it.
            texts.filter(language=other(language), mark=COPIED).delete()
        MarkedText.objects.update_or_create(
            of_owner | said, list=row._meta.db_table, row=row.pk, text=text, language=language
        )


# ------------------------------------------------------------------ the database
JUDGE = """
CREATE FUNCTION public.civicnet_judge_row_text(
    manner text, is_fresh boolean, is_english boolean,
    was_mine text, was_other text, is_mine text, is_other text,
    marked text, other_marked text, agreed text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    WHEN is_other = '' THEN NULL
    WHEN is_mine = '' THEN CASE WHEN manner <> 'quoted' THEN 'missing' END
    WHEN is_fresh THEN
        CASE WHEN manner = 'written' AND is_english AND is_mine = is_other THEN 'copied' END
    WHEN is_mine = is_other THEN CASE
        WHEN manner = 'quoted' THEN NULL
        WHEN is_mine <> was_mine AND (is_english OR is_other = was_other) THEN 'copied'
        WHEN is_other <> was_other THEN NULL
        ELSE marked
    END
    WHEN is_mine <> was_mine THEN NULL
    WHEN marked = 'stale' AND is_other = agreed THEN NULL
    WHEN marked IN ('stale', 'copied') THEN 'stale'
    -- Whoever brings a marked text up to date leaves nothing behind.
    WHEN is_other <> was_other AND was_other <> '' AND marked IS NULL AND other_marked IS NULL
        THEN 'stale'
END
$$
"""
NO_JUDGE = """
DROP FUNCTION public.civicnet_judge_row_text(
    text, boolean, boolean, text, text, text, text, text, text, text)
"""
# Of new rows: what they say they say at once.
MARK_NEW = """
INSERT INTO public.directory_markedtext
    (kind, entry, list, row, text, language, mark, since, agreed)
SELECT {kind}, fresh.{owner}, '{table}', fresh.id, said.name, said.language, judged.mark, now(),
    NULL
FROM {fresh} AS fresh
CROSS JOIN LATERAL (VALUES {said}) AS said (name, manner, language, mine, its_other)
CROSS JOIN LATERAL public.civicnet_judge_row_text(
    said.manner, true, said.language = 'en', '', '', said.mine, said.its_other, NULL, NULL, NULL
) AS judged (mark)
WHERE judged.mark IS NOT NULL
"""
MARK_CHANGED = """
MERGE INTO public.directory_markedtext AS marked USING (
    SELECT fresh.{owner} AS entry, fresh.id AS row, said.name, said.language, judged.mark,
        said.was_other, said.is_other <> said.was_other AS is_news
    FROM fresh
    JOIN before ON before.id = fresh.id
    CROSS JOIN LATERAL (VALUES {said})
        AS said (name, manner, language, was_mine, was_other, is_mine, is_other)
    LEFT JOIN public.directory_markedtext AS known
        ON known.list = '{table}' AND known.row = fresh.id
        AND known.text = said.name AND known.language = said.language
    LEFT JOIN public.directory_markedtext AS others
        ON others.list = '{table}' AND others.row = fresh.id
        AND others.text = said.name AND others.language <> said.language
    CROSS JOIN LATERAL public.civicnet_judge_row_text(
        said.manner, false, said.language = 'en', said.was_mine, said.was_other,
        said.is_mine, said.is_other, known.mark, others.mark, known.agreed
    ) AS judged (mark)
    WHERE (said.was_mine, said.was_other) <> (said.is_mine, said.is_other)
) AS judged
ON marked.list = '{table}' AND marked.row = judged.row
    AND marked.text = judged.name AND marked.language = judged.language
WHEN MATCHED AND judged.mark IS NULL THEN DELETE
WHEN MATCHED THEN UPDATE SET
    since = CASE WHEN judged.is_news THEN now() ELSE marked.since END,
    agreed = CASE WHEN judged.mark = marked.mark THEN marked.agreed END,
    mark = judged.mark
WHEN NOT MATCHED AND judged.mark IS NOT NULL THEN
    INSERT (kind, entry, list, row, text, language, mark, since, agreed)
    VALUES ({kind}, judged.entry, '{table}', judged.row, judged.name, judged.language,
        judged.mark, now(), CASE WHEN judged.mark = 'stale' THEN judged.was_other END)
"""
TRIGGERS = """
CREATE FUNCTION public.civicnet_mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {mark_new};
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE public.directory_markedtext AS marked SET entry = fresh.{owner} FROM fresh
        WHERE marked.list = '{table}' AND marked.row = fresh.id AND marked.entry <> fresh.{owner};
        {mark_changed};
    ELSE
        DELETE FROM public.directory_markedtext AS marked USING before
        WHERE marked.list = '{table}' AND marked.row = before.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_new AFTER INSERT ON public.{table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_mark_{table}();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.{table}
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_mark_{table}();
CREATE TRIGGER mark_gone AFTER DELETE ON public.{table} REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_mark_{table}()
"""
NO_TRIGGERS = """
DROP TRIGGER mark_gone ON public.{table};
DROP TRIGGER mark_changed ON public.{table};
DROP TRIGGER mark_new ON public.{table};
DROP FUNCTION public.civicnet_mark_{table}()
"""


def create_judging() -> list[migrations.RunSQL]:
    return [migrations.RunSQL(JUDGE, NO_JUDGE)]


def mark_lists(kind: int, *lists: Any) -> Iterator[migrations.RunSQL]:
    """Migration operations: the marks of the texts of a kind's lists, now and from now on.

    Of each list its table, the column that names the entry, and its texts, each with its manner.
    A list that gets a text needs its triggers dropped and this called again for it.
    """
    for table, owner, texts in lists:
        names = {"kind": kind, "table": table, "owner": owner}
        mark_new = MARK_NEW.format(fresh="{fresh}", said=_said(texts, "fresh"), **names)
        mark_changed = MARK_CHANGED.format(said=_said(texts, "before", "fresh"), **names)
        sql = TRIGGERS.format(
            mark_new=mark_new.format(fresh="fresh"), mark_changed=mark_changed, **names
        )
        yield migrations.RunSQL(sql, NO_TRIGGERS.format(table=table))
        fill = mark_new.format(fresh=f"public.{table}")
        empty = f"DELETE FROM public.directory_markedtext WHERE list = '{table}'"  # noqa: S608
        yield migrations.RunSQL(fill, empty)


def _said(texts: dict[str, str], *rows: str) -> str:
    """For each text and language what it says and what the other says, before and now."""
    return ", ".join(
        f"('{name}', '{manner}', '{language}', {', '.join(_columns(name, language, rows))})"
        for name, manner in texts.items()
        for language in LANGUAGES
    )


def _columns(name: str, language: str, rows: Iterable[str]) -> Iterator[str]:
    for row in rows:
        for one in (language, other(language)):
            yield f"coalesce({row}.{name}_{one}, '')"

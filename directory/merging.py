"""Making one entry of two: fields as chosen, rows moved, ties repointed, the slugs redirected.

Whatever points at the entry that goes is found in the models (``directory.surroundings``) and moved
to the one that stays; a row that would then stand twice is dropped, and what it alone says is
written into the other. A room whose table wants more than that registers it with ``on_merge``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from directory import surroundings
from directory.doubles import compare
from directory.fitness import lacking, refusal
from directory.history import record_in_bulk, remember
from directory.merge_choices import NAME_LISTS, choices_of
from directory.models import Entry
from directory.pairs import Distinction, Merge, SuspectedDouble, pair_of
from directory.registry import kind_of
from directory.surroundings import Pointing, pointing_at
from directory.told import Sentence, called, names_of
from directory.twins import Twins, make_one, paired
from places.languages import LANGUAGES
from staff.events import record
from staff.models import Event

MERGED_INTO = Sentence("merged_into", _("Merged into “%(entry)s”."), {"entry": called})
# In the history of what was tied to either too.
TAKEN_IN = Sentence(
    "one_taken_in",
    _("“%(gone)s” was merged into “%(entry)s”."),
    {"gone": called, "entry": called},
)

# What a room does besides: it gets the entry that stays and the one that goes.
_besides: list[Callable[[Any, Any], None]] = []


def on_merge(what: Callable[[Any, Any], None]) -> None:
    """For a room that is ready: something to do before the rows move, in the transaction."""
    _besides.append(what)


# ------------------------------------------------------------------ merging
def hold(model: Any, *entries: int) -> dict[int, Any]:
    """Keep others from writing the entries, and those that name them, until the end of the
    transaction; of the entries those that are still there, as they are by then, by key.

    All at once and in the order of their keys, as whoever takes a step with many does.
    """
    named = models.Q(pk__in=entries)
    for pointing in pointing_at(model):
        if pointing.is_entry and pointing.model is model:
            named |= models.Q(**{f"{pointing.field.name}__in": entries})
    rows = model._default_manager.filter(named).order_by("pk").select_for_update(of=("self",))
    return {entry.pk: entry for entry in rows if entry.pk in entries}


@dataclass
class Wanted:
    """What the person chose: names of choices that take the other's value, and where the names
    go that are no longer the entry's own (one of ``NAME_LISTS``, or nowhere)."""

    taken: set[str] = field(default_factory=set)
    names_to: str = "other_names"
    note: str = ""
    rows: Mapping[str, bool] = field(default_factory=dict)
    """Of rows that are one: by the name of a choice, whether the other's value is taken. What is
    not said is guessed: something rather than nothing."""


def merge(kept: Entry, lost: Entry, wanted: Wanted, by: Any = None) -> Merge:
    """The two are one from here on: ``lost`` is no more. Versions of all that changed are written.

    Raises ``ValidationError`` where the chosen values do not go together; nothing is written then.
    """
    model: Any = type(kept)
    with transaction.atomic(), override(LANGUAGES[0]):
        locked = hold(model, kept.pk, lost.pk)
        if len(locked) < 2:
            raise ValidationError(_("One of the two is no longer there."))
        kept, lost = locked[kept.pk], locked[lost.pk]
        lost_name = str(lost)
        others = affected(model, kept.pk, lost.pk)
        remember([kept, lost, *others])
        before = surroundings.read(model, [kept.pk, lost.pk])
        taken_in = TAKEN_IN(wanted.note, gone=names_of(lost), entry=names_of(kept))
        gone = MERGED_INTO(wanted.note, entry=names_of(kept))
        record_in_bulk([lost], gone, by, deleted=True, unlisted=[lost])
        slugs = list(lost.former_slugs.values_list("slug", flat=True))  # type: ignore[attr-defined]
        is_public = kept.is_published or lost.is_published
        lacked = {what for entry in (kept, lost) if entry.is_published for what in lacking(entry)}
        _take_fields(kept, lost, wanted)
        for besides in _besides:
            besides(kept, lost)
        for pointing in pointing_at(model):
            _move(pointing, kept, lost, wanted)
        for naming in surroundings.naming():
            moved = {naming.column: kept.pk, **naming.moved}
            naming.about(model, lost.pk).update(**moved)
        _move_distinctions(model, kept.pk, lost.pk)
        with connection.cursor() as cursor:
            # Not by Django, which would take along in silence whatever still pointed here.
            cursor.execute(
                f"DELETE FROM public.{model._meta.db_table} WHERE id = %s",  # noqa: S608
                [lost.pk],
            )
        if kept.is_published and (needs := [each for each in lacking(kept) if each not in lacked]):
            raise ValidationError(refusal(needs))
        kept.full_clean()
        kept.save()
        after = surroundings.read(model, [kept.pk, lost.pk], also=[before])
        done = Merge.objects.create(
            kind=kind_of(model).number,
            kept=kept.pk,
            lost=lost.pk,
            lost_name=lost_name[:250],
            lost_slugs=slugs,
            before=before,
            after=after,
            by=by,
            note=wanted.note,
        )
        record_in_bulk([kept, *others], taken_in, by)
        if is_public:
            audit(Event.What.MERGED, done, kept, by)
        compare(model, [kept.pk])
    return done


def audit(what: Event.What, done: Merge, kept: Any, by: Any) -> None:
    """A line about both, under the one that visitors are led to."""
    with override(LANGUAGES[0]):
        record(what, by, f"{done.lost_name} → {kept}", kept)


def affected(model: type[Entry], *entries: int) -> list[Entry]:
    """Other entries of which a version says something that merging changes: those at the other
    end of a tie, and those that name one of the two themselves. A query for each relation."""
    found: dict[tuple[type[Entry], int], Entry] = {}
    for pointing in pointing_at(model):
        ends: list[tuple[str, Any]]
        rows: models.QuerySet = models.QuerySet(pointing.model)
        rows = rows.filter(**{f"{pointing.field.name}__in": entries}).order_by()
        if pointing.is_entry:
            ends = [("pk", pointing.model)]
        elif hasattr(pointing.model, "belongs_to"):
            columns: Any = pointing.model._meta.concrete_fields
            ends = [
                (each.attname, each.related_model)
                for each in columns
                if each.remote_field and issubclass(each.related_model, Entry)
            ]
        else:
            continue
        for column, kind in ends:
            for pk in rows.values_list(column, flat=True).distinct():
                if pk and not (kind is model and pk in entries):
                    found[kind, pk] = kind(pk=pk)
    return list(found.values())


def _take_fields(kept: Any, lost: Any, wanted: Wanted) -> None:
    model = type(kept)
    names = _names(kept) + _names(lost)
    for choice in choices_of(model):
        if choice.name in wanted.taken:
            for each in choice.fields:
                setattr(kept, each.attname, getattr(lost, each.attname))
    for each in model._meta.concrete_fields:
        # What one of the two said of the other is said of itself now.
        own = each.remote_field and each.related_model is model
        if own and getattr(kept, each.attname) in (kept.pk, lost.pk):
            setattr(kept, each.attname, None)
    kept.internal_note = "\n\n".join(
        dict.fromkeys(note for note in (kept.internal_note, lost.internal_note) if note)
    )
    moments = [one.published_at for one in (kept, lost) if one.published_at]
    kept.published_at = min(moments) if moments else None
    for list_name in NAME_LISTS:
        setattr(kept, list_name, _joined(getattr(kept, list_name), getattr(lost, list_name)))
    if wanted.names_to in NAME_LISTS:
        setattr(kept, wanted.names_to, _joined(getattr(kept, wanted.names_to), names))
    own_names = {_folded(name) for name in _names(kept)}
    for list_name in NAME_LISTS:
        listed = getattr(kept, list_name)
        setattr(kept, list_name, [name for name in listed if _folded(name) not in own_names])


def _names(entry: Any) -> list[str]:
    return [name for code in LANGUAGES if (name := getattr(entry, f"name_{code}"))]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _joined(names: Iterable[str], more: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in (*names, *more):
        found.setdefault(_folded(name), name)
    return list(found.values())


# ------------------------------------------------------------------ rows
def _move(pointing: Pointing, kept: Any, lost: Any, wanted: Wanted) -> None:
    model, name = pointing.model, pointing.field.name
    rows: models.QuerySet = models.QuerySet(model)
    mine, theirs = rows.filter(**{name: kept.pk}), rows.filter(**{name: lost.pk})
    if pointing.is_entry:
        # The entry that stays names neither itself nor the other: see the fields.
        theirs.exclude(pk__in=[kept.pk, lost.pk]).update(**{name: kept.pk})
        rows.filter(pk=lost.pk).update(**{name: None})
        rows.filter(pk=kept.pk, **{name: lost.pk}).update(**{name: None})
        return
    is_list = hasattr(model, "belongs_to") or model._meta.auto_created
    for row, twin in paired(pointing, mine, theirs):
        if twin is not None and not is_list:
            # What is neither a list nor a tie says what only a person can put together.
            sentence = _("Both have a %(kind)s that stands in the way: “%(row)s”.")
            said = {"kind": model._meta.verbose_name, "row": row}
            raise ValidationError(sentence, params=said)
        if twin is not None:
            make_one(Twins(pointing, twin, row), wanted.rows)
    changes: dict[str, Any] = {name: kept.pk}
    if getattr(model, "belongs_to", None) == name and _has(model, "order"):
        # The list of the one that goes comes after the other's.
        last = mine.aggregate(last=Max("order"))["last"]
        changes["order"] = models.F("order") + (0 if last is None else last + 1)
    theirs.update(**changes)


def _has(model: type[models.Model], name: str) -> bool:
    return any(each.name == name for each in model._meta.concrete_fields)


def _move_distinctions(model: type[Entry], kept: int, lost: int) -> None:
    """What was said to be another than the one that goes is another than the one that stays."""
    number = kind_of(model).number
    known = {(one.low, one.high) for one in Distinction.objects.of(number, kept)}
    for one in Distinction.objects.of(number, lost):
        other = one.other_than(lost)
        pair = pair_of(kept, other)
        if other == kept or pair in known:
            one.delete()
        else:
            one.low, one.high = pair
            one.save()
    SuspectedDouble.objects.of(number, kept, lost).delete()

"""Taking a merge back: both entries as they were, with their slugs, if nothing changed since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import surroundings
from directory.doubles import compare
from directory.history import Document, latest, record_in_bulk, remember
from directory.merging import affected, audit, hold
from directory.models import Entry
from directory.pairs import Merge
from directory.registry import Kind, kinds
from directory.surroundings import Gone, Rows
from directory.told import Sentence, called, names_of
from directory.translated_texts import agreeing
from staff.models import Event

NAMED_AT_MOST = 8
# In the history of either, and of what was tied to them.
TAKEN_BACK = Sentence(
    "merge_of_two_taken_back",
    _("The merge of “%(gone)s” into “%(entry)s” was taken back."),
    {"gone": called, "entry": called},
)


def kind_numbered(number: int) -> Kind:
    return next(kind for kind in kinds.values() if kind.number == number)


def obstacles(done: Merge) -> list[str]:
    """What stands in the way of taking a merge back, in sentences; nothing if it can be."""
    return _obstacles(done, _now(done))


def _now(done: Merge) -> Rows:
    model = kind_numbered(done.kind).model
    return surroundings.read(model, [done.kept, done.lost], also=[done.before, done.after])


def _obstacles(done: Merge, now: Rows) -> list[str]:
    model: Any = kind_numbered(done.kind).model
    table = model._meta.db_table
    if done.undone_on:
        return [gettext("It was taken back already.")]
    later = Merge.objects.standing().filter(kind=done.kind, pk__gt=done.pk)
    if into := later.filter(lost=done.kept).first():
        other = model._default_manager.filter(pk=into.kept).first()
        sentence = gettext("The entry was itself merged, into “%(entry)s”: take that back first.")
        return [sentence % {"entry": other or into.kept}]
    if later.filter(kept=done.kept).exists():
        return [gettext("Another entry was merged into this one later: take that back first.")]
    if str(done.kept) not in now.get(table, {}):
        return [gettext("The entry that was kept is no longer there.")]
    changed = list(surroundings.differing(done.after, now))
    return list(dict.fromkeys(_said(done, table, key, now) for table, key in changed))[
        :NAMED_AT_MOST
    ]


def _said(done: Merge, table: str, key: str, now: Rows) -> str:
    model = surroundings.model_of(table)
    label = capfirst(str(model._meta.verbose_name))
    row = model._base_manager.filter(pk=key).first()
    if issubclass(model, Entry) and key == str(done.lost):
        return gettext("There is an entry with its key again.")
    if row is None:
        return gettext("Deleted since: %(kind)s.") % {"kind": label}
    if key not in done.after.get(table, {}):
        return gettext("Added since: %(kind)s “%(row)s”.") % {"kind": label, "row": row}
    return gettext("Changed since: %(kind)s “%(row)s”.") % {"kind": label, "row": row}


def take_back(done: Merge, by: Any = None) -> Any:
    """Both entries are there again; the one that was merged. Versions of all that changed follow.

    Raises ``ValidationError`` with what stands in the way.
    """
    model: Any = kind_numbered(done.kind).model
    try:
        with transaction.atomic():
            done = Merge.objects.select_for_update(of=("self",)).get(pk=done.pk)
            hold(model, done.kept)
            now = _now(done)
            if why := _obstacles(done, now):
                raise ValidationError(why)
            both = [model(pk=done.kept), model(pk=done.lost)]
            others = affected(model, done.kept)
            remember([both[0], *others])
            _count_on(model, done)
            surroundings.put_back(now, done.before)
            _agree_again(model, done)
            done.undone_by, done.undone_on = by, timezone.now()
            done.save(update_fields=["undone_by", "undone_on"])
            others = _not_twice(others, affected(model, done.lost))
            kept, gone = (model._default_manager.get(pk=one.pk) for one in both)
            comment = TAKEN_BACK(gone=names_of(gone), entry=names_of(kept))
            record_in_bulk([*both, *others], comment, by, back=both[1:], unlisted=both[1:])
            if kept.is_published or gone.is_published:
                audit(Event.What.PARTED, done, kept, by)
            compare(model, [done.kept, done.lost])
    except Gone as error:
        table = error.args[0]
        label = capfirst(str(surroundings.model_of(table)._meta.verbose_name))
        sentence = gettext("Deleted since: %(kind)s.") % {"kind": label}
        raise ValidationError([sentence]) from error
    except IntegrityError as error:
        sentence = gettext("What it would write goes against a rule of the database.")
        raise ValidationError([sentence]) from error
    return model._default_manager.get(pk=done.lost)


def _count_on(model: Any, done: Merge) -> None:
    """The entry that comes back is none of the versions that it was before."""
    said = latest(model, [done.lost]).get(done.lost)
    number = Document.read(model, said).number if said else 0
    row = done.before[model._meta.db_table][str(done.lost)]
    row["version"] = max(row["version"], number) + 1


def _agree_again(model: Any, done: Merge) -> None:
    """Texts that are as they were agree with each other as they did."""
    then = done.before[model._meta.db_table][str(done.kept)]
    kept = model._default_manager.get(pk=done.kept)
    right = then.get("still_right", {}) | agreeing(kept, then)
    model._default_manager.filter(pk=done.kept).update(still_right=right)


def _not_twice(some: Iterable[Entry], more: Iterable[Entry]) -> list[Entry]:
    return list({(type(one), one.pk): one for one in (*some, *more)}.values())

"""What a proposal would change, and what becomes of it on the entry as it is now.

Everything is in the form of versions (``directory.history.Document``), but holds only what differs:
fields by name, rows by list and key. A date and its precision are one value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models

from directory.comparison import PRECISION
from directory.copies import copies, said
from directory.history import Document, Fields, kept_fields, lists_of
from directory.models import Entry
from directory.picture_field import PictureField
from directory.restoring import NEVER

# Who checked an entry follows from the day; the rest is for those who publish.
NOT_PROPOSED = NEVER | {"checked_by"}

Row = Fields | None


@cache
def values_of(model: type[models.Model]) -> dict[str, tuple[str, ...]]:
    """The columns of each value, by the name of the first."""
    names = dict.fromkeys(each.name for each in kept_fields(model))
    return {
        name: (name, name + PRECISION) if name + PRECISION in names else (name,)
        for name in names
        if not name.endswith(PRECISION)
    }


@dataclass
class Change:
    """Of what differs, what it was when its author changed it and what it would be.

    ``copied`` are the texts that were the other language's, word for word, when they were proposed.
    """

    before: Document
    after: Document
    copied: set[str] = field(default_factory=set)

    @classmethod
    def nothing(cls, model: type[Entry], pk: int) -> Change:
        return cls(_empty(model, pk), _empty(model, pk))

    @classmethod
    def of(cls, proposal: Any) -> Change:
        model = proposal._meta.get_field("entry").related_model
        before = _read(model, proposal.entry_id, proposal.before)
        after = _read(model, proposal.entry_id, proposal.after)
        return cls(before, after, set(proposal.after.get("copied", ())))

    def write(self, proposal: Any) -> None:
        proposal.before, proposal.after = _written(self.before), _written(self.after)
        if self.copied:
            proposal.after["copied"] = sorted(self.copied)

    def __bool__(self) -> bool:
        return bool(self.after.fields or any(self.after.lists.values()))

    def part(self, keys: Collection[str]) -> Change:
        """What it would change of the fields and rows that the keys name."""
        copied = {text for text in self.copied if unit_of(text) in keys}
        return Change(_only(self.before, keys), _only(self.after, keys), copied)

    def follow(self, model: type[Entry], written: Mapping[str, Mapping[int, int]]) -> None:
        """New rows that were written have keys of their own by now: rows that name them follow."""
        for name, each, target in names_of_rows(model):
            for pk, row in self.after.lists[name].items():
                named: Any = row and row.get(each.name)
                if new := written.get(target, {}).get(named):
                    self.after.lists[name][pk] = (row or {}) | {each.name: new}

    @property
    def keys(self) -> list[str]:
        """As ``directory.comparison`` names them."""
        fields = [name for name in self.after.fields if not name.endswith(PRECISION)]
        rows = [f"{name}:{pk}" for name, rows in self.after.lists.items() for pk in rows]
        return [*fields, *rows]


def unit_of(text: str) -> str:
    """The field or the row that a text is accepted with: ``summary_en``, ``milestones:5``."""
    return text.rpartition(":")[0] or text


@cache
def names_of_rows(model: type[Entry]) -> tuple[tuple[str, Any, str], ...]:
    """The columns by which rows name other rows of the same entry: list, column, list of those."""
    lists = lists_of(model)
    by_model = {relation.related_model: name for name, relation in lists.items()}
    return tuple(
        (name, each, by_model[each.related_model])
        for name, relation in lists.items()
        for each in relation.related_model._meta.concrete_fields
        if each is not relation.field and each.related_model in by_model
    )


def naming_new(model: type[Entry], now: Document, then: Document) -> Iterator[tuple[str, str]]:
    """The rows that name a row which is not there yet, with it; by their keys."""
    for name, each, target in names_of_rows(model):
        for pk, row in then.lists[name].items():
            named = row.get(each.name)
            if named in then.lists[target] and named not in now.lists[target]:
                yield f"{name}:{pk}", f"{target}:{named}"


def _only(document: Document, keys: Collection[str]) -> Document:
    fields = {
        name: value
        for name, value in document.fields.items()
        if name.removesuffix(PRECISION) in keys
    }
    lists = {
        name: {pk: row for pk, row in rows.items() if f"{name}:{pk}" in keys}
        for name, rows in document.lists.items()
    }
    return Document(document.pk, fields, lists)


def _empty(model: type[Entry], pk: int) -> Document:
    return Document(pk, {}, {name: {} for name in lists_of(model)})


def _read(model: type[Entry], pk: int, said: dict[str, Any]) -> Document:
    document = _empty(model, pk)
    known = {each.name for each in kept_fields(model)}
    document.fields = {name: value for name, value in said["fields"].items() if name in known}
    for name, rows in said["lists"].items():
        # A list that there is no more cannot be proposed.
        if name in document.lists:
            document.lists[name] = {int(pk): row for pk, row in rows.items()}
    return document


def _written(document: Document) -> dict[str, Any]:
    lists = {name: rows for name, rows in document.lists.items() if rows}
    return {"fields": document.fields, "lists": lists}


def _part(said: Fields, names: tuple[str, ...]) -> Fields:
    return {name: said.get(name) for name in names}


def _said(value: Fields) -> list[Any]:
    """What forms leave empty and what was never there say the same."""
    return [None if one in ("", []) else one for one in value.values()]


def _is_other(one: Fields, another: Fields) -> bool:
    return _said(one) != _said(another)


def _is_other_row(model: Any, one: Row, another: Row) -> bool:
    if one is None or another is None:
        return one is not another
    return bool(_changed(model, one, another))


# ------------------------------------------------------------------ making one
def wanted(
    model: type[Entry], now: Document, then: Document, earlier: Change, unseen: set[str]
) -> Change:
    """What is to be different, where ``then`` is what its author saved over ``now``.

    What was proposed before keeps the value that it was proposed over, so that a reviewer still
    sees what others changed since. ``unseen`` was proposed before and could not be shown in the
    form, so that it is none of what was saved: it stays proposed.
    """
    change = Change.nothing(model, now.pk)
    for name, names in values_of(model).items():
        if name in NOT_PROPOSED or not model._meta.get_field(name).editable:
            continue
        old, new = _part(now.fields, names), _part(then.fields, names)
        if name in unseen and not _is_other(old, new):
            old, new = _part(earlier.before.fields, names), _part(earlier.after.fields, names)
        elif name in earlier.before.fields and _is_other(old, new):
            old = _part(earlier.before.fields, names)
        if _is_other(old, new):
            change.before.fields |= old
            change.after.fields |= new
    for name, relation in lists_of(model).items():
        kind = relation.related_model
        for pk in sorted({*now.lists[name], *then.lists[name], *earlier.after.lists[name]}):
            old_row: Any = now.lists[name].get(pk)
            new_row: Any = then.lists[name].get(pk)
            differs = _is_other_row(kind, old_row, new_row)
            if f"{name}:{pk}" in unseen and not differs:
                old_row, new_row = earlier.before.lists[name][pk], earlier.after.lists[name][pk]
            elif differs and pk in earlier.after.lists[name]:
                old_row = _first_changed(kind, old_row, earlier, name, pk)
            if _is_other_row(kind, old_row, new_row):
                change.before.lists[name][pk], change.after.lists[name][pk] = old_row, new_row
    kept = {text for text in earlier.copied if said(then, text) == said(earlier.after, text)}
    changed = set(change.keys)
    change.copied = {text for text in copies(model, now, then) | kept if unit_of(text) in changed}
    return change


def _first_changed(model: Any, now: Row, earlier: Change, name: str, pk: int) -> Row:
    """The row with what its author changed earlier as it was then, and the rest as it is now."""
    before, after = earlier.before.lists[name][pk], earlier.after.lists[name][pk]
    if before is None or after is None or now is None:
        return before
    kept = dict(now)
    for names in _changed(model, before, after):
        kept |= _part(before, names)
    return kept


def _changed(model: Any, before: Fields, after: Fields) -> list[tuple[str, ...]]:
    return [
        names
        for names in values_of(model).values()
        if _is_other(_part(before, names), _part(after, names))
    ]


# ------------------------------------------------------------------ on the entry as it is now
@dataclass
class Proposed:
    """The entry as it is, as it would be with all of a change, and as it was for its author.

    ``base`` differs from ``now`` only in ``collided``: what somebody else changed since, and the
    author otherwise.
    """

    now: Document
    then: Document
    base: Document
    collided: set[str] = field(default_factory=set)


def on(model: type[Entry], change: Change, now: Document) -> Proposed:
    """What only one of the two changed is merged; within rows too. No query."""
    proposed = Proposed(now, copied(now), copied(now))
    for name in [name for name in change.after.fields if not name.endswith(PRECISION)]:
        names = values_of(model)[name]
        before, after = _part(change.before.fields, names), _part(change.after.fields, names)
        current = _part(now.fields, names)
        proposed.then.fields |= after
        if _is_other(current, before) and _is_other(current, after):
            proposed.base.fields |= before
            proposed.collided.add(name)
    for name, relation in lists_of(model).items():
        for pk, after_row in change.after.lists[name].items():
            before_row, current_row = change.before.lists[name][pk], now.lists[name].get(pk)
            merged, collided = _merged(relation.related_model, before_row, after_row, current_row)
            _put(proposed.then, name, pk, merged)
            if collided:
                _put(proposed.base, name, pk, before_row)
                proposed.collided.add(f"{name}:{pk}")
    return proposed


def copied(document: Document) -> Document:
    lists = {name: dict(rows) for name, rows in document.lists.items()}
    return Document(document.pk, dict(document.fields), lists)


def _put(document: Document, name: str, pk: int, row: Row) -> None:
    if row is None:
        document.lists[name].pop(pk, None)
    else:
        document.lists[name][pk] = row


def _merged(model: Any, before: Row, after: Row, now: Row) -> tuple[Row, bool]:
    """A row as it would be, and whether somebody else changed the same of it."""
    if before is None or after is None or now is None:
        others = (_is_other_row(model, now, one) for one in (before, after))
        return after, all(others)
    row, collided = dict(now), False
    for names in _changed(model, before, after):
        row |= _part(after, names)
        others = (_is_other(_part(now, names), _part(one, names)) for one in (before, after))
        collided |= all(others)
    return row, collided


# ------------------------------------------------------------------ pictures
def new_pictures(model: type[Entry], change: Change) -> dict[str, list[int]]:
    """The pictures that a change would bring, with their widths, by the name of their file."""
    found = {}
    for name, relation in lists_of(model).items():
        for each in relation.related_model._meta.concrete_fields:
            if isinstance(each, PictureField):
                for pk, after in change.after.lists[name].items():
                    before = change.before.lists[name][pk]
                    if after and after[each.name] != (before or {}).get(each.name):
                        found[after[each.name]] = after["widths"]
    return found

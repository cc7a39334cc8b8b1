"""Rows of two entries that are one row: one of the two goes when the entries become one.

What it alone says, the one that stays says from then on. Where both say something and not the same
(a picture with two descriptions), whoever merges is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from directory.dates import PartialDate
from directory.history import kept_fields
from directory.keys import address_key
from directory.merge_choices import Choice, choices_among, takes_other
from directory.models import Entry
from directory.surroundings import Pointing, pointing_at

# That of the other is the same one, perhaps written otherwise.
BY_THEIR_KEY = frozenset({"order", "url", "image"})


# ------------------------------------------------------------------ which are one
@dataclass(frozen=True)
class Twins:
    """A row of the entry that goes, and the one of the entry that stays that says it already."""

    pointing: Pointing
    kept: Any
    lost: Any
    others: Mapping[Any, Any] = field(default_factory=dict)
    """Of the other rows that go, by their key, the ones that stay: to name either is the same."""

    @property
    def list_name(self) -> str:
        return str(self.pointing.field.remote_field.get_accessor_name())

    def name_of(self, choice: Choice) -> str:
        """By what a choice between the two is known while the entries are as they are."""
        return f"{self.list_name}-{self.lost.pk}-{choice.name}"

    def choices(self) -> list[Choice]:
        """Of what the row that goes says something, and not the same."""
        return [
            choice
            for choice in choices_in(self.pointing)
            if not choice.is_empty(self.lost) and not self._say_the_same(choice)
        ]

    def _say_the_same(self, choice: Choice) -> bool:
        mine, theirs = choice.of(self.kept), choice.of(self.lost)
        if table := getattr(choice.fields[0], "related_model", None):
            theirs = tuple(self.others.get((table, key), key) for key in theirs)
        return mine == theirs


def twins_of(kept: Entry, lost: Entry) -> list[Twins]:
    """Of the lists and ties of both. Two queries for each list."""
    found: list[Twins] = []
    others: dict[Any, Any] = {}
    for pointing in pointing_at(type(kept)):
        if hasattr(pointing.model, "belongs_to"):
            rows: models.QuerySet = models.QuerySet(pointing.model)
            name = pointing.field.name
            mine, theirs = rows.filter(**{name: kept.pk}), rows.filter(**{name: lost.pk})
            for row, twin in paired(pointing, mine, theirs):
                if twin is not None:
                    found.append(Twins(pointing, twin, row, others))
                    others[pointing.model, row.pk] = twin.pk
    return found


def paired(
    pointing: Pointing, mine: models.QuerySet, theirs: models.QuerySet
) -> Iterator[tuple[Any, Any]]:
    """Each row of the entry that goes with the one that says it already, if there is any."""
    keys = keys_of(pointing)
    there = {key: row for row in mine.order_by("pk") for key in _keyed(keys, row)} if keys else {}
    for row in theirs.order_by("pk") if keys else ():
        twin = next((there[key] for key in _keyed(keys, row) if key in there), None)
        if twin is None:
            there |= dict.fromkeys(_keyed(keys, row), row)
        yield row, twin


Key = Callable[[Any], Any]


def keys_of(pointing: Pointing) -> list[Key]:
    """By what two rows of one entry are the same row: what its constraints allow once, and in an
    entry's own lists what says the same. A key gives None for a row that may stand twice."""
    model, name = pointing.model, pointing.field.name
    keys: list[Key] = []
    if pointing.field.unique and not pointing.field.primary_key:
        keys.append(lambda row: ("unique",))
    together = [list(names) for names in model._meta.unique_together if name in names]
    for names in together:
        keys.append(_key_of_columns(model, [each for each in names if each != name], True))
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.fields:
            columns = [each for each in constraint.fields if each != name]
            key = _key_of_columns(model, columns, constraint.nulls_distinct is not False)
            keys.append(_where(constraint.condition, key))
    if getattr(model, "belongs_to", None) == name:
        keys.append(_content_key(pointing))
    return keys


def _key_of_columns(model: Any, names: list[str], nulls_distinct: bool) -> Key:
    columns = [model._meta.get_field(name).attname for name in names]

    def key(row: Any) -> Any:
        values = tuple(getattr(row, column) for column in columns)
        return None if nulls_distinct and None in values else (tuple(columns), values)

    return key


def _where(condition: Any, key: Key) -> Key:
    """Of a constraint that holds for some rows only."""
    if condition is None:
        return key
    return lambda row: (
        key(row) if condition.check(row._get_field_expression_map(row._meta)) else None
    )


def _content_key(pointing: Pointing) -> Key:
    skipped = {pointing.field.name, "order"}
    columns = [
        each.attname
        for each in kept_fields(pointing.model)
        if not each.many_to_many and each.name not in skipped
    ]
    # The same address with another label is the same; a source is, by its title, read when it may.
    if "url" in columns:
        columns = [name for name in columns if name not in ("read_on", "kind")]
        if "label_it" in columns:
            columns = ["url"]
    elif "image" in columns:
        columns = ["image"]

    def said(row: Any, column: str) -> Any:
        value = getattr(row, column)
        if isinstance(value, PartialDate):
            return value.iso
        if column == "url":
            return address_key(value) if value else ""
        return str(value or "")

    return lambda row: ("content", tuple(said(row, column) for column in columns))


def _keyed(keys: list[Key], row: Any) -> list[Any]:
    return [key for each in keys if (key := each(row)) is not None]


def choices_in(pointing: Pointing) -> list[Choice]:
    """Of a row: all that is edited, but what it hangs on and what makes it the same."""
    columns = {
        each.name: each
        for each in kept_fields(pointing.model)
        if not (each.many_to_many or each.unique or each is pointing.field)
    }
    return choices_among(columns, BY_THEIR_KEY)


# ------------------------------------------------------------------ making them one
def make_one(twins: Twins, chosen: Mapping[str, bool]) -> None:
    """The row goes; what names it names its twin, and what it alone says the twin says.

    ``chosen`` says, by the names of choices, whether the other's value is taken; of what it does
    not say, an empty one is filled, if the rules of the table allow it.
    """
    model: Any = twins.pointing.model
    twin, row = twins.kept, twins.lost
    if hasattr(model, "belongs_to"):
        _take_over(twins, chosen)
    for many in model._meta.many_to_many:
        getattr(twin, many.name).add(*getattr(row, many.name).all())
    for below in pointing_at(model):
        if not below.model._meta.auto_created:
            rows: models.QuerySet = models.QuerySet(below.model)
            rows.filter(**{below.field.name: row.pk}).update(**{below.field.name: twin.pk})
    models.QuerySet(model).filter(pk=row.pk).delete()


def _take_over(twins: Twins, chosen: Mapping[str, bool]) -> None:
    taken, guessed = [], []
    for choice in choices_in(twins.pointing):
        said = chosen.get(twins.name_of(choice))
        if said:
            taken.append(choice)
        elif said is None and takes_other(choice, twins.kept, twins.lost):
            guessed.append(choice)
    if taken and (error := _refused(twins, taken)):
        sentence = _("“%(row)s” cannot say what was chosen: %(why)s")
        why = " ".join(error.messages)
        raise ValidationError(sentence, params={"row": twins.kept, "why": why})
    guessed = _written(twins, guessed)
    if taken or guessed:
        twins.kept.save()


def _written(twins: Twins, choices: list[Choice]) -> list[Choice]:
    """Of the choices those that the twin can say: all, or what goes by itself."""
    if not choices or not _refused(twins, choices):
        return choices
    return [choice for choice in choices if not _refused(twins, [choice])]


def guesses(twins: Twins) -> set[str]:
    """Which choices are for the other's value unless somebody says so, by their names: where the
    row that stays says nothing. Some queries for each row of which anything is to be guessed."""
    trial = replace(twins, kept=copy(twins.kept))
    wanted = [one for one in twins.choices() if takes_other(one, twins.kept, twins.lost)]
    return {twins.name_of(choice) for choice in _written(trial, wanted)}


def _refused(twins: Twins, choices: Iterable[Choice]) -> ValidationError | None:
    """The values are written into the twin, if its table allows them; else what it says to that."""
    columns = [each for choice in choices for each in choice.fields]
    before = [getattr(twins.kept, each.attname) for each in columns]
    for each in columns:
        setattr(twins.kept, each.attname, getattr(twins.lost, each.attname))
    try:
        twins.kept.validate_constraints()
    except ValidationError as error:
        for each, value in zip(columns, before, strict=True):
            setattr(twins.kept, each.attname, value)
        return error
    return None

"""What two entries that may become one say beside each other: their fields, the rows that are one
and do not say the same, and the lists that are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from directory.comparison import Comparison, Difference, Marked, compare
from directory.history import Document, documents, lists_of
from directory.merge_choices import Choice, choices_of, takes_other
from directory.models import Entry
from directory.picture_field import PictureField
from directory.registry import kind_of
from directory.twins import Twins, guesses, twins_of

ROWS_SHOWN = 20
# More rows that are one than any two entries of a real directory have; of others it is said.
TWINS_SHOWN = 100
CHOOSE, OTHERS = "choose-", "other"


def chosen_in(data: Mapping[str, str]) -> dict[str, bool]:
    """By the name of each choice that was sent, whether it is for the entry that goes."""
    names = (name for name in data if name.startswith(CHOOSE))
    return {name.removeprefix(CHOOSE): data[name] == OTHERS for name in names}


@dataclass(frozen=True)
class Row:
    """A field that the two do not say alike."""

    name: str
    label: str
    what: str
    """The label for who does not see what it stands under."""
    language: str
    kept: Marked
    lost: Marked
    takes_other: bool
    notes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Both:
    """A row of a list that both have, and what they do not say alike of it."""

    label: str
    picture: Any
    rows: list[Row]


@dataclass(frozen=True)
class Lists:
    """The rows of one list on both sides, as far as they are shown, and how many there are."""

    label: str
    kept: list[str]
    lost: list[str]
    numbers: tuple[int, int]


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    both: list[Both]
    more: int
    """Rows that are one and say different things, beyond those that are shown."""
    lists: list[Lists]

    @classmethod
    def of(cls, kept: Any, lost: Any, data: Mapping[str, str]) -> Table:
        """``data`` is what the person chose before, if the page comes back to them."""
        chosen = chosen_in(data)
        told = [each for each in twins_of(kept, lost) if each.choices()]
        shown = told[:TWINS_SHOWN]
        comparison = _compared(kept, lost, shown)
        rows = list(_rows(comparison, kept, lost, chosen))
        both = list(_both(comparison, shown, chosen))
        return cls(rows, both, len(told) - len(shown), list(_lists(kept, lost)))


def _compared(kept: Any, lost: Any, twins: Iterable[Twins]) -> Comparison:
    """Of the lists only rows that are one, by the key of the one that goes."""
    model: type[Entry] = type(kept)
    said = documents(model, [kept.pk, lost.pk])
    mine, theirs = (Document.read(model, said[entry.pk]) for entry in (kept, lost))
    pairs: dict[str, list[tuple[int, int]]] = {}
    for each in twins:
        pairs.setdefault(each.list_name, []).append((each.kept.pk, each.lost.pk))
    for name in lists_of(model):
        ours, others = mine.lists[name], theirs.lists[name]
        found = pairs.get(name, ())
        mine.lists[name] = {lost: {**others, **ours}[kept] for kept, lost in found}
        theirs.lists[name] = {lost: others[lost] for _kept, lost in found}
    return compare(model, mine, theirs)


def _rows(
    comparison: Comparison, kept: Any, lost: Any, chosen: Mapping[str, bool]
) -> Iterator[Row]:
    differences = {one.key: one for one in comparison.fields}
    for choice in choices_of(type(kept)):
        names = [each.name for each in choice.fields]
        if not any(name in differences for name in names):
            continue
        main = differences.get(choice.name)
        # Beside an address whether it is public; a date's precision is in the date itself.
        more = [differences[name] for name in names[1:] if name in differences]
        notes = tuple(
            ", ".join(
                f"{one.label}: {''.join(text for _mark, text in side(one))}"
                for one in more
                if side(one)
            )
            for side in (lambda one: one.before, lambda one: one.after)
        )
        value = [(False, str(getattr(kept, f"get_{choice.name}_display", str)() or ""))]
        if main is None and not hasattr(kept, f"get_{choice.name}_display"):
            value = [(False, str(getattr(kept, choice.name) or "–"))]
        sides = _sides(main) if main else (value, value)
        wants = chosen.get(choice.name, takes_other(choice, kept, lost))
        label = capfirst(choice.label)
        yield Row(
            choice.name,
            label,
            label,
            choice.language,
            *sides,
            wants,
            notes,  # type: ignore[arg-type]
        )


def _both(
    comparison: Comparison, twins: Iterable[Twins], chosen: Mapping[str, bool]
) -> Iterator[Both]:
    by_key = {row.key: (list.label, row) for list in comparison.lists for row in list.rows}
    for each in twins:
        of_list, compared = by_key.get(f"{each.list_name}:{each.lost.pk}", ("", None))
        if compared is None:
            continue
        label = f"{of_list}: {compared.label}" if compared.label else of_list
        differences = {one.key: one for one in compared.fields}
        likely = dict.fromkeys(guesses(each), True) | dict(chosen)
        rows = [
            _row_of(each, choice, differences[choice.name], label, likely)
            for choice in each.choices()
            if choice.name in differences
        ]
        if rows:
            yield Both(label, _picture(each.kept), rows)


def _row_of(
    twins: Twins, choice: Choice, said: Difference, of: str, likely: Mapping[str, bool]
) -> Row:
    name, label = twins.name_of(choice), capfirst(choice.label)
    what, sides = f"{of}, {label}", _sides(said)
    return Row(name, label, what, choice.language, *sides, likely.get(name, False))


def _picture(row: Any) -> Any:
    images = (each for each in row._meta.concrete_fields if isinstance(each, PictureField))
    return next((getattr(row, each.attname) for each in images), None)


def _sides(said: Difference) -> tuple[Marked, Marked]:
    """Where one says nothing there is nothing to tell apart."""
    if said.before and said.after:
        return said.before, said.after
    return _unmarked(said.before), _unmarked(said.after)


def _unmarked(said: Marked) -> Marked:
    return [(False, piece) for _mark, piece in said]


def _lists(kept: Any, lost: Any) -> Iterator[Lists]:
    """What moves: two queries for each list, with what the rows show of other tables."""
    model: type[Entry] = type(kept)
    for relation in lists_of(kind_of(model).model).values():
        of_list: Any = relation.related_model
        joins = [
            each.name
            for each in of_list._meta.concrete_fields
            if each.remote_field and each.name != relation.field.name
        ]
        shown, numbers = [], []
        for entry in (kept, lost):
            rows = of_list._default_manager.filter(**{relation.field.name: entry.pk})
            first = list(rows.select_related(*joins)[: ROWS_SHOWN + 1])
            number = len(first) if len(first) <= ROWS_SHOWN else rows.count()
            shown.append([_row_said(row, relation) for row in first[:ROWS_SHOWN]])
            numbers.append(number)
        if any(numbers):
            label = capfirst(str(of_list._meta.verbose_name_plural))
            yield Lists(label, shown[0], shown[1], (numbers[0], numbers[1]))


def _row_said(row: Any, relation: Any) -> str:
    """A tie says who is at its other end."""
    owner = getattr(row, "belongs_to", "entry")
    if owner != relation.field.name:
        return f"{getattr(row, owner)} · {row}"
    return str(row)

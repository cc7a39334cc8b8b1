"""Which rows of a vocabulary somebody may mean who types a part of a name: choices among many."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from directory.parameter_fields import Named
from directory.spelling import neighbours, steps_between
from places.exonyms import in_italian
from places.keys import words_of

# Of cities “a” begins the names of hundreds.
MOST = 500
# How near a name comes to what is typed: it is that, begins so, has a word that begins so, or
# only holds it.
EXACTLY, BEGINNING, IN_A_WORD, WITHIN = range(4)
FARTHEST = WITHIN + 1
# What was looked up: rows that are called like it, those that nearly are, or all there are.
LIKE, NEARLY, ALL = "like", "nearly", "all"


def is_said(text: str) -> bool:
    return bool(words_of(text))


# Steps to a name, and how many words it has more: “torinno” is Torino, not Rivalta di Torino.
Steps = tuple[int, int]
# (what, field, primary key, value, Italian name, English name, how near, further names)
Row = tuple[str, str, int, str, str, str, int | None, Any]


class Seeking:
    """The rows of a vocabulary that somebody may mean by ``text``.

    What may be large knows how to look by itself for what is called so, and, where nothing is, for
    what nearly is. Of others all are read. ``tables`` and ``arms`` are pieces of a statement, so
    that the names of several fields are looked for in one; ``rows`` is what it gave.
    """

    COLUMNS = ("name_it", "name_en")

    def __init__(self, name: str, rows: Any, key: str, text: str) -> None:
        self.name, self.queryset, self.text = name, rows, text
        self.columns = ("pk", key, *self.COLUMNS)
        self.rows: dict[str, list[Row]] = defaultdict(list)

    # ---------------------------------------------------------------- what is asked
    @cached_property
    def tables(self) -> list[tuple[str, Sequence[Any]]]:
        if not hasattr(self.queryset, "called_like"):
            return []
        like = self.queryset.called_like(self.text).rewrite(False)
        sql, parameters = sql_of(like.values_list(*self.columns, "closeness")[:MOST])
        columns = "pk, value, name_it, name_en, near"
        return [(f"{self.table} ({columns}) AS MATERIALIZED ({sql})", parameters)]

    @property
    def arms(self) -> list[tuple[str, Sequence[Any]]]:
        if not self.tables:
            return [self.every("true")]
        found = f"SELECT '{LIKE}', '{self.name}', *, NULL::jsonb FROM {self.table}"  # noqa: S608
        missed = f"NOT EXISTS (SELECT FROM {self.table})"
        return [(found, ()), self.near(missed) if self.is_large else self.every(missed)]

    @property
    def table(self) -> str:
        return f"like_{self.name}"

    @property
    def is_large(self) -> bool:
        return hasattr(self.queryset, "names_nearly")

    def near(self, missed: str) -> tuple[str, Sequence[Any]]:
        said = words_of(self.text)
        near = self.queryset.names_nearly(said, neighbours("".join(said)))
        columns = (f"city__{name}" for name in self.columns)
        sql, parameters = sql_of(near.order_by().values_list(*columns, "name"))
        return self.arm(NEARLY, sql, 1, missed), parameters

    def every(self, missed: str) -> tuple[str, Sequence[Any]]:
        """All rows with their names."""
        further = getattr(self.queryset.model, "further_names", ())
        every = self.queryset.order_by().rewrite(False).values_list(*self.columns, *further)
        sql, parameters = sql_of(every)
        return self.arm(ALL, sql, len(further), missed), parameters

    def arm(self, what: str, sql: str, further: int, missed: str) -> str:
        """From rows with that many columns of further names."""
        names = [f"name{number}" for number in range(further)]
        columns = ", ".join(["pk", "value", "name_it", "name_en", *names])
        return (
            f"SELECT '{what}', '{self.name}', pk, value::text, name_it, name_en, NULL::integer,"  # noqa: S608
            f" jsonb_build_array({', '.join(names)}) FROM ({sql}) AS row ({columns}) WHERE {missed}"
        )

    # ---------------------------------------------------------------- what it gave
    @cached_property
    def found(self) -> dict[Named, int]:
        """Rows with the text in a name, in whatever language, and how near they come; signs and
        accents do not matter."""
        if hasattr(self.queryset, "called_like"):
            return {named(row): row[6] or 0 for row in self.rows[LIKE]}
        near = {named(row): nearness(self.text, [row[3], *names_of(row)]) for row in self.rows[ALL]}
        return {row: each for row, each in near.items() if each < FARTHEST}

    @cached_property
    def nearly(self) -> dict[Named, Steps]:
        """Rows with a name that is the text but for a few wrong letters, and how far they are. For
        where nothing is called like it."""
        said = words_of(self.text)
        found: dict[Named, Steps] = {}
        for each in self.rows[NEARLY] or self.rows[ALL]:
            row = named(each)
            if ways := [way for name in names_of(each) if (way := steps_to(said, words_of(name)))]:
                found[row] = min([*ways, *([found[row]] if row in found else [])])
        return found


def sql_of(rows: Any) -> tuple[str, Sequence[Any]]:
    return rows.query.sql_with_params()


def statement_of(
    seekings: Iterable[Seeking], beside: Iterable[tuple[str, Sequence[Any]]]
) -> tuple[str, list[Any]]:
    """One statement of all that is sought, and of other arms that give the same columns."""
    each = list(seekings)
    tables = [table for seeking in each for table in seeking.tables]
    arms = [*beside, *(arm for seeking in each for arm in seeking.arms)]
    begun = f"WITH {', '.join(sql for sql, _given in tables)} " if tables else ""
    return (
        begun + " UNION ALL ".join(f"({sql})" for sql, _given in arms),
        [one for _sql, given in (*tables, *arms) for one in given],
    )


def named(row: Row) -> Named:
    _what, _field, pk, value, name_it, name_en, *_more = row
    return Named(pk, value, name_it or "", name_en or "")


def names_of(row: Row) -> list[str]:
    *_columns, name_it, name_en, _near, further = row
    others = (name for one in json.loads(further) for name in listed(one))
    return [*filter(None, (name_it, name_en)), *filter(None, others)]


def steps_to(said: list[str], name: list[str]) -> Steps | None:
    """How far what was said is from a name: each of its words from the nearest of the name's, or
    all of them written as one; nothing where it cannot be meant."""
    ways = []
    if (whole := steps_between("".join(said), "".join(name))) is not None:
        ways.append((whole, 0))
    nearest = [[steps_between(word, one) for one in name] for word in said]
    known = [[one for one in steps if one is not None] for steps in nearest]
    if all(known):
        ways.append((sum(map(min, known)), len(name) - len(said)))
    return min(ways, default=None)


def listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else names or []


def nearness(text: str, names: Iterable[str]) -> int:
    """How near the nearest of the names comes to the text."""
    said = words_of(text)
    texts = {" ".join(said), " ".join(in_italian(said))}
    called = [" ".join(words_of(name)) for name in names]
    return min((_near(one, name) for one in texts for name in called), default=FARTHEST)


def _near(said: str, name: str) -> int:
    if said == name:
        return EXACTLY
    if name.startswith(said):
        return BEGINNING
    if f" {said}" in name:
        return IN_A_WORD
    return WITHIN if len(said) > 2 and said in name else FARTHEST

"""The entries that cards show, with little more work than the database's own.

They are rows of their models that hold what a card says (``Entry.card_columns``) and nothing
else; whatever more is asked of one is fetched by itself, as Django does with what was deferred.
The query of a kind is put together once: that, and making whole rows, takes Django longer than
PostgreSQL takes to answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

from directory.models import Entry
from directory.planned import rows_of
from directory.registry import kinds

# Stands for the keys of the wanted rows among the parameters of a query.
WANTED = object()


@dataclass(frozen=True)
class Part:
    """Columns that stand beside each other in a row of the answer: of the entry, or of one of the
    rows it names."""

    relation: str
    model: Any
    columns: tuple[str, ...]
    start: int

    def of(self, values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.columns, values[self.start :], strict=False))


@dataclass(frozen=True)
class Reader:
    """A query of a kind's rows, ready for the keys that are wanted."""

    model: type[Entry]
    sql: str
    parameters: tuple[Any, ...]
    own: Part
    joined: tuple[Part, ...]
    # The places of the columns that Django reads in a way of its own, and how.
    converters: tuple[tuple[int, Any], ...]

    def read(self, pks: Sequence[int]) -> list[Entry]:
        """In no order. One query."""
        parameters = [list(pks) if one is WANTED else one for one in self.parameters]
        return [self.entry(list(row)) for row in rows_of(self.sql, parameters)]

    def entry(self, values: list[Any]) -> Entry:
        for place, convert in self.converters:
            values[place] = convert(values[place])
        entry = row_of(self.model, self.own.of(values))
        related = entry._state.fields_cache = {}
        for part in self.joined:
            told = part.of(values)
            related[part.relation] = row_of(part.model, told) if told["id"] is not None else None
        return entry


def row_of(model: Any, told: dict[str, Any]) -> Any:
    """A row that holds what was read of it."""
    row = model.__new__(model)
    row.__dict__.update(told)
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


@cache
def reader(model: type[Entry], with_texts: bool) -> Reader:
    own = ["id", *(name for name in model.card_columns if "__" not in name)]
    if with_texts:
        own += model.marked_columns()
    joined: dict[str, list[str]] = defaultdict(lambda: ["id"])
    for name in model.card_columns:
        relation, _, column = name.rpartition("__")
        if relation:
            joined[relation].append(column)
    paths = [f"{relation}__{column}" for relation, told in joined.items() for column in told]
    said = model.said_columns()

    wanted = RawSQL("SELECT unnest(%s::bigint[])", [WANTED])
    queryset: Any = model._default_manager.published().with_said().order_by().rewrite(False)
    # What was annotated comes last, wherever it is asked for.
    queryset = queryset.filter(pk__in=wanted).values_list(*paths, *own, *said)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    converters = compiler.get_converters([expression for expression, _sql, _as in compiler.select])
    return Reader(
        model,
        sql,
        parameters,
        Part("", model, (*own, *said), len(paths)),
        tuple(parts_of(model, joined)),
        tuple((place, reading(*how)) for place, how in converters.items()),
    )


def parts_of(model: Any, joined: Mapping[str, Sequence[str]]) -> Iterator[Part]:
    start = 0
    for relation, columns in joined.items():
        related = model._meta.get_field(relation).related_model
        yield Part(relation, related, tuple(columns), start)
        start += len(columns)


def reading(converters: Sequence[Any], expression: Any) -> Callable[[Any], Any]:
    """Django's converters of a column as one."""

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, expression, connection)
        return value

    return read


def entries_in_order(wanted: list[tuple[str, int]], with_texts: bool = False) -> list[Entry]:
    """Entries by (kind, key), ready for cards, in the order given; ``with_texts``, those that
    were searched too. For each kind a query."""
    rows: dict[tuple[str, int], Entry] = {}
    for key, kind in kinds.items():
        if pks := [pk for one, pk in wanted if one == key]:
            found = reader(kind.model, with_texts).read(pks)
            rows.update({(key, entry.pk): entry for entry in found})
    return [rows[one] for one in wanted if one in rows]

"""The entries that cards show, with little more work than the database's own.

They are rows of their models that hold what a card says (``Entry.card_columns``) and nothing
else; whatever more is asked of one is fetched by itself, as Django does with what was deferred.
The query of a kind is put together once: that, and making whole rows, takes Django longer than
PostgreSQL takes to answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import prefetch_related_objects
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

from directory.models import Entry
from directory.planned import rows_of
from directory.registry import kinds

# Stands for the keys of the wanted rows among the parameters of a query.
WANTED = object()


@dataclass(frozen=True)
class Reader:
    """A query of a kind's rows, ready for the keys that are wanted."""

    model: type[Entry]
    sql: str
    parameters: tuple[Any, ...]
    # The names of the columns, and how Django reads some of them.
    columns: tuple[str, ...]
    converters: dict[int, Any]

    def read(self, pks: Sequence[int]) -> list[Entry]:
        """In no order. One query, and one for each of the kind's prefetches."""
        parameters = [list(pks) if one is WANTED else one for one in self.parameters]
        found = [self.entry(row) for row in self.converted(rows_of(self.sql, parameters))]
        if self.model.card_prefetches:
            prefetch_related_objects(found, *(make() for make in self.model.card_prefetches))
        return found

    def converted(self, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for place, (converters, expression) in self.converters.items():
                for convert in converters:
                    values[place] = convert(values[place], expression, connection)
            yield values

    def entry(self, values: Sequence[Any]) -> Entry:
        own: dict[str, Any] = {}
        joined: dict[str, dict[str, Any]] = defaultdict(dict)
        for name, value in zip(self.columns, values, strict=True):
            relation, _, column = name.rpartition("__")
            (joined[relation] if relation else own)[column] = value
        entry = row_of(self.model, own)
        for relation, told in joined.items():
            field: Any = self.model._meta.get_field(relation)
            known = told["id"] is not None
            entry._state.fields_cache[relation] = (
                row_of(field.related_model, told) if known else None
            )
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
    columns = ["id", *model.card_columns]
    joins = dict.fromkeys(name.partition("__")[0] for name in columns if "__" in name)
    columns += [f"{join}__id" for join in joins]
    if with_texts:
        columns += model.marked_columns()
    wanted = RawSQL("SELECT unnest(%s::bigint[])", [WANTED])
    queryset: Any = model._default_manager.published().with_said().order_by().rewrite(False)
    queryset = queryset.filter(pk__in=wanted).values_list(*columns, *model.said_columns())
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    converters = compiler.get_converters([expression for expression, _sql, _as in compiler.select])
    return Reader(model, sql, parameters, (*columns, *model.said_columns()), converters)


def entries_in_order(wanted: list[tuple[str, int]], with_texts: bool = False) -> list[Entry]:
    """Entries by (kind, key), ready for cards, in the order given; ``with_texts``, those that
    were searched too. For each kind a query, and its prefetches."""
    rows: dict[tuple[str, int], Entry] = {}
    for key, kind in kinds.items():
        if pks := [pk for one, pk in wanted if one == key]:
            found = reader(kind.model, with_texts).read(pks)
            rows.update({(key, entry.pk): entry for entry in found})
    return [rows[one] for one in wanted if one in rows]

"""All rows of a few entries, and every row of any room that points at them: read, and put back.

What points at an entry is read from the models, so that a table which is made tomorrow is not
forgotten. Rows are what PostgreSQL says of them as JSON: nothing is lost on the way. Of other
entries that point at one (a part at what it is part of) only the pointing columns are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

from directory.models import Entry
from directory.pairs import Distinction
from directory.registry import kind_of
from directory.translated_texts import KEPT_BY_THE_DATABASE

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""By table and by key."""

# What triggers write: a version counts on, since what was open in a form must not pass for what is
# there again, and what texts say of each other is judged anew.
BY_TRIGGERS = frozenset({"version", "text_marks", "still_right", *KEPT_BY_THE_DATABASE})


@dataclass(frozen=True)
class Pointing:
    """A column of another table, or of the entry's own, that names an entry."""

    model: type[models.Model]
    field: Any

    @property
    def is_entry(self) -> bool:
        return issubclass(self.model, Entry)

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"


@cache
def pointing_at(model: type[models.Model]) -> tuple[Pointing, ...]:
    """Every foreign key to a model, hidden ones and those of tables between included.

    Views are left out: they follow their tables.
    """
    relations: Any = model._meta.get_fields(include_hidden=True)
    return tuple(
        Pointing(relation.related_model, relation.field)
        for relation in relations
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and relation.related_model._meta.managed
    )


@dataclass(frozen=True)
class Naming:
    """Rows that name an entry without a key, and may be gone by tomorrow: they follow a merge and
    its undoing as long as they are there, and stand in the way of neither.

    ``rows`` gives those that are about a kind; ``moved`` is what they say besides when they are
    moved, which is taken back with the rest.
    """

    table: str
    column: str
    rows: Callable[[type[Entry]], models.QuerySet]
    moved: dict[str, Any]

    def about(self, model: type[Entry], *entries: int) -> models.QuerySet:
        return self.rows(model).filter(**{f"{self.column}__in": entries}).order_by()


_naming: dict[str, Naming] = {}


def names_entries(naming: Naming) -> None:
    """For a room that is ready."""
    _naming[naming.table] = naming


def naming() -> list[Naming]:
    return list(_naming.values())


def read(model: type[Entry], entries: Iterable[int], also: Iterable[Rows] = ()) -> Rows:
    """What is there of the entries and around them; and of the rows that ``also`` names."""
    wanted: Rows = {}
    with connection.cursor() as cursor:
        _collect(cursor, wanted, model, "id", list(entries))
        for pointing in pointing_at(model):
            if pointing.is_entry:
                _collect_pointing(cursor, wanted, pointing, list(entries))
            else:
                column = pointing.field.column
                _collect(cursor, wanted, pointing.model, column, list(entries))
                _collect_below(cursor, wanted, pointing.model)
        _collect_distinctions(cursor, wanted, model, list(entries))
        for each in naming():
            said = each.about(model, *entries).values("pk", each.column, *each.moved)
            wanted[each.table] = {str(row.pop("pk")): row for row in said}
        for rows in also:
            for table, keyed in rows.items():
                missing = [key for key in keyed if key not in wanted.get(table, {})]
                _collect_known(cursor, wanted, table, missing, keyed)
    return wanted


def _collect(cursor: Any, wanted: Rows, model: Any, column: str, values: list[Any]) -> None:
    if not values:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    cursor.execute(
        f"SELECT told.{key}::text, to_jsonb(told)::text FROM public.{table} AS told"  # noqa: S608
        f" WHERE told.{column} = ANY(%s)",
        [values],
    )
    _add(wanted, table, cursor.fetchall())


def _collect_pointing(cursor: Any, wanted: Rows, pointing: Pointing, entries: list[int]) -> None:
    """Of entries outside: which entry they name, and nothing else of theirs."""
    table, column = pointing.model._meta.db_table, pointing.field.column
    cursor.execute(
        f"SELECT id::text, jsonb_build_object('id', id, '{column}', {column})::text"  # noqa: S608
        f" FROM public.{table} WHERE {column} = ANY(%s) AND id <> ALL(%s)",
        [entries, entries],
    )
    _add(wanted, table, cursor.fetchall())


def _collect_below(cursor: Any, wanted: Rows, model: Any) -> None:
    """What points at the rows that point: the roles of a participation, what names a source."""
    table = model._meta.db_table
    for pointing in pointing_at(model):
        keys = [row[model._meta.pk.column] for row in wanted.get(table, {}).values()]
        before = len(wanted.get(pointing.model._meta.db_table, {}))
        _collect(cursor, wanted, pointing.model, pointing.field.column, keys)
        if len(wanted.get(pointing.model._meta.db_table, {})) > before:
            _collect_below(cursor, wanted, pointing.model)


def _collect_distinctions(
    cursor: Any, wanted: Rows, model: type[Entry], entries: list[int]
) -> None:
    pairs = Distinction.objects.of(kind_of(model).number, *entries).values_list("pk", flat=True)
    _collect(cursor, wanted, Distinction, "id", list(pairs))


def _collect_known(
    cursor: Any, wanted: Rows, table: str, keys: list[str], known: dict[str, Row]
) -> None:
    """Rows by their key, with the columns that were read of each before."""
    if not keys:
        return
    key = key_of(table)
    cursor.execute(
        f"SELECT told.{key}::text, to_jsonb(told)::text FROM public.{table} AS told"  # noqa: S608
        f" WHERE told.{key}::text = ANY(%s)",
        [keys],
    )
    for pk, said in cursor.fetchall():
        row = json.loads(said)
        columns = known[pk]
        wanted.setdefault(table, {})[pk] = {name: row[name] for name in columns if name in row}


def _add(wanted: Rows, table: str, found: list[tuple[str, str]]) -> None:
    """A row that is pointed at twice is one, and the fuller of two readings stands."""
    rows = wanted.setdefault(table, {})
    for key, said in found:
        rows[key] = rows.get(key, {}) | json.loads(said)


# ------------------------------------------------------------------ differences
@cache
def model_of(table: str) -> Any:
    from django.apps import apps

    every = apps.get_models(include_auto_created=True)
    return next(model for model in every if model._meta.db_table == table)


def key_of(table: str) -> str:
    return model_of(table)._meta.pk.column


def differing(one: Rows, another: Rows) -> Iterator[tuple[str, str]]:
    """Table and key of each row that the two do not say alike; ``BY_TRIGGERS`` say nothing.

    A column that only one of them has came or went with a migration.
    """
    for table in sorted({*one, *another} - _naming.keys()):
        mine, theirs = one.get(table, {}), another.get(table, {})
        for key in sorted({*mine, *theirs}):
            if (key in mine) != (key in theirs) or not _alike(mine[key], theirs[key]):
                yield table, key


def _alike(one: Row, another: Row) -> bool:
    return all(
        one[name] == another[name]
        for name in one.keys() & another.keys()
        if name not in BY_TRIGGERS
    )


# ------------------------------------------------------------------ putting back
class Gone(Exception):
    """A row names another that is there no more; ``args`` are the table and the key."""


def put_back(now: Rows, wanted: Rows) -> None:
    """Makes the rows what they were, key for key. Foreign keys are checked at the end.

    First what came is deleted, then what is there is written, then what went is inserted: so the
    slugs have their former owner before it is there again, and the trigger finds it so.
    """
    changes = list(differing(now, wanted))
    for each in naming():
        rows: models.QuerySet = models.QuerySet(model_of(each.table))
        for key, said in wanted.get(each.table, {}).items():
            rows.filter(pk=key).update(**said)
    with connection.cursor() as cursor:
        for table, key in changes:
            if key not in wanted.get(table, {}):
                cursor.execute(
                    f"DELETE FROM public.{table} WHERE {key_of(table)}::text = %s",  # noqa: S608
                    [key],
                )
        inserted = {(table, key) for table, key in changes if key not in now.get(table, {})}
        for table, key in changes:
            if key in wanted.get(table, {}):
                row = _with_what_is_there(cursor, table, wanted[table][key], inserted)
                if (table, key) not in inserted:
                    _update(cursor, table, key, row)
        for table, key in changes:
            if (table, key) in inserted:
                row = _with_what_is_there(cursor, table, wanted[table][key], inserted)
                _insert(cursor, table, row)


def _columns(table: str, row: Row) -> list[str]:
    generated = {each.column for each in model_of(table)._meta.concrete_fields if each.generated}
    known = {each.column for each in model_of(table)._meta.concrete_fields}
    return [name for name in row if name in known - generated]


def _update(cursor: Any, table: str, key: str, row: Row) -> None:
    columns = [name for name in _columns(table, row) if name not in BY_TRIGGERS | {key_of(table)}]
    names = ", ".join(f'"{name}"' for name in columns)
    if not columns:
        return
    cursor.execute(
        f"UPDATE public.{table} SET ({names}) = ROW("  # noqa: S608
        + ", ".join(f'said."{name}"' for name in columns)
        + f") FROM jsonb_populate_record(NULL::public.{table}, %s::jsonb) AS said"
        f" WHERE public.{table}.{key_of(table)}::text = %s",
        [json.dumps(row), key],
    )


def _insert(cursor: Any, table: str, row: Row) -> None:
    columns = _columns(table, row)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"INSERT INTO public.{table} ({names}) SELECT {names}"  # noqa: S608
        f" FROM jsonb_populate_record(NULL::public.{table}, %s::jsonb)",
        [json.dumps(row)],
    )


def _with_what_is_there(cursor: Any, table: str, row: Row, inserted: set[tuple[str, str]]) -> Row:
    """A key to what is gone is left empty where it may be (who checked an entry may have left)."""
    model = model_of(table)
    said = dict(row)
    for each in model._meta.concrete_fields:
        value = said.get(each.column)
        if not each.remote_field or value is None:
            continue
        target = each.related_model._meta
        if (target.db_table, str(value)) in inserted:
            continue
        cursor.execute(
            f"SELECT 1 FROM public.{target.db_table} WHERE {target.pk.column} = %s",  # noqa: S608
            [value],
        )
        if cursor.fetchone():
            continue
        if not each.null:
            raise Gone(target.db_table, str(value))
        said[each.column] = None
    return said

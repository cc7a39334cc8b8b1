"""How a field of a model stands in a table of a dump, and how it is read from it again.

No row has a number of its own in a dump: places, words and entries are named by their slug (a
province by its two letters), a row of a list by its owner and its place in the list. What is said
is SQL about the row ``one`` of the model's table; what is read, about the row ``said`` of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from modeltranslation.manager import get_translatable_fields_for_model

from directory.models import Entry
from places.languages import LANGUAGES
from places.models import Province

PUBLISHED = "status = 'published'"
DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
URL = r"^https?://[^/\s]+"


@dataclass(frozen=True)
class Column:
    """``kind``: a type of Frictionless Table Schema. ``reads``: the columns of the database that
    are written from it. ``names``: the model whose row it names. ``pattern`` and ``choices``: what
    it can be, if it is not empty."""

    name: str
    said: str
    kind: str = "string"
    joins: tuple[str, ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    finds: tuple[str, ...] = ()
    found: str = ""
    names: type[models.Model] | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()


def quoted(name: str) -> str:
    return f'"{name}"'


def key_of(model: type[models.Model]) -> str:
    """The column by which rows of a model are named."""
    return "sigla" if model is Province else "slug"


def text(
    name: str, *, public_if: str = "", pattern: str = "", choices: tuple[str, ...] = ()
) -> Column:
    """Nothing written is NULL in the file and ``""`` in the database."""
    said = f"nullif(one.{quoted(name)}, '')"
    reads = {name: f"coalesce(said.{quoted(name)}, '')"}
    if public_if:
        said = f"CASE WHEN one.{public_if} THEN {said} END"
        reads[public_if] = f"said.{quoted(name)} IS NOT NULL"
    return Column(name, said, reads=reads, pattern=pattern, choices=choices)


def translated(name: str) -> list[Column]:
    """A column for each language. The bare one, which no query reads, is the Italian text, as
    everywhere."""
    columns = []
    for language in LANGUAGES:
        column = text(f"{name}_{language}")
        bare = {name: column.reads[column.name]} if language == LANGUAGES[0] else {}
        columns.append(Column(column.name, column.said, reads={**column.reads, **bare}))
    return columns


def partial_date(name: str) -> Column:
    """As long as it is precise."""
    precision = f"{name}_precision"
    said = (
        f"to_char(one.{quoted(name)}, CASE one.{precision} WHEN 'year' THEN 'YYYY'"
        " WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END)"
    )
    written = f"said.{quoted(name)}"
    length = f"CASE length({written}) WHEN"
    reads = {
        name: f"({written} || {length} 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END)::date",
        precision: f"coalesce({length} 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END,"
        " '')",
    }
    return Column(name, said, reads=reads, pattern=DATE)


KINDS: dict[type[models.Field], str] = {
    models.BooleanField: "boolean",
    models.DateField: "date",
    models.DateTimeField: "datetime",
    models.FloatField: "number",
    models.IntegerField: "integer",
    models.JSONField: "array",
}


def value(each: models.Field) -> Column:
    """A number, a truth, a day, a moment, a list: as PostgreSQL writes it."""
    kind = next(kind for type_, kind in KINDS.items() if isinstance(each, type_))
    said = f"one.{quoted(each.name)}"
    if kind == "datetime":
        said = f"to_char({said} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    reads = {each.name: f"said.{quoted(each.name)}::{each.db_type(connection)}"}
    return Column(each.name, said, kind, reads=reads)


def reference(name: str, target: type[models.Model], column: str) -> Column:
    """A row that is named; an entry only where it is public."""
    of = f"of_{name}"
    key = key_of(target)
    table = target._meta.db_table
    only = f" AND {of}.{PUBLISHED}" if issubclass(target, Entry) else ""
    return Column(
        name,
        f"{of}.{key}",
        joins=(f"LEFT JOIN {table} AS {of} ON {of}.id = one.{column}{only}",),
        reads={column: f"{of}.id"},
        finds=(f"LEFT JOIN {table} AS {of} ON {of}.{key} = said.{quoted(name)}",),
        found=f"{of}.id",
        names=target,
    )


def source_of(model: type[models.Model], owner: str) -> Column:
    """One of the owner's sources, by its place among them, from 1."""
    table = model._meta.db_table
    said = (
        f"(SELECT count(*) FROM {table} AS other WHERE other.entry_id = of_source.entry_id"
        ' AND (other."order", other.id) <= (of_source."order", of_source.id))'
    )
    # An offset of null skips nothing: a tie that names no source would get the first.
    found = (
        "CASE WHEN said.source IS NOT NULL THEN"
        f" (SELECT other.id FROM {table} AS other WHERE other.entry_id = of_{owner}.id"
        ' ORDER BY other."order", other.id OFFSET said.source::integer - 1 LIMIT 1) END'
    )
    return Column(
        "source",
        f"CASE WHEN of_source.id IS NOT NULL THEN {said} END",
        "integer",
        joins=(
            f"LEFT JOIN {table} AS of_source ON of_source.id = one.source_id"
            f" AND of_source.entry_id = one.{owner}_id",
        ),
        reads={"source_id": found},
        found=found,
    )


def columns_of(model: type[models.Model], name: str) -> list[Column]:
    """The columns for a field."""
    each: Any = model._meta.get_field(name)
    if name in (get_translatable_fields_for_model(model) or ()):
        return translated(name)
    if any(one.name == f"{name}_precision" for one in model._meta.concrete_fields):
        return [partial_date(name)]
    if isinstance(each, models.ForeignKey):
        target: Any = each.related_model
        return [reference(name, target, each.column)]
    if any(one.name == f"{name}_public" for one in model._meta.concrete_fields):
        return [text(name, public_if=f"{name}_public")]
    if isinstance(each, models.CharField | models.TextField | models.FileField):
        is_address = name == "url" or name.endswith("_url")
        choices = tuple(str(value) for value, _label in each.flatchoices)
        return [text(name, pattern=URL if is_address else "", choices=choices)]
    return [value(each)]

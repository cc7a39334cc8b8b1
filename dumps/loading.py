"""Filling an empty civicnet from a dump: whole, or not at all.

Each file goes by COPY into a table of texts that lasts as long as the transaction, and from there
into its own: names become keys, texts become what they are. What cannot be is said with the file
and what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from directory.history import record_in_bulk
from directory.models import Entry
from directory.pictures import FILE_NAME
from directory.registry import kinds
from directory.told import Sentence
from dumps.columns import Column, quoted
from dumps.package import CHUNK, SUMS, digest_of, summed
from dumps.tables import Table, tables
from dumps.writing import Refused
from places.models import CityName

BATCH = 5000
LOADED = Sentence("load_directory", _("loaded from files of a directory"))
Tell = Callable[[str, int], object]


def load(folder: Path, tell: Tell = lambda name, count: None) -> None:
    """Everything that the dump has, as it was. ``Refused`` says why not.

    One transaction: a few queries for each table, thirteen for the versions of each 500 entries.
    Pictures are written before the rows that name them.
    """
    pictures = _checked(folder)
    _refuse_what_is_not_empty()
    written: list[str] = []
    try:
        for name in pictures:
            written += _picture(folder, name)
        tell("pictures", len(pictures))
        with transaction.atomic():
            for table in tables():
                tell(table.file, _table(folder, table))
            _remember()
    except (DatabaseError, psycopg.Error) as error:
        _forget(written)
        raise Refused(f"Nothing was loaded: {str(error).splitlines()[0]}") from error
    except BaseException:
        _forget(written)
        raise
    with connection.cursor() as cursor:
        # Until PostgreSQL has counted the new rows its plans are for empty tables.
        cursor.execute(f"ANALYZE {', '.join(table.relation for table in tables())}")


def _checked(folder: Path) -> list[str]:
    """The files of pictures, once every file is what the checksums say."""
    if not (folder / SUMS).is_file():
        raise Refused(f"{folder} is no dump: it has no {SUMS}.")
    known = dict(summed(folder))
    pictures = [name for name in known if FILE_NAME.fullmatch(name)]
    for name in (*(table.file for table in tables()), *pictures):
        if name not in known or not (folder / name).is_file():
            raise Refused(f"{name} is missing.")
        if digest_of(folder / name) != known[name]:
            raise Refused(f"{name} is not as it was written: its checksum is another.")
    return pictures


def _refuse_what_is_not_empty() -> None:
    for table in tables():
        if table.model._base_manager.exists():
            with override("en"):
                what = str(table.model._meta.verbose_name_plural)
            raise Refused(f"This directory is not empty: there are {what}.")


def _picture(folder: Path, name: str) -> list[str]:
    if default_storage.exists(name):
        if _same(folder / name, name):
            return []
        raise Refused(f"Another picture has the name {name}.")
    with (folder / name).open("rb") as file:
        return [default_storage.save(name, File(file))]


def _same(path: Path, name: str) -> bool:
    with default_storage.open(name) as file:
        return bool(path.read_bytes() == file.read())


def _forget(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


# ------------------------------------------------------------------ tables
def _table(folder: Path, table: Table) -> int:
    with connection.cursor() as cursor:
        said = _staged(cursor, folder / table.file, table)
        for column in table.columns:
            _refuse_unknown(cursor, table, column, said)
            _refuse_misshapen(cursor, table, column, said)
        if table.model is CityName:
            return _city_names(cursor, said)
        cursor.execute(*_insert(table, said))
        count = int(cursor.rowcount)
        for column in table.columns:
            if column.names is table.model:
                cursor.execute(_name_each_other(table, column, said))
        cursor.execute(f"DROP TABLE {said}")
    return count


def _staged(cursor: Any, path: Path, table: Table) -> str:
    name = f"said_{table.name}"
    names = ", ".join(quoted(column.name) for column in table.columns)
    columns = ", ".join(f"{quoted(column.name)} text" for column in table.columns)
    cursor.execute(
        f"CREATE TEMPORARY TABLE {name}"
        f" (line bigint GENERATED ALWAYS AS IDENTITY, {columns}) ON COMMIT DROP"
    )
    command = f"COPY {name} ({names}) FROM STDIN (FORMAT csv, HEADER MATCH, ENCODING 'UTF8')"
    with path.open("rb") as file, cursor.copy(command) as copy:
        while part := file.read(CHUNK):
            copy.write(part)
    cursor.execute(f"ANALYZE {name}")
    return name


def _read(table: Table, said: str) -> str:
    finds = " ".join(dict.fromkeys(find for each in table.columns for find in each.finds
                                   if each.names is not table.model))  # fmt: skip
    return f"FROM {said} AS said {finds}"


def _refuse_unknown(cursor: Any, table: Table, column: Column, said: str) -> None:
    """Names that nothing has. Rows that name one another come in the same file."""
    if not column.found:
        return
    name = f"said.{quoted(column.name)}"
    if column.names is table.model:
        source = f"FROM {said} AS said"
        unknown = f"{name} NOT IN (SELECT slug FROM {said})"
    else:
        source, unknown = _read(table, said), f"{column.found} IS NULL"
    cursor.execute(f"SELECT {name} {source} WHERE {name} IS NOT NULL AND {unknown} LIMIT 1")
    if row := cursor.fetchone():
        raise Refused(f"{table.file}: {column.name} names what is not there: {row[0]}")


def _refuse_misshapen(cursor: Any, table: Table, column: Column, said: str) -> None:
    name = f"said.{quoted(column.name)}"
    for wrong, limit in (
        (f"{name} !~* %s", column.pattern),
        (f"{name} <> ALL (%s)", list(column.choices)),
    ):
        if limit:
            cursor.execute(f"SELECT {name} FROM {said} AS said WHERE {wrong} LIMIT 1", [limit])
            if row := cursor.fetchone():
                raise Refused(f"{table.file}: {column.name} cannot be: {row[0]}")


def _insert(table: Table, said: str) -> tuple[str, list[Any]]:
    """In the order of the file, so that what was first in a list is first again."""
    written: dict[str, str] = {}
    for column in table.columns:
        # Whom a row of the same table names is not there yet.
        written |= column.reads if column.names is not table.model else {}
    written |= table.fixed
    parameters: list[Any] = []
    for each in table.model._meta.concrete_fields:
        column_name = str(each.column)
        if column_name in written or each.name == "id" or each.generated:
            continue
        if each.null or each.db_default is not models.NOT_PROVIDED:
            continue
        written[column_name] = "%s"
        parameters.append(each.get_db_prep_save(each.get_default(), connection))
    columns = ", ".join(map(quoted, written))
    values = ", ".join(written.values())
    source = _read(table, said)
    return (
        f"INSERT INTO {table.relation} ({columns}) SELECT {values} {source} ORDER BY said.line",
        parameters,
    )


def _name_each_other(table: Table, column: Column, said: str) -> str:
    [(target, found)] = column.reads.items()
    return (
        f"UPDATE {table.relation} AS one SET {target} = {found} FROM {said} AS said"
        f" {' '.join(column.finds)} WHERE one.slug = said.slug"
        f" AND said.{quoted(column.name)} IS NOT NULL"
    )


def _city_names(cursor: Any, said: str) -> int:
    """What a name is compared by is made in Python."""
    columns = ("name", "kind", "language", "istat_code", "catasto_code", "sigla")
    written = ", ".join(f"coalesce(said.{name}, '')" for name in columns)
    cursor.execute(
        f"SELECT city.id, said.by_staff::boolean, {written} FROM {said} AS said"
        " JOIN places_city AS city ON city.slug = said.city ORDER BY said.line"
    )
    rows = (
        CityName(city_id=city, by_staff=by_staff, **dict(zip(columns, values, strict=True)))
        for city, by_staff, *values in cursor.fetchall()
    )
    count = 0
    while batch := list(islice(rows, BATCH)):
        for name in batch:
            name.set_keys()
        count += len(CityName.objects.bulk_create(batch))
    return count


# ------------------------------------------------------------------ history
def _remember() -> None:
    """A first version of each entry, one revision for each batch."""
    for kind in kinds.values():
        entries = _entries(kind.model)
        while batch := list(islice(entries, BATCH)):
            record_in_bulk(batch, LOADED())


def _entries(model: type[Entry]) -> Iterator[Any]:
    plain: models.QuerySet = models.QuerySet(model)
    return plain.order_by("pk").only("pk").iterator()

"""Writing a dump: the same content gives the same bytes, whatever the machine and the day."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction

from directory.entry_lists import Picture
from directory.pictures import name_for_width
from directory.registry import Kind, kinds
from dumps.columns import PUBLISHED
from dumps.package import DESCRIPTION, READ_ME, SUMS, described, read_me, sums
from dumps.tables import Table, by, plural, tables
from exports import vocabularies
from exports.columns import columns_of
from exports.formats import FEATURE, attribution
from exports.linked import nodes_of
from exports.rdf import Node, turtle, turtle_head

FETCHED = 500
# Everything as linked data.
GRAPH = "directory.ttl"
Tell = Callable[[str, int], object]


class Refused(Exception):
    """A folder that a dump cannot be written to or read from, and why."""


def dump(folder: Path, tell: Tell = lambda name, count: None) -> int:
    """Write the public directory; ``tell`` hears of each file and how many rows it has.

    The folder is there whole or as it was before. All files show one moment of the directory.
    Memory does not grow with it. A query for each table and for each kind of entry. How many
    files were written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / DESCRIPTION).is_file():
        raise Refused(f"{folder} holds something that is not a dump.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        files = _written(partial, tell)
        partial.chmod(0o755)
        _put_in_place(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return files


def _written(folder: Path, tell: Tell) -> int:
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in tables():
            tell(table.file, _table(cursor, table, folder / table.file))
        names = [table.file for table in tables()]
        for kind in kinds.values():
            name = plural(kind.key)
            tell(f"{name}.jsonl", _lines(kind, folder / f"{name}.jsonl"))
            tell(f"{name}.geojson", _points(kind, folder / f"{name}.geojson"))
            names += [f"{name}.jsonl", f"{name}.geojson"]
        tell(GRAPH, _graph(folder / GRAPH))
        names.append(GRAPH)
        pictures = list(_pictures(cursor))
        cursor.execute(_newest())
        [version] = cursor.fetchone()
    there = [name for name in pictures if _copied(name, folder)]
    tell("pictures", len(there))
    if missing := len(pictures) - len(there):
        tell("pictures without a file", missing)
    said = described(folder, sorted(names), tables(), version)
    (folder / DESCRIPTION).write_text(said, encoding="utf-8")
    (folder / READ_ME).write_text(read_me(), encoding="utf-8")
    files = [*names, *there, DESCRIPTION, READ_ME]
    (folder / SUMS).write_text(sums(folder, files), encoding="utf-8")
    return len(files) + 1


def _put_in_place(partial: Path, folder: Path) -> None:
    """An earlier dump goes when the new one is there."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    # A folder can take the place of an empty one only.
    folder.replace(old)
    partial.replace(folder)
    shutil.rmtree(old)


def _table(cursor: Any, table: Table, path: Path) -> int:
    with path.open("wb") as file:
        command = f"COPY ({table.said()}) TO STDOUT (FORMAT csv, HEADER)"
        with cursor.copy(command) as copy:
            for part in copy:
                file.write(part)
    return int(cursor.rowcount)


def _records(kind: Kind, said: str) -> Iterator[str]:
    """Of each public entry, by slug, what is public of it: as the files and the API have it."""
    how = {"is_flat": False, "at_once": True}
    columns = columns_of(kind.key)
    record = ", ".join(column.sql(**how) for column in columns)
    joins = " ".join(dict.fromkeys(join for column in columns for join in column.joined(**how)))
    query = (
        f"SELECT {said} FROM {kind.model._meta.db_table} AS entry {joins}"
        f" CROSS JOIN LATERAL (SELECT {record}) AS record"
        f" WHERE entry.{PUBLISHED} ORDER BY {by('entry.slug')}"
    )
    # Percent signs stand for themselves where there are no parameters.
    for (text,) in _rows(query.replace("%%", "%")):
        yield text


def _rows(query: str) -> Iterator[tuple[Any, ...]]:
    line: Any = connection.connection
    with line.cursor(name="dump") as cursor:
        cursor.itersize = FETCHED
        cursor.execute(query)
        yield from cursor


def _lines(kind: Kind, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for text in _records(kind, "row_to_json(record)::text"):
            file.write(f"{text}\n")
            count += 1
    return count


def _graph(path: Path) -> int:
    """The words, the places, and each public entry; how many things are described."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(turtle_head())
        for node in _nodes():
            file.write(turtle(node))
            count += 1
    return count


def _nodes() -> Iterator[Node]:
    yield from vocabularies.words()
    yield from vocabularies.provinces_and_regions()
    yield from map(vocabularies.city, _rows(vocabularies.CITIES))
    for kind in kinds.values():
        for record in _records(kind, "row_to_json(record)::text"):
            yield from nodes_of(json.loads(record), is_alone=False)


def _points(kind: Kind, path: Path) -> int:
    count = 0
    head = json.dumps({"type": "FeatureCollection", **attribution()}, ensure_ascii=False)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{head[:-1]}, "features": [')
        for count, text in enumerate(_records(kind, FEATURE), start=1):
            file.write(f"{',' if count > 1 else ''}\n{text}")
        file.write("\n]}\n")
    return count


def _pictures(cursor: Any) -> Iterator[str]:
    """The files of the pictures of public entries."""
    for table in tables():
        if issubclass(table.model, Picture):
            cursor.execute(f"SELECT said.image, said.widths FROM ({table.said()}) AS said")
            for name, widths in cursor.fetchall():
                told = json.loads(widths) if isinstance(widths, str) else widths
                yield from (name_for_width(name, width) for width in told)


def _copied(name: str, folder: Path) -> bool:
    """Whether there was such a file: a backup may have been restored without its pictures."""
    if not default_storage.exists(name):
        return False
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    return True


def _newest() -> str:
    """When what is public changed last, to the second."""
    times = " UNION ALL ".join(
        f"SELECT max(one.updated) AS newest FROM {kind.model._meta.db_table} AS one"
        f" WHERE one.{PUBLISHED}"
        for kind in kinds.values()
    )
    moment = "to_char(max(newest) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    return f"SELECT coalesce({moment}, '') FROM ({times}) AS times"

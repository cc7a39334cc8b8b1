"""Very many rows into tables that held few: indexes and foreign keys are made again at the end.

As PostgreSQL's manual advises under “Populating a Database”: a row is not put into thirty indexes
one by one, and whether keys lead somewhere is asked once for a whole table. Until the transaction
ends nobody else reads these tables, nor those that they refer to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

# Statements that take something away, each with the one that makes it again.
Taken = list[tuple[str, str]]
# Those of constraints and of references stay: triggers ask by them, and they cost little.
INDEXES = """
SELECT format('DROP INDEX public.%%I', index.relname), pg_get_indexdef(index.oid)
FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
WHERE indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid
        OR contype = 'f' AND conrelid = indrelid AND conkey = ARRAY[indkey[0]])
ORDER BY indrelid::regclass::text, index.relname
"""
FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
        conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
ORDER BY conrelid::regclass::text, conname
"""


def of_tables(cursor: Any, query: str, tables: Collection[str]) -> Taken:
    """Their ``INDEXES`` or ``FOREIGN_KEYS``, for ``without``. One query."""
    cursor.execute(query, [list(tables)])
    return list(cursor.fetchall())


@contextmanager
def without(cursor: Any, taken: Taken) -> Iterator[None]:
    """Within it these are not there. At its end an ``IntegrityError`` says what they forbid.

    PostgreSQL refuses to change a table of which something is still to be checked: before the end
    of foreign keys, what the transaction has put off must be done. Two queries for each.
    """
    for drop, _again in taken:
        cursor.execute(drop)
    yield
    for _drop, again in taken:
        cursor.execute(again)

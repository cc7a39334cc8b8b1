"""What PostgreSQL knows of tables after very many rows were written at once.

Until it has counted them its plans are for the tables as they were, and a search may take half a
minute. It does so by itself, but not at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from directory.registry import kinds

MANY = 1000
# Tables of the index, which no model has: see ``directory.index`` and its neighbours.
KEPT = ("directory_listed", "directory_tally", "directory_document", "directory_called")


def count_now(written: int, tables: Collection[str]) -> None:
    """Have tables counted within the transaction that writes them, if it writes ``MANY`` rows.

    Triggers, and all that is kept at the end of the transaction, ask them: planned for what they
    held before, such a question reads every city for each entry. A second a table at most.
    """
    if written >= MANY and tables:
        with connection.cursor() as cursor:
            cursor.execute(_analyze(sorted(tables)))


def count_anew(written: int, but: Collection[str] = ()) -> None:
    """Have the tables of entries counted once the rows are committed, if they are ``MANY``.

    A few seconds at most, whatever their size; ``but`` names those that were counted already. So
    were those that ``directory.rewriting`` puts in the place of others. What the account of the
    site may not count PostgreSQL passes over; where it refuses, that is in the log and nothing else
    is lost. One query now, three then.
    """
    if written >= MANY:
        transaction.on_commit(partial(_count, set(but), _kept()), robust=True)


def _kept() -> dict[int, str]:
    """What stands behind the names of ``KEPT``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relname = ANY(%s)",
            [list(KEPT)],
        )
        return dict(cursor.fetchall())


def _count(counted: set[str], before: dict[int, str]) -> None:
    now = _kept()
    counted |= {now[oid] for oid in now.keys() - before.keys()}
    rooms = {"directory", *(kind.model._meta.app_label for kind in kinds.values())}
    models = apps.get_models(include_auto_created=True)
    tables = {one._meta.db_table for one in models if one._meta.app_label in rooms}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND relname = ANY(%s) ORDER BY 1",
            [sorted({*tables, *KEPT} - counted)],
        )
        cursor.execute(_analyze([name for (name,) in cursor.fetchall()]))


def _analyze(tables: Iterable[str]) -> sql.Composed:
    names = (sql.Identifier("public", name) for name in tables)
    return sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(names))

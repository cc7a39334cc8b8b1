"""What PostgreSQL knows of tables after very many rows were written at once.

Until it has counted them its plans are for the tables as they were, and a search may take half a
minute. It does so by itself, but not at once.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction

from directory.registry import kinds

MANY = 1000
# Tables of the index, which no model has: see ``directory.index`` and its neighbours.
KEPT = ("directory_listed", "directory_tally", "directory_document", "directory_called")


def count_anew(written: int) -> None:
    """Have the tables of entries counted once the rows are committed, if they are ``MANY``.

    A few seconds at most, whatever their size. What the account of the site may not count
    PostgreSQL passes over; where it refuses, that is in the log and nothing else is lost.
    """
    if written >= MANY:
        transaction.on_commit(_count, robust=True)


def _count() -> None:
    rooms = {"directory", *(kind.model._meta.app_label for kind in kinds.values())}
    models = apps.get_models(include_auto_created=True)
    tables = [one._meta.db_table for one in models if one._meta.app_label in rooms]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND relname = ANY(%s)",
            [[*tables, *KEPT]],
        )
        names = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"ANALYZE {names}")

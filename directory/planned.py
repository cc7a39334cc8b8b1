"""Statements that are asked again and again, planned once for each connection.

Planning the counts of a page, or the rows of its cards, takes PostgreSQL longer than answering.
psycopg prepares a statement when a connection has sent it a few times with values apart from it
(``prepare_threshold`` in ``civicnet.database``); Django's own cursors write values into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


def rows_of(sql: str, parameters: Sequence[Any], is_planned_once: bool = True) -> list[Any]:
    """The rows of a statement whose text is the same each time. One query."""
    with cursor_of() if is_planned_once else connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def cursor_of() -> Any:
    """Django's own where statements are logged: of a prepared one only the values are sent, so that
    the log would not know it."""
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = ServerBindingCursor
    return connection._prepare_cursor(cursor(connection.connection))  # type: ignore[attr-defined]

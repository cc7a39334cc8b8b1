"""Statements that are asked again and again, planned once for each connection.

Planning the counts of a page, or the rows of its cards, takes PostgreSQL longer than answering.
psycopg prepares a statement when a connection has sent it a few times with values apart from it
(``prepare_threshold`` in ``civicnet.database``); Django's own cursors write values into it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import CursorMixin
from psycopg import RawCursor

# So many statements are kept as PostgreSQL reads them: a page has ten, of few forms.
MOST_WRITTEN = 500
PLACE = re.compile("%%|%s")


class AsItStands(CursorMixin, RawCursor):
    """Sends a statement as it is, where psycopg's others take one of thousands of signs apart each
    time."""


def rows_of(sql: str, parameters: Sequence[Any], is_planned_once: bool = True) -> list[Any]:
    """The rows of a statement whose text is the same each time. One query.

    Where statements are logged, by Django's own cursor: of a prepared one only the values are sent,
    so that the log would not know it.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if not is_planned_once or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
    database.ensure_connection()
    bare: Any = AsItStands
    with database._prepare_cursor(bare(database.connection)) as cursor:
        cursor.execute(numbered(sql), [*map(as_array, parameters)])
        return cursor.fetchall()


@lru_cache(MOST_WRITTEN)
def numbered(sql: str) -> str:
    """With ``$1`` for the first ``%s``, as PostgreSQL reads it."""
    numbers = count(1)
    return PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def as_array(value: Any) -> Any:
    """A list of whole numbers as PostgreSQL writes it: of what size they are, the statement says.
    psycopg looks at each, and one of larger numbers would be another statement to it."""
    if isinstance(value, list) and all(type(one) is int for one in value):
        return f"{{{','.join(map(str, value))}}}"
    return value

"""Entries whose keys were read before, for what else is asked of them.

The database sees how many they are, and looks for them by their keys in other tables too: it does
neither where it is told a query of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Func
from django.db.models.expressions import RawSQL

NONE = "{}"


def keys_of(rows: Any) -> str:
    """The keys of a queryset, as PostgreSQL writes an array. One query."""
    try:
        return keys_in(*rows.order_by().values("pk").query.sql_with_params())
    except EmptyResultSet:
        return NONE


def keys_in(sql: str, params: Sequence[Any]) -> str:
    """The keys that a statement finds, likewise. One query.

    Made into one text there: tens of thousands of rows take longer to read than to find.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array_agg(pk)::text FROM ({sql}) AS found (pk)", params)  # noqa: S608
        return cursor.fetchone()[0] or NONE


class IsAmong(Func):
    """Whether a column holds one of the keys."""

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, column: str, keys: str) -> None:
        super().__init__(column, RawSQL("%s::bigint[]", (keys,)))

"""Entries whose keys were read before, for what else is asked of them.

The database sees how many they are, and looks for them by their keys in other tables too: it does
neither where it is told a query of them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func
from django.db.models.expressions import RawSQL


def keys_of(rows: Any) -> str:
    """The keys of a queryset, as PostgreSQL writes an array. One query."""
    return f"{{{','.join(map(str, rows.order_by().values_list('pk', flat=True)))}}}"


NONE = "{}"


class IsAmong(Func):
    """Whether a column holds one of the keys."""

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, column: str, keys: str) -> None:
        super().__init__(column, RawSQL("%s::bigint[]", (keys,)))

"""Whether pages and feeds have to say that the directory holds invented entries.

Asked once for each stamp and process: a page that is rendered with the same stamp shows the same
directory. Where no pages are kept, and so no stamp is read, it is a query of its own.
"""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from directory.planned import rows_of
from directory.registry import kinds

_known: tuple[str, bool] = ("", False)


def is_needed(request: HttpRequest) -> bool:
    """No query while the stamp of the last one holds."""
    global _known
    version = getattr(request, "page_version", "")
    if not version:
        return has_invented()
    known, needed = _known
    if known != version:
        # After the stamp was read: what comes in between raises it again.
        needed = has_invented()
        _known = version, needed
    return needed


def has_invented() -> bool:
    """One query, of indexes of the kinds that are empty in a real directory. False without a
    database: the pages for what went wrong are shown too."""
    tables = [kind.model._meta.db_table for kind in kinds.values()]
    asked = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE invented)" for table in tables)
    try:
        [[needed]] = rows_of(f"SELECT {asked}", [])
        return needed
    except (OperationalError, InterfaceError):
        return False

"""What a person says of many entries at a time that changes nothing in them."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from directory.history import record_in_bulk, remember


def mark_checked(entries: Any, by: Any, on: datetime.date) -> int:
    """A person has compared the entries with their sources; this is no change to them."""
    rows = entries.model._default_manager
    with transaction.atomic():
        pks = entries.hold()
        checked = [entries.model(pk=pk) for pk in pks]
        remember(checked)
        count = rows.filter(pk__in=pks).update(checked_on=on, checked_by=by)
        record_in_bulk(checked, user=by)
    return count

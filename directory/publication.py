"""Moving entries from draft to the public and back, many at a time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from directory.history import record_in_bulk, remember
from directory.models import Entry, Status


@dataclass
class Outcome:
    """Which entries were moved, and which were not, by reason."""

    moved: list[Entry] = field(default_factory=list)
    nameless: list[Entry] = field(default_factory=list)
    there_already: list[Entry] = field(default_factory=list)


def move(entries: QuerySet[Any], status: Status, by: Any = None) -> Outcome:
    """Give all entries the status, save those that cannot have it. Two queries and two versions.

    An entry without a name cannot be published. The rows stay locked until the end, so that
    nobody takes a name away in between.
    """
    outcome = Outcome()
    model = entries.model
    with transaction.atomic():
        rows = model._default_manager.filter(pk__in=entries.order_by().values("pk"))
        rows = rows.order_by("pk").select_for_update()
        for entry in rows.only("slug", "name_it", "name_en", "status"):
            if entry.status == status:
                outcome.there_already.append(entry)
            elif status == Status.PUBLISHED and not (entry.name_it or entry.name_en):
                outcome.nameless.append(entry)
            else:
                outcome.moved.append(entry)
        remember(outcome.moved)
        now = timezone.now()
        stamps: dict[str, Any] = {"status": status, "updated": now}
        if status == Status.PUBLISHED:
            first = Value(now, output_field=DateTimeField())
            stamps["published_at"] = Coalesce(F("published_at"), first)
        moved = [entry.pk for entry in outcome.moved]
        model._default_manager.filter(pk__in=moved).update(**stamps)
        record_in_bulk(outcome.moved, user=by)
    return outcome


def mark_checked(entries: QuerySet[Any], by: Any, on: datetime.date) -> int:
    """A person has compared the entries with their sources; this is no change to them."""
    rows = entries.model._default_manager
    checked = list(rows.filter(pk__in=entries.order_by().values("pk")).only("pk"))
    with transaction.atomic():
        remember(checked)
        pks = [entry.pk for entry in checked]
        count = rows.filter(pk__in=pks).update(checked_on=on, checked_by=by)
        record_in_bulk(checked, user=by)
    return count

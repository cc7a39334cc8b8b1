"""What staff decide of a row that may be about an entry that is there, or about a new one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from directory.pairs import Merge
from directory.registry import kind_of
from exchange.entries import Entries
from exchange.importing import add_source, change_of, comment_of, last_written
from exchange.models import ImportedRow
from exchange.versions import before_change, of_new, record

Outcome = ImportedRow.Outcome


class Decided(Exception):
    """Somebody decided it before."""


def said_by(row: ImportedRow) -> tuple[dict[str, Any], list[list[str]]]:
    """The values of a row that waits, and the source that they are from."""
    values = dict(row.values)
    ((_title, url),) = values.pop("sources", [["", ""]])
    return values, [[row.run.source_title, url or row.run.source_url]]


def may_be(row: ImportedRow) -> list[tuple[int, str]]:
    """The entries that the row may be, each with why. One that was merged since and is not there
    again is the one that it is part of. A query, and two more for each merge on the way.
    """
    rows: Any = row.run.model._default_manager
    merges = Merge.objects.standing().filter(kind=kind_of(row.run.model).number).order_by("pk")
    found, followed = [(pk, why, 0) for pk, why in row.candidates], None
    while found != followed:
        followed = found
        pks = {pk for pk, _why, _merge in found}
        gone = pks - set(rows.filter(pk__in=pks).values_list("pk", flat=True))
        # The newest of each: an earlier one was of an entry that was recovered.
        last = {
            lost: (kept, merge)
            for lost, kept, merge in merges.filter(lost__in=gone).values_list("lost", "kept", "pk")
        }
        found = [
            (last[pk][0], why, last[pk][1])
            if pk in last and last[pk][1] > merge
            else (pk, why, merge)
            for pk, why, merge in found
        ]
    return list({pk: (pk, why) for pk, why, _merge in reversed(found)}.values())[::-1]


@transaction.atomic
def leave_out(waiting: ImportedRow, by: Any) -> None:
    row = _locked(waiting)
    row.outcome = Outcome.LEFT_OUT
    _keep(row, by)


@transaction.atomic
def make_new(waiting: ImportedRow, by: Any) -> int:
    """A new entry, with the status that the import gave to its new ones. Its primary key."""
    row = _locked(waiting)
    values, sources = said_by(row)
    model = row.run.model
    now = timezone.now()
    said = {**values, "sources": sources}
    status = row.run.options.get("status", "in_review")
    written = Entries(model).create([said], status, now, timezone.localdate())
    pk = written[model][0]["id"]
    row.outcome, row.values, row.stamp = Outcome.CREATED, said, now
    setattr(row, f"{row.run.kind}_id", pk)
    _keep(row, by)
    record(model, of_new(model, written), [], comment_of(row.run), by)
    return pk


@transaction.atomic
def same_as(waiting: ImportedRow, pk: int, by: Any) -> list[str]:
    """Write it into the entry, by the rules of an import. The fields that staff had edited."""
    row = _locked(waiting)
    values, sources = said_by(row)
    model, kind = row.run.model, row.run.kind
    entries = Entries(model)
    before = entries.lock([pk])
    if pk not in before:
        raise Decided
    (current,) = entries.read([pk]).values()
    last = last_written(kind, [pk]).get(pk, {})
    change = change_of(values, current, last, row.run.options.get("overwrite", ()))
    add_source(change, current, sources)
    now = timezone.now() if change.written else before[pk]
    if change.written:
        before_change(model, [pk])
        entries.change({pk: change.written}, now, timezone.localdate())
    row.outcome, row.values, row.before = Outcome.UPDATED, change.written, change.before
    row.stamp, row.stamp_before = now, before[pk]
    setattr(row, f"{kind}_id", pk)
    _keep(row, by)
    if change.written:
        record(model, {}, [pk], comment_of(row.run), by)
    return change.edited


def _locked(row: ImportedRow) -> ImportedRow:
    rows = ImportedRow.objects.waiting().select_for_update(of=("self",)).select_related("run")
    if (found := rows.filter(pk=row.pk).first()) is None:
        raise Decided
    return found


def _keep(row: ImportedRow, by: Any) -> None:
    row.why = [*row.why, ["decided", ""]]
    row.decided_by, row.decided_on = by, timezone.now()
    row.save()

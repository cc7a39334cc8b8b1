"""What was planned of a table is kept for its owner, and written when they say so.

A row is written only if its entry is still the version that the plan was made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.statistics import count_anew
from directory.told import Sentence
from exchange import sheet_ties
from exchange.entries import Entries, insert
from exchange.importing import locked
from exchange.models import Sheet, SheetRow
from exchange.sheet_columns import TIES
from exchange.sheet_resource import batches
from exchange.sheets import BATCH, CHANGED, NEW, REFUSED, Read, Rights, came_meanwhile, why_not
from exchange.versions import before_change, of_new, record
from exchange.why import Say, sentence, to_keep

TABLE = Sentence("table", _("table “%(file)s”"))


@transaction.atomic
def keep(
    user: Any, kind: str, file_name: str, status: str, table: Read, planned: list[dict[str, Any]]
) -> Sheet:
    """In place of what this person sent before and did not import."""
    Sheet.objects.filter(user=user, kind=kind, written=None).delete()
    sheet = Sheet.objects.create(
        user=user,
        kind=kind,
        file_name=Path(file_name).name[:300],
        status=status,
        headers=table.headers,
        left=table.left,
    )
    for some in batches(planned, BATCH):
        insert(SheetRow, [row | {"sheet_id": sheet.pk} for row in some])
    return sheet


def forget_expired() -> str:
    """For the clock: tables that nobody imported within a day, and what is left of the others."""
    count, _by_model = Sheet.objects.expired().delete()
    return f"{count} rows of tables forgotten"


def discard(sheet: Sheet) -> None:
    """Not while it is being written (raises Busy)."""
    with locked():
        sheet.delete()


@dataclass
class Written:
    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    refused: int = 0
    earlier: set[int] = field(default_factory=set)
    """What the same table made before it was cut off."""


def write(sheet: Sheet, rights: Rights) -> Written:
    """Write what was shown. Rows that cannot be written any more are refused with the reason.

    One import at a time (raises Busy). Each batch is written whole, with its versions; where the
    database refuses one row of it, that row alone is left out. An import that was cut off goes on
    where it stopped when it is asked for again.
    """
    done = Written()
    with locked():
        rows: Any = sheet.rows  # type: ignore[attr-defined]
        done.earlier = set(rows.made())
        for some in batches(list(rows.to_write()), BATCH):
            _write(sheet, rights, some, done)
        # It may have been thrown away, or another sent in its place, from another window.
        Sheet.objects.filter(pk=sheet.pk).update(written=timezone.now())
    count_anew(len(done.created))
    return done


def _write(sheet: Sheet, rights: Rights, rows: list[SheetRow], done: Written) -> None:
    try:
        with transaction.atomic():
            own = {*done.earlier, *done.created}
            created, changed, refused = _write_batch(sheet, rights, rows, own)
    except IntegrityError as error:
        if len(rows) == 1:
            _refuse_stored(rows[0], partial(_said_by_the_database, sheet.model, error))
            done.refused += 1
            return
        half = len(rows) // 2
        _write(sheet, rights, rows[:half], done)
        _write(sheet, rights, rows[half:], done)
        return
    done.created += created
    done.changed += changed
    done.refused += refused


def _write_batch(
    sheet: Sheet, rights: Rights, rows: list[SheetRow], own: set[int]
) -> tuple[list[int], list[int], int]:
    model, entries = sheet.model, Entries(sheet.model)
    now = timezone.now()
    about = [row for row in rows if row.outcome == CHANGED]
    entries.lock([row.entry for row in about if row.entry])
    there = rights.entries([row.entry for row in about if row.entry])
    changes: dict[int, dict[str, Any]] = {}
    refused = 0
    for row in about:
        entry: Any = there.get(row.entry or 0)
        say = partial(why_not, rights, entry, row.values)
        if entry is not None and not say() and entry.version != row.version:
            say = partial(sentence, "older")
        if say():
            _refuse_stored(row, say)
            refused += 1
        else:
            changes[entry.pk] = row.values
    before_change(model, changes)
    ties: dict[int, dict[str, Any]] = {}
    plain: dict[int, dict[str, Any]] = {}
    for pk, values in changes.items():
        plain[pk], ties[pk] = _parted(values)
    entries.change(plain, now, None)
    new = [row for row in rows if row.outcome == NEW and rights.may_add]
    there = came_meanwhile(sheet.kind, new, own)
    for row in new:
        if row.pk in there:
            _refuse_stored(row, there[row.pk])
    refused += len(there)
    new = [row for row in new if row.pk not in there]
    written = entries.create([_parted(row.values)[0] for row in new], sheet.status, now, None)
    created = [said["id"] for said in written[model]]
    ties |= {pk: _parted(row.values)[1] for row, pk in zip(new, created, strict=True)}
    sheet_ties.change(model, {pk: said for pk, said in ties.items() if said})
    for row, pk in zip(new, created, strict=True):
        row.entry = pk
    for row in rows:
        row.done = row.outcome != REFUSED
    SheetRow.objects.bulk_update(rows, ["entry", "done"])
    comment = TABLE(file=sheet.file_name)
    # Of new entries without ties the version is made of what was written; the rest is read again.
    tied = {pk for pk in created if ties[pk]}
    documents = {pk: said for pk, said in of_new(model, written).items() if pk not in tied}
    record(model, documents, [*changes, *tied], comment, sheet.user)
    _log(sheet, created, list(changes))
    return created, list(changes), refused


def _parted(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an entry says, and its ties to others."""
    ties = {name: said for name, said in values.items() if name in TIES}
    return {name: said for name, said in values.items() if name not in TIES}, ties


def _log(sheet: Sheet, created: list[int], changed: list[int]) -> None:
    for pks, flag in ((created, ADDITION), (changed, CHANGE)):
        entries = sheet.model._default_manager.filter(pk__in=pks)
        said = entries.only("slug", "name_it", "name_en")
        LogEntry.objects.log_actions(sheet.user_id, said, flag, change_message=sheet.file_name)  # type: ignore[attr-defined]


def _refuse_stored(row: SheetRow, say: Say) -> None:
    row.outcome, row.why, row.values, row.before = REFUSED, [["", to_keep(say)]], {}, {}
    row.save()


def _said_by_the_database(model: Any, error: IntegrityError) -> str:
    """The sentence of the constraint that refused, as forms say it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    for each in model._meta.constraints:
        if each.name == name:
            return str(each.get_violation_error_message())
    if "slug" in name or "slug" in str(error):
        return gettext("Another entry has or had this address name.")
    return gettext("What this refers to was changed or deleted meanwhile.")

"""Taking back what an import made and nobody has touched since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.told import Sentence
from exchange.entries import LISTS, Entries, same_value
from exchange.models import Import, ImportedRow
from exchange.versions import record

BATCH = 500
Outcome = ImportedRow.Outcome
UNDONE = Sentence("import_undone", _("import %(number)s undone"))


@dataclass
class Undone:
    deleted: int = 0
    restored: int = 0
    withdrawn: int = 0
    """Rows that waited for a decision."""
    kept: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, the entry's slug, and why it stays."""


def undo(run: Import, tell: Callable[[int], object] = lambda count: None) -> Undone:
    """In batches, the latest rows first; what could not be taken back stays and is reported.

    Touched is what was saved since, by whom or what ever, and what another entry points to.
    """
    undone = Undone()
    waiting = run.imported.filter(outcome=Outcome.UNCERTAIN)
    undone.withdrawn = waiting.update(outcome=Outcome.UNDONE)
    rows = run.imported.wrote().order_by("-pk").values_list("pk", flat=True)
    pks = iter(list(rows))
    done = 0
    while batch := list(islice(pks, BATCH)):
        with transaction.atomic():
            _undo_batch(run, batch, undone)
        done += len(batch)
        tell(done)
    if not run.imported.wrote().exists():
        run.state = Import.State.UNDONE
        run.save()
    return undone


def _undo_batch(run: Import, pks: list[int], undone: Undone) -> None:
    model = run.model
    entries = Entries(model)
    rows = list(ImportedRow.objects.filter(pk__in=pks).order_by("-pk").defer("raw"))
    stamps = entries.lock([row.entry_id for row in rows if row.entry_id])
    slugs = dict(model._default_manager.filter(pk__in=stamps).values_list("pk", "slug"))
    now = timezone.now()
    taken_back: list[int] = []
    deleting: dict[int, ImportedRow] = {}
    restoring: dict[int, ImportedRow] = {}
    for row in rows:
        pk = row.entry_id
        if pk is None or pk not in stamps:
            taken_back.append(row.pk)  # Somebody deleted it already.
        elif stamps[pk] != row.stamp:
            undone.kept.append((row.number, slugs[pk], "touched"))
        elif row.outcome == Outcome.CREATED:
            deleting[pk] = row
        else:
            restoring[pk] = row
    for pk in pointed_at(model, list(deleting)):
        undone.kept.append((deleting.pop(pk).number, slugs[pk], "in use"))
    taken_back += _delete(model, deleting, slugs, undone)
    taken_back += _restore(run, entries, restoring, slugs, undone, now)
    ImportedRow.objects.filter(pk__in=taken_back).update(outcome=Outcome.UNDONE)
    record(model, {}, list(restoring), UNDONE(number=run.pk))


def _delete(
    model: Any, deleting: dict[int, ImportedRow], slugs: dict[int, str], undone: Undone
) -> list[int]:
    if not deleting:
        return []
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=list(deleting)).delete()
        undone.deleted += len(deleting)
        return [row.pk for row in deleting.values()]
    except ProtectedError:
        # Somebody pointed at one of them meanwhile.
        undone.kept += [(row.number, slugs[pk], "in use") for pk, row in deleting.items()]
        return []


def _restore(
    run: Import,
    entries: Entries,
    restoring: dict[int, ImportedRow],
    slugs: dict[int, str],
    undone: Undone,
    now: Any,
) -> list[int]:
    """What stood there before, in the fields that still hold what the run wrote."""
    current = entries.read(restoring)
    changes: dict[int, dict[str, Any]] = {}
    for pk, row in restoring.items():
        back = {
            name: value
            for name, value in row.before.items()
            if same_value(name, current[pk].get(name), row.values.get(name))
        }
        if back:
            changes[pk] = back
    entries.change(changes, now, None)
    # To the rows that wrote before this one, the entry is as they left it.
    for pk, row in restoring.items():
        ImportedRow.objects.wrote().of_entries(run.kind, [pk]).filter(
            stamp=row.stamp_before
        ).update(stamp=now)
    undone.restored += len(restoring)
    return [row.pk for row in restoring.values()]


def pointed_at(model: Any, pks: list[int]) -> Iterator[int]:
    """Those of the entries that a row of another table needs, or that have what imports never
    give: pictures, milestones, ties. One query for each relation."""
    if not pks:
        return
    found: set[int] = set()
    for relation in model._meta.related_objects:
        related = relation.related_model
        if related is ImportedRow or related._meta.app_label == "exchange":
            continue
        if relation.field.name == "entry" and (
            relation.get_accessor_name() in LISTS
            or relation.get_accessor_name() == "former_slugs"
            or not related._meta.managed
        ):
            continue
        column = relation.field.column
        if not column:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT {column} FROM {related._meta.db_table}"  # noqa: S608
                f" WHERE {column} = ANY(%s)",
                [pks],
            )
            found |= {pk for (pk,) in cursor.fetchall()}
    yield from sorted(found)

"""An import: a prepared file, matched and written batch by batch, each whole or not at all.

Twice the same file changes nothing the second time: a row that said the same before is about
the entry that it made then. A run that was cut off goes on under its own number: what is
written already is passed over, and the rest comes out as if nothing had happened.
"""

from __future__ import annotations

import datetime
import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.fitness import lacking_in
from directory.statistics import count_anew
from directory.told import Sentence, Told
from exchange.beside import parts
from exchange.columns import Layout
from exchange.entries import DATES, LISTS, UNSAID, Entries, insert, missing, same_value
from exchange.matching import Match, Matcher
from exchange.models import MODELS, Import, ImportedRow
from exchange.preparing import Prepared, Preparer
from exchange.spooling import Sameness, Spool
from exchange.tables import BadFile
from exchange.territory import Territory
from exchange.versions import Documents, before_change, of_new, record

BATCH = 1000
LOCK = 0x_1_4907
TRIES = 3
Outcome = ImportedRow.Outcome
IMPORTED = Sentence("import", _("import %(number)s: %(source)s"))
ALL_FIELDS = "all"


class Busy(Exception):
    """Another import is running."""


@dataclass(frozen=True)
class Options:
    kind: str
    source_title: str
    source_url: str = ""
    status: str = "in_review"
    overwrite: frozenset[str] = frozenset()
    dry_run: bool = False
    read_on: datetime.date | None = None

    def told(self) -> dict[str, Any]:
        return {"status": self.status, "overwrite": sorted(self.overwrite)}


@dataclass
class Result:
    """What became of a row: for the report."""

    prepared: Prepared
    outcome: str
    why: list[tuple[str, str]]
    entry: int | None = None
    slug: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Any] = field(default_factory=dict)
    candidates: list[tuple[int, str]] = field(default_factory=list)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepare(
    layout: Layout, options: Options, territory: Territory, tell: Callable[[int], object]
) -> Spool:
    """Read and clean the whole file; nothing of it is written before it was read to its end."""
    preparer = Preparer(options.kind, layout, options.source_title, territory)
    spool = Spool()
    rows = (row for row in layout.table.rows() if row.number > layout.header_row)
    for part in parts(preparer, rows):
        spool.add(part)
        tell(spool.rows)
    if not spool.rows:
        raise BadFile("There are no rows below the header.")
    return spool


def begin(path: Path, layout: Layout, options: Options) -> tuple[Import, bool]:
    """The run, and whether it is one that was cut off and is gone on with."""
    asked = {
        "kind": options.kind,
        "file_digest": digest_of(path),
        "source_title": options.source_title,
        "source_url": options.source_url,
        "columns": [[column.header, column.field] for column in layout.columns],
        "options": options.told(),
    }
    unfinished = Import.objects.filter(state=Import.State.RUNNING, **asked).first()
    if unfinished:
        return unfinished, True
    return Import(file_name=path.name[:300], **asked), False


class locked:
    """One import at a time, whoever starts it; given back when the connection ends, too."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise Busy

    def __exit__(self, *error: object) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        except DatabaseError:
            return  # The connection is gone, and the lock with it.


class Importer:
    """Writes a spool. ``results`` of each batch are told after it is committed."""

    def __init__(self, run: Import, spool: Spool, options: Options, same: Sameness | None = None):
        self.run = run
        self.spool = spool
        self.options = options
        self.model = MODELS[options.kind]
        self.same = same or spool.sameness()
        self.entries = Entries(self.model)
        self.matcher = Matcher(options.kind, self.same)
        self.counts: Counter[str] = Counter()
        self._own: set[int] = set()
        self._stands_for: dict[int, int] = {}
        self._firsts = set(self.same.first.values())
        self._entry_of: dict[int, int] = {}

    def is_about(self, number: int, pk: int) -> None:
        """Rows that others of the file may be the same as, and their entries."""
        if number in self._firsts:
            self._entry_of[number] = pk

    def write(self) -> Iterator[list[Result]]:
        if not self.options.dry_run:
            if not self.run.pk:
                self.run.save()
            self._own = set(
                self.run.imported.filter(outcome=Outcome.CREATED).values_list(
                    self.options.kind, flat=True
                )
            ) - {None}
        rows = iter(self.spool)
        while batch := list(islice(rows, BATCH)):
            results = self._batch(batch)
            for result in results:
                self.counts[result.outcome] += 1
            yield results
        if not self.options.dry_run:
            self.run.state = Import.State.FINISHED
            self.run.finished = timezone.now()
            self.run.counts = dict(self.counts)
            self.run.save()
            count_anew(self.counts[Outcome.CREATED])

    def _batch(self, batch: list[Prepared]) -> list[Result]:
        for attempt in range(1, TRIES + 1):
            own, stands_for = set(self._own), dict(self._stands_for)
            try:
                with transaction.atomic():
                    results = self._decide_and_write(batch)
                break
            except (IntegrityError, OperationalError):
                # A slug that somebody took meanwhile, or a row that somebody holds.
                self._own, self._stands_for = own, stands_for
                if attempt == TRIES or connection.connection is None:
                    raise
                self.entries = Entries(self.model)
                time.sleep(0.2 * attempt)
        return results

    # ---------------------------------------------------------------- deciding
    def _decide_and_write(self, batch: list[Prepared]) -> list[Result]:
        results: dict[int, Result] = {}
        before = self._said_before([row for row in batch if not row.unfit])
        open_rows: list[Prepared] = []
        matched: list[tuple[Prepared, int, str]] = []
        uncertain: list[tuple[Prepared, Match]] = []
        for row in batch:
            if row.unfit:
                results[row.number] = Result(row, "left out", [row.unfit])
                continue
            if first := self._repeated(row):
                results[row.number] = first
                continue
            if (earlier := before.get(row.digest)) is not None:
                if (done := self._as_before(row, earlier)) is not None:
                    results[row.number] = done
                else:
                    matched.append((row, earlier.entry_id or 0, "imported_before"))
                continue
            if first_number := self._same_in_file(row):
                uncertain.append((row, Match(f"same_in_file:{first_number}")))
                continue
            open_rows.append(row)
        new: list[Prepared] = []
        for row, match in zip(open_rows, self.matcher.match(open_rows, self._own), strict=True):
            if match.pk:
                matched.append((row, match.pk, match.why))
            elif match.candidates:
                uncertain.append((row, match))
            else:
                new.append(row)
        writing = _Writing(self)
        for row, pk, why in sorted(matched, key=lambda each: each[0].number):
            holder = self._stands_for.setdefault(pk, row.number)
            if holder != row.number:
                uncertain.append((row, Match("taken", candidates=[(pk, why)])))
                continue
            writing.matched.append((row, pk, why))
        writing.new = new
        writing.uncertain = uncertain
        for result in writing.write():
            results[result.prepared.number] = result
        return [results[row.number] for row in batch]

    def _repeated(self, row: Prepared) -> Result | None:
        first = self.same.first.get(row.identities[0], row.number)
        if first >= row.number:
            return None
        return Result(row, "left out", [("repeated", f"{first:,}")])

    def _same_in_file(self, row: Prepared) -> int | None:
        """The first row of the file with this name and this code, address or city."""
        first = min(self.same.first.get(one, row.number) for one in row.identities)
        return first if first < row.number else None

    def _said_before(self, rows: list[Prepared]) -> dict[bytes, ImportedRow]:
        """The last time that these very rows were imported. One query."""
        digests = [uuid.UUID(bytes=row.digest) for row in rows]
        found = ImportedRow.objects.same_words(digests).defer("raw", "values", "before", "why")
        return {row.digest.bytes: row for row in found}

    def _as_before(self, row: Prepared, earlier: ImportedRow) -> Result | None:
        """What is known of the row already; None where its entry is to be compared again."""
        if earlier.outcome == Outcome.UNCERTAIN:
            if earlier.run_id == self.run.pk:  # type: ignore[attr-defined]
                return self._done(row, earlier, "to decide")
            why = ("waiting", f"{earlier.run_id}")  # type: ignore[attr-defined]
            return Result(row, "to decide", [why])
        if earlier.outcome == Outcome.LEFT_OUT:
            return Result(row, "left out", [("left_out", "")])
        if earlier.entry_id is None:
            return Result(row, "left out", [("deleted", "")])
        if earlier.run_id == self.run.pk:  # type: ignore[attr-defined]
            return self._done(row, earlier, earlier.outcome)
        return None

    def _done(self, row: Prepared, earlier: ImportedRow, outcome: str) -> Result:
        """Written by this run before it was cut off."""
        whole = ImportedRow.objects.get(pk=earlier.pk)
        if earlier.entry_id:
            self._stands_for.setdefault(earlier.entry_id, row.number)
            self.is_about(row.number, earlier.entry_id)
        return Result(
            row,
            outcome,
            [(key, said) for key, said in whole.why],
            entry=earlier.entry_id,
            before=whole.before,
            written=whole.values,
            candidates=[(pk, why) for pk, why in whole.candidates],
        )


@dataclass
class Change:
    """What a row does to an entry that is there."""

    written: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    edited: list[str] = field(default_factory=list)


def change_of(
    said: dict[str, Any],
    now: dict[str, Any],
    last: dict[str, Any],
    overwrite: Iterable[str],
) -> Change:
    """Field by field: what the entry says is replaced only if an import wrote it last, or nobody
    ever wrote anything there; or where the operator asked for the field to be overwritten."""
    change = Change()
    wanted = frozenset(overwrite)
    for name, value in said.items():
        there = now.get(name)
        if same_value(name, value, there):
            continue
        is_list = name in LISTS
        asked = ALL_FIELDS in wanted or name in wanted or name.rpartition("_")[0] in wanted
        untouched = same_value(name, there, last[name]) if name in last else there in UNSAID
        if untouched or (asked and not is_list):
            change.written[name] = value
        elif asked:
            change.written[name] = [*(there or []), *missing(name, value, there or [])]
            if same_value(name, change.written[name], there):
                del change.written[name]
                continue
        else:
            if is_list and not missing(name, value, there or []):
                continue  # All of it is there, and more.
            change.edited.append(name)
            continue
        change.before[name] = there
    _keep_dates_in_order(change, now)
    return change


def add_source(change: Change, now: dict[str, Any], source: list[Any]) -> None:
    """What was written has its source, beside those that are there."""
    if change.written and (new := missing("sources", source, now["sources"])):
        change.before["sources"] = now["sources"]
        change.written["sources"] = [*now["sources"], *new]


def _keep_dates_in_order(change: Change, now: dict[str, Any]) -> None:
    """An end from one side and a start from the other need not fit; then neither is written."""
    together = {**now, **change.written}
    start, end = (together.get(name) or "" for name in DATES)
    wrong = bool(start and end and start[: len(end)] > end[: len(start)])
    if together.get("ongoing") and end:
        wrong = True
    if wrong:
        for name in (*DATES, "ongoing"):
            if name in change.written:
                del change.written[name], change.before[name]
                change.edited.append(name)


class _Writing:
    """One batch's rows, decided, and now written. The transaction is open."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer
        self.options = importer.options
        self.matched: list[tuple[Prepared, int, str]] = []
        self.new: list[Prepared] = []
        self.uncertain: list[tuple[Prepared, Match]] = []
        self.now = timezone.now()
        self.read_on = self.options.read_on or timezone.localdate()

    def write(self) -> list[Result]:
        results: list[Result] = []
        updated, stamps = self._matched(results)
        _created, versions = self._created(results)
        results += [self._uncertain(row, match) for row, match in self.uncertain]
        if self.options.dry_run:
            return results
        stored = [result for result in results if result.outcome in Outcome.values or
                  result.outcome == "to decide"]  # fmt: skip
        keep_rows(self.importer.run, self.options.kind, stored, self.now, stamps)
        record(self.importer.model, versions, updated, comment_of(self.importer.run))
        return results

    def _uncertain(self, row: Prepared, match: Match) -> Result:
        why, _, number = match.why.partition(":")
        candidates, said = match.candidates, number
        if why == "taken":
            said = str(self.importer._stands_for[candidates[0][0]])
        elif number and (pk := self.importer._entry_of.get(int(number))):
            candidates = [(pk, "same_name_and_city")]
        return Result(row, "to decide", [(why, said)], candidates=candidates)

    def _created(self, results: list[Result]) -> tuple[list[int], Documents]:
        said = [with_source(row, self.options) for row in self.new]
        pks: list[Any] = [None] * len(said)
        versions: Documents = {}
        if not self.options.dry_run:
            entries, model = self.importer.entries, self.importer.model
            written = entries.create(said, self.options.status, self.now, self.read_on)
            versions = of_new(model, written)
            pks = [row["id"] for row in written[model]]
            self.importer._own.update(pks)
        for row, values, pk in zip(self.new, said, pks, strict=True):
            why = [("new", "")]
            if self.options.status == "published" and lacking_in(values):
                why.append(("unfit", ""))
            results.append(Result(row, Outcome.CREATED, why, entry=pk, written=values))
            if pk:
                self.importer.is_about(row.number, pk)
        return pks, versions

    def _matched(self, results: list[Result]) -> tuple[list[int], dict[int, Any]]:
        pks = [pk for _row, pk, _why in self.matched]
        entries = self.importer.entries
        stamps = {} if self.options.dry_run else entries.lock(pks)
        now = entries.read(pks)
        last = last_written(self.options.kind, pks)
        changes: dict[int, dict[str, Any]] = {}
        for row, pk, why in self.matched:
            if pk not in now:
                results.append(Result(row, "left out", [("deleted", "")]))
                continue
            self.importer.is_about(row.number, pk)
            change = change_of(row.values, now[pk], last.get(pk, {}), self.options.overwrite)
            add_source(change, now[pk], with_source(row, self.options)["sources"])
            reasons = [(why, "")]
            if change.edited:
                reasons.append(("edited", ", ".join(sorted(change.edited))))
            if not change.written:
                reasons.append(("nothing_new", ""))
                results.append(Result(row, "unchanged", reasons, entry=pk))
                continue
            changes[pk] = change.written
            results.append(
                Result(
                    row,
                    Outcome.UPDATED,
                    reasons,
                    entry=pk,
                    before=change.before,
                    written=change.written,
                )
            )
        if not self.options.dry_run:
            before_change(self.importer.model, changes)
            entries.change(changes, self.now, self.read_on)
        return list(changes), stamps


def comment_of(run: Import) -> Told:
    """Why, in the history of each entry."""
    return IMPORTED(number=run.pk, source=run.source_title)


def with_source(row: Prepared, options: Options) -> dict[str, Any]:
    """The row's values and the source that they are from."""
    url = row.source_url or options.source_url
    return {**row.values, "sources": [[options.source_title, url]]}


def last_written(kind: str, pks: list[int]) -> dict[int, dict[str, Any]]:
    """What imports wrote last into each field of the entries. One query."""
    last: dict[int, dict[str, Any]] = {}
    rows = ImportedRow.objects.wrote().of_entries(kind, pks)
    for pk, values in rows.values_list(kind, "values"):
        last.setdefault(pk, {}).update(values)
    return last


def keep_rows(
    run: Import, kind: str, results: list[Result], now: Any, stamps: dict[int, Any]
) -> None:
    """The raw rows, with what they wrote and what was there before."""
    insert(
        ImportedRow,
        [
            {
                "run_id": run.pk,
                "number": result.prepared.number,
                "digest": str(uuid.UUID(bytes=result.prepared.digest)),
                "outcome": Outcome.UNCERTAIN if result.outcome == "to decide" else result.outcome,
                f"{kind}_id": result.entry,
                "raw": [*result.prepared.raw.items()],
                "values": result.written
                or {**result.prepared.values, "sources": [["", result.prepared.source_url]]},
                "before": result.before,
                "why": [*result.why],
                "candidates": result.candidates,
                "stamp": now.isoformat() if result.entry else None,
                "stamp_before": stamps[result.entry].isoformat()
                if result.entry in stamps
                else None,
            }
            for result in results
        ],
    )

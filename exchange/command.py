"""What the three commands that import have in common: they parse, show, report."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation

from directory.addresses import validate_web_address
from directory.models import Status
from exchange.cleaning import Unreadable, web_address
from exchange.columns import Layout, fields_of, find_layout, parse_mapping
from exchange.importing import ALL_FIELDS, Busy, Importer, Options, begin, locked, prepare
from exchange.models import MODELS, SavedMapping
from exchange.reporting import Report, open_report, slugs_of
from exchange.tables import BadFile, open_table
from exchange.territory import Territory

STATUSES = (Status.DRAFT.value, Status.IN_REVIEW.value, Status.PUBLISHED.value)
OUTCOMES = ("created", "updated", "unchanged", "to decide", "left out")
NICE = 5
"""Visitors come first: an import gives way to the processes that answer them."""


def refuse(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


class Bar:
    """A progress bar where somebody looks at one, else a line now and then."""

    def __init__(self, stream: Any, title: str, total: int = 0) -> None:
        self.stream, self.title, self.total = stream, title, total
        self.seen = bool(getattr(stream, "isatty", lambda: False)())
        self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        if not self.seen:
            if time.monotonic() - self._told > 10:
                self._told = time.monotonic()
                self.stream.write(f"{self.title}: {self._said(done)}\n")
            return
        if not self.total:
            self.stream.write(f"\r{self.title}: {self._said(done)}")
        else:
            filled = done * 30 // max(self.total, 1)
            bar = "#" * filled + "." * (30 - filled)
            self.stream.write(f"\r{self.title} [{bar}] {self._said(done)}")
        self.stream.flush()

    def _said(self, done: int) -> str:
        return f"{done:,} of {self.total:,} rows" if self.total else f"{done:,} rows"

    def end(self) -> None:
        if self.seen:
            self.stream.write("\n")


class ImportCommand(BaseCommand):
    kind = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, and write nothing"
        )
        parser.add_argument(
            *("--map", "-m"),
            action="extend",
            nargs="+",
            default=[],
            metavar="COLUMN=FIELD",
            help="what a column says, where its header does not; COLUMN= leaves it out. Fields:"
            f" {', '.join(name for name in fields_of(self.kind))}",
        )
        parser.add_argument("--mapping", default="", metavar="NAME", help="use a saved mapping")
        parser.add_argument(
            "--save-mapping", default="", metavar="NAME", help="keep this mapping under a name"
        )
        parser.add_argument("--sheet", default="", help="of XLSX; the first with a header if left")
        parser.add_argument("--encoding", default="", help="of CSV, where it is not found out")
        parser.add_argument(
            "--source", default="", help="what the list is called; the name of the file if left"
        )
        parser.add_argument("--source-url", default="", help="where the list is published")
        parser.add_argument(
            "--status",
            choices=STATUSES,
            default=Status.IN_REVIEW.value,
            help="of new entries; in_review if left, so that staff see them before the public",
        )
        parser.add_argument(
            "--overwrite",
            action="extend",
            nargs="+",
            default=[],
            metavar="FIELD",
            help="fields to overwrite even where staff have edited them; “all” for every one",
        )
        parser.add_argument("--report", default="", metavar="FILE", help="where to write it (CSV)")

    def run_from_argv(self, argv: list[str]) -> None:
        os.nice(NICE)
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        # Of the report and the summary; entries are written as if in Italian by hand.
        with translation.override("en"):
            try:
                self._import(Path(options["file"]), options)
            except BadFile as error:
                raise refuse(str(error)) from None
            except Busy:
                raise refuse("Another import is running. Try again when it is over.") from None
            except KeyboardInterrupt:
                raise CommandError(
                    "Stopped. What was written stays whole; the same command goes on.",
                    returncode=130,
                ) from None
            except DatabaseError as error:
                raise CommandError(
                    f"The database refused: {str(error).strip().splitlines()[0]}\n"
                    "What was written before stays whole; the same command goes on."
                ) from error

    # ---------------------------------------------------------------- steps
    def _import(self, path: Path, asked: dict[str, Any]) -> None:
        started = time.monotonic()
        mapping = self._mapping(asked)
        chosen = self._options(path, asked)
        tables = open_table(path, sheet=asked["sheet"], encoding=asked["encoding"])
        layout = find_layout(tables, self.kind, mapping)
        self._show(layout, tables)
        with locked():
            territory = Territory()
            # All of it stays: to look through it for garbage again and again is a fifth of the
            # work, and keeps the two processes that read from sharing it.
            gc.freeze()
            try:
                self._run(path, layout, chosen, asked, territory, started)
            finally:
                gc.unfreeze()

    def _mapping(self, asked: dict[str, Any]) -> dict[str, str]:
        mapping: dict[str, str] = {}
        if name := asked["mapping"]:
            saved = SavedMapping.objects.filter(kind=self.kind, name=name).first()
            if saved is None:
                names = SavedMapping.objects.filter(kind=self.kind).values_list("name", flat=True)
                there = ", ".join(f"“{each}”" for each in names) or "none"
                raise BadFile(f"There is no saved mapping “{name}”. There are: {there}.")
            mapping |= saved.columns
        return mapping | parse_mapping(self.kind, asked["map"])

    def _options(self, path: Path, asked: dict[str, Any]) -> Options:
        overwrite = frozenset(asked["overwrite"])
        known = {*fields_of(self.kind), "web_addresses", "identifiers", ALL_FIELDS}
        if unknown := overwrite - known:
            raise BadFile(
                f"There is no field “{sorted(unknown)[0]}” to overwrite. There are:"
                f" {', '.join(sorted(known))}."
            )
        # As they are called on entries.
        stored = {"website": "web_addresses", "social": "web_addresses"}
        stored |= dict.fromkeys(
            ("fiscal_code", "vat", "runts", "wikidata", "identifier"), "identifiers"
        )
        url = ""
        if asked["source_url"]:
            try:
                url = web_address(asked["source_url"])
                validate_web_address(url)
            except (Unreadable, ValidationError):
                raise BadFile(f"“{asked['source_url']}” is not a web address.") from None
        return Options(
            kind=self.kind,
            source_title=(asked["source"] or path.name)[:300],
            source_url=url,
            status=asked["status"],
            overwrite=frozenset(stored.get(name, name) for name in overwrite),
            dry_run=asked["dry_run"],
        )

    def _show(self, layout: Layout, tables: list[Any]) -> None:
        """Which column says what, before anything happens."""
        self.tell(f"{layout.table.description}; header in row {layout.header_row:,}")
        others = [table.title for table in tables if table is not layout.table]
        if others:
            names = ", ".join(f"“{title}”" for title in others[:10])
            self.tell(f"not read: the sheets {names} (--sheet)")
        width = max(len(column.header) for column in layout.columns)
        for column in layout.columns:
            if column.field:
                said = column.field
            elif column.instead:
                said = f"not imported (another column says {column.instead})"
            else:
                said = "not imported"
            example = f"   as in “{column.example}”" if column.example else ""
            self.tell(f"  {column.header:{min(width, 40)}} → {said}{example}")

    def _run(
        self,
        path: Path,
        layout: Layout,
        options: Options,
        asked: dict[str, Any],
        territory: Territory,
        started: float,
    ) -> None:
        bar = Bar(self.stderr._out, "reading")
        spool = prepare(layout, options, territory, bar)
        bar.end()
        run, goes_on = begin(path, layout, options)
        if goes_on:
            self.tell(f"import {run.pk} was cut off; it goes on")
        try:
            place, file = open_report(asked["report"], path)
        except OSError as error:
            raise BadFile(f"The report cannot be written: {error}.") from None
        with file:
            counts = self._write(Importer(run, spool, options), Report(file), spool.rows)
        if asked["save_mapping"] and not options.dry_run:
            SavedMapping.objects.update_or_create(
                kind=self.kind,
                name=asked["save_mapping"][:100],
                defaults={"columns": layout.mapping_by_header},
            )
            self.tell(f"mapping saved: {asked['save_mapping']}")
        self._sum_up(run.pk, counts, spool.rows, place, options, time.monotonic() - started)

    def _write(self, importer: Importer, report: Report, total: int) -> Counter[str]:
        bar = Bar(
            self.stderr._out, "writing" if not importer.options.dry_run else "comparing", total
        )
        told: Counter[str] = Counter()
        done = 0
        for results in importer.write():
            report.add(results, slugs_of(MODELS[self.kind], results))
            for result in results:
                told["changed"] += bool(result.prepared.changes)
                told["noted"] += bool(result.prepared.notes)
                told["without a city"] += any(
                    key == "no_city" for _field, key, _said in result.prepared.notes
                )
            done += len(results)
            bar(done)
        bar.end()
        return importer.counts + told

    def _sum_up(
        self,
        run: int | None,
        counts: Counter[str],
        rows: int,
        report: Path,
        options: Options,
        seconds: float,
    ) -> None:
        would = "would be " if options.dry_run else ""
        self.tell(f"{rows:,} rows in {seconds:.1f} s: ")
        for outcome in OUTCOMES:
            if counts[outcome]:
                self.tell(f"  {counts[outcome]:,} {would}{outcome}")
        self.tell(
            f"cells put right in {counts['changed']:,} rows, not taken over in"
            f" {counts['noted']:,}; no city found for {counts['without a city']:,}"
        )
        self.tell(f"report: {report}")
        if options.dry_run:
            self.tell("dry run: nothing was written")
        else:
            self.tell(f"import {run}; to take it back: undo_import {run}")
            if counts["to decide"]:
                self.tell("rows to decide are in the administration pages, under “imported rows”")

    def tell(self, sentence: str) -> None:
        self.stdout.write(sentence)

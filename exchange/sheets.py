"""A table of entries that staff take out, change and bring back: planned, shown, then written.

A row is about the entry whose slug it bears; without a slug, or with a new one, it is a new
entry. Nothing is written while a table is read: what comes out is a plan, row by row, that is
kept for its owner (``models.Sheet``) and written when they say so. A row is written only if its
entry is still the version that the plan was made from.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from tablib import Dataset

from directory.fitness import losing, said_in_any
from directory.models import Status
from directory.slugs import slug_of
from directory.statistics import count_anew
from exchange import sheet_ties
from exchange.columns import HEADER_WITHIN
from exchange.entries import Entries, insert
from exchange.importing import locked
from exchange.matching import Matcher
from exchange.models import MODELS, Sheet, SheetRow
from exchange.preparing import Prepared
from exchange.sheet_columns import TIES, Column, Line, Text, Ties, blank, columns_of, typed
from exchange.spooling import Sameness, identities, sayings
from exchange.tables import BadFile, Row, open_table
from exchange.versions import before_change, of_new, record
from exchange.why import sentence

log = logging.getLogger("civicnet.exchange")
MOST_ROWS = 10_000
BATCH = 500
STATUSES = (Status.DRAFT, Status.IN_REVIEW)
"""Of new entries: publishing is a step of its own, by whoever may."""
NEW, CHANGED, REFUSED, UNCHANGED = SheetRow.Outcome
ABOUT_THE_ROW = ("slug", "version")


class TooManyRows(Exception):
    """More than a page can answer for: that is the command's."""


class Rights(Protocol):
    """What the person may do, as their forms would let them."""

    may_add: bool
    may_change: bool
    fields: frozenset[str]
    """What they may set at all."""

    def entries(self, pks: Iterable[int]) -> dict[int, Any]:
        """Those that they see."""

    def refusal(self, entry: Any, fields: Iterable[str]) -> str:
        """Why they may not write these fields of this entry; empty if they may."""


class Known(Column):
    """What a row is known by; never written."""

    def get_value(self, instance: Line) -> Any:
        return getattr(instance, str(self.attribute))

    def save(self, instance: Line, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        return


# ------------------------------------------------------------------ the resource
class SheetResource(Resource):
    """Reads and writes tables of one kind of entry. Saving a row is planning it."""

    class Meta:
        import_id_fields = ("slug",)
        instance_loader_class = BaseInstanceLoader
        skip_diff = True
        store_instance = True
        use_transactions = False

    def __init__(self, kind: str, *, empties: bool = False) -> None:
        super().__init__()
        self.kind, self.model = kind, MODELS[kind]
        self.ties = Ties(self.model)
        self.entries = Entries(self.model)
        self.fields = {
            name: Known(attribute=name, column_name=name, widget=Text(str))
            for name in ABOUT_THE_ROW
        }
        self.fields |= columns_of(self.model, self.ties)
        self.others = sheet_ties.Others()
        self.tied = sheet_ties.widgets_of(self.model, self.others)
        for column, name in sheet_ties.COLUMNS[self.model].items():
            widget = self.tied[column]
            self.fields[column] = Column(attribute=name, column_name=column, widget=widget)
        for each in self.fields.values():
            each.empties = empties
        self._lines: dict[str, Line] = {}
        self._blank = blank(self.model)
        self._blank |= {name: [] for name in sheet_ties.COLUMNS[self.model].values()}
        self._numbers: list[int] = []

    @classmethod
    def get_db_connection_name(cls) -> str:
        return "default"

    # ---------------------------------------------------------------- taking out
    def table(self, pks: list[int]) -> Dataset:
        """The entries in this order. Eight queries."""
        known = self._read(pks)
        return self.export([known[pk] for pk in pks if pk in known])

    def _read(self, pks: list[int]) -> dict[int, Line]:
        said = self.entries.read(pks)
        self.ties.expect(said.values())
        for pk, ties in sheet_ties.read(self.model, said).items():
            said[pk] |= ties
        self.expect_ties(said.values())
        rows = self.model._default_manager.filter(pk__in=said).order_by()
        return {
            pk: Line(said[pk], pk, slug, version)
            for pk, slug, version in rows.values_list("pk", "slug", "version")
        }

    def expect_ties(self, values: Iterable[dict[str, Any]]) -> None:
        """The slugs of the entries that ties name. A query for each kind of them."""
        wanted: dict[Any, set[int]] = {}
        for said in values:
            for column, name in sheet_ties.COLUMNS[self.model].items():
                for value in said.get(name, ()):
                    if meant := self.tied[column].meant(value):
                        wanted.setdefault(meant[0], set()).add(meant[1])
        for model, pks in wanted.items():
            self.others.expect(model, pks)

    # ---------------------------------------------------------------- bringing back
    def plan(self, headers: list[str], rows: list[Row]) -> Any:
        """What each row would do: the result of an import that saves nothing."""
        dataset = Dataset(headers=[*headers, *({"slug"} - {*headers})])
        width = dataset.width or len(dataset.headers)
        self._numbers = [row.number for row in rows]
        for row in rows:
            cells = row.cells[: len(headers)]
            dataset.append([*map(typed, cells), *[""] * (width - len(cells))])
        result = self.import_data(dataset)
        for failed in result.base_errors:
            raise failed.error
        return result

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """All entries that the slugs mean, and all that the cells may be tied to."""
        slugs = {slug for slug in dataset["slug"] if slug}
        former = self.model._meta.get_field("former_slugs").related_model
        by_slug: dict[str, int] = {}
        for some in _batches(sorted(slugs), 1000):
            found = former._default_manager.filter(slug__in=some)
            by_slug |= dict(found.values_list("slug", "entry_id"))
        lines: dict[int, Line] = {}
        for pks in _batches(sorted(set(by_slug.values())), 1000):
            lines |= self._read(pks)
        self._lines = {slug: lines[pk] for slug, pk in by_slug.items() if pk in lines}
        words: set[str] = set()
        for name in ("city", "places", "parent", "successor"):
            if name in dataset.headers:
                for cell in dataset[name]:
                    words |= {part.strip().casefold() for part in cell.split(";")}
        self.ties.seek(words - {""})
        wanted: dict[Any, set[str]] = {}
        for column, widget in self.tied.items():
            for cell in dataset[column] if column in dataset.headers else ():
                for model, slug in widget.slugs(cell):
                    wanted.setdefault(model, set()).add(slug)
        for model, slugs in wanted.items():
            for some in _batches(sorted(slugs), 1000):
                self.others.seek(model, some)

    def line(self, slug: str) -> Line | None:
        """The entry that the table means by a slug, present or former."""
        return self._lines.get(slug)

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        line = self._lines.get(row["slug"])
        if line is None:
            return Line(dict(self._blank), slug=row["slug"]), True
        # Twice the same entry in one table: each row is looked at by itself.
        return Line(line.now, line.pk, line.slug, line.version), False

    def after_init_instance(self, instance: Line, new: bool, row: Any, **kwargs: Any) -> None:
        instance.number = self._numbers[kwargs["row_number"] - 1]

    def import_instance(self, instance: Line, row: Any, **kwargs: Any) -> None:
        errors: dict[str, list[str]] = {}
        for name, each in self.fields.items():
            if name in row:
                try:
                    each.save(instance, row)
                except ValueError as error:
                    errors[name] = [str(error)]
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None) -> bool:
        return bool(instance.pk and not instance.written and not import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As the form would: each field by its own rules, then all of them together."""
        errors = dict(import_validation_errors or {})
        for name, value in instance.written.items():
            with suppress(FieldDoesNotExist):
                each: Any = self.model._meta.get_field(name)
                if isinstance(value, str) and value and name not in self.entries_dates:
                    try:
                        each.clean(value, None)
                    except ValidationError as error:
                        errors.setdefault(name, []).extend(error.messages)
        together = list(self._together(instance))
        if together:
            errors[NON_FIELD_ERRORS] = together
        if errors:
            raise ValidationError(errors)

    entries_dates = frozenset(("founded", "ended"))

    def _together(self, line: Line) -> Iterator[str]:
        """Rules between fields; the database has them too."""
        if not (line.says("name_it") or line.says("name_en")):
            yield sentence("no_name")
        if line.pk is None and line.slug and slug_of(line.slug) != line.slug:
            yield gettext("“%(slug)s” cannot be a slug: small letters, digits and hyphens.") % {
                "slug": line.slug[:100]
            }
        start, end = line.says("founded") or "", line.says("ended") or ""
        if start and end and start[: len(end)] > end[: len(start)]:
            yield sentence("end_before_start")
        if line.says("ongoing") and end:
            yield sentence("ongoing_with_end")
        if line.pk and line.pk in (line.says("parent"), line.says("successor")):
            yield gettext("An entry cannot be part of itself, or follow itself.")

    def do_instance_save(self, instance: Line, is_create: bool) -> None:
        """Nothing: the plan is written when its owner says so."""


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


# ------------------------------------------------------------------ reading a file
@dataclass
class Read:
    headers: list[str]
    """Of the columns that are imported; empty for those that are not."""
    left: list[str]
    rows: list[Row] = field(default_factory=list)


def read(path: Path, resource: SheetResource, fields: frozenset[str]) -> Read:
    """The first sheet with a row of known headers. Raises BadFile and TooManyRows."""
    attributes = {name: str(each.attribute) for name, each in resource.fields.items()}
    for table in open_table(path):
        found: Read | None = None
        for seen, row in enumerate(table.rows()):
            if found:
                if len(found.rows) >= MOST_ROWS:
                    raise TooManyRows
                found.rows.append(row)
                continue
            names = [typed(cell).casefold() for cell in row.cells]
            if {*names} & {"slug", "name_it", "name_en"}:
                found = _headers(names, attributes, fields)
            elif seen > HEADER_WITHIN:
                break
        if found and found.rows:
            return found
        if found:
            raise BadFile(noop("There are no rows below the header."))
    raise BadFile(
        noop(
            "No row names the columns: one of them must be “slug”, “name_it” or “name_en”. Take out"
            " a table first, and bring it back changed."
        )
    )


def _headers(names: list[str], attributes: dict[str, str], fields: frozenset[str]) -> Read:
    headers, left = [], []
    for name in names:
        attribute = attributes.get(name)
        if attribute and (name in ABOUT_THE_ROW or attribute in fields):
            if name in headers:
                raise BadFile(noop("Two columns are called “%(name)s”."), name=name)
            headers.append(name)
        else:
            # A name that no column has, so that its cells go nowhere.
            headers.append(f"({len(headers)})")
            left += [name] if name else []
    return Read(headers, left)


# ------------------------------------------------------------------ planning
def plan(resource: SheetResource, table: Read, rights: Rights) -> list[dict[str, Any]]:
    """The rows of a ``Sheet``: what becomes of each, in order."""
    result = resource.plan(table.headers, table.rows)
    planned = []
    of_file: dict[int, int] = {}
    for raw, each in zip(table.rows, result.rows, strict=True):
        line: Line | None = each.instance
        about = line or resource.line(_cell(table, raw, "slug"))
        row: dict[str, Any] = {
            "number": raw.number,
            "cells": [typed(cell) for cell in raw.cells],
            "name": (str(line) if line else _name(table, raw))[:250],
            "entry": about.pk if about else None,
            "version": about.version if about else None,
            "values": {},
            "before": {},
            "why": [],
        }
        if each.errors:
            log.error("a row could not be planned", exc_info=each.errors[0].error)
            row |= {"outcome": REFUSED, "why": [["", gettext("This row cannot be read.")]]}
        elif line is None or each.validation_error:
            row |= {"outcome": REFUSED, "why": _reasons(each.validation_error)}
        elif line.pk and not line.written:
            row["outcome"] = UNCHANGED
        else:
            row["outcome"] = CHANGED if line.pk else NEW
            row["values"] = line.written | ({} if line.pk or not line.slug else {"slug": line.slug})
            row["before"] = {name: line.now.get(name) for name in line.written} if line.pk else {}
        if line and line.pk:
            first = of_file.setdefault(line.pk, raw.number)
            if first != raw.number:
                _refuse(row, sentence("taken", first))
            elif row["outcome"] == CHANGED and _is_older(table, raw, line):
                _refuse(row, sentence("older"))
        planned.append(row)
    _refuse_what_is_not_allowed(planned, rights)
    _refuse_doubles(resource, planned)
    return planned


def _cell(table: Read, raw: Row, name: str) -> str:
    if name not in table.headers:
        return ""
    place = table.headers.index(name)
    return typed(raw.cells[place]) if place < len(raw.cells) else ""


def _name(table: Read, raw: Row) -> str:
    return next(filter(None, (_cell(table, raw, n) for n in ("name_it", "name_en", "slug"))), "")


def _is_older(table: Read, raw: Row, line: Line) -> bool:
    """Whether the row says that it was taken out before the entry last changed."""
    said = _cell(table, raw, "version")
    return bool(said) and said != str(line.version)


def _reasons(error: Any) -> list[list[str]]:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [
        ["" if name == NON_FIELD_ERRORS else name, said]
        for name, sentences in by_field.items()
        for said in sentences
    ]


def _refuse(row: dict[str, Any], why: str, name: str = "") -> None:
    row["why"] = [[name, why]]
    row |= {"outcome": REFUSED, "values": {}, "before": {}}


def _refuse_what_is_not_allowed(planned: list[dict[str, Any]], rights: Rights) -> None:
    changed = [row for row in planned if row["outcome"] == CHANGED]
    for some in _batches(changed, BATCH):
        entries = rights.entries([row["entry"] for row in some])
        for row in some:
            entry = entries.get(row["entry"])
            if entry is None:
                _refuse(row, gettext("You may not change this entry."))
            elif why := rights.refusal(entry, row["values"]) or _loss(entry, row["values"]):
                _refuse(row, why)
    if not rights.may_add:
        for row in planned:
            if row["outcome"] == NEW:
                _refuse(row, gettext("No entry has this slug, and you may not add entries."))


def _loss(entry: Any, values: dict[str, Any]) -> str:
    """Why a public entry cannot become this: it would lose what makes it fit to be public."""
    if not entry.is_published:
        return ""
    lost = [
        name
        for name in ("name", "summary")
        if said_in_any(name, vars(entry)) and not said_in_any(name, vars(entry) | values)
    ]
    if "sources" in values and not values["sources"] and entry.sources.exists():
        lost.append("source")
    return losing(lost) if lost else ""


def _refuse_doubles(resource: SheetResource, planned: list[dict[str, Any]]) -> None:
    """New rows that are probably about an entry that is there, or the same as a row before.

    Whoever gives the row a slug of its own has looked, and says that it is another.
    """
    new = [row for row in planned if row["outcome"] == NEW]
    matcher = Matcher(resource.kind, Sameness())
    firsts: dict[int, int] = {}
    slugs: dict[str, int] = {}
    for some in _batches(new, BATCH):
        prepared = [Prepared(row["number"], {}, b"", dict(row["values"])) for row in some]
        with transaction.atomic():
            matches = matcher.match(prepared, set())
        pks = {pk for match in matches for pk in _meant(match)}
        called = dict(resource.model._default_manager.filter(pk__in=pks).values_list("pk", "slug"))
        for row, one, match in zip(some, prepared, matches, strict=True):
            if slug := row["values"].get("slug"):
                if slugs.setdefault(slug, row["number"]) != row["number"]:
                    _refuse(row, sentence("taken", slugs[slug]))
                continue
            same = [firsts.get(key) for key in identities(one)[1:]]
            for key in sayings(one)[1:]:
                firsts.setdefault(key, row["number"])
            if first := next(filter(None, same), None):
                _refuse(row, sentence("same_in_file", first))
            elif found := _meant(match):
                there = ", ".join(called.get(pk, "") for pk in found[:5])
                _refuse(
                    row,
                    gettext(
                        "Perhaps this is there already: %(entries)s (%(why)s). Write its slug into"
                        " the row to change it; give the row a slug of its own if it is another."
                    )
                    % {"entries": there, "why": sentence(match.why)},
                )


def _meant(match: Any) -> list[int]:
    return [match.pk] if match.pk else [pk for pk, _why in match.candidates]


# ------------------------------------------------------------------ keeping and writing
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
    for some in _batches(planned, BATCH):
        insert(SheetRow, [row | {"sheet_id": sheet.pk} for row in some])
    return sheet


def forget_expired() -> str:
    """For the clock: tables that nobody imported within a day, and what is left of the others."""
    count, _by_model = Sheet.objects.expired().delete()
    return f"{count} rows of tables forgotten"


@dataclass
class Written:
    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    refused: int = 0


def write(sheet: Sheet, rights: Rights) -> Written:
    """Write what was shown. Rows that cannot be written any more are refused with the reason.

    One import at a time (raises Busy). Each batch is written whole, with its versions; where the
    database refuses one row of it, that row alone is left out. An import that was cut off goes on
    where it stopped when it is asked for again.
    """
    done = Written()
    with locked():
        rows = list(sheet.rows.to_write())  # type: ignore[attr-defined]
        for some in _batches(rows, BATCH):
            _write(sheet, rights, some, done)
        sheet.written = timezone.now()
        sheet.save(update_fields=["written"])
    count_anew(len(done.created))
    return done


def _write(sheet: Sheet, rights: Rights, rows: list[SheetRow], done: Written) -> None:
    try:
        with transaction.atomic():
            created, changed, refused = _write_batch(sheet, rights, rows)
    except IntegrityError as error:
        if len(rows) == 1:
            _refuse_stored(rows[0], _said_by_the_database(sheet.model, error))
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
    sheet: Sheet, rights: Rights, rows: list[SheetRow]
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
        why = gettext("You may not change this entry.")
        if entry is not None:
            why = rights.refusal(entry, row.values) or _loss(entry, row.values)
            if not why and entry.version != row.version:
                why = sentence("older")
        if why:
            _refuse_stored(row, why)
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
    written = entries.create([_parted(row.values)[0] for row in new], sheet.status, now, None)
    created = [said["id"] for said in written[model]]
    ties |= {pk: _parted(row.values)[1] for row, pk in zip(new, created, strict=True)}
    sheet_ties.change(model, {pk: said for pk, said in ties.items() if said})
    for row, pk in zip(new, created, strict=True):
        row.entry = pk
    for row in rows:
        row.done = row.outcome != REFUSED
    SheetRow.objects.bulk_update(rows, ["entry", "done"])
    comment = gettext("table “%(file)s”") % {"file": sheet.file_name}
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


def _refuse_stored(row: SheetRow, why: str) -> None:
    row.outcome, row.why, row.values, row.before = REFUSED, [["", why]], {}, {}
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

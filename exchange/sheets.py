"""A table of entries that staff take out, change and bring back: planned, shown, then written.

A row is about the entry whose slug it bears; without a slug, or with a new one, it is a new
entry. Nothing is written while a table is read: what comes out is a plan, row by row, that is
kept for its owner (``models.Sheet``) and written when they say so. A row is written only if its
entry is still the version that the plan was made from.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from directory.fitness import losing, said_in_any
from directory.models import Status
from exchange.columns import HEADER_WITHIN
from exchange.matching import Matcher
from exchange.models import MODELS, SheetRow
from exchange.preparing import Prepared
from exchange.sheet_columns import Line, typed
from exchange.sheet_resource import ABOUT_THE_ROW, SheetResource, batches
from exchange.spooling import Sameness, identities, sayings
from exchange.tables import BadFile, Formula, Row, open_table
from exchange.why import Say, sentence, to_keep

log = logging.getLogger("civicnet.exchange")
MOST_ROWS = 10_000
BATCH = 500
STATUSES = (Status.DRAFT, Status.IN_REVIEW)
"""Of new entries: publishing is a step of its own, by whoever may."""
NEW, CHANGED, REFUSED, UNCHANGED = SheetRow.Outcome


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
        table.keeps_formulas = True
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
            raise BadFile(gettext_noop("There are no rows below the header."))
    raise BadFile(
        gettext_noop(
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
                raise BadFile(gettext_noop("Two columns are called “%(name)s”."), name=name)
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
        if name := _formula(table, raw):
            _refuse(row, partial(sentence, "formula"), name)
        elif each.errors:
            log.error("a row could not be planned", exc_info=each.errors[0].error)
            _refuse(row, lambda: gettext("This row cannot be read."))
        elif line is None or each.validation_error:
            row |= {"outcome": REFUSED, "why": _reasons(each.validation_error)}
        elif not line.pk and line.slug and _cell(table, raw, "version"):
            _refuse(row, partial(sentence, "gone"))
        elif line.pk and not line.written:
            row["outcome"] = UNCHANGED
        else:
            row["outcome"] = CHANGED if line.pk else NEW
            row["values"] = line.written | ({} if line.pk or not line.slug else {"slug": line.slug})
            row["before"] = {name: line.now.get(name) for name in line.written} if line.pk else {}
        if line and line.pk:
            first = of_file.setdefault(line.pk, raw.number)
            if first != raw.number:
                _refuse(row, partial(sentence, "taken", first))
            elif row["outcome"] == CHANGED and _is_older(table, raw, line):
                _refuse(row, partial(sentence, "older"))
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


def _formula(table: Read, raw: Row) -> str:
    """The first imported column in which the row holds one."""
    cells = zip(table.headers, raw.cells, strict=False)
    return next((name for name, cell in cells if name[0] != "(" and isinstance(cell, Formula)), "")


def _is_older(table: Read, raw: Row, line: Line) -> bool:
    """Whether the row says that it was taken out before the entry last changed."""
    said = _cell(table, raw, "version")
    return bool(said) and said != str(line.version)


def _reasons(error: Any) -> list[list[Any]]:
    by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
    return [
        ["" if name == NON_FIELD_ERRORS else name, to_keep(lambda one=one: one.messages[0])]  # type: ignore[misc]
        for name, errors in by_field.items()
        for one in errors
    ]


def _refuse(row: dict[str, Any], say: Say, name: str = "") -> None:
    row["why"] = [[name, to_keep(say)]]
    row |= {"outcome": REFUSED, "values": {}, "before": {}}


def why_not(rights: Rights, entry: Any, values: dict[str, Any]) -> str:
    """Why the person may not write these into an entry as it is; empty if they may."""
    if entry is None:
        return gettext("You may not change this entry.")
    return rights.refusal(entry, values) or loss(entry, values)


def _refuse_what_is_not_allowed(planned: list[dict[str, Any]], rights: Rights) -> None:
    changed = [row for row in planned if row["outcome"] == CHANGED]
    for some in batches(changed, BATCH):
        entries = rights.entries([row["entry"] for row in some])
        for row in some:
            say = partial(why_not, rights, entries.get(row["entry"]), row["values"])
            if say():
                _refuse(row, say)
    if not rights.may_add:
        for row in planned:
            if row["outcome"] == NEW:
                _refuse(
                    row, lambda: gettext("No entry has this slug, and you may not add entries.")
                )


def loss(entry: Any, values: dict[str, Any]) -> str:
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
    firsts: dict[int, int] = {}
    slugs: dict[str, int] = {}
    for some in batches(new, BATCH):
        prepared = [_prepared(row["number"], row["values"]) for row in some]
        there = there_already(resource.kind, prepared, set())
        for row, one, say in zip(some, prepared, there, strict=True):
            if slug := row["values"].get("slug"):
                if slugs.setdefault(slug, row["number"]) != row["number"]:
                    _refuse(row, partial(sentence, "taken", slugs[slug]))
                continue
            same = [firsts.get(key) for key in identities(one)[1:]]
            for key in sayings(one)[1:]:
                firsts.setdefault(key, row["number"])
            if first := next(filter(None, same), None):
                _refuse(row, partial(sentence, "same_in_file", first))
            elif say:
                _refuse(row, say)


def _prepared(number: int, values: dict[str, Any]) -> Prepared:
    return Prepared(number, {}, b"", dict(values))


def came_meanwhile(kind: str, rows: Iterable[SheetRow], own: set[int]) -> dict[int, Say]:
    """Why new rows are no longer new by the time they are written, by the key of the row.

    ``own`` are the entries that their table made: they were told apart when it was planned.
    """
    open_rows = [row for row in rows if not row.values.get("slug")]
    prepared = [_prepared(row.number, row.values) for row in open_rows]
    there = there_already(kind, prepared, own)
    return {row.pk: say for row, say in zip(open_rows, there, strict=True) if say}


def there_already(kind: str, rows: list[Prepared], own: set[int]) -> list[Say | None]:
    """Of each row without a slug of its own, what says which entries it probably is; nothing if it
    is none. Eight queries."""
    if not rows:
        return []
    with transaction.atomic():
        matches = Matcher(kind, Sameness()).match(rows, own)
    pks = {pk for match in matches for pk in _meant(match)}
    called = dict(MODELS[kind]._default_manager.filter(pk__in=pks).values_list("pk", "slug"))
    told: list[Say | None] = []
    for match in matches:
        names = ", ".join(called.get(pk, "") for pk in _meant(match)[:5])
        told.append(partial(_perhaps, names, match.why) if names else None)
    return told


def _perhaps(names: str, why: str) -> str:
    said = gettext(
        "Perhaps this is there already: %(entries)s (%(why)s). Write its slug into"
        " the row to change it; give the row a slug of its own if it is another."
    )
    return said % {"entries": names, "why": sentence(why)}


def _meant(match: Any) -> list[int]:
    return [match.pk] if match.pk else [pk for pk, _why in match.candidates]

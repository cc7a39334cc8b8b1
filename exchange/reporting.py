"""The report of an import: one CSV row for each row of the file."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from exchange.importing import Result
from exchange.why import sentence

HEADER = ("row", "what happened", "entry", "name", "why", "changed while reading", "not taken over")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def open_report(wanted: str, file: Path) -> tuple[Path, TextIO]:
    """Where it was asked for; else in the current folder, else where temporary files go."""
    name = f"{file.stem}.report.csv"
    places = [Path(wanted)] if wanted else [Path(name), Path(tempfile.gettempdir(), name)]
    for place in places:
        try:
            # Read by people: with a BOM, spreadsheets know that it is UTF-8.
            return place, place.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            failed = error
    raise failed


class Report:
    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._writer = csv.writer(file)
        self._writer.writerow(HEADER)

    def add(self, results: Iterable[Result], slugs: dict[int, str]) -> None:
        for result in results:
            prepared = result.prepared
            why = [sentence(key, said) for key, said in result.why]
            why += [
                f"perhaps {slugs.get(pk, pk)}: {sentence(reason)}"
                for pk, reason in result.candidates
            ]
            if result.before:
                why.append(f"written: {', '.join(sorted(result.written))}")
            changed = [f"{name}: “{old}” → “{new}”" for name, old, new in prepared.changes]
            left = [f"{name}: “{said}”, {sentence(key)}" for name, key, said in prepared.notes]
            self._writer.writerow(
                [
                    prepared.number,
                    result.outcome,
                    slugs.get(result.entry or 0, ""),
                    harmless(prepared.name),
                    "; ".join(why),
                    "; ".join(changed),
                    "; ".join(left),
                ]
            )
        self._file.flush()


def harmless(text: str) -> str:
    """What no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def slugs_of(model: Any, results: list[Result]) -> dict[int, str]:
    """One query for a batch."""
    pks = {result.entry for result in results if result.entry}
    pks |= {pk for result in results for pk, _why in result.candidates}
    if not pks:
        return {}
    return dict(model._default_manager.filter(pk__in=pks).order_by().values_list("pk", "slug"))

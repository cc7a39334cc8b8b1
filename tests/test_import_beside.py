"""A long file is prepared by two processes; what comes out is what one would have made."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import beside
from exchange.columns import find_layout
from exchange.preparing import Prepared, Preparer
from exchange.spooling import Spool
from exchange.tables import open_table
from exchange.territory import Territory
from tests import builders

pytestmark = pytest.mark.django_db
ROWS = 2000


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LONG", 100)
    monkeypatch.setattr(beside, "CHUNK", 50)


@pytest.fixture
def file(tmp_path: Path) -> tuple[Preparer, Any]:
    city = builders.make_city("Asti")
    city.names.create(kind="current", name="Asti")
    path = tmp_path / "elenco.csv"
    lines = [
        f"GRUPPO {n % 700};Asti;14112{n};g{n % 900}.example" if n % 40 else ";;;"
        for n in range(ROWS)
    ]
    path.write_text("\n".join(["nome;comune;telefono;sito", *lines, ""]))
    layout = find_layout(open_table(path, sheet="", encoding=""), "organization", {})
    return Preparer("organization", layout, "Elenco", Territory()), layout.table


def rows_below_header(table: Any) -> Iterator[Any]:
    return (row for row in table.rows() if row.number > 1)


def told(preparer: Preparer, rows: Iterator[Any]) -> tuple[list[Prepared], Any]:
    spool = Spool()
    for part in beside.parts(preparer, rows):
        spool.add(part)
    return list(spool), spool.sameness()


def alone(preparer: Preparer, table: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(beside, "LONG", 2 * ROWS)
        return told(preparer, rows_below_header(table))


def test_two_processes_prepare_what_one_would(
    file: tuple[Preparer, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    preparer, table = file
    before = alone(preparer, table, monkeypatch)
    here: list[int] = []
    prepare = preparer.prepare

    def noted(row: Any) -> Prepared | None:
        here.append(row.number)
        return prepare(row)

    monkeypatch.setattr(preparer, "prepare", noted)
    rows, same = told(preparer, rows_below_header(table))
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    assert (rows, same) == before
    assert len(rows) == ROWS - ROWS // 40
    assert len(here) < ROWS


def test_what_the_second_process_does_not_answer_is_done_by_the_first(
    file: tuple[Preparer, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    preparer, table = file
    before = alone(preparer, table, monkeypatch)
    ask, asked = beside.Second.ask, []

    def ask_and_kill(second: beside.Second, rows: Any) -> None:
        asked.append(rows)
        if len(asked) == 3:
            os.kill(second._process.pid or 0, signal.SIGKILL)
            second._process.join()
        ask(second, rows)

    monkeypatch.setattr(beside.Second, "ask", ask_and_kill)
    assert told(preparer, rows_below_header(table)) == before
    assert len(asked) >= 3


def test_the_second_process_ends_with_the_file(
    file: tuple[Preparer, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    begin = beside.Second.__init__

    def noted(second: beside.Second, prepare: Any) -> None:
        begin(second, prepare)
        started.append(second._process)

    monkeypatch.setattr(beside.Second, "__init__", noted)
    preparer, table = file

    def damaged() -> Iterator[Any]:
        for row in rows_below_header(table):
            if row.number > ROWS - 100:
                raise EOFError
            yield row

    with pytest.raises(EOFError):
        told(preparer, damaged())
    told(preparer, rows_below_header(table))
    assert [process.exitcode for process in started] == [0, 0]
    # Nor has it spoken on the first one's connection to the database.
    assert builders.make_theme("Ecologia").pk

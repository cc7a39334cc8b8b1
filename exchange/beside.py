"""A long file is prepared by two processes: putting cells right costs more than anything else
that an import does by itself, and a process uses one processor.

The second one is a fork, which has the territory and the words in its memory. It asks the database
nothing, and ends with the first one, however that ends.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

from exchange.preparing import Preparer
from exchange.spooling import Part
from exchange.tables import Row

CHUNK = 500
LONG = 5000
"""A file of fewer rows is prepared as soon as a second process would have begun."""
FAR_BEHIND = 10
Prepare = Callable[[list[Row]], Part]


def parts(preparer: Preparer, rows: Iterable[Row]) -> Iterator[Part]:
    """The rows prepared, in their order."""

    def prepare(chunk: list[Row]) -> Part:
        return Part.of(filter(None, map(preparer.prepare, chunk)))

    left = iter(rows)
    for _chunk in range(LONG // CHUNK):
        chunk = list(islice(left, CHUNK))
        if not chunk:
            return
        yield prepare(chunk)
    # macOS does not like forks of processes that have used its libraries.
    if sys.platform != "linux":
        yield from map(prepare, chunks(left))
        return
    with Second(prepare) as second:
        yield from _by_both(prepare, second, left)


def chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _by_both(prepare: Prepare, second: Second, rows: Iterator[Row]) -> Iterator[Part]:
    """Whoever is free takes the next rows; what comes behind what is not ready yet waits."""
    waiting: list[Part] = []
    for chunk in chunks(rows):
        if second.is_ready() or len(waiting) > FAR_BEHIND:
            yield second.answer()
            yield from waiting
            waiting = []
        if second.is_free:
            second.ask(chunk)
        else:
            waiting.append(prepare(chunk))
    if not second.is_free:
        yield second.answer()
    yield from waiting


class Second:
    """The other process. Asked one thing at a time; what it did not answer is done here."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self._asked: list[Row] | None = None
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(prepare, theirs, self._connection), daemon=True
        )
        self._process.start()
        theirs.close()

    def __enter__(self) -> Second:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()
        self._process.join()

    @property
    def is_free(self) -> bool:
        return self._asked is None

    def is_ready(self) -> bool:
        return not self.is_free and self._connection.poll()

    def ask(self, rows: list[Row]) -> None:
        self._asked = rows
        try:
            self._connection.send(rows)
        except OSError:
            return  # It is gone, as the answer will show.

    def answer(self) -> Part:
        rows, self._asked = self._asked or [], None
        try:
            answer: Part = self._connection.recv()
        except (EOFError, OSError):
            return self._prepare(rows)
        return answer


def _serve(prepare: Prepare, connection: Connection[Any, Any], other_end: Any) -> None:
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in connections.all(initialized_only=True):
        # What the database answers on it is for the process that opened it.
        one.connection = None
    try:
        while True:
            connection.send(prepare(connection.recv()))
    except (EOFError, OSError):
        return  # Nobody is there any more.

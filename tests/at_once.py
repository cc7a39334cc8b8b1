"""Two people at the same moment, each on a connection of their own, in an order that is chosen.

A third connection holds the rows that both want to write. The first is let run until it waits for
them, then the second; then the rows are given back, and PostgreSQL serves the two in the order in
which they came. So what either read before it held the rows, it read before the other wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.contrib.messages import get_messages
from django.db import connection, connections, transaction

LONGEST = 60
"""Seconds. PostgreSQL finds two that wait for each other in one."""


class Told:
    """What somebody was answered: the page, and the sentences above the next one."""

    def __init__(self, answer: Any) -> None:
        self.status = answer.status_code
        self.location = answer.get("Location", "")
        self.sentences = [str(one) for one in get_messages(answer.wsgi_request)]
        self.page = answer.content.decode()

    def __contains__(self, words: str) -> bool:
        return words in self.page or any(words in one for one in self.sentences)

    def __repr__(self) -> str:
        return f"{self.status} {self.location} {self.sentences}"


Act = Callable[[], Any]


def at_once(
    wanted: Iterable[Any] | Act, first: Act, second: Act, *, second_waits: bool = True
) -> tuple[Any, Any]:
    """What each of the two got. ``wanted`` are rows, of which both must want one before they write
    anything, or what is written into the way of both and taken back."""
    running = []
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            _hold(wanted)
            for act, waits in ((first, True), (second, second_waits)):
                number: Future[int] = Future()
                going = pool.submit(_on_a_connection_of_its_own, act, number)
                did = _waits(number.result(LONGEST), going)
                assert did is waits, "it went on without the rows" if waits else "it waits"
                running.append(going)
            transaction.set_rollback(True)
        one, other = (going.result(LONGEST) for going in running)
    return one, other


def beside_who_takes_long(wanted: Iterable[Any], act: Act) -> Any:
    """What somebody gets while another holds the rows for longer than they may wait."""
    number: Future[int] = Future()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        _hold(wanted)
        return pool.submit(_on_a_connection_of_its_own, act, number, "50ms").result(LONGEST)


def _hold(wanted: Iterable[Any] | Act) -> None:
    if callable(wanted):
        wanted()
        return
    for row in wanted:
        type(row)._base_manager.select_for_update().get(pk=row.pk)


def _on_a_connection_of_its_own(act: Act, number: Future[int], patience: str = "30s") -> Any:
    try:
        with connection.cursor() as cursor:
            own = "SELECT pg_backend_pid(), set_config('lock_timeout', %s, false)"
            cursor.execute(own, [patience])
            number.set_result(cursor.fetchone()[0])
        answer = act()
        return Told(answer) if hasattr(answer, "wsgi_request") else answer
    finally:
        connections.close_all()


def _waits(number: int, going: Future[Any]) -> bool:
    """Whether it comes to wait for a lock before it ends."""
    while not going.done():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted)", [number]
            )
            if cursor.fetchone()[0]:
                return True
        wait([going], timeout=0.01)
    going.result()
    return False

"""Looking at one web address, politely.

A host gets one request at a time and a rest after each; its robots.txt is asked first and obeyed
at every hop (RFC 9309: a missing one allows everything, one that fails allows nothing). A page is
asked for with HEAD, and with GET where that is refused; of its content nothing is read.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

from protego import Protego

from links.findings import Finding, Reason, Verdict
from links.network import Answer, Network, Target, Unreachable

MOST_HOPS = 10
PAUSE = 2.0  # seconds between two requests to one host
LONGEST_PAUSE = 30.0  # however long a robots.txt asks for
MOST_ROBOTS = 500 * 1024  # bytes; RFC 9309 asks for at least as many
ROBOTS_HOPS = 5

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
# Answers of bot walls and of what only members may see; 999 is one network's own.
WALLS = frozenset({401, 402, 403, 407, 429, 451, 999})
# What no other method will change.
BEFORE_THE_QUESTION = frozenset({"name", "inner", "connection", "certificate", "encryption"})


class Resting:
    """One request at a time to a host, and a rest after each. Shared by all threads."""

    def __init__(self, pause: float, sleep: Callable[[float], None]) -> None:
        self.pause, self.sleep = pause, sleep
        self.longer: dict[str, float] = {}
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._last: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        with self._turns[host]:
            if host in self._last:
                rest = max(self.pause, self.longer.get(host, 0))
                self.sleep(max(0.0, self._last[host] + rest - time.monotonic()))
            try:
                yield
            finally:
                self._last[host] = time.monotonic()


@dataclass
class Checker:
    """Knows what it was told by robots.txt for as long as it lives: one run."""

    network: Network
    pause: float = PAUSE
    sleep: Callable[[float], None] = time.sleep
    _robots: dict[str, Protego | Unreachable | None] = field(default_factory=dict)
    _reading: defaultdict[str, threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock)
    )

    def __post_init__(self) -> None:
        self._resting = Resting(self.pause, self.sleep)

    def check(self, url: str) -> Finding:
        """At most eleven hops of at most two requests, and a robots.txt for each new host."""
        at, leads_to, permanent, cookies = url, "", True, False
        seen: set[str] = set()
        for hop in range(MOST_HOPS + 1):
            try:
                target = Target.of(at)
                leads_to = target.url if hop else ""
                if target.url in seen:
                    break
                seen.add(target.url)
                if not self._may_look(target):
                    return Finding.failing(Reason.ROBOTS, leads_to)
                answer = self._look(target)
            except Unreachable as error:
                return Finding.failing(Reason(error.reason), leads_to)
            if answer.status not in REDIRECTS or not answer.location:
                return _judged(answer, leads_to, permanent)
            permanent = permanent and answer.status in PERMANENT
            cookies = cookies or answer.sets_cookie
            at = urljoin_or_raw(target.url, answer.location)
        # A site may go round in circles only for those who keep no cookies.
        return Finding.failing(Reason.WALL if cookies else Reason.REDIRECTS, leads_to)

    def _look(self, target: Target) -> Answer:
        try:
            answer = self._ask("HEAD", target)
        except Unreachable as error:
            if error.reason in BEFORE_THE_QUESTION:
                raise
        else:
            if answer.status < 400 or answer.status == 429:
                return answer
        return self._ask("GET", target)

    def _ask(self, method: str, target: Target, most: int = 0) -> Answer:
        with self._resting.turn(target.host):
            return self.network.ask(method, target, most)

    # ---------------------------------------------------------------- robots.txt
    def _may_look(self, target: Target) -> bool:
        """A host that does not answer at all is not asked again for the page."""
        with self._reading[target.origin]:
            if target.origin not in self._robots:
                try:
                    self._robots[target.origin] = self._read_robots(target)
                except Unreachable as error:
                    self._robots[target.origin] = error
        rules = self._robots[target.origin]
        if isinstance(rules, Unreachable):
            raise rules
        return rules is not None and bool(rules.can_fetch(target.url, self.network.token))

    def _read_robots(self, target: Target) -> Protego | None:
        """The rules; None where they are there and cannot be had."""
        at = target.origin + "/robots.txt"
        for _hop in range(ROBOTS_HOPS + 1):
            there = Target.of(at)
            answer = self._ask("GET", there, MOST_ROBOTS)
            if answer.status in REDIRECTS and answer.location:
                at = urljoin_or_raw(there.url, answer.location)
                continue
            if answer.status >= 500 or answer.status == 429:
                return None
            text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
            rules = Protego.parse(text)
            if delay := rules.crawl_delay(self.network.token):
                self._resting.longer[target.host] = min(float(delay), LONGEST_PAUSE)
            return rules
        return Protego.parse("")


def urljoin_or_raw(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return location


def _judged(answer: Answer, leads_to: str, permanent: bool) -> Finding:
    if answer.status in WALLS:
        return Finding(Verdict.UNKNOWN, Reason.WALL, answer.status, leads_to)
    if answer.status >= 300:
        return Finding(Verdict.FAILS, Reason.STATUS, answer.status, leads_to)
    return Finding(Verdict.WORKS, None, answer.status, leads_to, bool(leads_to) and permanent)

"""Asks over one connection that is kept open, and takes the time; in shuffled rounds."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LEAST, MOST = 3, 60  # requests of one kind in a round
ENOUGH, TOO_MUCH = 0.35, 2.5  # seconds
TIMEOUT = 90
UNAVAILABLE = 503
CROWD = 4  # connections at a time


class TooSlow(Exception):
    """The site gave up waiting for a statement."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Line:
    """A connection of HTTP/1.1, by hand: Python's own client would cost more than some pages."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def ask(self, path: str, headers: str = "") -> Answer:
        told = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{headers}\r\n".encode()
        for attempt in (1, 2):
            try:
                return self._ask(told)
            except OSError:
                # Kept open too long for the server's liking.
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def _ask(self, told: bytes) -> Answer:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = self.socket.makefile("rb")
        self.socket.sendall(told)
        if not (first := self.file.readline()):
            raise ConnectionResetError
        status = int(first.split(b" ", 2)[1])
        headers = {}
        while (line := self.file.readline().strip()) != b"":
            key, _, value = line.partition(b":")
            headers[key.lower()] = value.strip()
        if headers.get(b"transfer-encoding") == b"chunked":
            body = b""
            while size := int(self.file.readline(), 16):
                body += self.file.read(size)
                self.file.readline()
            self.file.readline()
        elif status == 304:
            body = b""
        else:
            body = self.file.read(int(headers[b"content-length"]))
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return Answer(status, headers, body)

    def close(self) -> None:
        if self.socket is not None:
            self.file.close()
            self.socket.close()
            self.socket = None


@dataclass
class Job:
    """One kind of request to one server, and how long each took, by round."""

    target: str
    scene: str
    port: int
    paths: list[str]
    headers: str = ""
    status: int = 200
    rounds: list[list[float]] = field(default_factory=list)
    rate: float = 0.0
    too_slow: bool = False

    def __post_init__(self) -> None:
        self.line = Line(self.port)
        self.turn = 0

    def once(self, line: Line | None = None) -> float:
        self.turn += 1
        path = self.paths[self.turn % len(self.paths)]
        start = time.perf_counter()
        answer = (line or self.line).ask(path, self.headers)
        seconds = time.perf_counter() - start
        if answer.status == UNAVAILABLE:
            raise TooSlow
        if answer.status != self.status:
            raise SystemExit(f"bench: {self.target} answers {answer.status} to {path}")
        return seconds

    def attempt(self, what: Callable[[], object]) -> None:
        """Nothing more is asked of what once was too slow."""
        if not self.too_slow:
            try:
                what()
            except TooSlow:
                self.too_slow = True

    def sample(self) -> None:
        taken: list[float] = []
        start = time.perf_counter()
        while len(taken) < MOST:
            taken.append(self.once())
            passed = time.perf_counter() - start
            if passed > TOO_MUCH or (passed > ENOUGH and len(taken) >= LEAST):
                break
        self.rounds.append(taken)

    def crowd(self, seconds: float) -> None:
        """Requests a second of several connections at a time."""
        done = [0] * CROWD
        end = time.perf_counter() + seconds
        start = time.perf_counter()

        def ask(number: int) -> None:
            line = Line(self.port)
            while time.perf_counter() < end and not self.too_slow:
                self.attempt(lambda: self.once(line))
                done[number] += 1
            line.close()

        threads = [threading.Thread(target=ask, args=[number]) for number in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.rate = sum(done) / (time.perf_counter() - start)


def measure(jobs: list[Job], rounds: int, crowd_seconds: float) -> None:
    print(f"bench: {len(jobs)} scenes, {rounds} rounds …", flush=True)
    for job in jobs:
        job.attempt(job.once)
        job.attempt(job.once)
    for number in range(rounds):
        for job in random.sample(jobs, len(jobs)):
            job.attempt(job.sample)
        print(f"bench: round {number + 1} of {rounds}", flush=True)
    for job in jobs:
        job.attempt(lambda job=job: job.crowd(crowd_seconds))
        job.line.close()

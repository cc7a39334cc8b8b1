"""Hosts of a small internet on this machine, which misbehave as they are told.

Names are looked up in a list here and connections end at local servers; everything between, the
refusal of inner addresses too, is what production has. So there is no switch to allow them.
"""

from __future__ import annotations

import itertools
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from links.checking import Checker
from links.network import Network

# Addresses of the open internet, which nobody dials here.
OPEN = (f"8.8.{third}.{fourth}" for third in range(256) for fourth in range(1, 255))

Script = Callable[["Conversation"], None]


class Conversation:
    """One request, and what is said to it. ``headers`` have small letters."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.method = self.path = ""
        self.headers: dict[str, str] = {}

    def listen(self) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.connection.recv(4096)
            if not more:
                return False
            head += more
        first, *lines = head.decode().split("\r\n\r\n")[0].split("\r\n")
        self.method, self.path, _version = first.split(" ")
        self.headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        return True

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.say("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


class Host:
    """A server on 127.0.0.1. ``pages`` say what to do, by path; ``robots`` is its robots.txt."""

    def __init__(self) -> None:
        self.pages: dict[str, Script] = {}
        self.robots: Script = lambda talk: talk.answer(404)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        host = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                host._handle(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """Who hangs up in the middle is what many tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def _handle(self, connection: socket.socket) -> None:
        self.connections += 1
        self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        talk = Conversation(connection)
        if not talk.listen():
            return
        self.asked.append((talk.method, talk.path))
        self.headers.append(talk.headers)
        if talk.path == "/robots.txt":
            self.robots(talk)
        else:
            self.pages.get(talk.path, lambda talk: talk.answer(404))(talk)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Internet(Network):
    """Knows names and where their addresses are here. Each lookup and each dial is noted."""

    def __init__(self, **options: Any) -> None:
        super().__init__("civicnet-links (+https://civicnet.example/)", **options)
        self.names: dict[str, list[str]] = {}
        self.homes: dict[str, Host] = {}
        self.looked_up: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    def add(self, name: str, host: Host) -> Host:
        address = next(ADDRESSES)
        self.names[name], self.homes[address] = [address], host
        return host

    def lookup(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host in self.names:
            return self.names[host]
        if host.rpartition(".")[2] in ("example", "test"):
            raise socket.gaierror("no such name")
        return super().lookup(host, port)

    def dial(self, address: str, port: int) -> socket.socket:
        self.dialled.append((address, port))
        if address not in self.homes:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.homes[address].port), timeout=5)


ADDRESSES = itertools.cycle(OPEN)


class Rest:
    """Stands for sleeping: what is slept is noted, and no time passes."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def checker(internet: Internet, pause: float = 0.0, sleep: Any = None) -> Checker:
    return Checker(internet, pause, sleep or Rest())


# ------------------------------------------------------------------ what pages do
def status(code: int, **headers: str) -> Script:
    return lambda talk: talk.answer(code, **headers)


def to(location: str, code: int = 301, **headers: str) -> Script:
    return status(code, Location=location, **headers)


def only(method: str, otherwise: Script) -> Script:
    """200 to one method, and something else to the other."""
    return lambda talk: talk.answer(200) if talk.method == method else otherwise(talk)


def hang_up(talk: Conversation) -> None:
    """Says nothing at all."""


def drip(talk: Conversation) -> None:
    """A header that never ends, a sign at a time."""
    talk.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        talk.say(b"a")
        time.sleep(0.02)


def silent(talk: Conversation) -> None:
    talk.connection.recv(1)


def nonsense(talk: Conversation) -> None:
    talk.say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def endless_headers(talk: Conversation) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        talk.say(f"X-{number}: a\r\n".encode())
    talk.say(b"\r\n")


def endless_body(talk: Conversation) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        talk.say(b"User-agent: *\nAllow: /\n" * 4000)

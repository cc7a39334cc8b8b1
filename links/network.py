"""One request to a host of the open internet, and to nothing else.

An address is written by people and answered by strangers, so nothing about it is believed: the
name is looked up once, every answer of the lookup must be an address of the open internet, and
the connection goes to that very address, while the certificate and the ``Host`` header stay those
of the name. No proxy, cookie or credential of the environment is used, and nothing follows a
redirect here: the next address comes through the same door.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

PORTS = {"http": 80, "https": 443}
USUAL_PORTS = frozenset({80, 443, 8080, 8443})
# The system's lookup has no limit that it keeps to, and cannot be stopped: one that takes longer is
# left to itself.
LOOKUP_SECONDS = 10
CONNECT_SECONDS = 10
# For the whole of one request, however slowly its signs drip in.
REQUEST_SECONDS = 20
# A name may have many addresses; whoever answers at none of the first does not answer.
TRIED_ADDRESSES = 3

# What Python 3.11 takes for open (IANA: protocol assignments, relays).
NOT_OPEN_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
# The addresses that are handed out to anybody (RFC 4291), without those that stand for an IPv4
# address (6to4, RFC 3056) and so could lead inside.
OPEN_IPV6 = IPv6Network("2000::/3")
SIX_TO_FOUR = IPv6Network("2002::/16")
# For examples (RFC 9637); Python 3.11 does not know it.
DOCUMENTATION = IPv6Network("3fff::/20")
# Where a network has only IPv6, IPv4 addresses are reached through these (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """The request had no answer; ``reason`` is one of ``Reason``'s words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a host said: no more of the body than was asked for."""

    status: int
    location: str = ""
    sets_cookie: bool = False
    body: bytes = b""


@dataclass(frozen=True)
class Target:
    """An address taken apart, in the form in which it is asked for."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Refuses, as ``Unreachable``, what is no http(s) address or has an unusual port."""
        try:
            parts = urlsplit(url)
            port = parts.port
            host = _ascii(parts)
        except ValueError:
            raise Unreachable("address") from None
        if parts.scheme not in PORTS or not host or parts.username or parts.password:
            raise Unreachable("address")
        port = PORTS[parts.scheme] if port is None else port
        if port not in USUAL_PORTS:
            raise Unreachable("port")
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
        return cls(parts.scheme, host, port, path)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == PORTS[self.scheme]
        return f"{self.scheme}://{host}" + ("" if usual else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path


def _ascii(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    return host if host.isascii() else host.encode("idna").decode()


def is_open(address: str) -> bool:
    """Whether an IP address is one of the open internet.

    Not loopback, private, link-local (which holds the metadata services of clouds), shared,
    reserved, multicast or documentation, in whichever form.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if inside := ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None):
            return is_open(str(inside))
        if ip not in OPEN_IPV6 or ip in SIX_TO_FOUR or ip in DOCUMENTATION:
            return False
    elif any(ip in network for network in NOT_OPEN_IPV4):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that this machine trusts; the host's name is checked."""
    return ssl.create_default_context()


@dataclass
class Network:
    """The way out. ``lookup`` and ``dial`` are all that touches it; neither has a setting."""

    agent: str
    certificates: ssl.SSLContext = field(default_factory=_certificates)
    request_seconds: float = REQUEST_SECONDS
    lookup_seconds: float = LOOKUP_SECONDS

    @property
    def token(self) -> str:
        """The name by which a robots.txt addresses this program."""
        return self.agent.partition(" ")[0]

    def lookup(self, host: str, port: int) -> list[str]:
        """The IP addresses of a name, asked once. Numbers in any notation come out as one."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(one[4][0]) for one in found))

    def dial(self, address: str, port: int) -> socket.socket:
        return socket.create_connection((address, port), timeout=CONNECT_SECONDS)

    def ask(self, method: str, target: Target, most: int = 0) -> Answer:
        """One request, and at most ``most`` bytes of the body. Follows nothing."""
        addresses = self._addresses(target)
        connection = _Connection(target.host, target.port)
        sock = self._connected(addresses, target.port)
        with self._within_time() as clock:
            try:
                if target.scheme == "https":
                    sock = self.certificates.wrap_socket(
                        sock, server_hostname=target.host, do_handshake_on_connect=False
                    )
                clock.watch(sock)
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                connection.sock = sock
                connection.request(method, target.path, headers=self._headers(target))
                response = connection.getresponse()
                body = response.read(most) if most and method != "HEAD" else b""
            except ssl.SSLCertVerificationError:
                raise Unreachable("certificate") from None
            except ssl.SSLError:
                raise Unreachable("slow" if clock.over else "encryption") from None
            except TimeoutError:
                raise Unreachable("slow") from None
            except (OSError, http.client.HTTPException, ValueError):
                # A host that was cut off for being slow looks like one that hung up.
                raise Unreachable("slow" if clock.over else "answer") from None
            finally:
                sock.close()
            if clock.over:
                raise Unreachable("slow")
            location = response.headers.get("Location", "")
            return Answer(response.status, _read(location), "Set-Cookie" in response.headers, body)

    def _headers(self, target: Target) -> dict[str, str]:
        return {
            "Host": target.origin.partition("://")[2],
            "User-Agent": self.agent,
            "Accept": "text/html,*/*;q=0.8",
            "Accept-Language": "it,en;q=0.8",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }

    def _addresses(self, target: Target) -> list[str]:
        try:
            addresses = self._looked_up(target.host, target.port)
        except (OSError, ValueError):
            raise Unreachable("name") from None
        if not addresses:
            raise Unreachable("name")
        # One inner address among others is enough to refuse: it is how names are made to lie.
        if not all(is_open(address) for address in addresses):
            raise Unreachable("inner")
        return addresses[:TRIED_ADDRESSES]

    def _looked_up(self, host: str, port: int) -> list[str]:
        """Raises ``TimeoutError`` where no name server answers in time."""
        answer: Future[list[str]] = Future()

        def wait() -> None:
            try:
                answer.set_result(self.lookup(host, port))
            except Exception as error:
                answer.set_exception(error)

        # None of a pool, which would be waited for at the end.
        threading.Thread(target=wait, daemon=True).start()
        return answer.result(self.lookup_seconds)

    def _connected(self, addresses: list[str], port: int) -> socket.socket:
        for address in addresses:
            with suppress(OSError):
                return self.dial(address, port)
        raise Unreachable("connection")

    @contextmanager
    def _within_time(self) -> Iterator[_Clock]:
        clock = _Clock()
        timer = threading.Timer(self.request_seconds, clock.end)
        timer.daemon = True
        timer.start()
        try:
            yield clock
        finally:
            timer.cancel()


class _Clock:
    """Ends a conversation that takes too long, from outside: each sign that drips in would
    otherwise start the socket's own patience anew."""

    def __init__(self) -> None:
        self.over = False
        self._sock: socket.socket | None = None

    def watch(self, sock: socket.socket) -> None:
        self._sock = sock
        if self.over:
            self.end()

    def end(self) -> None:
        self.over = True
        if self._sock is not None:
            with suppress(OSError):
                # The plain socket's own: that of TLS would take part in the conversation.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """Speaks over the socket that it is given, and opens none by itself."""

    def connect(self) -> None:
        raise OSError("no connection")


def _read(location: str) -> str:
    """Headers are read as Latin-1; what hosts write in them is UTF-8 if it is not ASCII."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location

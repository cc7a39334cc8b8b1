"""Rendered public pages, kept in the worker's memory for as long as the directory stands still.

A page is kept with the stamp that was read before it was rendered (``directory.stamp``), so it
is thrown away the moment anything is published, however it was written. What a browser has is
confirmed by its ETag, without rendering, by whichever worker: none need have the page. A public
page is the same for everybody: it reads no cookie, so its host, address and query say all; and for
an entry, which form of it is accepted.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from civicnet import environment
from civicnet.middleware import unavailable
from civicnet.rooms import rooms
from directory import stamp
from directory.negotiation import preferred
from places.languages import LANGUAGES

PUBLIC = (
    *(f"/{language}/" for language in LANGUAGES),
    *("/api/v1/", "/catalog.", "/directory.", "/vocabularies."),
)
WORTH_COMPRESSING = 200
KEPT_HEADERS = (
    "Access-Control-Allow-Origin",
    "Content-Type",
    "Content-Language",
    "Content-Location",
    "Content-Security-Policy",
    "Permissions-Policy",
    "Vary",
    "X-Robots-Tag",
)
# What an ETag says of its page: that it has other forms, and that it is compressed.
NEGOTIATED, SQUEEZED = "-accept", "-gzip"
# Host, address with its query, and the accepted form.
Key = tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """A rendered page, plain and compressed."""

    version: str
    plain: bytes
    compressed: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.compressed) + 500


class Memory:
    """The pages used last, up to a number of bytes. Threads share it."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Key, version: str) -> Kept | None:
        with self.lock:
            kept = self.pages.get(key)
            if kept is None or kept.version != version:
                return None
            self.pages.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        if kept.size > self.most_bytes // 10:
            return
        with self.lock:
            if before := self.pages.pop(key, None):
                self.bytes -= before.size
            self.pages[key] = kept
            self.bytes += kept.size
            while self.bytes > self.most_bytes:
                _key, oldest = self.pages.popitem(last=False)
                self.bytes -= oldest.size


class PageCache:
    """Middleware for ``/it/…``, ``/en/…`` and the API. One query for the stamp; none for what is
    kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.memory = Memory(settings.PAGE_CACHE_MB * 1024 * 1024)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_public = request.path_info.startswith(PUBLIC) and request.method in ("GET", "HEAD")
        if not is_public or not self.memory.most_bytes:
            return self.get_response(request)
        form = preferred(request)
        key = (request.get_host(), request.get_full_path(), form)
        try:
            version = current_version()
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)
        if kept := self.memory.get(key, version):
            return answer(request, key, kept)
        if not form and (etag := etag_in_hand(request, key, version)):
            return confirmed(etag)
        request.page_version = version  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            return response
        if "Accept-Language" in response.get("Vary", ""):
            return response
        told = tuple((name, response[name]) for name in KEPT_HEADERS if name in response)
        if request.method == "HEAD" and not response.content:
            # What is costly to make is not made for HEAD, and would be kept as an empty file.
            return response
        kept = Kept(version, response.content, compressed(response.content), told)
        self.memory.put(key, kept)
        return answer(request, key, kept)


def current_version() -> str:
    """The directory's content, the day it is (what goes on, goes on to today), and the release with
    its settings."""
    told = f"{stamp.current()} {timezone.localdate()} {release()}"
    return hashlib.sha256(told.encode()).hexdigest()[:20]


@cache
def release() -> str:
    """Says whether two processes render alike: a digest of the settings, code, templates and
    texts."""
    digest = hashlib.sha256(repr(environment.told()).encode())
    for path in sorted(sources()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources() -> Iterable[Path]:
    root = Path(settings.BASE_DIR)
    for room in rooms(root):
        yield from (root / room).rglob("*.py")
    yield from (root / "templates").rglob("*.html")
    yield from (root / "locale").rglob("*.mo")
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists():
        yield manifest


def compressed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0) if len(content) > WORTH_COMPRESSING else b""


def takes_gzip(accepted: str) -> bool:
    """By ``Accept-Encoding``, which may also refuse a form: ``gzip;q=0``."""
    weights = {}
    for one in accepted.lower().split(","):
        form, _semicolon, weight = one.partition(";")
        weights[form.strip()] = weight.replace(" ", "")
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return not re.fullmatch(r"q=0(\.0*)?", weight)


def etag_of(key: Key, version: str, *, negotiated: bool, squeezed: bool) -> str:
    """Of one form of one address. It says what a 304 has to say of the page."""
    address = hashlib.sha256("\n".join(key).encode()).hexdigest()[:10]
    return f'"{version}-{address}{NEGOTIATED * negotiated}{SQUEEZED * squeezed}"'


def etag_in_hand(request: HttpRequest, key: Key, version: str) -> str | None:
    """The one that the browser has, if what it has is what it would be sent."""
    known = known_etags(request)
    squeezed = (False, True) if takes_gzip(request.headers.get("Accept-Encoding", "")) else (False,)
    forms = ((one, other) for one in (False, True) for other in squeezed) if known else ()
    etags = (etag_of(key, version, negotiated=one, squeezed=other) for one, other in forms)
    return next((etag for etag in etags if etag in known), None)


def known_etags(request: HttpRequest) -> set[str]:
    return {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}


def confirmed(etag: str) -> HttpResponse:
    """Nothing of the page's own policies: the browser keeps those that came with it."""
    response = HttpResponseNotModified()
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    if NEGOTIATED in etag:
        patch_vary_headers(response, ["Accept"])
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def answer(request: HttpRequest, key: Key, kept: Kept) -> HttpResponse:
    squeezed = bool(kept.compressed) and takes_gzip(request.headers.get("Accept-Encoding", ""))
    body = kept.compressed if squeezed else kept.plain
    told = dict(kept.headers)
    negotiated = "Accept" in told.get("Vary", "").split(", ")
    etag = etag_of(key, kept.version, negotiated=negotiated, squeezed=squeezed)
    if known_etags(request) & {etag, "*"}:
        response = confirmed(etag)
        if "Content-Location" in told:
            response["Content-Location"] = told["Content-Location"]
        return response
    response = HttpResponse(body if request.method == "GET" else b"")
    if squeezed:
        response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(body))
    for name, value in kept.headers:
        response[name] = value
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response

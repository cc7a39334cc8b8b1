"""What holds for every answer: headers, language, the page for a lost database, a log line."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from psycopg import errors

from places.languages import LANGUAGES, accepted
from staff.chosen_language import kept_language

Handler = Callable[[HttpRequest], HttpResponseBase]
requests_log = logging.getLogger("civicnet.requests")
database_log = logging.getLogger("civicnet.database")

OPEN_FRAME = "frame-ancestors *"
RETRY_AFTER = 10  # seconds
# A standby, or a server that is being looked after.
READ_ONLY = errors.ReadOnlySqlTransaction
BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)


def content_security_policy(directives: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class SecurityHeaders:
    """The outermost middleware, so that files, redirects and errors carry the headers too.

    Django's own SecurityMiddleware adds the rest: HSTS, nosniff, Referrer-Policy and
    Cross-Origin-Opener-Policy. An answer that was given one of these headers keeps it. One whose
    own policy lets every site frame it has no X-Frame-Options, which can only refuse. What confirms
    a page says none: a browser would take it in place of what came with the page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": content_security_policy(settings.SECURE_CSP),
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": settings.PERMISSIONS_POLICY,
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 304:
            return response
        is_framed = OPEN_FRAME in response.get("Content-Security-Policy", "")
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if is_framed:
            del response.headers["X-Frame-Options"]
        return response


class RequestLog:
    """One line per request, without anything about the visitor.

    No address, no user agent, no query string: what people search for is theirs.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        response = self.get_response(request)
        requests_log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - start) * 1000, 1),
            },
        )
        return response


class ReadOnly:
    """Outside the admin nothing takes anything in: 405, before a form's origin is asked for."""

    SAFE = ("GET", "HEAD", "OPTIONS")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in self.SAFE or request.path_info.startswith("/admin/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(self.SAFE)


class Language:
    """Activates the language of the page.

    Public pages: by the first part of the address, so that a page is the same for everybody and
    no session is read. The admin: as the account says; before anybody has logged in, as was last
    chosen in this browser, or as it asks. The API: English, as its names are. Everything else:
    Italian.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        translation.activate(self._language(request))
        response = self.get_response(request)
        if request.path_info.startswith("/admin/"):
            patch_vary_headers(cast(HttpResponse, response), ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", translation.get_language() or "it")
        return response

    def _language(self, request: HttpRequest) -> str:
        if language := language_of_path(request.path_info):
            return language
        if request.path_info.startswith("/admin/"):
            try:
                chosen = getattr(request.user, "language", None)
            except (OperationalError, InterfaceError):
                chosen = None  # the view will find out too, and be answered with 503
            asked = accepted(request.headers.get("Accept-Language", ""))
            for language in (chosen, kept_language(request), asked):
                if language in LANGUAGES:
                    return language
        return "en" if request.path_info.startswith("/api/") else settings.LANGUAGE_CODE


class DatabaseAway:
    """Answers 503 when the database cannot be reached, cannot be written to, or took longer than a
    page may."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, InternalError) and isinstance(error.__cause__, READ_ONLY):
            return _without_data(request, "read_only.html", "database is read-only", error)
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        if isinstance(error.__cause__, BUSY) and request.path_info.startswith("/admin/"):
            return busy()
        if isinstance(error.__cause__, errors.QueryCanceled):
            return too_long(request, error)
        return unavailable(request, error)


def busy() -> HttpResponse:
    """Somebody else is writing what somebody wants to write, and it takes long: 503, too."""
    response = HttpResponse(render_to_string("busy.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The 503 page: needs neither database nor session, nor any middleware before it.

    The log says why: a PoolTimeout, a DiskFull.
    """
    return _without_data(request, "503.html", "database away", error)


def too_long(request: HttpRequest, error: Exception) -> HttpResponse:
    """What was asked would take longer than a page may: as 503, but the same again is no use."""
    return _without_data(request, "too_long.html", "statement cancelled", error)


def _without_data(
    request: HttpRequest, template: str, logged: str, error: Exception
) -> HttpResponse:
    why = type(error.__cause__).__name__
    database_log.error(logged, extra={"path": request.path, "error": why})
    language = language_of_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        response = HttpResponse(render_to_string(template), status=503)
    response["Content-Language"] = language
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def language_of_path(path: str) -> str | None:
    """`it` for /it/…, `en` for /en/…, None for what is outside the two languages."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LANGUAGES else None

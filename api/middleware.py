"""What holds for every answer below ``/api/``: a limit, CORS for reading, errors as JSON."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api import limits
from api.problems import MEDIA_TYPE, problem

PREFIX = "/api/"
METHODS = "GET, HEAD, OPTIONS"
# Anybody's program may read; there is nothing to send along, no cookie and no key.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}
KEPT = ("Allow", "Retry-After")


class Api:
    """Outside of the kept pages, so that these count too and carry the same headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=HEADERS | PREFLIGHT)
        told: dict[str, str] = {}
        spent = False
        if settings.API_REQUESTS_PER_MINUTE:
            try:
                allowance = limits.spend(request)
            except (OperationalError, InterfaceError):
                return self.with_headers(problem(503), {"Retry-After": "10"})
            spent, told = allowance.is_spent, allowance.headers
        if spent:
            told["Retry-After"] = str(allowance.resets)
            return self.with_headers(problem(429), told)
        response = self.get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != MEDIA_TYPE:
            plain = problem(response.status_code)
            for name in KEPT:
                if name in response:
                    plain[name] = response[name]
            response = plain
        return self.with_headers(response, told)

    def with_headers(self, response: HttpResponseBase, told: dict[str, str]) -> HttpResponseBase:
        for name, value in {**HEADERS, **told}.items():
            response[name] = value
        if response.status_code >= 400:
            response["Cache-Control"] = "no-store"
        return response

"""Errors as RFC 9457 says them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"
SAID = {
    404: "There is nothing at this address.",
    405: "The API is read-only: GET, HEAD and OPTIONS.",
    410: "The entry was archived.",
    429: "Too many requests in this minute.",
    500: "This should not have happened; it is in the log.",
    503: "The directory cannot be read just now.",
}


class BadRequest(Exception):
    """What was asked cannot be; the message says what was not understood."""


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or SAID.get(status, "The request was not understood."),
        **more,
    }
    content = json.dumps(said, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE)

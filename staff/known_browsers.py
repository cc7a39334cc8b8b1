"""A browser in which somebody came in before keeps a sign of it, for that account alone.

So that nobody can lock an editor out by failing in their name: failures there are counted apart
from those of strangers (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
The sign says nothing but that: it opens no door, and only the addresses of the admin are sent it.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponseBase

from staff.visitors import digest

KEPT = timedelta(days=180)
# Accounts that share a browser, as in an office; whoever comes in last stands first.
MOST = 4
LONGEST = 200
PATH = "/admin/"


def browser_of(request: HttpRequest, name: str) -> bytes | None:
    """Which browser of this account it is, as a digest; none if it was not known to be one."""
    for sign in _signs(request):
        if told := _told(sign, name):
            return digest("browser", told.encode())
    return None


def make_known(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """For who has come in, with all that is asked. Another sign each time."""
    others = [sign for sign in _signs(request) if not _told(sign, name)]
    new = _signer(name).sign(secrets.token_urlsafe(16))
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        ".".join([new, *others][:MOST]),
        max_age=KEPT,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _signs(request: HttpRequest) -> list[str]:
    kept = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    return [sign for sign in kept.split(".")[:MOST] if 0 < len(sign) < LONGEST]


def _told(sign: str, name: str) -> str:
    try:
        return _signer(name).unsign(sign, max_age=KEPT)
    except BadSignature:
        return ""


def _signer(name: str) -> TimestampSigner:
    """The name is not in the sign, and without it the sign is not valid."""
    return TimestampSigner(salt=f"staff.known_browsers {as_compared(name)}")


def as_compared(name: str) -> str:
    """As Django compares names, which is by their letters alone."""
    return unicodedata.normalize("NFKC", name)

"""The language in which a browser was last in the admin, so that the next login is in it.

Once somebody has given their password, the language is that of their account.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

KEPT = 365 * 24 * 3600
PATH = "/admin/"


def kept_language(request: HttpRequest) -> str:
    """Whatever the browser says it is."""
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")


def keep_language(response: HttpResponseBase, language: str) -> None:
    """It says nothing of who was here."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

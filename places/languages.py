"""The directory's two languages, and which one is shown when a text lacks one of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = ("it", "en")


def current() -> str:
    """The language being served; Italian where none is active, as in a command."""
    language = (get_language() or "").partition("-")[0]
    return language if language in LANGUAGES else LANGUAGES[0]


def accepted(header: str) -> str | None:
    """The first of ours that an ``Accept-Language`` asks for."""
    asked = (code.split("-")[0] for code, weight in parse_accept_lang_header(header) if weight)
    return next((code for code in asked if code in LANGUAGES), None)


def other(language: str) -> str:
    """The directory's other language."""
    return LANGUAGES[1] if language == LANGUAGES[0] else LANGUAGES[0]


def fallback_order(language: str) -> tuple[str, str]:
    """The languages to try for a reader of ``language``, best first."""
    return (language, other(language))


def translated(obj: Any, field: str, language: str | None = None) -> tuple[str, str]:
    """The text of a translated field, and the language that text is really in.

    ``("", language)`` when neither language has one. Whoever shows the text marks it with
    ``lang`` when the two languages differ.
    """
    wanted = language or current()
    if text := getattr(obj, f"{field}_{wanted}"):
        return text, wanted
    second = other(wanted)
    if text := getattr(obj, f"{field}_{second}"):
        return text, second
    return "", wanted

"""HTML that Python writes, for what a page has by the dozen: cards and choices.

A template takes longer over each than the database over all of them. The rules are those of
templates: whatever comes from a row or from an address is escaped where it is put in, and only
there; texts of the interface are the translators' own and may hold signs of HTML.
``own`` is the language of the page, which the caller asks for once.
"""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.safestring import SafeString

from places.languages import translated

__all__ = ["attribute", "drawing", "escape", "grouped", "html_of", "marked", "named"]


def html_of(text: str) -> str:
    """The text escaped, unless it is HTML already."""
    return text if isinstance(text, SafeString) else escape(text)


def attribute(language: str, own: str) -> str:
    """`` lang="en"`` for the element that holds a text, or nothing."""
    return f' lang="{escape(language)}"' if language and language != own else ""


def marked(text: str, language: str, own: str) -> str:
    """The text, inside an element that names its language where that is not the page's."""
    if not text or not language or language == own:
        return html_of(text)
    return f'<span lang="{escape(language)}">{html_of(text)}</span>'


def named(obj: Any, own: str, field: str = "name") -> str:
    """A translated text of a row, marked."""
    return marked(*translated(obj, field, own), own)


@cache
def separator(language: str) -> str:
    return str(get_format("THOUSAND_SEPARATOR", language))


def grouped(number: int, own: str) -> str:
    """``12.345``, ``12,345``."""
    return f"{number:,}".replace(",", separator(own))


@cache
def drawing(template: str) -> str:
    """A template that depends on nothing: an icon."""
    return render_to_string(template)

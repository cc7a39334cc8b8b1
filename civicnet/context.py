"""What every template may say of the site, and the page's twin in the other language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from civicnet.middleware import language_of_path
from directory import invented
from places.languages import LANGUAGES, current, other

ENDONYMS = {"it": "Italiano", "en": "English"}


@dataclass(frozen=True)
class Twin:
    """A page in one language: what the language calls itself, and the page's path in it."""

    language: str
    endonym: str
    path: str


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site": {
            "name": settings.SITE_NAME,
            "publisher": settings.PUBLISHER,
            "contact": settings.CONTACT_EMAIL,
            "licence": settings.LICENCE_NAME,
            "licence_url": settings.LICENCE_URL,
            "base_url": settings.BASE_URL,
            "icon": icon(),
        },
        "has_invented": SimpleLazyObject(lambda: invented.is_needed(request)),
        "twins": SimpleLazyObject(lambda: twins(request)),
        "twin": SimpleLazyObject(lambda: twin(request, other(current()))),
    }


@cache
def icon() -> str:
    """The site's icon as an address that holds all of it, for the browser's tab."""
    drawing = (settings.BASE_DIR / "static" / "img" / "favicon.svg").read_text().strip()
    return "data:image/svg+xml," + quote(drawing, safe="/:=',();-.")


def of_a_language(request: HttpRequest) -> ResolverMatch | None:
    """Which page an address in one of the languages is of; nothing for what programs read."""
    return request.resolver_match if language_of_path(request.path_info) else None


def twins(request: HttpRequest) -> list[Twin]:
    """The page in each language, its own included; nothing for what is not a public page."""
    return [twin(request, language) for language in LANGUAGES] if of_a_language(request) else []


def twin(request: HttpRequest, language: str) -> Twin:
    """The same object in ``language``; the home page where there is no such page."""
    match = of_a_language(request)
    name, kwargs = (match.view_name, match.kwargs) if match else ("home", {})
    path = path_in(language, get_urlconf(), name, tuple(sorted(kwargs.items())))
    return Twin(language, ENDONYMS[language], path)


@lru_cache(1000)
def path_in(
    language: str, _urlconf: str | None, view: str, kwargs: tuple[tuple[str, Any], ...]
) -> str:
    """The path of a view in a language; the home page's where there is none."""
    with override(language):
        try:
            return reverse(view, kwargs=dict(kwargs))
        except NoReverseMatch:
            return reverse("home")

"""What an entry must say to be public: a name, a summary in one language, a source.

Asked wherever something is published, and wherever what is public is changed, so that people are
told in a sentence. The database demands the same of whoever writes: see ``directory.demands``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from places.languages import LANGUAGES

LACKS: dict[str, Any] = {
    "name": _("a name"),
    "summary": _("a summary in Italian or in English"),
    "source": _("a source"),
}


def says(name: str) -> Q:
    """A translated text is there in one language at least."""
    said = Q()
    for language in LANGUAGES:
        said |= Q(**{f"{name}_{language}__gt": ""})
    return said


def with_sources(entries: Any) -> Any:
    """Each entry knows whether it ``has_source``; no query of its own."""
    sources = entries.model._meta.get_field("sources").related_model._default_manager
    return entries.annotate(has_source=Exists(sources.filter(entry=OuterRef("pk"))))


def lacking(entry: Any) -> list[str]:
    """What the entry lacks to be public. One query, or none after ``with_sources``."""
    missing = [name for name in ("name", "summary") if not said_in_any(name, vars(entry))]
    has_source = entry.__dict__.get("has_source")
    if has_source is None:
        has_source = entry.sources.exists()
    return missing if has_source else [*missing, "source"]


def lacking_in(values: dict[str, Any]) -> list[str]:
    """The same of values by field, as imports have them."""
    missing = [name for name in ("name", "summary") if not said_in_any(name, values)]
    return missing if values.get("sources") else [*missing, "source"]


def said_in_any(name: str, values: dict[str, Any]) -> bool:
    return any(str(values.get(f"{name}_{language}") or "").strip() for language in LANGUAGES)


def named(lacks: Iterable[str]) -> str:
    return ", ".join(str(LACKS[lack]) for lack in lacks)


def refusal(lacks: Iterable[str]) -> str:
    """Why it cannot be published, in a sentence."""
    return gettext("To be published it needs %(what)s.") % {"what": named(lacks)}


def losing(lacks: Iterable[str]) -> str:
    """Why what is public cannot be saved like this, in a sentence."""
    lacks = list(lacks)
    said = ngettext(
        "This entry is public and would lose %(what)s. Archive it first, or leave it one.",
        "This entry is public and would lose %(what)s. Archive it first, or leave it these.",
        len(lacks),
    )
    return said % {"what": named(lacks)}


losing_later = lazy(losing, str)
"""The same, in the language of whoever reads it."""

"""The card of an entry of any kind, as lists show it.

What differs between kinds is what each says in its line and of its ties: see
``directory.registry.Kind``. Written in Python: see ``directory.writing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext, npgettext

from directory.initials import placeholder_svg
from directory.models import Entry
from directory.registry import Kind, kind_of, kinds
from directory.templatetags.pictures import picture
from directory.templatetags.texts import ONLY_IN
from directory.writing import attribute, drawing, escape, grouped, html_of, marked, named
from places.addresses import around
from places.languages import current, translated

MOST_THEMES = 4


class Page(NamedTuple):
    """What the cards of a page have in common."""

    own: str
    level: int
    mixed: bool
    themes: str
    # By the key of a kind, what stands before and after the slug in the address of an entry.
    addresses: dict[str, tuple[str, str]]


def page(level: int, mixed: bool) -> Page:
    addresses = {kind.key: around(kind.detail) for kind in kinds.values()}
    return Page(current(), level, mixed, escape(gettext("Themes")), addresses)


def card(entry: Entry, level: int = 3, mixed: bool = False) -> SafeString:
    """Its name as a heading of this level. Among cards of several kinds (``mixed``) each says
    which it is. No query after ``directory.card_rows``."""
    return mark_safe(_card(entry, page(level, mixed)))  # noqa: S308  # escaped piece by piece


def cards(entries: Iterable[Entry], level: int = 3, mixed: bool = False) -> SafeString:
    """A list of cards."""
    of_page = page(level, mixed)
    items = "".join([f"<li>{_card(entry, of_page)}</li>" for entry in entries])
    return mark_safe(f'<ul class="cards">{items}</ul>')  # noqa: S308  # escaped piece by piece


def links(entries: Iterable[Any]) -> SafeString:
    """Items of a list, each the name of an entry that leads to it. No query."""
    own = current()
    items = []
    for entry in entries:
        name, language = translated(entry, "name", own)
        address = escape(entry.get_absolute_url())
        items.append(f'<li><a href="{address}"{attribute(language, own)}>{escape(name)}</a></li>')
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece


def _card(entry: Entry, page: Page) -> str:
    own, level, mixed, themes, addresses = page
    kind, found = kind_of(entry), entry.found
    before, after = addresses[kind.key]
    name, language = translated(entry, "name", own)
    shown_name = html_of((found and found.name) or name)
    kicker = ""
    if mixed:
        kicker = f'<p class="kicker">{drawing(kind.icon)}{escape(capfirst(str(kind.label)))}</p>'
    over = ""
    if entry.is_over:
        over = f' <span class="badge">{escape(entry.get_life_display())}</span>'  # type: ignore[attr-defined]
    ties = "".join(f"<span>{said}</span>" for tie in kind.card_ties if (said := tie(entry, own)))
    if ties:
        ties = f'<p class="card-ties">{ties}</p>'
    return (
        f'<article class="card kind-{kind.key}">'
        f'<div class="card-tile">{_portrait(entry, name)}</div><div class="card-body">{kicker}'
        f'<h{level} class="card-name"><a href="{escape(f"{before}{entry.slug}{after}")}"'
        f"{attribute(language, own)}>{shown_name}</a></h{level}>"
        f'<p class="card-meta">{kind.card_line(entry, own)}{over}</p>'
        f"{_summary(entry, own)}{_excerpt(found and found.excerpt, own)}"
        f"{_themes(entry, own, themes)}{ties}</div></article>"
    )


def _portrait(entry: Entry, name: str) -> str:
    if entry.first_picture:
        return picture(entry.first_picture, "5rem", beside_name=True)
    return placeholder_svg(name, entry.slug)


def _summary(entry: Entry, own: str) -> str:
    text, language = translated(entry, "summary", own)
    if not text:
        return ""
    shown = html_of((entry.found and entry.found.summary) or text)
    note = ""
    if language != own:
        note = f'<p class="foreign-note">{escape(str(ONLY_IN[language]))}</p>'
    return f'<p class="card-summary"{attribute(language, own)}>{shown}</p>{note}'


def _excerpt(excerpt: Any, own: str) -> str:
    if not excerpt:
        return ""
    label = ""
    if excerpt.label:
        label = f'<span class="card-excerpt-label">{escape(excerpt.label)}:</span> '
    return f'<p class="card-excerpt">{label}{marked(excerpt.html, excerpt.language, own)}</p>'


def _themes(entry: Entry, own: str, label: str) -> str:
    themes = entry.card_themes
    if not themes:
        return ""
    items = []
    for theme in themes[:MOST_THEMES]:
        name, language = translated(theme, "name", own)
        items.append(f"<li{attribute(language, own)}>{escape(name)}</li>")
    if (more := len(themes) - MOST_THEMES) > 0:
        said = npgettext("themes", "and %(n)s more", "and %(n)s more", more) % {"n": more}
        items.append(f"<li>{said}</li>")
    return f'<ul class="card-themes" aria-label="{label}">{"".join(items)}</ul>'


# What the rooms say with in a card's line and ties


def city_and_sigla(city: Any, own: str) -> str:
    name, language = translated(city, "name", own)
    return (
        f'<span class="card-city"{attribute(language, own)}>{escape(name)}</span>'
        f' <abbr class="sigla">{escape(city.sigla)}</abbr>'
    )


def tied_to(kind: Kind, rows: Sequence[Any], relation: str, own: str) -> str:
    """The other end of an entry's ties: its name, or how many there are; two ties to the same one
    are one."""
    others = list(dict.fromkeys(one for row in rows if (one := getattr(row, relation))))
    if not others:
        return ""
    said = named(others[0], own) if len(others) == 1 else number_of(kind, len(others), own)
    return drawing(kind.icon) + said


def number_of(kind: Kind, number: int, own: str) -> str:
    """``14 organizations``."""
    return escape(kind.counted % {"n": number, "number": grouped(number, own)})

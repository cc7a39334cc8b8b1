"""Entries of any kind on a page, whatever room they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import ngettext

from directory import cards
from directory.choices import facet_html
from directory.listing import Listing
from directory.models import Entry, Theme
from directory.registry import Document, Format, Kind, documents, formats, kind_of, kinds
from directory.theme_icons import icon_of
from directory.views import address_in
from directory.ways_on import (
    downloads_html,
    feeds_html,
    neighbours_html,
    page_query,
    pages_html,
)

register = template.Library()


register.simple_tag(cards.card, name="card")
register.simple_tag(cards.cards, name="cards")
register.simple_tag(cards.links, name="links")
register.simple_tag(facet_html, name="facet")
register.simple_tag(page_query)
register.simple_tag(neighbours_html, name="neighbours")
register.simple_tag(pages_html, name="page_links")
register.simple_tag(downloads_html, name="downloads")
register.simple_tag(feeds_html, name="feeds_of_listing")


@register.simple_tag
def kind_label(entry: Entry) -> str:
    return capfirst(str(kind_of(entry).label))


@register.filter
def each(rows: Iterable[Any], name: str) -> list[Any]:
    """What the rows have under a name, each once, in order: two roles are one network."""
    found = (getattr(row, name) for row in rows or ())
    return list(dict.fromkeys(one for one in found if one))


@register.simple_tag
def counted(kind: Kind, number: int) -> str:
    """``1 organization``, ``14 organizations``."""
    return kind.counted % {"n": number, "number": number_format(number, force_grouping=True)}


@register.simple_tag
def counted_entries(number: int, kind: Kind | None = None) -> str:
    """``14 organizations``, or ``14 entries`` where they may be of several kinds."""
    if kind:
        return counted(kind, number)
    said = ngettext("%(number)s entry", "%(number)s entries", number)
    return said % {"number": number_format(number, force_grouping=True)}


@register.simple_tag
def all_counted(kind: Kind, number: int) -> str:
    """``All 14 organizations``."""
    return kind.all_counted % {"number": number_format(number, force_grouping=True)}


@register.filter
def total(numbers: Mapping[str, int]) -> int:
    """Of all kinds. A template's ``numbers.total`` would look for a kind of that name."""
    return sum(numbers.values())


@register.simple_tag
def numbers_by_kind(numbers: Mapping[str, int]) -> str:
    """``3 organizations · 1 project``: of the kinds that there are."""
    return " · ".join(counted(kind, numbers[key]) for key, kind in kinds.items() if numbers[key])


@register.simple_tag
def frame_query(listing: Listing, number: int, colours: str) -> str:
    """As ``page_query``, for a page that other sites frame."""
    query = page_query(listing, number)
    return query + (f"{'&' if query else '?'}colours={colours}" if colours else "")


@register.simple_tag
def documents_of(entry: Entry) -> list[tuple[Document, str]]:
    """What a published entry can be had as besides its page, each with its address. No query after
    ``for_detail``."""
    if not entry.is_published:
        return []
    return [(one, address_in(entry, one.name)) for one in documents.values() if one.offers(entry)]


@register.simple_tag
def feeds_of(parameter: str = "", value: str = "") -> list[tuple[Format, str]]:
    """The feeds that a page which gathers all kinds announces, each with its address: of all
    entries or of those of one kind, narrowed by one parameter."""
    asked = f"{parameter}={value}&" if parameter else ""
    lists = {kind.key: f"{kind.namespace}:list" for kind in kinds.values()}
    return [
        (one, f"{reverse(lists.get(one.only or '', 'search'))}?{asked}format={one.name}")
        for one in formats.values()
        if one.is_feed
    ]


@register.simple_tag
def query_for_map(listing: Listing, kind: Kind | None) -> str:
    """The query string with which the map shows what a listing does."""
    asked = QueryDict(listing.query, mutable=True)
    asked.pop("sort", None)
    if kind:
        asked["type"] = kind.key
    return f"?{asked.urlencode()}" if asked else ""


@register.simple_tag
def theme_icon(theme: Theme) -> SafeString:
    """Decorative: it always stands beside the theme's name."""
    return icon_of(theme)

"""The links that lead on from a listing: to its other pages, and to what it can be had as.

Written in Python: see ``directory.writing``.
"""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from directory.listing import Listing
from directory.registry import Format, Kind, formats
from directory.writing import escape


def page_query(listing: Listing, number: int) -> str:
    """The query string of another page of a listing."""
    parts = [listing.query, f"page={number}" if number > 1 else ""]
    query = "&".join(part for part in parts if part)
    return f"?{query}" if query else ""


def neighbours_html(path: str, listing: Listing, page: Any) -> SafeString:
    """For the head of a page: the pages before and after it."""
    links = []
    if page.has_previous():
        links.append(("prev", page.previous_page_number()))
    if page.has_next():
        links.append(("next", page.next_page_number()))
    said = "".join(
        f'<link rel="{name}" href="{escape(path + page_query(listing, number))}">'
        for name, number in links
    )
    return mark_safe(said)  # noqa: S308  # escaped piece by piece


def pages_html(path: str, listing: Listing, page: Any, pages: Any) -> SafeString:
    """Items of a list, each a link to a page by its number. Of ``pages``, what is no number is a
    gap."""
    said, items = gettext("Page"), []

    def link(number: int, text: str, more: str = "") -> None:
        address = escape(path + page_query(listing, number))
        items.append(f'<li><a href="{address}"{more}>{text}</a></li>')

    if page.has_previous():
        link(page.previous_page_number(), gettext("Previous"), ' rel="prev"')
    for number in pages:
        if isinstance(number, int):
            here = ' aria-current="page"' if number == page.number else ""
            link(number, f'<span class="visually-hidden">{said} </span>{number}', here)
        else:
            items.append(f"<li><span>{escape(number)}</span></li>")
    if page.has_next():
        link(page.next_page_number(), gettext("Next"), ' rel="next"')
    return mark_safe("".join(items))  # noqa: S308  # escaped piece by piece


# ------------------------------------------------------------------ as files and feeds
def offered(listing: Listing) -> list[tuple[Format, str]]:
    """What the whole listing can be had as, each with the query string for it: files, then
    feeds."""
    asked = f"?{listing.query}&" if listing.query else "?"
    suited = [one for one in formats.values() if one.offers(listing)]
    suited.sort(key=lambda one: one.is_feed)
    return [(one, f"{asked}format={one.name}") for one in suited]


def downloads_html(path: str, listing: Listing) -> SafeString:
    """Items of a list."""
    items = "".join(
        f'<li><a href="{escape(path + query)}" type="{escape(one.media_type)}" rel="nofollow">'
        f"{escape(str(one.label))}</a></li>"
        for one, query in offered(listing)
    )
    return mark_safe(items)  # noqa: S308  # escaped piece by piece


def feeds_html(path: str, listing: Listing, kind: Kind | None) -> SafeString:
    """For the head of a page: the feeds of what it lists."""
    if listing.problems:
        return mark_safe("")
    what = capfirst(str(kind.label_plural) if kind else gettext("entries"))
    title = escape(" · ".join([what, *(chip.value for chip in listing.chips)]))
    links = "".join(
        f'<link rel="alternate" type="{escape(one.media_type)}" href="{escape(path + query)}"'
        f' title="{title}">'
        for one, query in offered(listing)
        if one.is_feed
    )
    return mark_safe(links)  # noqa: S308  # escaped piece by piece

"""Where a row has its page."""

from __future__ import annotations

from functools import cache

from django.urls import get_urlconf, reverse

from places.languages import current

# Stands for the slug in an address that is looked up once.
SLUG = "slug-of-the-row"


def address_of(view: str, slug: str) -> str:
    """The address of the page of a view that a slug names, in the current language.

    A page leads to a hundred others: Django's own ``reverse`` is asked once for all of a kind.
    Slugs are letters, digits and hyphens (the database sees to that) and need no quoting.
    """
    before, after = around(view)
    return f"{before}{slug}{after}"


def around(view: str) -> tuple[str, str]:
    """What stands before and after the slug in the addresses of a view, for whoever writes many."""
    return around_slug(view, current(), get_urlconf())


@cache
def around_slug(view: str, language: str, urlconf: str | None) -> tuple[str, str]:
    """What stands before and after the slug. ``language`` is the current one."""
    before, _slug, after = reverse(view, args=[SLUG]).partition(SLUG)
    return before, after

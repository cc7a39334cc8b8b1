"""``/sitemap.xml``: an index, with a part for the pages of each kind, in both languages."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.urls import reverse

from directory.models import Theme
from directory.overview import by_territory, by_theme
from directory.registry import Kind, kinds
from places.languages import LANGUAGES
from places.models import City, Region


class BilingualSitemap(Sitemap):
    """Each address with its twin. Django's x-default would point outside our languages."""

    i18n = True
    alternates = True
    limit = 10_000
    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.BASE_URL).netloc


class InEachLanguage:
    """Rows, each in one language after the other: as much of a list as a Paginator asks for.

    Only the rows of a part are read, and what comes before them only from the index of their order.
    """

    def __init__(self, rows: QuerySet, languages: Sequence[str]) -> None:
        self.rows, self.languages = rows, languages

    def count(self) -> int:
        return self.rows.count() * len(self.languages)

    def __getitem__(self, window: slice) -> list[tuple[Any, str]]:
        times = len(self.languages)
        first = window.start // times
        part = self.rows.values("pk")[first : -(-window.stop // times)]
        rows = self.rows.filter(pk__in=part)
        found = [(row, language) for row in rows for language in self.languages]
        return found[window.start - first * times : window.stop - first * times]


class EntrySitemap(BilingualSitemap):
    """Of a kind there may be hundreds of thousands: each part reads its own, and no page reads all.

    Queries: two for a part; two for what the index says of all parts.
    """

    limit = 2_000

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    @property
    def paginator(self) -> Paginator:
        return Paginator(cast(Any, InEachLanguage(self.items(), LANGUAGES)), self.limit)

    def get_latest_lastmod(self) -> datetime.datetime | None:
        return self.items().aggregate(latest=Max("updated"))["latest"]

    def items(self) -> QuerySet:
        entries = self.kind.model._default_manager.published()
        # By what changes last, so that the parts before the last ones stay as they are.
        return entries.only("slug", "updated").order_by("updated", "pk")

    def lastmod(self, entry: Any) -> datetime.datetime:
        return entry.updated


class PageSitemap(BilingualSitemap):
    names = (
        "home",
        "orgs:list",
        "networks:list",
        "projects:list",
        "cities",
        "regions",
        "themes",
        "map",
        "embed",
        "about",
        "sources",
        "privacy",
        "accessibility",
    )

    def items(self) -> tuple[str, ...]:
        return self.names

    def location(self, item: str) -> str:
        return reverse(item)


class CitySitemap(BilingualSitemap):
    def items(self) -> list[City]:
        return list(City.objects.with_slugs(by_territory("city")).order_by("pk"))


class RegionSitemap(BilingualSitemap):
    def items(self) -> list[Region]:
        numbers = by_territory("region")
        return [region for region in Region.objects.by_name("it") if region.slug in numbers]


class ThemeSitemap(BilingualSitemap):
    def items(self) -> list[Theme]:
        numbers = by_theme()
        return [theme for theme in Theme.objects.with_family() if theme.slug in numbers]


def sitemaps() -> dict[str, Sitemap]:
    """Made when the addresses are read: by then every kind has said that it is there."""
    return {
        "pages": PageSitemap(),
        "cities": CitySitemap(),
        "regions": RegionSitemap(),
        "themes": ThemeSitemap(),
        **{kind.namespace: EntrySitemap(kind) for kind in kinds.values()},
    }

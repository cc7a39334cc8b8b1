"""``/sitemap.xml``: an index, with a part for the pages of each kind, in both languages."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from directory.models import Theme
from directory.overview import by_territory, by_theme
from directory.registry import Kind, kinds
from places.models import City, Region


class BilingualSitemap(Sitemap):
    """Each address with its twin. Django's x-default would point outside our languages."""

    i18n = True
    alternates = True
    limit = 10_000
    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.BASE_URL).netloc


class EntrySitemap(BilingualSitemap):
    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def items(self) -> QuerySet:
        entries = self.kind.model._default_manager.published()
        return entries.only("slug", "updated").order_by("pk")

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

"""The pages that span all kinds of entry."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from civicnet.near import AsksPosition, nearest
from directory.index import CITY, REGION
from directory.models import Theme
from directory.moved import moved_to
from directory.overview import (
    Group,
    by_territory,
    by_theme,
    gather_place,
    gather_theme,
    highlights,
    largest_cities,
    number_of_cities,
    totals,
)
from directory.suggestions import suggestions
from directory.views import ListingView
from networks.models import Network
from networks.ties import with_most_members
from places.languages import LANGUAGES, accepted, current
from places.models import City, Region

NEWEST = 6
FEATURED = 3
# Cities around a city, and organizations named in each: on its page, and on the page for more.
NEAREST, NAMED = 6, 3
MORE_NEAREST, MORE_NAMED = 30, 6
# Cities that a region's own page lists, and the page of all cities for each region: those with the
# most entries.
MOST_IN_REGION = 60
MOST_CITIES = 24
LARGEST = 12
THEMES = 12


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """``/``: to the visitor's language; Italian if it is neither."""
    with override(accepted(request.headers.get("Accept-Language", "")) or LANGUAGES[0]):
        response = redirect("home")
    patch_vary_headers(response, ["Accept-Language"])
    return response


class Page(TemplateView):
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"indexable": True, **kwargs})


class HomeView(AsksPosition, Page):
    """Eight queries, and those of the cards."""

    template_name = "civicnet/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cities = largest_cities(LARGEST)
        named = {city.slug: city for city in City.objects.with_slugs(dict(cities))}
        regions = by_territory("region")
        networks = with_most_members(Network.objects.published())[:FEATURED]
        shown = highlights(NEWEST, {"network": networks})
        return super().get_context_data(
            totals=totals(),
            cities=[(named[slug], n) for slug, n in cities],
            cities_total=number_of_cities(),
            regions=[
                (region, regions[region.slug].total())
                for region in Region.objects.by_name()
                if region.slug in regions
            ],
            themes=theme_tree()[:THEMES],
            newest=shown.newest,
            checked=shown.checked,
            # One alone is not a choice.
            featured=shown.featured if len(shown.featured) > 1 else [],
            **kwargs,
        )


def of_groups(groups: list[Group]) -> dict[str, Any]:
    """A page that gathers nothing is there for those who have its address, not for search engines;
    nor is it in the sitemap."""
    return {"groups": groups, "indexable": bool(groups)}


def theme_tree() -> list[tuple[Theme, Any, list[tuple[Theme, Any]]]]:
    """Themes that have entries: (theme, numbers, children with numbers). Two queries."""
    numbers = by_theme()
    themes = [theme for theme in Theme.objects.with_family() if theme.slug in numbers]
    return [
        (
            theme,
            numbers[theme.slug],
            [(one, numbers[one.slug]) for one in themes if one.parent_id == theme.pk],
        )
        for theme in themes
        if theme.parent_id is None
    ]


class CitiesView(AsksPosition, Page):
    """Three queries."""

    template_name = "civicnet/cities.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(regions=cities_by_region(by_territory("city")), **kwargs)


def cities_by_region(numbers: Any) -> list[tuple[Region, list[tuple[City, Any]], int]]:
    """Region → those of its cities that have the most entries, by name, each with its numbers;
    and how many cities have some. Two queries, the first of bare columns: there may be thousands.
    """
    slugs: dict[int, list[str]] = {}
    for slug, region in City.objects.with_slugs(numbers).values_list("slug", "region_id"):
        slugs.setdefault(region, []).append(slug)
    chosen = [slug for found in slugs.values() for slug in with_most(found, numbers, MOST_CITIES)]
    regions: dict[Region, list[tuple[City, Any]]] = {}
    for city in City.objects.with_slugs(chosen).by_name():
        regions.setdefault(city.region, []).append((city, numbers[city.slug]))
    return sorted(
        ((region, cities, len(slugs[region.pk])) for region, cities in regions.items()),
        key=lambda one: getattr(one[0], f"sort_{current()}"),
    )


class CityView(Page):
    """Who is here, which networks reach here, which projects run here, what is near.

    Two queries, those of ``nearest``, and for each kind one and those of its cards.
    """

    template_name = "civicnet/city.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        city = city_or_404(kwargs["slug"])
        return super().get_context_data(
            city=city,
            local_names=city.names.local(),
            near=nearest(city, NEAREST, NAMED),
            **of_groups(gather_place(CITY, city)),
            **kwargs,
        )


def city_or_404(slug: str) -> City:
    return get_object_or_404(City.objects.select_related("province", "region"), slug=slug)


class NearView(Page):
    """The organizations around a city, farther than on its page. One query, and ``nearest``'s."""

    template_name = "civicnet/near.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        city = city_or_404(kwargs["slug"])
        near = nearest(city, MORE_NEAREST, MORE_NAMED)
        # What it says is on the pages it leads to.
        return super().get_context_data(city=city, near=near, **kwargs) | {"indexable": False}


class RegionsView(Page):
    """Two queries."""

    template_name = "civicnet/regions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        numbers = by_territory("region")
        regions = [one for one in Region.objects.by_name() if one.slug in numbers]
        return super().get_context_data(
            regions=[(region, numbers[region.slug]) for region in regions], **kwargs
        )


class RegionView(Page):
    """Five queries, and for each kind one and those of its cards."""

    template_name = "civicnet/region.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        region = get_object_or_404(Region, slug=kwargs["slug"])
        numbers = by_territory("city")
        slugs = list(
            City.objects.with_slugs(numbers).in_region(region).values_list("slug", flat=True)
        )
        cities = City.objects.with_slugs(with_most(slugs, numbers, MOST_IN_REGION)).by_name()
        return super().get_context_data(
            region=region,
            **of_groups(gather_place(REGION, region)),
            cities=[(city, numbers[city.slug]) for city in cities],
            cities_total=len(slugs),
            **kwargs,
        )


def with_most(slugs: list[str], numbers: Any, most: int) -> list[str]:
    """Those with the most entries."""
    return sorted(slugs, key=lambda slug: (-numbers[slug].total(), slug))[:most]


class ThemesView(Page):
    """Two queries."""

    template_name = "civicnet/themes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(themes=theme_tree(), **kwargs)


class ThemeView(Page):
    """A theme with all that has it or a child of it. A former slug redirects."""

    template_name = "civicnet/theme.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        theme = Theme.objects.with_family().with_slug(kwargs["slug"]).first()
        if theme is None:
            if moved := Theme.objects.formerly(kwargs["slug"]).first():
                return moved_to(moved.get_absolute_url())
            raise Http404(_("There is no such theme."))
        return self.render_to_response(self.get_context_data(theme=theme))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theme = kwargs["theme"]
        numbers = by_theme()
        parent = theme.parent or theme
        family = [one for one in parent.children.all() if one.slug in numbers]
        return super().get_context_data(
            **of_groups(gather_theme(theme)),
            family=[(one, numbers[one.slug]) for one in family if one != theme],
            **kwargs,
        )


class SearchView(ListingView):
    """All kinds together; see ``directory.listing`` for the cost."""

    template_name = "civicnet/search.html"


class SuggestionsView(View):
    """``?q=``: what somebody who is still typing may be after, as JSON for the search field's
    script: ``{"suggestions": [{"name", "language", "kind", "address"}]}``, twelve at most."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> JsonResponse:
        found = suggestions(request.GET.get("q", ""), current())
        response = JsonResponse({"suggestions": [asdict(one) for one in found]})
        response["X-Robots-Tag"] = "noindex"
        return response


class AboutView(Page):
    template_name = "civicnet/about.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(totals=totals(), **kwargs)


class SourcesView(Page):
    template_name = "civicnet/sources.html"


class PrivacyView(Page):
    template_name = "civicnet/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = settings.AUDIT_DAYS
        return super().get_context_data(tiles=settings.TILES, audit_days=days, **kwargs)


class AccessibilityView(Page):
    template_name = "civicnet/accessibility.html"
    # To be raised by whoever checks the site again and finds the statement true.
    extra_context = {"stated_on": datetime.date(2026, 11, 22)}

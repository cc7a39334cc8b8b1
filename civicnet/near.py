"""What is near: the organizations nearest to a city, and the city nearest to a visitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.generic import View

from directory.around import NamedEntry, first_in, inhabited
from directory.overview import by_territory
from directory.registry import kind_of
from orgs.models import Organization
from places.models import City

# Where there is something nearly everywhere, this is far enough and reads few rows.
NEARBY_KM = 40.0


@dataclass(frozen=True)
class NearCity:
    """A city with ``distance_km``, and the first by name of its organizations."""

    city: Any
    n: int
    organizations: list[NamedEntry]

    @property
    def more(self) -> int:
        return self.n - len(self.organizations)


def nearest(city: City, cities: int, shown: int) -> list[NearCity]:
    """The nearest other cities with organizations, by the verb of places; nearest first.

    Three queries at most, whatever the size: the cities with their numbers (once more, without a
    limit on distance, where few are near), and the first organizations of each.
    """
    kind = kind_of(Organization)
    rows = City.objects.select_related("province", "region")
    around = rows.nearest_to(city, within_km=NEARBY_KM)
    near: list[Any] = list(inhabited(around, kind)[:cities])
    if len(near) < cities:
        near = list(inhabited(rows, kind, everywhere=True).nearest_to(city)[:cities])
    first = first_in(near, kind, shown) if near else {}
    return [NearCity(one, one.n, first.get(one.pk, [])) for one in near]


class AsksPosition:
    """A page with the button "near me", the only pages that browsers may be asked on."""

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = super().render_to_response(context, **options)  # type: ignore[misc]
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY_WITH_POSITION
        return response


class PositionsView(View):
    """Where the cities with entries are, as JSON: the browser finds the nearest by itself, so
    that the visitor's position never leaves it. Two queries."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        cities = City.objects.with_slugs(by_territory("city")).order_by("slug")
        found = cities.values_list("slug", "latitude", "longitude")
        return JsonResponse(
            {"cities": [[slug, round(lat, 3), round(lon, 3)] for slug, lat, lon in found]}
        )

"""What is near: the organizations nearest to a city, and the city nearest to a visitor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Value
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.generic import View

from directory.marks import NamedEntry, union
from directory.overview import by_territory
from directory.registry import kind_of
from orgs.models import Organization, OrganizationTerritory
from places.languages import current
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

    Four queries at most, whatever the size: the cities (once more, without a limit on distance,
    where few are near), their numbers, and the first organizations of each.
    """
    ties = OrganizationTerritory.objects.filter(entry__status="published")
    inhabited = City.objects.filter(Exists(ties.filter(city=OuterRef("pk"))))
    inhabited = inhabited.select_related("province", "region")
    near: list[Any] = list(inhabited.nearest_to(city, within_km=NEARBY_KM)[:cities])
    if len(near) < cities:
        near = list(inhabited.nearest_to(city)[:cities])
    if not near:
        return []
    counted = ties.filter(city__in=near).values("city").annotate(n=Count("entry", distinct=True))
    numbers = dict(counted.values_list("city", "n"))
    columns = ("near", "slug", "name_it", "name_en", "first", "pk")
    names = union(
        Organization.objects.published()
        .in_place(one)
        .named_first(current())
        .annotate(near=Value(one.pk), first=F(f"sort_{current()}"))
        .values_list(*columns)[:shown]
        for one in near
    ).order_by("first", "pk")
    kind = kind_of(Organization)
    first: dict[int, list[NamedEntry]] = defaultdict(list)
    for row in names:
        first[row[0]].append(NamedEntry(kind, *row[1:4]))
    return [NearCity(one, numbers.get(one.pk, 0), first[one.pk]) for one in near]


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

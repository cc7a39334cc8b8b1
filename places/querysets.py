"""What may be asked of the territory."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, radians
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.contrib.postgres.search import TrigramStrictWordSimilarity
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import ASin, Coalesce, Cos, Lower, Power, Radians, Sin, Sqrt

from places.keys import shortened_key, words_of
from places.languages import current
from places.sorting import Unaccented

if TYPE_CHECKING:
    from places.models import City, Region

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the Earth, as the IUGG defines it."""

KM_PER_DEGREE = 111.0
"""Rounded down from 111.19, so that a box made with it is never too small."""


# The part of their trigrams that a misspelt word and the one that was meant have in common: “lece”
# and “lecce” more than half of them.
ALIKE = 0.4

# From the narrowest to the widest: what each kind of place lies in.
WIDER = {"city": ("province", "region"), "province": ("region",), "region": ()}


ARTICLES = r"(?:(?:l|la|le|lo|il|i|gli)\W+)?"


def beginning(key: str) -> str:
    """A pattern for names with a word that begins with the key, whatever signs are in between."""
    return r"\m" + r"\W*".join(key)


def beginning_of_all(key: str) -> str:
    """The same for names that begin so, perhaps after their article: “aquila” is L'Aquila."""
    return f"^{ARTICLES}{beginning(key)}"


class Box(NamedTuple):
    """A part of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


class PlaceQuerySet(models.QuerySet):
    def inside(self, places: Iterable[Any]) -> PlaceQuerySet:
        """Those that lie in any of the places, which are of one kind, or in which these lie.

        All, if there are no places.
        """
        places = list(places)
        if not places:
            return self
        own, theirs = self.model._meta.model_name or "", places[0]._meta.model_name
        if own == theirs:
            return self.filter(pk__in=[place.pk for place in places])
        if theirs in WIDER[own]:
            return self.filter(**{f"{theirs}__in": places})
        return self.filter(pk__in=[getattr(place, f"{own}_id") for place in places])

    def in_box(self, box: Box) -> PlaceQuerySet:
        return self.filter(
            latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)
        )

    def as_points(self) -> models.QuerySet:
        """What a map says of them, as named tuples: thousands of rows cost little."""
        columns = ["pk", "istat_code", "name_it", "name_en", "latitude", "longitude"]
        own = {"region": ["slug"], "province": ["sigla"], "city": ["slug", "sigla"]}
        columns += own[self.model._meta.model_name or ""]
        return self.order_by().values_list(*columns, named=True)

    def by_name(self, language: str | None = None) -> PlaceQuerySet:
        """In the order a reader of ``language`` expects; rows of the same name stay put."""
        return self.order_by(f"sort_{language or current()}", "pk")


class CityQuerySet(PlaceQuerySet):
    def with_slugs(self, slugs: Iterable[str]) -> CityQuerySet:
        """The cities with these slugs, each with its province and region. One query."""
        return self.filter(slug__in=list(slugs)).select_related("province", "region")

    def in_region(self, region: Region) -> CityQuerySet:
        return self.filter(region=region)

    def called_like(self, text: str) -> CityQuerySet:
        """Cities with a name or code like what somebody types, the closest first, then the largest.

        All names count: Italian, English, local, former, common. Two letters after a name are
        its province: ``castro le``. Fewer than three letters must be a name's beginning.
        ``closeness``: a name is that (0), begins so (1), has a word that begins so (2), or only
        holds it (3).
        """
        words = words_of(text)
        if not words:
            return self
        named = self._names_like(words, shortened_key(text))
        of_city = named.filter(city=OuterRef("pk")).order_by("near").values("near")
        code = Q(istat_code=words[0]) | Q(catasto_code=words[0].upper())
        found = self.filter(Q(pk__in=named.values("city")) | code)
        # Asked for each that was found, so that no other name is looked at so closely.
        near = found.annotate(closeness=Coalesce(Subquery(of_city[:1]), 3))
        by_size = F("population").desc(nulls_last=True)
        return near.order_by("closeness", by_size, f"sort_{current()}", "pk")

    def names_nearly(self, words: list[str], spellings: list[str]) -> Any:
        """Names of cities that are one of the spellings, or that have words like these, as
        trigrams tell: perhaps far from what was meant, of which the caller judges. One query, of
        all names: some ten milliseconds."""
        names = apps.get_model("places", "CityName")._default_manager.all()
        alike = TrigramStrictWordSimilarity(" ".join(words), "loose_key")
        return names.annotate(alike=alike).filter(Q(key__in=spellings) | Q(alike__gte=ALIKE))

    def _names_like(self, words: list[str], shortened: str) -> Any:
        """Names of cities with how ``near`` they come."""
        key = "".join(words)
        near = [
            When(key=key, then=0),
            # Names of today before former ones, which the list that offers them does not show.
            When(~Q(kind="former") & Q(written__regex=beginning_of_all(key)), then=1),
            When(written__regex=beginning(key), then=2),
        ]
        alike = Q(key__startswith=key)
        if len(key) > 2:
            # Keys have no spaces: that of Cerro Maggiore holds “rom”.
            inside = r"\W+".join(words)
            alike |= Q(key__contains=key, written__regex=f"{beginning(key)}|{inside}")
        if shortened:
            alike |= Q(loose_key__startswith=shortened)
            near.append(When(loose_key__startswith=shortened, then=1))
        if len(words) > 1 and len(words[-1]) == 2:
            there = Q(key__startswith="".join(words[:-1]), city__sigla=words[-1].upper())
            alike |= there
            near.append(When(there, then=1))
        # By its name: this module is imported before the models are there.
        names = apps.get_model("places", "CityName")._default_manager.all()
        written = names.annotate(written=Lower(Unaccented("name")))
        return written.filter(alike).annotate(near=Case(*near, default=3))

    def nearest_to(self, city: City, within_km: float | None = None) -> CityQuerySet:
        """The other cities with ``distance_km``, nearest first.

        Great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the
        Haversine", Sky & Telescope 68, 1984) on a sphere: within 0.5 % of the true one.
        ``within_km`` first cuts a box by the index on latitude, then measures; without it
        every row of the queryset is measured (all of Italy takes some ten milliseconds).
        """
        others = self.exclude(pk=city.pk)
        if within_km is not None:
            others = others._in_box_around(city, within_km)
        measured = others.annotate(distance_km=_distance_km_from(city))
        if within_km is not None:
            measured = measured.filter(distance_km__lte=within_km)
        return measured.order_by("distance_km", "pk")

    def _in_box_around(self, city: City, km: float) -> CityQuerySet:
        height = km / KM_PER_DEGREE
        # A degree of longitude is shortest at the box's edge that is farther north.
        north = min(city.latitude + height, 89.0)
        width = height / cos(radians(north))
        return self.filter(
            latitude__range=(city.latitude - height, city.latitude + height),
            longitude__range=(city.longitude - width, city.longitude + width),
        )


def _distance_km_from(city: City) -> models.Expression:
    def half_chord(column: str, value: float) -> Power:
        return Power(Sin(Radians((F(column) - Value(value)) / 2.0)), 2)

    chord = half_chord("latitude", city.latitude) + (
        Value(cos(radians(city.latitude)))
        * Cos(Radians(F("latitude")))
        * half_chord("longitude", city.longitude)
    )
    return models.ExpressionWrapper(
        2 * EARTH_RADIUS_KM * ASin(Sqrt(chord)), output_field=models.FloatField()
    )

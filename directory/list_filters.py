"""What the admin's lists of entries can be narrowed by, as the site's own lists can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from directory.models import Theme
from directory.worklists import COUNTED_AT_MOST, counted
from places.models import City, Province, Region


class CountsToAThousand(admin.SimpleListFilter):
    """Counts beside the choices, in one query; each stops at a thousand."""

    def get_facet_queryset(self, changelist: Any) -> dict[str, Any]:
        rows = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())
        used: dict[Any, Any] = self.used_parameters
        chosen = used.get(self.parameter_name)
        wanted = {}
        for number, (value, _title) in enumerate(self.lookup_choices):
            used[self.parameter_name] = value
            wanted[f"{number}__c"] = self.queryset(self.request, rows)
        used[self.parameter_name] = chosen
        return {
            key: count if count <= COUNTED_AT_MOST else f"{number_format(COUNTED_AT_MOST)}+"
            for key, count in counted(wanted).items()
        }


class ThemeFilter(CountsToAThousand):
    """As on the site: a parent theme includes its children."""

    title = _("theme")
    parameter_name = "theme"

    def lookups(self, request, model_admin):
        """The widest themes, and below the chosen one its children. One query."""
        families: dict[int | None, list[Theme]] = {}
        for theme in Theme.objects.with_family():
            families.setdefault(theme.parent_id, []).append(theme)
        for parent in families.get(None, []):
            yield parent.slug, str(parent)
            children = families.get(parent.pk, [])
            if self.value() in {parent.slug, *(child.slug for child in children)}:
                yield from ((child.slug, f"› {child}") for child in children)

    def queryset(self, request, queryset):
        if self.value():
            return queryset.about(*Theme.objects.filter(slug=self.value()))
        return queryset


class PlaceFilter(CountsToAThousand):
    """As on the site: a region and a province include the cities in them.

    The regions; below the chosen one its provinces; below the chosen province its cities that have
    entries of the kind.
    """

    title = _("place")
    parameter_name = "place"
    kinds: ClassVar[dict[str, type[models.Model]]] = {
        "region": Region,
        "province": Province,
        "city": City,
    }

    def __init__(self, request, params, model, model_admin):
        self.offered: dict[str, Any] = {}
        self.chosen = self._read((params.get(self.parameter_name) or [""])[-1])
        super().__init__(request, params, model, model_admin)

    def _read(self, value: str) -> Any:
        kind, _separator, key = value.partition("-")
        if kind not in self.kinds or not (key.isascii() and key.isdigit() and len(key) < 10):
            return None
        return self.kinds[kind]._default_manager.filter(pk=int(key)).first()

    def lookups(self, request, model_admin):
        """One query for the regions; where a place is chosen, two or three more."""
        chosen: Any = self.chosen
        region = chosen.pk if isinstance(chosen, Region) else getattr(chosen, "region_id", None)
        province = (
            chosen.pk if isinstance(chosen, Province) else getattr(chosen, "province_id", None)
        )
        for one in Region.objects.by_name():
            yield self._offer(one, f"{one}")
            if one.pk == region:
                yield from self._provinces(one, province, model_admin.model)

    def _provinces(self, region: Any, chosen: int | None, model: Any) -> Iterable[tuple[str, str]]:
        for one in Province.objects.inside([region]).by_name():
            yield self._offer(one, f"› {one}")
            if one.pk == chosen:
                for city in model._default_manager.cities_in(one):
                    yield self._offer(city, f"›› {city}")

    def _offer(self, place: Any, label: str) -> tuple[str, str]:
        value = f"{place._meta.model_name}-{place.pk}"
        self.offered[value] = place
        return value, label

    def queryset(self, request, queryset):
        place = self.offered.get(self.value() or "") or self.chosen
        return queryset.in_place(place) if place else queryset

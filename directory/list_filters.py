"""What the admin's lists of entries can be narrowed by, as the site's own lists can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from directory.counting import published_with
from directory.index import ALL, CITY, PROVINCE, REGION, SHIFT, THEME, key_of
from directory.models import Theme
from directory.registry import Kind, kinds
from directory.selection import Group
from directory.worklists import COUNTED_AT_MOST, counted, held_rows
from places.models import City, Province, Region

# What is not published is looked at row by row up to here.
FEW = 5000


class CountsToAThousand(admin.SimpleListFilter):
    """Counts beside the choices, in one query; each stops at a thousand."""

    def get_facet_queryset(self, changelist: Any) -> dict[str, Any]:
        rows = self._others_leave(changelist)
        if not (changelist.query or self._keyed_in_force(changelist)):
            counts = counted(self._under_each_choice(rows))
        else:
            # Dear to find, and the same for each choice.
            counts = counted(self._under_each_choice(held_rows(changelist.model)), among=rows)
        return {
            key: count if count <= COUNTED_AT_MOST else f"{number_format(COUNTED_AT_MOST)}+"
            for key, count in counts.items()
        }

    def _others_leave(self, changelist: Any) -> Any:
        return changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())

    def _keyed_in_force(self, changelist: Any) -> list[CountedByKeys]:
        return [
            one
            for one in changelist.filter_specs
            if isinstance(one, CountedByKeys) and one is not self and one.value()
        ]

    def _under_each_choice(self, rows: Any) -> dict[str, Any]:
        """For each choice what it leaves of the rows, by the name that the page reads."""
        used: dict[Any, Any] = self.used_parameters
        chosen = used.get(self.parameter_name)
        wanted = {}
        for number, (value, _title) in enumerate(self.lookup_choices):
            used[self.parameter_name] = value
            wanted[f"{number}__c"] = self.queryset(self.request, rows)
        used[self.parameter_name] = chosen
        return wanted


class CountedByKeys(CountsToAThousand):
    """What a choice means is a key of the index, which keeps how many published entries have it.

    Where nothing else narrows the list, or one other such filter does, that is read, and only
    what is not published is looked at, unless it is much. Three queries.
    """

    def key_of(self, value: str) -> int | None:
        """The key of a choice; nothing for what is none."""
        raise NotImplementedError

    def keys_of(self, model: Any, pks: list[int]) -> Iterable[tuple[int, int]]:
        """Entries and each of their keys, some perhaps twice."""
        raise NotImplementedError

    def get_facet_queryset(self, changelist: Any) -> dict[str, Any]:
        keys = [self.key_of(value) for value, _title in self.lookup_choices]
        kind = kinds[changelist.opts.model_name]
        given = self._given(changelist, kind, {key >> SHIFT for key in keys if key is not None})
        if given is None:
            return super().get_facet_queryset(changelist)
        rows = self._others_leave(changelist).unpublished().order_by()
        pks = list(rows.values_list("pk", flat=True)[: FEW + 1])
        if len(pks) > FEW:
            return super().get_facet_queryset(changelist)
        counts = Counter(key for _pk, key in set(self.keys_of(changelist.model, pks)))
        counts.update(published_with(kind, given, [key for key in keys if key is not None]))
        return {f"{number}__c": counts[key or ALL] for number, key in enumerate(keys)}

    def _given(self, changelist: Any, kind: Kind, codes: set[int]) -> int | None:
        """The key that all counts are given, ``ALL`` for none; nothing where none are kept."""
        others = set(changelist.get_filters_params()) - {self.parameter_name}
        if changelist.query or changelist.root_queryset.query.where:
            return None
        if not others:
            return ALL
        keyed = self._keyed_in_force(changelist)
        if others != {one.parameter_name for one in keyed} or len(keyed) != 1:
            return None
        given = keyed[0].key_of(keyed[0].value() or "")
        if given is None or not all(Group((given,)).has_counts(kind, code) for code in codes):
            return None
        return given


class ThemeFilter(CountedByKeys):
    """As on the site: a parent theme includes its children."""

    title = _("theme")
    parameter_name = "theme"

    def lookups(self, request, model_admin):
        """The widest themes, and below the chosen one its children. One query."""
        families: dict[int | None, list[Theme]] = {}
        self.themes: dict[str, int] = {}
        for theme in Theme.objects.with_family():
            self.themes[theme.slug] = theme.pk
            families.setdefault(theme.parent_id, []).append(theme)
        for parent in families.get(None, []):
            yield parent.slug, str(parent)
            children = families.get(parent.pk, [])
            if self.value() in {parent.slug, *(child.slug for child in children)}:
                yield from ((child.slug, f"› {child}") for child in children)

    def key_of(self, value):
        pk = self.themes.get(value)
        return None if pk is None else key_of(THEME, pk)

    def keys_of(self, model, pks):
        for pk, theme, parent in model._default_manager.themes_of_each(pks):
            yield pk, key_of(THEME, theme)
            if parent:
                yield pk, key_of(THEME, parent)

    def queryset(self, request, queryset):
        if self.value():
            return queryset.about(*Theme.objects.filter(slug=self.value()))
        return queryset


class PlaceFilter(CountedByKeys):
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
    codes: ClassVar[dict[type[models.Model], int]] = {
        Region: REGION,
        Province: PROVINCE,
        City: CITY,
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

    def key_of(self, value):
        place = self.offered.get(value) or self._read(value)
        return None if place is None else key_of(self.codes[type(place)], place.pk)

    def keys_of(self, model, pks):
        for pk, *places in model._default_manager.places_of_each(pks):
            for code, place in zip(self.codes.values(), places, strict=True):
                if place:
                    yield pk, key_of(code, place)

    def queryset(self, request, queryset):
        place = self.offered.get(self.value() or "") or self.chosen
        return queryset.in_place(place) if place else queryset


class TermFilter(admin.RelatedFieldListFilter):
    """Counts beside the words of a vocabulary, by one look at the index of the column."""

    def get_facet_queryset(self, changelist: Any) -> dict[str, int]:
        rows = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())
        name = self.field_path
        found = dict(rows.order_by().values_list(name).annotate(n=models.Count("pk")))
        counts = {f"{pk}__c": found.get(pk, 0) for pk, _title in self.lookup_choices}
        return counts | {"__c": found.get(None, 0)}

"""What the admin's lists of entries can be narrowed by, as the site's own lists can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Count, Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from directory.counting import published_among, published_with
from directory.index import ALL, CITY, MASK, PROVINCE, REGION, SHIFT, THEME, key_of
from directory.known_keys import NONE, keys_of
from directory.models import Status
from directory.registry import Kind, kinds
from directory.selection import Group, are_kept, given_keys
from directory.vocabulary import Theme
from directory.worklists import COUNTED_AT_MOST, counted, held_rows, holding
from places.models import City, Province, Region

STATUS = "status__exact"


def in_force(spec: Any, changelist: Any) -> set[str]:
    """Which of a filter's parameters are."""
    return set(spec.expected_parameters()) & set(changelist.get_filters_params())


def left_by_others(spec: Any, changelist: Any) -> Any:
    """What the other filters leave."""
    mine = spec.expected_parameters()
    return changelist.get_queryset(spec.request, exclude_parameters=mine)


class CountsToAThousand(admin.SimpleListFilter):
    """Counts beside the choices, in one query; each stops at a thousand."""

    def get_facet_queryset(self, changelist: Any) -> dict[str, Any]:
        rows = left_by_others(self, changelist)
        if changelist.query or any(
            isinstance(one, OfKeys) and in_force(one, changelist) for one in changelist.filter_specs
        ):
            # Dear to find, and the same for each choice.
            counts = counted(self._under_each_choice(held_rows(changelist.model)), among=rows)
        else:
            counts = counted(self._under_each_choice(rows))
        return {
            key: count
            if count <= COUNTED_AT_MOST
            else f"{number_format(COUNTED_AT_MOST, force_grouping=True)}+"
            for key, count in counts.items()
        }

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


class ColumnFilter(admin.ChoicesFieldListFilter):
    """The values of a column, none of which is empty. Those of all such columns that are not in
    force are counted in one query."""

    def get_facet_queryset(self, changelist: Any) -> dict[str, int]:
        mine = frozenset(in_force(self, changelist))
        known = changelist.__dict__.setdefault("counts_by_column", {})
        if mine not in known:
            known[mine] = self._counts(changelist, mine)
        values = [value for value, _label in self.field.flatchoices]
        found = known[mine]
        return {f"{number}__c": found[self.field_path, each] for number, each in enumerate(values)}

    def _counts(self, changelist: Any, mine: Collection[str]) -> Counter[tuple[str, Any]]:
        """By column and value."""
        together = [one for one in changelist.filter_specs if isinstance(one, ColumnFilter)]
        columns = [
            one.field_path
            for one in together
            if one is self or not (mine or in_force(one, changelist))
        ]
        counts = Counter[tuple[str, Any]]()
        rows = left_by_others(self, changelist).order_by()
        numbers = _numbers(rows, columns, is_found=bool(changelist.query))
        for *values, count in numbers:
            counts.update(dict.fromkeys(zip(columns, values, strict=True), count))
        return counts


def _numbers(rows: Any, columns: Sequence[str], is_found: bool) -> Iterable[Sequence[Any]]:
    """(value of each column …, how many rows). One query.

    What words found is held, so that the columns are read from an index and not from whole rows.
    """

    def counted_of(rows: Any) -> Any:
        return rows.order_by().values_list(*columns).annotate(n=Count("pk"))

    if not is_found:
        return counted_of(rows)
    try:
        held, params = holding(rows)
    except EmptyResultSet:
        return []
    sql, more = counted_of(held_rows(rows.model)).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{held}{sql}", [*params, *more])
        return cursor.fetchall()


class OfKeys:
    """A filter whose choices are keys of the index.

    How many published entries have a key is read where counts are kept: where nothing else narrows
    the list, one other filter of keys does, or a theme and a region do. Elsewhere the index is
    grouped, once for all filters that are not in force; where most of what is published is listed,
    what is left out is counted so, and taken off. What is not published is counted in its tables.
    Each count is exact.
    """

    expected_parameters: Any
    request: Any

    def keys(self) -> list[int]:
        """Of all choices that are keys."""
        raise NotImplementedError

    def chosen_key(self) -> int | None:
        """Of what is in force; nothing where that is no key."""
        raise NotImplementedError

    def counted_by_key(
        self, entries: Any, among: str, keys: Sequence[int]
    ) -> Iterable[tuple[int, int]]:
        """How many of the entries ``among`` those that are known have each of the keys, each entry
        once for a key."""
        raise NotImplementedError

    def counts(self, changelist: Any) -> Counter[int]:
        """By key, of what the other filters leave."""
        mine = frozenset(in_force(self, changelist))
        known = changelist.__dict__.setdefault("counts_by_key", {})
        if mine not in known:
            keyed = [one for one in changelist.filter_specs if isinstance(one, OfKeys)]
            together = [
                one for one in keyed if one is self or not (mine or in_force(one, changelist))
            ]
            known[mine] = self._counts_of(changelist, together)
        return known[mine]

    def _counts_of(self, changelist: Any, filters: list[OfKeys]) -> Counter[int]:
        kind = kinds[changelist.opts.model_name]
        keys = {one: one.keys() for one in filters}
        every = [key for some in keys.values() for key in some]
        others = {
            name: values[-1]
            for name, values in changelist.get_filters_params().items()
            if name not in self.expected_parameters()
        }
        status = others.pop(STATUS, None)
        rows, counts = left_by_others(self, changelist), Counter[int]()
        if status in (None, Status.PUBLISHED):
            given = self._given(changelist, kind, others, {key >> SHIFT for key in every})
            if given is None:
                counts.update(_published(kind, rows, every, changelist.result_count))
            else:
                counts.update(published_with(kind, given, every))
        if status != Status.PUBLISHED and (among := keys_of(rows.unpublished())) != NONE:
            entries = kind.model._default_manager
            for one, some in keys.items():
                counts.update(dict(one.counted_by_key(entries, among, some)))
        return counts

    def _given(
        self, changelist: Any, kind: Kind, others: dict[str, str], codes: set[int]
    ) -> int | None:
        """The key that kept counts of all the codes are given; nothing where none are kept."""
        if changelist.query or changelist.root_queryset.query.where:
            return None
        keyed = [one for one in changelist.filter_specs if isinstance(one, OfKeys)]
        chosen = [one.chosen_key() for one in keyed if set(one.expected_parameters()) & set(others)]
        groups = {str(key): Group((key,)) for key in chosen if key is not None}
        if len(groups) < len(others) or not all(are_kept(kind, groups, code) for code in codes):
            return None
        return given_keys(groups)[0]


def _published(kind: Kind, rows: Any, keys: list[int], listed: int) -> Counter[int]:
    """By key, how many published entries are among the rows, of which there are ``listed`` or
    more. Two queries."""
    every = Counter(published_with(kind, ALL, [*keys, ALL]))
    if 2 * listed < every[ALL]:
        return Counter(published_among(kind, rows, keys))
    others = kind.model._default_manager.published()
    others = others.filter(~Exists(rows.order_by().filter(pk=OuterRef("pk"))))
    every.subtract(published_among(kind, others, keys))
    return every


class CountedByKeys(OfKeys, admin.SimpleListFilter):
    def key_of(self, value: str) -> int | None:
        """The key of a choice; nothing for what is none."""
        raise NotImplementedError

    def keys(self):
        known = (self.key_of(value) for value, _title in self.lookup_choices)
        return [key for key in known if key is not None]

    def chosen_key(self):
        return self.key_of(self.value() or "")

    def get_facet_queryset(self, changelist: Any) -> dict[str, Any]:
        counts = self.counts(changelist)
        keys = [self.key_of(value) for value, _title in self.lookup_choices]
        return {f"{number}__c": counts[key or ALL] for number, key in enumerate(keys)}


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
        self.widest = {parent.pk for parent in families.get(None, [])}
        for parent in families.get(None, []):
            yield parent.slug, str(parent)
            children = families.get(parent.pk, [])
            if self.value() in {parent.slug, *(child.slug for child in children)}:
                yield from ((child.slug, f"› {child}") for child in children)

    def key_of(self, value):
        pk = self.themes.get(value)
        return None if pk is None else key_of(THEME, pk)

    def counted_by_key(self, entries, among, keys):
        """One query for the widest themes, and one for the children where some are offered."""
        for theme, count in entries.count_by_widest_theme(among):
            yield key_of(THEME, theme), count
        if children := [key & MASK for key in keys if key & MASK not in self.widest]:
            for theme, count in entries.count_by_theme(among, children):
                yield key_of(THEME, theme), count

    def queryset(self, request, queryset):
        if not (slug := self.value()):
            return queryset
        if slug not in self.themes:
            raise IncorrectLookupParameters
        return queryset.about(Theme(pk=self.themes[slug]))


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
        place = self.offered.get(value) or self.chosen
        return None if place is None else key_of(self.codes[type(place)], place.pk)

    def counted_by_key(self, entries, among, keys):
        """A query for the regions; one each for provinces and cities, where some are offered."""
        for kind, code in self.codes.items():
            if places := [key & MASK for key in keys if key >> SHIFT == code]:
                level = kind._meta.model_name
                for place, count in entries.count_by_place(among, level, places):
                    yield key_of(code, place), count

    def queryset(self, request, queryset):
        if not (value := self.value()):
            return queryset
        place = self.offered.get(value) or self.chosen
        if place is None:
            raise IncorrectLookupParameters
        return queryset.in_place(place)


class TermFilter(OfKeys, admin.RelatedFieldListFilter):
    """The words of a vocabulary that a column of the entry names; ``code`` is their keys'."""

    code: int

    def words(self) -> list[Any]:
        return [pk for pk, _title in self.lookup_choices]

    def keys(self):
        return [key_of(self.code, pk) for pk in self.words()]

    def chosen_key(self):
        used: Any = self.used_parameters
        value = (used.get(self.lookup_kwarg) or [""])[-1]
        return key_of(self.code, int(value)) if value.isascii() and value.isdigit() else None

    def counted_by_key(self, entries, among, keys):
        for pk, count in entries.count_by_column(among, self.field_path):
            if pk is not None:
                yield key_of(self.code, pk), count

    def get_facet_queryset(self, changelist: Any) -> dict[str, int]:
        """One query more where it is in force: how many have none of the words."""
        counts = self.counts(changelist)
        found = {f"{pk}__c": counts[key_of(self.code, pk)] for pk in self.words()}
        every = changelist.result_count
        if in_force(self, changelist):
            every = left_by_others(self, changelist).order_by().count()
        return found | {"__c": every - sum(found.values())}

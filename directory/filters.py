"""The filters of the listings: one set, which kinds extend, and the counts beside choices.

A filter that offers choices knows three things: how to read its values, which keys of the
index they are, and how to ask the index how many entries each choice would give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.counting import Counted, Counting
from directory.finding import Row, Seeking, is_said, named, statement_of
from directory.index import (
    ACTIVE,
    CITY,
    ENDED,
    LIFE,
    PROVINCE,
    REACH,
    REGION,
    SEAT,
    THEME,
    key_of,
)
from directory.models import Life, Theme
from directory.parameter_fields import (
    CHOSEN,
    ChoicesField,
    Named,
    RowsField,
    Shared,
    WordsField,
)
from directory.planned import rows_of
from directory.querysets import EntryQuerySet
from directory.registry import Kind, kinds
from directory.selection import Group, Groups, keys_of
from places.languages import current, fallback_order
from places.models import City, Province, Region
from places.slugs import sigla_in

# value → (number of entries, or none where they are too many to count, and the label in Italian
# and in English)
Counts = dict[str, tuple[int | None, str, str]]

# How many rows that a misspelt name may have meant are looked at.
MOST_MEANT = 20


class Facet(django_filters.Filter):
    """A filter with choices. Rooms above subclass it for what only they know."""

    field_class: type[forms.Field] = RowsField
    # The code of its keys in the index.
    code = 0
    # Whether an entry has at most one of its keys.
    disjoint = False
    # What a choice names: a model, and the column of its value.
    vocabulary: type[models.Model] | None = None
    key = "slug"
    # Whether there are more choices than are read: the largest, and those found by name.
    many = False
    # Whether it is shown with choices, or only as what was chosen by a link.
    offers = True
    # A facet is shown as checkboxes; ``needs`` says when (``role`` needs a ``network``).
    needs: str | None = None
    # How many choices are shown beside the chosen ones; the others are found by name.
    most = 12
    # Whether its choices are shown as the vocabulary's tree, which then comes with the counts.
    is_tree = False

    def filter(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        """The index narrows by all filters at once: see ``EntryFilterSet.groups``."""
        return entries

    def group(self, chosen: list[Any], ignoring: str | None) -> Group | None:
        """The keys of the chosen values; ``ignoring`` names a filter that is left out."""
        return Group(keys_of(self.counted_code, chosen), self.disjoint)

    @property
    def counted_code(self) -> int:
        return self.code

    def count(self, counting: Counting, kinds: Sequence[Kind], groups: Groups) -> None:
        """Ask for the number of entries of each choice under the other filters' groups."""
        if self.sought and counting.words is not None:
            # Of words that match very many not all are read: those that have what is sought are,
            # and by themselves, lest they be lost among those that have what was chosen.
            found = keys_of(self.counted_code, self.asked)
            others = tuple(key for key in self.counted.chosen if key not in found)
            for keys in filter(None, (found, others)):
                there = {**groups, f"find_{self.field_name}": Group(keys)}
                counting.add(self.counted.only(keys), kinds, there)
        else:
            counting.add(self.counted, kinds, groups)
        if self.is_tree and self.vocabulary:
            counting.add_tree(self.field_name, self.vocabulary)

    @property
    def counted(self) -> Counted:
        chosen = self.cleaned(self.field_name) or () if self.vocabulary else ()
        return Counted(
            name=self.field_name,
            code=self.counted_code,
            model=self.vocabulary,
            value=self.key,
            many=self.many,
            most=self.most,
            chosen=keys_of(self.counted_code, chosen),
            named=keys_of(self.counted_code, self.asked) if self.sought else None,
        )

    @cached_property
    def sought(self) -> str:
        """A part of a name, to find a choice among many."""
        text = self.parent.data.get(f"find_{self.field_name}", "").strip()[:60]
        return text if self.finds and is_said(text) else ""

    @property
    def finds(self) -> bool:
        """Whether choices can be found by name."""
        return self.vocabulary is not None

    @cached_property
    def seeking(self) -> Seeking:
        return Seeking(self.field_name, self.extra["rows"](), self.key, self.sought)

    @property
    def found(self) -> dict[Named, int]:
        """The rows with what is sought in their names, and how near they come."""
        self.parent.look_up()
        return self.seeking.found

    def expand(self, counted: Counts) -> Counts:
        """What was counted, as choices."""
        return counted

    def rank(self, choice: Any) -> tuple[Any, ...]:
        """The order of choices: the largest number first, ties by name."""
        return (-(choice.n or 0), choice.label.casefold())

    @cached_property
    def nearly(self) -> dict[Named, tuple[int, int]]:
        """Where nothing has what is sought in its name: the rows that may have been meant, the
        nearest first, and how far they are."""
        if not self.sought or self.found:
            return {}
        near = self.seeking.nearly
        return {row: near[row] for row in sorted(near, key=near.__getitem__)[:MOST_MEANT]}

    @property
    def asked(self) -> list[Named]:
        """What is counted for what is sought: what was found, or else what was perhaps meant."""
        return [*(self.found or self.nearly)]

    def value_of(self, chosen: Any) -> str:
        return getattr(chosen, "value", None) or str(chosen)

    @cached_property
    def language(self) -> str:
        """That of the page: a set of filters lives as long as one."""
        return current()

    @cached_property
    def languages(self) -> tuple[str, str]:
        return fallback_order(self.language)

    def label_of(self, value: str, label_it: str, label_en: str) -> tuple[str, str]:
        """What a choice is called, and the language that is in, which may not be the page's."""
        own, other = self.languages
        in_own, in_other = (label_it, label_en) if own == "it" else (label_en, label_it)
        if in_own:
            return in_own, own
        return (in_other, other) if in_other else (value, own)

    def cleaned(self, name: str) -> Any:
        return self.parent.form.cleaned_data.get(name)


class TermFacet(Facet):
    """A vocabulary; the values are the slugs of its rows."""

    def __init__(
        self,
        *,
        code: int,
        rows: Callable[[], Any],
        disjoint: bool = False,
        most: int = Facet.most,
        **options: Any,
    ) -> None:
        super().__init__(rows=rows, key="slug", **options)
        self.code, self.disjoint, self.rows, self.most = code, disjoint, rows, most

    @property
    def vocabulary(self) -> type[models.Model]:  # type: ignore[override]
        return model_of(self.rows)


@cache
def model_of(rows: Callable[[], Any]) -> type[models.Model]:
    return rows().model


class PlaceFacet(Facet):
    """Region, province or city, by the one verb of places."""

    def __init__(
        self,
        *,
        code: int,
        territory: type[models.Model],
        key: str,
        many: bool = False,
        most: int = Facet.most,
        **options: Any,
    ) -> None:
        super().__init__(rows=territory._default_manager.all, key=key, **options)
        self.code, self.vocabulary, self.key = code, territory, key
        self.many, self.most = many, most

    def label_of(self, value: str, label_it: str, label_en: str) -> tuple[str, str]:
        """Of cities with one name each with its province: ``Castro (LE)``."""
        label, language = super().label_of(value, label_it, label_en)
        sigla = sigla_in(value, label_it) if self.code == CITY else ""
        return f"{label} ({sigla})" if sigla else label, language

    @property
    def counted_code(self) -> int:
        """Of any tie to the place, unless ``where`` names one."""
        meanings = set(self.cleaned("where") or ())
        base = {"seat": SEAT, "reach": REACH}[meanings.pop()] if len(meanings) == 1 else 0
        return base + self.code


class ThemeFacet(Facet):
    """Entries have the key of a theme's parent too: a parent includes its children."""

    code = THEME
    vocabulary = Theme
    is_tree = True

    def __init__(self, **options: Any) -> None:
        super().__init__(rows=Theme.objects.all, key="slug", **options)


class LifeFacet(Facet):
    field_class = ChoicesField
    code = LIFE
    disjoint = True
    numbers: ClassVar = {"active": ACTIVE, "ended": ENDED}

    def __init__(self, **options: Any) -> None:
        self.offered = {"active": Life.ACTIVE.label, "ended": Life.ENDED.label}
        super().__init__(choices=self.offered, **options)

    def group(self, chosen: list[str], ignoring: str | None) -> Group:
        keys = (key_of(self.code, self.numbers[life]) for life in chosen)
        return Group(tuple(keys), self.disjoint)

    def expand(self, counted: Counts) -> Counts:
        lives = {str(number): life for life, number in self.numbers.items()}
        return {lives[value]: row for value, row in counted.items()}

    def label_of(self, value: str, label_it: str, label_en: str) -> tuple[str, str]:
        return str(self.offered[value]), self.language


class TypeFacet(Facet):
    """The kind of entry, where a listing has several: it chooses kinds, not keys."""

    field_class = ChoicesField

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=OfferedKinds(), **options)

    def group(self, chosen: list[str], ignoring: str | None) -> None:
        return None

    def count(self, counting: Counting, kinds: Sequence[Kind], groups: Groups) -> None:
        counting.add_total(self.field_name, kinds, groups)

    def expand(self, counted: Counts) -> Counts:
        return {value: row for value, row in counted.items() if row[0] != 0}

    def label_of(self, value: str, label_it: str, label_en: str) -> tuple[str, str]:
        return str(kinds[value].label_plural), self.language


class OfferedKinds(Mapping):
    """The registered kinds, read when asked: none is registered yet when this is imported."""

    def __getitem__(self, key: str) -> Any:
        return kinds[key].label_plural

    def __iter__(self):
        return iter(kinds)

    def __len__(self) -> int:
        return len(kinds)


class WhereFilter(django_filters.Filter):
    """Narrows the meaning of a place; by itself it changes nothing."""

    field_class = ChoicesField

    def __init__(self, **options: Any) -> None:
        self.offered = {"seat": _("has its seat there"), "reach": _("acts there")}
        super().__init__(choices=self.offered, **options)

    def filter(self, entries: EntryQuerySet, chosen: list[str]) -> EntryQuerySet:
        return entries


class WordsFilter(django_filters.Filter):
    field_class = WordsField

    def filter(self, entries: EntryQuerySet, words: str) -> EntryQuerySet:
        return entries.matching(words) if words else entries


class SortFilter(django_filters.Filter):
    """Read here, so that a wrong value is said like any other; applied by the listing."""

    field_class = ChoicesField
    offered = {
        "name": _("name"),
        "-updated": _("recently changed"),
        "relevance": _("relevance"),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=self.offered, **options)

    def filter(self, entries: EntryQuerySet, chosen: list[str]) -> EntryQuerySet:
        return entries


class EntryFilterSet(django_filters.FilterSet):
    """The parameters that every listing has. Built by ``add_filter`` and subclasses."""

    q = WordsFilter(label=_("Words"))
    region = PlaceFacet(label=_("Region"), code=REGION, territory=Region, key="slug", most=20)
    province = PlaceFacet(label=_("Province"), code=PROVINCE, territory=Province, key="sigla")
    city = PlaceFacet(label=_("City"), code=CITY, territory=City, key="slug", many=True)
    theme = ThemeFacet(label=_("Theme"))
    life = LifeFacet(label=_("Life"))
    sort = SortFilter(label=_("Sort by"))

    form_class: type[forms.Form]

    @classmethod
    def get_filters(cls) -> Shared:
        return Shared(super().get_filters())

    @classmethod
    def add_filter(cls, name: str, new: django_filters.Filter) -> None:
        new.field_name = new.field_name or name
        cls.base_filters[name] = new
        # What subclasses have theirs from, as the map of one kind.
        cls.declared_filters[name] = new

    def __init__(self, data: Any, queryset: EntryQuerySet) -> None:
        super().__init__(data, queryset)
        self.all_groups: dict[str | None, dict[str, Group]] = {}
        # What was read of what is asked for: the same for all listings of a page.
        self.kept: dict[str, Any] = {}
        for name, each in self.filters.items():
            each.field_name = name

    def get_form_class(self) -> type[forms.Form]:
        """One for all sets of a class: making it takes longer than reading what was asked."""
        cls = type(self)
        if "form_class" not in cls.__dict__:
            cls.form_class = super().get_form_class()
            cls.form_class.base_fields = Shared(cls.form_class.base_fields)
        return cls.form_class

    @property
    def form(self) -> forms.Form:
        if not hasattr(self, "_form"):
            form = super().form
            for name, each in form.fields.items():
                if isinstance(each, RowsField):
                    each.name, each.known = name, lambda: self.known
        return super().form

    @property
    def known(self) -> dict[tuple[str, str], Named]:
        """The rows that values name, of all fields."""
        return {(row[1], row[3]): named(row) for row in self.look_up() if row[0] == CHOSEN}

    def look_up(self) -> list[Row]:
        """What values name, and what is sought by name, in all fields. One query, where there is
        such a value or name."""
        seekings = {
            name: each.seeking
            for name, each in self.filters.items()
            if isinstance(each, Facet) and each.offers and each.sought
        }
        if "looked up" not in self.kept:
            values = [
                each.query(given)
                for name, each in self.form.fields.items()
                if isinstance(each, RowsField) and (given := self.data.getlist(name))
            ]
            sql, parameters = statement_of(seekings.values(), values)
            # What is sought is never the same.
            self.kept["looked up"] = rows_of(sql, parameters, is_planned_once=not seekings)
        for name, seeking in seekings.items():
            if not seeking.rows:
                for row in self.kept["looked up"]:
                    if row[1] == name:
                        seeking.rows[row[0]].append(row)
        return self.kept["looked up"]

    def kinds(self, listed: Sequence[Kind], ignoring: str | None = None) -> list[Kind]:
        """Those of the listed kinds that ``type`` lets through."""
        chosen = self.cleaned.get("type") if ignoring != "type" else ()
        return [kind for kind in listed if not chosen or kind.key in chosen]

    def groups(self, ignoring: str | None = None) -> dict[str, Group]:
        """The keys of the filters in force, but for one."""
        if ignoring not in self.all_groups:
            self.all_groups[ignoring] = {
                name: group
                for name, facet in self.facets.items()
                if name != ignoring
                and self.cleaned.get(name)
                and (group := facet.group(self.cleaned[name], ignoring)) is not None
            }
        return self.all_groups[ignoring]

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """The filters that have choices and apply now."""
        return {
            name: each
            for name, each in self.filters.items()
            if isinstance(each, Facet) and (not each.needs or self.cleaned.get(each.needs))
        }

    @property
    def offered(self) -> dict[str, Facet]:
        return {name: facet for name, facet in self.facets.items() if facet.offers}


class AllKindsFilterSet(EntryFilterSet):
    """The parameters of a listing of several kinds."""

    type = TypeFacet(label=_("Kind of entry"))

"""The filters of the listings: one set, which kinds extend, and the counts beside choices.

A filter that offers choices knows three things: how to read its values, how to narrow a
queryset with them, and which arms of the counting query say how many entries each choice
would give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from directory.models import Life, Theme
from directory.querysets import EntryQuerySet
from directory.registry import kinds
from places.languages import current, fallback_order
from places.models import City, Province, Region

VALUE = re.compile(r"^[A-Za-z0-9-]{1,200}$")
MOST_VALUES = 50


def arm(entries: EntryQuerySet, facet: str, value, label_it=None, label_en=None) -> EntryQuerySet:
    """One arm of the counting query: (facet, value, label_it, label_en, number of entries)."""
    text = models.TextField()
    return (
        entries.order_by()
        .annotate(
            facet=Value(facet, output_field=text),
            choice=Cast(value, text),
            label_it=Cast(label_it if label_it is not None else Value(""), text),
            label_en=Cast(label_en if label_en is not None else Value(""), text),
        )
        .exclude(choice=None)
        .values_list("facet", "choice", "label_it", "label_en")
        .annotate(n=Count("pk", distinct=True))
    )


# value → (number of entries, Italian label, English label)
Counted = dict[str, tuple[int, str, str]]


class NotUnderstood(ValidationError):
    """Values that cannot be; the page says which, and shows no results."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = [shown(value) for value in values]
        super().__init__(_("Not understood: %(values)s"), params={"values": ", ".join(self.values)})


def shown(value: str) -> str:
    """A value as the message may repeat it: short, without control signs."""
    clean = "".join(sign if sign.isprintable() else "�" for sign in value)
    return f"«{clean[:60]}…»" if len(clean) > 60 else f"«{clean}»"


class ValuesField(forms.Field):
    """The repeated values of one parameter, each of the form of a slug."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str] | None) -> list[Any]:
        values = list(dict.fromkeys(one.strip() for one in value or [] if one.strip()))
        wrong = [one for one in values if not VALUE.match(one)]
        if wrong or len(values) > MOST_VALUES:
            raise NotUnderstood(wrong[:3] or values[:3])
        return self.resolve(values) if values else []

    def resolve(self, values: list[str]) -> list[Any]:
        return values


class RowsField(ValuesField):
    """Values that name rows of a vocabulary. One query, where there is a value."""

    def __init__(self, *, rows: Callable[[], Any], key: str, **options: Any) -> None:
        super().__init__(**options)
        self.rows, self.key = rows, key

    def resolve(self, values: list[str]) -> list[Any]:
        wanted = [self.written(value) for value in values]
        found = {
            getattr(row, self.key): row for row in self.rows().filter(**{f"{self.key}__in": wanted})
        }
        if missing := [value for value in wanted if value not in found]:
            raise NotUnderstood(missing[:3])
        return [found[value] for value in wanted]

    def written(self, value: str) -> str:
        return value.upper() if self.key == "sigla" else value


class ChoicesField(ValuesField):
    def __init__(self, *, choices: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def resolve(self, values: list[str]) -> list[str]:
        if wrong := [value for value in values if value not in self.choices]:
            raise NotUnderstood(wrong[:3])
        return values


class YearsField(ValuesField):
    def resolve(self, values: list[str]) -> list[int]:
        if wrong := [value for value in values if not re.match(r"^[12]\d{3}$", value)]:
            raise NotUnderstood(wrong[:3])
        return [int(value) for value in values]


class WordsField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def clean(self, value: str | None) -> str:
        words = value or ""
        if "\x00" in words or "\ufffd" in words or len(words) > 200:
            raise NotUnderstood([words])
        return super().clean(words)


class Facet(django_filters.Filter):
    """A filter with choices. Rooms above subclass it for what only they know."""

    field_class: type[forms.Field] = RowsField
    # A facet is shown as checkboxes; ``shows`` says when (``role`` needs a ``network``).
    needs: str | None = None
    # The parameter that the count under way leaves out.
    ignored: str | None = None
    # How many choices are shown beside the chosen ones.
    most = 12
    # Gives the vocabulary as a tree, where choices are shown so.
    tree: Callable[[], Any] | None = None

    def filter(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return self.narrow(entries, chosen) if chosen else entries

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        """The entries with any of the chosen values."""
        return entries

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        """The counting arms over ``entries``, which all the other filters have narrowed."""
        return []

    def expand(self, counted: Counted) -> Counted:
        """What the arms counted, as choices."""
        return counted

    def rank(self, choice: Any) -> tuple[Any, ...]:
        """The order of choices: the largest number first, ties by name."""
        return (-choice.n, choice.label.casefold())

    def value_of(self, chosen: Any) -> str:
        return getattr(chosen, "slug", None) or str(chosen)

    def label_of(self, value: str, label_it: str, label_en: str) -> str:
        labels = {"it": label_it, "en": label_en}
        return next((labels[one] for one in fallback_order(current()) if labels[one]), value)

    def language_of(self, label_it: str, label_en: str) -> str:
        """The language a choice's label is in, which may not be the page's."""
        labels = {"it": label_it, "en": label_en}
        return next((one for one in fallback_order(current()) if labels[one]), current())

    def cleaned(self, name: str) -> Any:
        return self.parent.form.cleaned_data.get(name)


class TermFacet(Facet):
    """A vocabulary that the entry points at with a foreign key."""

    def __init__(self, *, path: str, rows: Callable[[], Any], **options: Any) -> None:
        super().__init__(rows=rows, key="slug", **options)
        self.path = path

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return entries.filter(**{f"{self.path}__in": chosen})

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        path = self.path
        return [
            arm(
                entries,
                self.field_name,
                F(f"{path}__slug"),
                F(f"{path}__name_it"),
                F(f"{path}__name_en"),
            )
        ]


class PlaceFacet(Facet):
    """Region, province or city, by the one verb of places."""

    def __init__(self, *, territory: type[models.Model], key: str, **options: Any) -> None:
        super().__init__(rows=territory._default_manager.all, key=key, **options)
        self.territory = territory._meta.model_name
        self.key = key

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return entries.in_place(*chosen, meanings=self.cleaned("where") or ())

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        path = f"territory__{self.territory}"
        if meanings := self.cleaned("where"):
            entries = entries.filter(territory__meaning__in=meanings)
        label_it, label_en = F(f"{path}__name_it"), F(f"{path}__name_en")
        return [arm(entries, self.field_name, F(f"{path}__{self.key}"), label_it, label_en)]

    def value_of(self, chosen: Any) -> str:
        return getattr(chosen, self.key)


class ThemeFacet(Facet):
    tree = staticmethod(Theme.objects.with_family)

    def __init__(self, **options: Any) -> None:
        super().__init__(rows=Theme.objects.all, key="slug", **options)

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return entries.about(*chosen)

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        """A child counts its own entries, a parent each entry of its family once."""
        name_it, name_en = F("themes__name_it"), F("themes__name_en")
        children = entries.filter(themes__parent__isnull=False)

        def of_family(name: str) -> models.Case:
            inherited = models.When(themes__parent__isnull=False, then=F(f"themes__parent__{name}"))
            return models.Case(inherited, default=F(f"themes__{name}"))

        return [
            arm(children, self.field_name, F("themes__slug"), name_it, name_en),
            arm(
                entries,
                self.field_name,
                of_family("slug"),
                of_family("name_it"),
                of_family("name_en"),
            ),
        ]


class LifeFacet(Facet):
    field_class = ChoicesField

    def __init__(self, **options: Any) -> None:
        self.offered = {"active": Life.ACTIVE.label, "ended": Life.ENDED.label}
        super().__init__(choices=self.offered, **options)

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return entries.alive(*chosen)

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        merged_is_ended = models.Case(
            models.When(life=Life.MERGED, then=Value("ended")), default=F("life")
        )
        return [arm(entries.exclude(life=Life.UNKNOWN), self.field_name, merged_is_ended)]

    def label_of(self, value: str, label_it: str, label_en: str) -> str:
        return str(self.offered[value])


class TypeFacet(Facet):
    """The kind of entry, where a listing has several."""

    field_class = ChoicesField

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=OfferedKinds(), **options)

    def narrow(self, entries: EntryQuerySet, chosen: list[str]) -> EntryQuerySet:
        return entries if entries.model._meta.model_name in chosen else entries.none()

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        return [arm(entries, self.field_name, Value(entries.model._meta.model_name))]

    def label_of(self, value: str, label_it: str, label_en: str) -> str:
        return str(kinds[value].label_plural)


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
        "-updated": _("lately changed"),
        "relevance": _("relevance"),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=self.offered, **options)

    def filter(self, entries: EntryQuerySet, chosen: list[str]) -> EntryQuerySet:
        return entries


class EntryFilterSet(django_filters.FilterSet):
    """The parameters that every listing has. Built by ``add_filter`` and subclasses."""

    q = WordsFilter(label=_("Words"))
    region = PlaceFacet(label=_("Region"), territory=Region, key="slug")
    province = PlaceFacet(label=_("Province"), territory=Province, key="sigla")
    city = PlaceFacet(label=_("City"), territory=City, key="slug")
    theme = ThemeFacet(label=_("Theme"))
    life = LifeFacet(label=_("Life"))
    sort = SortFilter(label=_("Sort by"))

    @classmethod
    def add_filter(cls, name: str, new: django_filters.Filter) -> None:
        new.field_name = new.field_name or name
        cls.base_filters[name] = new

    def __init__(self, data: Any, queryset: EntryQuerySet) -> None:
        super().__init__(data, queryset)
        for name, each in self.filters.items():
            each.field_name = name

    def narrowed(self, ignoring: str | None = None) -> EntryQuerySet:
        """The queryset under all filters but one; nothing where a value was not understood."""
        if not self.form.is_valid():
            return self.queryset.none()
        entries = self.queryset
        for name, each in self.filters.items():
            each.ignored = ignoring
            if name != ignoring:
                entries = each.filter(entries, self.form.cleaned_data[name])
        return entries

    @property
    def facets(self) -> dict[str, Facet]:
        """The filters that have choices and apply now."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return {
            name: each
            for name, each in self.filters.items()
            if isinstance(each, Facet) and (not each.needs or chosen.get(each.needs))
        }


class AllKindsFilterSet(EntryFilterSet):
    """The parameters of a listing of several kinds."""

    type = TypeFacet(label=_("Kind of entry"))

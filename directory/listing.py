"""A listing: entries of one kind or of several, filtered, counted, sorted and paged.

Costs, whatever the size: one query for all counts (the total too), one for the page, one for
the themes' tree, those of ``for_listing`` for each kind on the page, and one for each
parameter whose values name rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import F, Value
from django.http import QueryDict
from django.utils.translation import gettext

from directory.filters import EntryFilterSet, Facet, NotUnderstood, arm
from directory.models import Entry
from directory.querysets import EntryQuerySet, ThemeQuerySet
from directory.registry import Kind, kinds
from places.languages import current

PER_PAGE = 24
TOTAL = "total"


@dataclass
class Choice:
    """One choice of a facet, with the number of entries it would give."""

    value: str
    label: str
    language: str
    n: int
    chosen: bool
    children: list[Choice] = field(default_factory=list)

    @property
    def chosen_children(self) -> int:
        return sum(child.chosen for child in self.children)


@dataclass
class FacetView:
    name: str
    label: Any
    choices: list[Choice]
    hidden: int = 0

    @property
    def chosen(self) -> int:
        return sum(choice.chosen + choice.chosen_children for choice in self.choices)


@dataclass(frozen=True)
class Chip:
    """A parameter in force, and the address without it."""

    label: Any
    value: str
    language: str
    without: str


@dataclass(frozen=True)
class Problem:
    """A parameter that was not understood."""

    label: Any
    message: str
    without: str


class Listing:
    def __init__(
        self, data: QueryDict, chosen_kinds: Sequence[Kind], filterset: type[EntryFilterSet]
    ) -> None:
        self.data = data
        self.sets = {
            kind.key: filterset(data, kind.model._default_manager.published())
            for kind in chosen_kinds
        }
        self.form = self._first.form

    @property
    def _first(self) -> EntryFilterSet:
        return next(iter(self.sets.values()))

    # What was asked

    @cached_property
    def is_understood(self) -> bool:
        return self.form.is_valid()

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        self.form.is_valid()
        return self.form.cleaned_data

    @cached_property
    def words(self) -> str:
        return self.cleaned.get("q") or ""

    @property
    def usual_sort(self) -> str:
        return "relevance" if self.words else "name"

    @cached_property
    def sort(self) -> str:
        asked = (self.cleaned.get("sort") or [""])[0]
        if asked == "relevance" and not self.words:
            asked = ""
        return asked or self.usual_sort

    @cached_property
    def sorts(self) -> list[tuple[str, Any]]:
        offered = self.form.fields["sort"].choices.items()
        return [one for one in offered if one[0] != "relevance" or self.words]

    @property
    def is_mixed(self) -> bool:
        """Whether several kinds are listed together."""
        return len(self.sets) > 1

    @property
    def places_chosen(self) -> bool:
        return any(self.cleaned.get(name) for name in ("region", "province", "city"))

    @property
    def meanings(self) -> list[tuple[str, Any, bool]]:
        """What a place may mean here, where it may mean several things: (value, label, chosen)."""
        if "where" not in self._filters:
            return []
        chosen = self.cleaned.get("where") or ()
        return [
            (value, label, value in chosen)
            for value, label in self._filters["where"].offered.items()
        ]

    @cached_property
    def problems(self) -> list[Problem]:
        found = []
        for name, errors in self.form.errors.as_data().items():
            label = self.form.fields[name].label
            message = " ".join(one for error in errors for one in error.messages)
            if not any(isinstance(error, NotUnderstood) for error in errors):
                message = gettext("Not understood.")
            found.append(Problem(label, message, self.query_without(name)))
        return found

    @cached_property
    def chosen(self) -> dict[str, list[Any]]:
        """The facets in force, with their resolved values; not one that lacks what it needs."""
        return {
            name: self.cleaned[name]
            for name, each in self._filters.items()
            if isinstance(each, Facet)
            and self.cleaned.get(name)
            and (not each.needs or self.cleaned.get(each.needs))
        }

    @cached_property
    def is_narrowed(self) -> bool:
        return bool(self.chosen or self.words or self.problems)

    @cached_property
    def is_indexable(self) -> bool:
        """At most one filter with one value, no words, nothing misunderstood."""
        values = sum(len(one) for one in self.chosen.values())
        extra = any(self.cleaned.get(name) for name in self._filters if name not in self.chosen)
        return self.is_understood and values <= 1 and not self.words and not extra

    @cached_property
    def _filters(self) -> dict[str, Any]:
        return self._first.filters

    # Addresses

    @cached_property
    def query(self) -> str:
        """The parameters in force, without empty and unknown ones, and without the page."""
        asked = self.data.copy()
        asked.clear()
        for name in self.form.fields:
            values = (value.strip() for value in self.data.getlist(name))
            if written := [value for value in values if value]:
                asked.setlist(name, written)
        return asked.urlencode()

    def query_without(self, name: str, value: str | None = None) -> str:
        """The query string without a parameter, or without one of its values, or page."""
        data = self.data.copy()
        data.pop("page", None)
        if value is None:
            data.pop(name, None)
        else:
            data.setlist(name, [one for one in data.getlist(name) if one.lower() != value.lower()])
        if name == "network":
            data.pop("role", None)
        return data.urlencode()

    @cached_property
    def chips(self) -> list[Chip]:
        chips = []
        if self.words:
            chips.append(Chip(self.form.fields["q"].label, self.words, "", self.query_without("q")))
        for name, rows in self.chosen.items():
            facet = self._filters[name]
            for row in rows:
                choice = self._choice_of(facet, row, 0)
                without = self.query_without(name, choice.value)
                chips.append(Chip(facet.label, choice.label, choice.language, without))
        for value in self.cleaned.get("where") or ():
            offered = self._filters["where"].offered
            chips.append(
                Chip(self._filters["where"].label, offered[value], "", self.query_without("where"))
            )
        return chips

    # Counts

    @cached_property
    def counts(self) -> dict[str, dict[str, tuple[int, str, str]]]:
        """facet → value → (number, Italian label, English label), and the totals; one query."""
        arms: list[EntryQuerySet] = []
        for key, filterset in self.sets.items():
            arms.append(arm(filterset.narrowed(), TOTAL, Value(key)))
            for name, facet in filterset.facets.items():
                arms.extend(facet.arms(filterset.narrowed(ignoring=name)))
        found: dict[str, dict[str, tuple[int, str, str]]] = defaultdict(dict)
        for name, value, label_it, label_en, n in arms[0].union(*arms[1:], all=True):
            before = found[name].get(value, (0, "", ""))[0]
            found[name][value] = (before + n, label_it or "", label_en or "")
        return found

    @cached_property
    def total(self) -> int:
        return sum(n for n, _it, _en in self.counts[TOTAL].values())

    def total_of(self, key: str) -> int:
        return self.counts[TOTAL].get(key, (0, "", ""))[0]

    @cached_property
    def facets(self) -> list[FacetView]:
        if not self.is_understood:
            return []
        views = [self._view(name, facet) for name, facet in self._first.facets.items()]
        return [view for view in views if view.choices]

    def _view(self, name: str, facet: Facet) -> FacetView:
        chosen = {facet.value_of(row): row for row in self.chosen.get(name, ())}
        counted = facet.expand(self.counts.get(name, {}))
        choices = {
            value: Choice(
                value,
                facet.label_of(value, label_it, label_en),
                facet.language_of(label_it, label_en),
                n,
                value in chosen,
            )
            for value, (n, label_it, label_en) in counted.items()
        }
        for value, row in chosen.items():
            choices.setdefault(value, self._choice_of(facet, row, 0))
        if facet.tree:
            return FacetView(name, facet.label, self._tree(facet.tree(), choices))
        ranked = sorted(choices.values(), key=facet.rank)
        shown = [one for i, one in enumerate(ranked) if i < facet.most or one.chosen]
        return FacetView(name, facet.label, shown, len(ranked) - len(shown))

    @staticmethod
    def _choice_of(facet: Facet, row: Any, n: int) -> Choice:
        value = facet.value_of(row)
        label_it, label_en = getattr(row, "name_it", "") or "", getattr(row, "name_en", "") or ""
        label = facet.label_of(value, label_it, label_en)
        return Choice(value, label, facet.language_of(label_it, label_en), n, True)

    @staticmethod
    def _tree(themes: ThemeQuerySet, choices: dict[str, Choice]) -> list[Choice]:
        roots = []
        for theme in themes:
            if choice := choices.get(theme.slug):
                if theme.parent_id is None:
                    roots.append(choice)
                elif parent := choices.get(theme.parent.slug):
                    parent.children.append(choice)
        return roots

    # The page

    def count(self) -> int:
        return self.total

    def __getitem__(self, window: slice) -> list[Entry]:
        """The entries of a page, ready for cards; what a Paginator asks for."""
        if not isinstance(window, slice):
            # Templates try ``listing["total"]`` before ``listing.total``.
            raise TypeError("A listing gives pages only.")
        if not self.total:
            return []
        rows = [
            self._sorted(filterset.narrowed())
            .annotate(key=Value(key))
            .values_list("key", "pk", "first", "second")
            .order_by()
            for key, filterset in self.sets.items()
        ]
        ordered = rows[0].union(*rows[1:], all=True) if rows[1:] else rows[0]
        ordered = ordered.order_by(*self._order)[window]
        return entries_in_order([(key, pk) for key, pk, *_ in ordered])

    @property
    def _order(self) -> tuple[str, ...]:
        return ("first" if self.sort == "name" else "-first", "second", "pk")

    def _sorted(self, entries: EntryQuerySet) -> EntryQuerySet:
        name = F(f"sort_{current()}")
        if self.sort == "relevance":
            entries = entries.with_relevance(self.words, current())
            first = F("relevance")
        else:
            first = F("updated") if self.sort == "-updated" else name
        return entries.annotate(first=first, second=name)


def entries_in_order(wanted: list[tuple[str, int]]) -> list[Entry]:
    """Entries by (kind, key), ready for cards, in the order given."""
    rows: dict[tuple[str, int], Entry] = {}
    for key, kind in kinds.items():
        if pks := [pk for one, pk in wanted if one == key]:
            found = kind.model._default_manager.published().for_listing().filter(pk__in=pks)
            rows.update({(key, entry.pk): entry for entry in found})
    return [rows[one] for one in wanted if one in rows]

"""A listing: entries of one kind or of several, filtered, counted, sorted and paged.

Costs, whatever the size: one query for all counts (the total too), one for the page where it does
not come with the counts, those of ``directory.card_rows`` for each kind on the page, one for all
values and names that are looked up among the choices, and one for how words are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from directory.card_rows import entries_in_order
from directory.counting import PAGE, TREE, Counting
from directory.filters import Counts, EntryFilterSet, Facet, SortFilter
from directory.finding import FARTHEST
from directory.models import Entry
from directory.parameter_fields import NotUnderstood
from directory.querysets import EntryQuerySet
from directory.registry import Kind
from directory.search import Words
from directory.selection import Group, page, page_of_matches
from places.languages import current

PER_PAGE = 24
# A reader who has turned so many pages wants a filter.
MOST_PAGES = 500
TOTAL, WHOLE, BARRED = "total", "whole", "barred"


@dataclass
class Choice:
    """One choice of a facet, with the number of entries it would give."""

    value: str
    label: str
    language: str
    # None where matches are too many to count.
    n: int | None
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
    # Whether there are more choices than these, to be found by name; and the name sought.
    more: bool = False
    sought: str = ""
    # Whether it is unfolded for what else was chosen.
    is_wanted: bool = False
    # Whether no choice has the name sought; then what was meant, and the address that seeks it.
    is_missed: bool = False
    meant: Choice | None = None
    meant_query: str = ""

    @property
    def chosen(self) -> int:
        return sum(choice.chosen + choice.chosen_children for choice in self.choices)


@dataclass(frozen=True)
class Chip:
    """A parameter in force, and the address without it."""

    name: str
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


@cache
def all_published(model: type[Entry]) -> EntryQuerySet:
    """What a set of filters starts from. It is never read: the index narrows."""
    return model._default_manager.published()


class Listing:
    def __init__(
        self, data: QueryDict, chosen_kinds: Sequence[Kind], filterset: type[EntryFilterSet]
    ) -> None:
        self.data = data
        # The page that is shown, from 1: its entries may come with the counts.
        self.page_number = 1
        # What others have looked up for this listing.
        self.kept: dict[str, Any] = {}
        # Facets of which not all choices are known, nor how many entries each would give.
        self.uncounted: set[str] = set()
        self.listed = list(chosen_kinds)
        self.set = filterset(data, all_published(self.listed[0].model))
        self.form = self.set.form

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

    @cached_property
    def search(self) -> Words | None:
        return Words(self.words, current()) if self.words else None

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
        offered = SortFilter.offered.items()
        return [one for one in offered if one[0] != "relevance" or self.words]

    @property
    def is_mixed(self) -> bool:
        """Whether several kinds are listed together."""
        return len(self.listed) > 1

    @property
    def places_chosen(self) -> bool:
        return any(self.cleaned.get(name) for name in ("region", "province", "city"))

    @cached_property
    def meanings(self) -> FacetView | None:
        """What a place may mean here, where it may mean several things."""
        if "where" not in self._filters:
            return None
        chosen = self.cleaned.get("where") or ()
        choices = [
            Choice(value, str(label), "", None, value in chosen)
            for value, label in self._filters["where"].offered.items()
        ]
        label = gettext("In that place, it…")
        return FacetView("where", label, choices, is_wanted=self.places_chosen)

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

    @property
    def unoffered(self) -> list[tuple[str, str]]:
        """Parameters in force for which the form shows no choices: it has to keep them."""
        return [
            (name, self._filters[name].value_of(row))
            for name, rows in self.chosen.items()
            if not self._filters[name].offers
            for row in rows
        ]

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
        return self.set.filters

    # Addresses

    @cached_property
    def query(self) -> str:
        """The parameters in force, each value once; no empty or unknown ones, nor the page."""
        asked = self.data.copy()
        asked.clear()
        for name in self.form.fields:
            values = (value.strip() for value in self.data.getlist(name))
            if written := [value for value in dict.fromkeys(values) if value]:
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
            label, without = self.form.fields["q"].label, self.query_without("q")
            chips.append(Chip("q", label, self.words, "", without))
        for name, rows in self.chosen.items():
            facet = self._filters[name]
            for row in rows:
                choice = self._choice_of(facet, row, 0)
                without = self.query_without(name, choice.value)
                chips.append(Chip(name, facet.label, choice.label, choice.language, without))
        # Without a place it says nothing.
        for value in (self.cleaned.get("where") or ()) if self.places_chosen else ():
            offered = self._filters["where"].offered
            label, without = self._filters["where"].label, self.query_without("where")
            chips.append(Chip("where", label, str(offered[value]), "", without))
        return chips

    @property
    def filters_in_force(self) -> int:
        """How many; the words are in a field of their own, which is always seen."""
        return len(self.chips) - bool(self.words)

    @property
    def is_sought(self) -> bool:
        """Whether a choice is looked for by name: the facets are where to look."""
        return any(view.sought for view in self.facets)

    # Counts

    @cached_property
    def counts(self) -> dict[str, Counts]:
        """facet → value → (number, Italian label, English label), and the totals; one query."""
        if not self.is_understood:
            return {}
        if self.search is not None:
            self.search.spell()
        counting = Counting(self.search, self.set.groups(), self.sort, current())
        chosen = self.set.kinds(self.listed)
        counting.add_total(TOTAL, chosen, self.set.groups())
        if self.search is None:
            counting.add_total(WHOLE, chosen, {})
        for name, facet in self.set.offered.items():
            facet.count(counting, self.set.kinds(self.listed, name), self.set.groups(name))
        start = (self.page_number - 1) * PER_PAGE
        self.comes_with_page = start < MOST_PAGES * PER_PAGE and counting.add_page(
            chosen, self.set.groups(), start, start + PER_PAGE
        )
        found: dict[str, Counts] = defaultdict(dict)
        for name, value, label_it, label_en, n in counting.rows():
            before = found[name].get(value, (0, "", ""))[0]
            both = None if n is None or before is None else before + n
            found[name][value] = (both, label_it, label_en)
        self.uncounted = counting.uncounted
        return found

    @cached_property
    def totals(self) -> dict[str, int]:
        """Key of kind → number of its entries that the filters leave. Of words that match more
        entries than are counted, it holds one more than that, of whatever kinds."""
        told = self.counts.get(TOTAL, {})
        if self.search and any(n is None for n, _it, _en in told.values()):
            return {self.listed[0].key: self.search.most + 1}
        return {key: n or 0 for key, (n, _it, _en) in told.items()}

    @cached_property
    def matches(self) -> int:
        """How many entries the filters leave; see ``is_counted``."""
        return sum(self.totals.values())

    @property
    def is_counted(self) -> bool:
        """Whether ``matches`` is exact; else there are more than ``total``."""
        return self.search is None or self.matches <= self.search.most

    @property
    def total(self) -> int:
        return self.matches if self.search is None else min(self.matches, self.search.most)

    def numbers_of(self, name: str) -> dict[str, int]:
        """Each choice of a facet → number of entries, under all filters, its own too; exact for
        words of any number of matches. One query, unless the facet shows all that already.

        Where words are only excluded: those of all entries, less those that have them.
        """
        facet = self.set.offered.get(name)
        if facet and not facet.many and name not in self.chosen and self.is_counted:
            return {value: n or 0 for value, (n, _it, _en) in self.counts.get(name, {}).items()}
        groups, kinds_asked = self.set.groups(), self.set.kinds(self.listed)
        barred = self.search.barred if self.search and not self.search.wanted else None
        counting = Counting(None if barred else self.search, groups, is_bounded=False)
        counted = replace(self.set.filters[name].counted, many=False)
        counting.add(counted, kinds_asked, groups)
        if barred:
            without = replace(counted, name=BARRED)
            counting.beside(barred).add(without, kinds_asked, groups)
        numbers: dict[str, int] = defaultdict(int)
        for told, value, _it, _en, n in counting.rows():
            numbers[value] += -(n or 0) if told == BARRED else n or 0
        return numbers

    def of_group(self, group: Group, start: int, stop: int) -> tuple[int, list[tuple[str, int]]]:
        """How many entries are of a further group, and some of them by name: (kind's key, id).

        Two queries.
        """
        kinds_asked = self.set.kinds(self.listed)
        groups = {**self.set.groups(), "further": group}
        counting = Counting(self.search, groups, language=current(), is_bounded=False)
        counting.add_total(TOTAL, kinds_asked, groups)
        if self.search is None:
            counting.add_total(WHOLE, kinds_asked, {})
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for name, key, _it, _en, n in counting.rows():
            found[name][key] = n or 0
        if self.search is not None:
            first = page_of_matches(
                kinds_asked, groups, self.search, "name", current(), start, stop, is_bounded=True
            )
        else:
            left = {
                kind: (found[TOTAL][kind.key], found[WHOLE].get(kind.key, 0))
                for kind in kinds_asked
                if found[TOTAL].get(kind.key)
            }
            first = page(left, groups, "name", current(), start, stop)
        keys = {kind.number: kind.key for kind in kinds_asked}
        return sum(found[TOTAL].values()), [(keys[number], pk) for number, pk in first]

    @cached_property
    def facets(self) -> list[FacetView]:
        if not self.is_understood:
            return []
        views = [self._view(name, facet) for name, facet in self.set.offered.items()]
        for view in views:
            if view.is_missed:
                facet = self.set.offered[view.name]
                self._put_right(view, facet, facet.expand(self.counts.get(view.name, {})))
        return [view for view in views if view.choices or view.more]

    def _view(self, name: str, facet: Facet) -> FacetView:
        chosen = {facet.value_of(row): row for row in self.chosen.get(name, ())}
        counted = facet.expand(self.counts.get(name, {}))
        is_counted = name not in self.uncounted
        worth = counted
        if is_counted and not facet.is_tree and not facet.sought and len(counted) > facet.most:
            # Of a hundred provinces a dozen are shown: the others need not be put into words.
            least = sorted((n or 0 for n, _it, _en in counted.values()), reverse=True)
            worth = {
                value: row
                for value, row in counted.items()
                if (row[0] or 0) >= least[facet.most - 1] or value in chosen
            }
        choices = {
            value: Choice(value, *facet.label_of(value, label_it, label_en), n, value in chosen)
            for value, (n, label_it, label_en) in worth.items()
        }
        for value, row in chosen.items():
            choices.setdefault(value, self._choice_of(facet, row, 0 if is_counted else None))
        called = {one.value: near for one, near in facet.found.items()} if facet.sought else {}
        # What was sought and not found is said, with the field to seek again; and where not all
        # matches are read there may be choices that nobody has seen.
        missed = bool(facet.sought) and not called.keys() & choices.keys()
        more = facet.finds and (bool(facet.sought) or not is_counted)
        if facet.sought:
            choices = {v: one for v, one in choices.items() if v in called or one.chosen}
        if facet.is_tree:
            tree = self._tree(self.counts[f"{name}{TREE}"], choices)
            return FacetView(name, facet.label, tree, more, facet.sought, is_missed=missed)
        ranked = [*choices.values()]
        if is_counted:
            ranked.sort(key=facet.rank)
        # The nearest to what was sought first, and what was chosen before after them.
        ranked.sort(key=lambda one: called.get(one.value, FARTHEST))
        shown = [one for i, one in enumerate(ranked) if i < facet.most or one.chosen]
        hidden = len(ranked) + len(counted) - len(worth) - len(shown)
        more = more or (facet.finds and hidden > 0)
        if not is_counted:
            # By name: which are the commonest is only guessed.
            shown.sort(key=lambda one: (called.get(one.value, FARTHEST), facet.rank(one)))
        return FacetView(name, facet.label, shown, more, facet.sought, is_missed=missed)

    def _put_right(self, view: FacetView, facet: Facet, counted: Counts) -> None:
        """Say what was meant by a misspelt name, if it is a choice here."""
        near = {row.value: steps for row, steps in facet.nearly.items() if row.value in counted}
        if not near:
            return
        # Of those as near, the one with the most entries.
        value = min(near, key=lambda one: (near[one], -(counted[one][0] or 0)))
        n, *labels = counted[value]
        view.meant = Choice(value, *facet.label_of(value, *labels), n, False)
        data = self.data.copy()
        data.pop("page", None)
        # Without the province's letters.
        data[f"find_{view.name}"] = Facet.label_of(facet, value, *labels)[0]
        view.meant_query = data.urlencode()

    @staticmethod
    def _choice_of(facet: Facet, row: Any, n: int | None) -> Choice:
        value = facet.value_of(row)
        label_it, label_en = getattr(row, "name_it", ""), getattr(row, "name_en", "")
        return Choice(value, *facet.label_of(value, label_it, label_en), n, True)

    @staticmethod
    def _tree(terms: Counts, choices: dict[str, Choice]) -> list[Choice]:
        """``terms``: slug → (place in the tree's order, slug of the parent, "")."""
        roots: list[Choice] = []
        ordered = sorted(terms.items(), key=lambda one: one[1][0] or 0)
        for value, (_place, of_parent, _none) in ordered:
            if choice := choices.get(value):
                # Where a child was chosen of which there is nothing, there may be no parent.
                parent = choices.get(of_parent)
                (parent.children if parent else roots).append(choice)
        return roots

    # The page

    def count(self) -> int:
        """What a Paginator divides into pages: past the last of them there is advice instead."""
        return min(self.total, MOST_PAGES * PER_PAGE)

    @property
    def is_cut(self) -> bool:
        """Whether there are entries that no page shows."""
        return self.total > self.count() or not self.is_counted

    def __getitem__(self, window: slice) -> list[Entry]:
        """The entries of a page, ready for cards; what a Paginator asks for."""
        if not isinstance(window, slice):
            # Templates try ``listing["total"]`` before ``listing.total``.
            raise TypeError("A listing gives pages only.")
        if not self.total:
            return []
        chosen, groups = self.set.kinds(self.listed), self.set.groups()
        start, stop, language = window.start, window.stop, current()
        wanted = start == (self.page_number - 1) * PER_PAGE and stop <= start + PER_PAGE
        if self.comes_with_page and wanted and self.is_counted:
            rows = sorted((n or 0, value) for value, (n, _it, _en) in self.counts[PAGE].items())
            places = (value.split(":") for _n, value in rows)
            found = [(int(number), int(pk)) for number, pk in places]
        elif self.search is not None:
            found = page_of_matches(
                chosen, groups, self.search, self.sort, language, start, stop, self.is_counted
            )
        else:
            wholes = self.counts[WHOLE]
            left = {
                kind: (self.totals[kind.key], wholes[kind.key][0] or 0)
                for kind in chosen
                if self.totals.get(kind.key)
            }
            found = page(left, groups, self.sort, language, start, stop)
        keys = {kind.number: kind.key for kind in chosen}
        wanted = [(keys[number], pk) for number, pk in found]
        return entries_in_order(wanted, with_texts=bool(self.words))

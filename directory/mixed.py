"""A listing of several kinds together, with what only some of them can be asked for.

Who asks for a network gets the entries that can be in one: a filter that some kinds know leaves
out the others, and never says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from django.http import QueryDict

from directory.filters import AllKindsFilterSet, EntryFilterSet
from directory.listing import Listing
from directory.registry import Kind, kinds
from directory.selection import Group

# A key that no entry has.
NOTHING = -1


class MixedFilterSet(AllKindsFilterSet):
    """All kinds, with filters of some."""

    def in_force(self, ignoring: str | None) -> set[str]:
        """The filters that were asked for and say something: a role does not without a network,
        nor does the meaning of a place without one."""
        said = {name for name in self.facets if self.cleaned.get(name)}
        if self.cleaned.get("where") and said & {"region", "province", "city"}:
            said.add("where")
        return said - {ignoring, *AllKindsFilterSet.base_filters}

    def able(self, listed: Sequence[Kind], ignoring: str | None) -> list[Kind]:
        return with_filters(super().kinds(listed, ignoring), self.in_force(ignoring))

    def kinds(self, listed: Sequence[Kind], ignoring: str | None = None) -> list[Kind]:
        return self.able(listed, ignoring) or super().kinds(listed, ignoring)

    def groups(self, ignoring: str | None = None) -> dict[str, Group]:
        """No entry is of a kind and of a programme."""
        groups = super().groups(ignoring)
        if not self.able([*kinds.values()], ignoring):
            groups["nothing"] = Group((NOTHING,))
        return groups


def with_filters(chosen: Iterable[Kind], names: Iterable[str]) -> list[Kind]:
    """The kinds that know all of these filters."""
    return [kind for kind in chosen if kind.filterset.base_filters.keys() >= {*names}]


@cache
def filterset_with(names: frozenset[str]) -> type[EntryFilterSet]:
    """All kinds' filters, and these of some kinds, as the first that has them knows them: what two
    kinds have is one key of the index for both."""
    own = {
        name: kind.filterset.base_filters[name]
        for kind in reversed(kinds.values())
        for name in kind.filterset.base_filters
        if name in names
    }
    return type("AskedFilterSet", (MixedFilterSet,), own)


def own_filters(data: QueryDict) -> frozenset[str]:
    """The filters asked for that only some kinds know."""
    known = {name for kind in kinds.values() for name in kind.filterset.base_filters}
    asked = {name for name, values in data.lists() if any(one.strip() for one in values)}
    return frozenset((asked & known) - AllKindsFilterSet.base_filters.keys())


def filterset_for(data: QueryDict) -> type[EntryFilterSet]:
    names = own_filters(data)
    return filterset_with(names) if names else AllKindsFilterSet


def listing_of_all(data: QueryDict) -> Listing:
    return Listing(data, [*kinds.values()], filterset_for(data))

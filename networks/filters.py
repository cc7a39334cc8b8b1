"""The networks' own filters, and those that memberships give to organizations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.counting import Counted, Counting
from directory.filters import EntryFilterSet, TermFacet
from directory.index import key_of
from directory.querysets import EntryQuerySet
from directory.registry import Kind
from directory.selection import Group, Groups
from networks.models import MembershipRole, Network

# As the migrations that give the keys say; a tie is a network and a role in it, and TODAY is
# there for a membership that is current.
NETWORK, TIE, TODAY = 16, 48, 80
ROLE_BITS = 16
NETWORK_OF_TIE = f"(key >> {ROLE_BITS}) & {2**32 - 1}"
ROLE_OF_TIE = f"key & {2**ROLE_BITS - 1}"


class NetworkFilterSet(EntryFilterSet):
    pass


def published_networks() -> EntryQuerySet:
    return Network.objects.published()


def ties(networks: list[Any], roles: list[Any]) -> Group:
    return Group(
        tuple(
            key_of(TIE, network.pk << ROLE_BITS | role.pk) for network in networks for role in roles
        )
    )


def any_of(part: str, rows: list[Any]) -> str:
    return f"({part}) IN ({', '.join(str(int(row.pk)) for row in rows)})"


class TieFacet(TermFacet):
    """One end of a membership, counted where the other is asked for too: both speak of one tie."""

    # SQL over ``key`` for this end of a tie, and for the other.
    end: str
    other_end: str

    def tie(self, rows: list[Any], given: list[Any]) -> Group:
        """The ties of these rows with what is given at the other end."""
        raise NotImplementedError

    def count_ties(
        self, counting: Counting, given: list[Any], kinds: Sequence[Kind], groups: Groups
    ) -> None:
        within = any_of(self.other_end, given)
        counted = replace(self.counted, code=TIE, part=self.end, within=within)
        if not self.sought or counting.words is None:
            self.add(counting, counted, given, kinds, groups)
            return
        # As ``Facet.count`` does, by ties.
        found = self.asked
        others = [row for row in self.cleaned(self.field_name) or () if row not in found]
        for rows in filter(None, (found, others)):
            there = {**groups, f"find_{self.field_name}": self.tie(rows, given)}
            only = replace(counted, within=f"{within} AND {any_of(self.end, rows)}")
            self.add(counting, only, given, kinds, there)

    @staticmethod
    def add(
        counting: Counting,
        counted: Counted,
        given: list[Any],
        kinds: Sequence[Kind],
        groups: Groups,
    ) -> None:
        """Several networks, or roles, may be one organization's: it counts once."""
        if len(given) == 1:
            counting.add(replace(counted, many=False), kinds, groups)
        else:
            counting.add_distinct(counted, kinds, groups)


class MembershipFacet(TieFacet):
    """The networks of an organization, by any membership; with ``role``, by one in that role."""

    many = True
    end, other_end = NETWORK_OF_TIE, ROLE_OF_TIE

    def __init__(self) -> None:
        super().__init__(label=_("Network"), code=NETWORK, rows=published_networks)

    def group(self, chosen: list[Any], ignoring: str | None) -> Group | None:
        roles = self.cleaned("role")
        if roles and ignoring != "role":
            return self.tie(chosen, roles)
        return super().group(chosen, ignoring)

    def tie(self, rows: list[Any], given: list[Any]) -> Group:
        return ties(rows, given)

    def count(self, counting: Counting, kinds: Sequence[Kind], groups: Groups) -> None:
        if roles := self.cleaned("network") and self.cleaned("role"):
            self.count_ties(counting, roles, kinds, groups)
        else:
            super().count(counting, kinds, groups)


class RoleFacet(TieFacet):
    """The role of a membership in one of the networks asked for: both speak of one tie."""

    needs = "network"
    end, other_end = ROLE_OF_TIE, NETWORK_OF_TIE

    def __init__(self) -> None:
        super().__init__(label=_("Role"), code=TIE, rows=MembershipRole.objects.all)

    def group(self, chosen: list[Any], ignoring: str | None) -> None:
        """Said with the network."""
        return None

    def count(self, counting: Counting, kinds: Sequence[Kind], groups: Groups) -> None:
        self.count_ties(counting, self.cleaned("network"), kinds, groups)

    def tie(self, rows: list[Any], given: list[Any]) -> Group:
        return ties(given, rows)

"""Memberships as the pages show them: on cards, on an organization's and a network's page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from directory.querysets import EntryQuerySet
from directory.ties_map import Group, Node, Ties
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization
from places.languages import translated
from places.models import City


def networks_of_organizations() -> Prefetch:
    """For organization cards, as ``public_memberships``; one query."""
    rows = Membership.objects.of_published().by_role()
    rows = rows.select_related("role", "network").defer(*heavy("network"))
    return Prefetch("memberships", rows, to_attr="public_memberships")


def current_members() -> Prefetch:
    """For network cards, as ``current_memberships``; one query."""
    rows = Membership.objects.of_published().current().only("network", "organization")
    return Prefetch("memberships", rows, to_attr="current_memberships")


def with_most_members(networks: EntryQuerySet) -> EntryQuerySet:
    """Networks by how many organizations are in them today, as ``weight``; those with none
    are left out."""
    rows = Membership.objects.of_published().current().filter(network=OuterRef("pk"))
    counted = rows.order_by().values("network").annotate(n=Count("organization", distinct=True))
    return (
        networks.annotate(weight=Subquery(counted.values("n")))
        .filter(weight__gt=0)
        .order_by("-weight", "-pk")
    )


def heavy(path: str) -> list[str]:
    return [f"{path}__search_it", f"{path}__search_en"]


@dataclass
class Tie:
    """An organization or a network, and the rows that tie the page's entry to it."""

    entry: Any
    memberships: list[Membership] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        return any(row.current == Membership.Current.YES for row in self.memberships)


def of_organization(organization: Organization) -> list[Tie]:
    """Its public networks, each with all roles. One query.

    The organization itself is a page's own: public, or previewed by staff.
    """
    rows = organization.memberships.with_public_network().by_role()  # type: ignore[attr-defined]
    rows = rows.select_related("role", "network", "source").defer(*heavy("network"))
    ties: dict[int, Tie] = {}
    for row in rows:
        ties.setdefault(row.network_id, Tie(row.network)).memberships.append(row)
    return list(ties.values())


@dataclass
class Members:
    """A network's members, told three ways; ``map`` draws them."""

    network: Network
    by_role: list[tuple[MembershipRole, list[Membership]]]
    by_city: list[tuple[City | None, list[Organization]]]
    current: int
    total: int

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def map(self) -> Ties:
        return map_of(self.network, [row for _role, rows in self.by_role for row in rows])


def of_network(network: Network) -> Members:
    """Its public members. One query, however many there are.

    The network itself is a page's own: public, or previewed by staff.
    """
    rows = network.memberships.with_public_organization().by_role()  # type: ignore[attr-defined]
    rows = rows.select_related(
        "role", "source", "organization__city__province", "organization__kind"
    ).defer(*heavy("organization"))
    roles: dict[MembershipRole, list[Membership]] = defaultdict(list)
    cities: dict[City | None, dict[int, Organization]] = defaultdict(dict)
    current, total = set(), set()
    for row in rows:
        roles[row.role].append(row)
        total.add(row.organization_id)
        if row.current == Membership.Current.YES:
            current.add(row.organization_id)
            cities[row.organization.city][row.organization_id] = row.organization
    by_city = sorted(
        ((city, list(members.values())) for city, members in cities.items()),
        key=lambda pair: (pair[0] is None, -len(pair[1]), pair[0].sort_it if pair[0] else ""),
    )
    return Members(network, list(roles.items()), by_city, len(current), len(total))


def map_of(network: Network, memberships: list[Membership]) -> Ties:
    """Each organization once, by its first role. No query: what the page has loaded is enough."""
    rows: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships:
        rows[membership.organization_id].append(membership)
    name, language = translated(network, "name")
    return Ties(Node(name, language=language, kind="network"), list(map(node_of, rows.values())))


def node_of(rows: list[Membership]) -> Node:
    organization = rows[0].organization
    name, language = translated(organization, "name")
    is_past = all(row.current == Membership.Current.NO for row in rows)
    return Node(
        name,
        organization.get_absolute_url(),
        Group(*translated(rows[0].role, "name")),
        language,
        "organization",
        note=_("formerly") if is_past else "",
        is_past=is_past,
    )

"""Memberships as the pages show them: on cards, on an organization's and a network's page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from directory.index import key_of
from directory.overview import largest
from directory.querysets import EntryQuerySet, Named, Said, names_under
from directory.ties_map import Group, Node, Ties
from networks.filters import NETWORK, TODAY
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization
from places.languages import current, translated
from places.models import City

# Rows of members on a page, and what the first of several pages holds at most.
PER_PAGE = 60
MOST_DRAWN = 240
MOST_CITIES = 48


def networks_of_organizations() -> Said:
    """For cards of published organizations, as ``public_memberships``, each with its
    ``network``."""
    rows = Membership.objects.with_public_network().filter(organization=OuterRef("pk"))
    # A card names the one network, or counts them: their order does not matter.
    return Said(
        rows.order_by(),
        names_under("network"),
        lambda *said: SimpleNamespace(network=Named(*said)),
    )


# So many of the largest networks are looked at.
CANDIDATES = 12
NUMBER = """
(SELECT n FROM directory_tally AS tally JOIN directory_kind AS kind ON kind.id = tally.kind
WHERE kind.key = 'organization' AND given = 0 AND tally.key = %s + networks_network.id)
"""


def members_today() -> Coalesce:
    """For network cards: how many organizations are in it, from the kept counts."""
    number = RawSQL(NUMBER, [key_of(TODAY, 0)], output_field=IntegerField())  # noqa: S611
    return Coalesce(number, 0)


def with_most_members(networks: EntryQuerySet) -> EntryQuerySet:
    """Networks by how many organizations are or were in them, as ``weight``, from the kept
    counts; those in which none is today are left out."""
    rows = Membership.objects.of_published().current().filter(network=OuterRef("pk"))
    number = RawSQL(NUMBER, [key_of(NETWORK, 0)], output_field=IntegerField())  # noqa: S611
    return (
        networks.filter(Exists(rows), pk__in=largest("organization", NETWORK, CANDIDATES))
        .annotate(weight=number)
        .order_by("-weight", "-pk")
    )


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
    rows = rows.select_related("role", "network", "source")
    ties: dict[int, Tie] = {}
    for row in rows:
        ties.setdefault(row.network_id, Tie(row.network)).memberships.append(row)
    return list(ties.values())


@dataclass
class Members:
    """A network's members: a page of them by role, today's by city, and all drawn by ``map``.

    ``by_city`` names today's members where one page holds them all; ``cities`` only counts them,
    where it does not, on the first page.
    """

    network: Network
    page: Page
    current: int
    total: int
    drawn: list[Membership]
    by_city: list[tuple[City | None, list[Organization]]] = field(default_factory=list)
    cities: list[City] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def by_role(self) -> list[tuple[MembershipRole, int, list[Membership]]]:
        """A role, how many rows it has on all pages, and those of this page."""
        rows = list(self.page)
        roles = groupby(rows, key=lambda row: row.role)
        return [(role, own[0].in_role, own) for role, each in roles if (own := list(each))]

    @property
    def pages(self) -> list[int | str]:
        paginator = self.page.paginator
        return list(paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1))

    @property
    def seats(self) -> list[tuple[City, Any]]:
        """The cities of today's members, each with the members or how many they are."""
        if self.cities:
            return [(city, city.n) for city in self.cities]  # type: ignore[attr-defined]
        return [(city, members) for city, members in self.by_city if city]

    @property
    def map(self) -> Ties:
        return map_of(self.network, self.drawn)

    @property
    def left_out(self) -> int:
        """How many organizations the drawing has no room for."""
        return self.total - len({row.organization_id for row in self.drawn})


def of_network(network: Network, number: int = 1) -> Members:
    """A page of its public members: two queries where that is all, else three, however many
    there are. EmptyPage where there is no such page.

    The network itself is a page's own: public, or previewed by staff.
    """
    found = network.memberships.with_public_organization()  # type: ignore[attr-defined]
    rows = found.by_role().select_related("role", "source", "organization__city__province")
    rows = rows.with_number_in_role()
    numbers = found.numbers()
    # The first page draws more than it lists.
    drawn = list(rows[:MOST_DRAWN]) if number == 1 else []
    paginator = Paginator(drawn or rows, PER_PAGE)
    paginator.count = numbers["rows"]
    page = paginator.page(number)
    members = Members(network, page, numbers["current"], numbers["total"], drawn)
    if paginator.num_pages == 1:
        members.by_city = by_city(drawn)
    elif drawn:
        members.cities = cities_of(network)
    return members


def by_city(rows: list[Membership]) -> list[tuple[City | None, list[Organization]]]:
    """Today's members, the cities with most of them first, those without a city last."""
    cities: dict[City | None, dict[int, Organization]] = defaultdict(dict)
    for row in rows:
        if row.current == Membership.Current.YES:
            cities[row.organization.city][row.organization_id] = row.organization
    return sorted(
        ((city, list(members.values())) for city, members in cities.items()),
        key=lambda pair: (pair[0] is None, -len(pair[1]), pair[0].sort_it if pair[0] else ""),
    )


def cities_of(network: Network) -> list[City]:
    """The cities with most of today's members, and how many as ``n``. One query."""
    cities = City.objects.filter(
        organizations__memberships__network=network,
        organizations__memberships__current=Membership.Current.YES,
        organizations__status="published",
    )
    counted = cities.select_related("province").annotate(n=Count("organizations", distinct=True))
    return list(counted.order_by("-n", f"sort_{current()}", "pk")[:MOST_CITIES])


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

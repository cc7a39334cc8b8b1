"""How many queries a page may take, what each is for, and that their number never grows."""

from __future__ import annotations

import datetime
import itertools
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.models import Membership
from orgs.models import Organization
from projects.models import Participation
from tests import builders as make
from tests.addresses import NETWORK

pytestmark = pytest.mark.django_db

# Address, the most queries, and what they are for.
BUDGETS = [
    # counts and total, page, rows with their ties
    ("/it/organizzazioni/", 3),
    # the chosen theme, region and network; nothing is found, so what less would find
    ("/it/organizzazioni/?theme=prossimita&region=liguria&network=" + NETWORK, 4),
    ("/it/reti/", 3),
    ("/it/progetti/", 3),
    # what the words ask for, counts and page, rows of three kinds, excerpts
    ("/it/cerca/?q=prossimita", 6),
]
MAPS = [
    # counts and total, marks and their places, who has none and their names
    ("/it/mappa/", 6),
    # the same for three kinds, of which each reads the chosen place, and what it lies in
    ("/it/mappa/?city=torino", 7),
]
# The entry, its themes, and its lists (places, addresses, milestones, sources, identifiers,
# pictures, principles, figures, editions) are one each; then the ties with their roles.
PAGES = [
    # totals, largest cities, their number, regions (5), themes (2), networks, newest, cards (3)
    ("/it/", 13),
    # entry and lists (10), its parts and predecessors (2), networks, projects with their roles
    ("/it/organizzazioni/officina-comune/", 16),
    ("/it/organizzazioni/case-del-quartiere-di-torino/", 17),
    # entry and lists (9), predecessors, members, projects with their roles
    (f"/it/reti/{NETWORK}/", 14),
    # entry and lists (9), predecessors, partners with their roles, related projects and their cards
    ("/it/progetti/co-city-beni-comuni/", 16),
    # city, its local names, nearest (3), totals, first entries, and for each kind rows (3)
    ("/it/citta/torino/", 11),
    # numbers, the regions of their cities, and the largest cities
    ("/it/citta/", 3),
    # region, numbers of all cities, its cities (2), totals, first entries, and each kind's rows (3)
    ("/it/regioni/piemonte/", 10),
    # numbers, and the regions they belong to
    ("/it/regioni/", 2),
    # theme, numbers, its family, totals, first entries, and for each kind rows (3)
    ("/it/temi/beni-comuni/", 9),
    # numbers, and the themes they belong to
    ("/it/temi/", 2),
]


# Whatever is asked of a list, the search and the map, no more than this.
MOST = 8
ASKED = {
    "words": ["", "prossimita", "prossimitta", "prossimita xyzzy", "-orto", "orto -orto", "2013"],
    "chosen": [
        "",
        "city=torino&theme=beni-comuni",
        "province=TO&life=ended",
        f"region=piemonte&network={NETWORK}&year=2020&type=project",
    ],
    "sought": ["", "find_city=torinno&find_theme=comunni&find_region=x&find_network=case"],
}


def queries(address: str) -> int:
    """Whether entries are invented is not counted: where pages are kept it is known already."""
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(address).status_code == 200
    return sum("WHERE invented)" not in query["sql"] for query in captured)


@pytest.mark.parametrize(("address", "most"), [*BUDGETS, *MAPS, *PAGES])
def test_a_page_keeps_its_budget(content, address, most):
    assert queries(address) <= most


@pytest.mark.parametrize(
    "path", ["/it/organizzazioni/", "/it/reti/", "/it/progetti/", "/it/cerca/", "/it/mappa/"]
)
def test_whatever_is_asked_a_list_keeps_its_budget(content, path):
    call_command("refresh_lexicon", stdout=StringIO())
    over = {}
    for words, chosen, sought in itertools.product(*ASKED.values()):
        asked = "&".join(filter(None, [f"q={words}" if words else "", chosen, sought]))
        if (number := queries(f"{path}?{asked}")) > MOST:
            over[asked] = number
    assert not over


def grow(count: int) -> None:
    """More of everything that hangs on an organization, a network, a project, a city, a theme."""
    theme, city = make.make_theme("Temi tanti"), make.make_city("Grande")
    network = make.make_network(f"Rete {count}", themes=[theme], places=[city])
    project = make.make_project(f"Progetto {count}", themes=[theme], places=[city])
    for number in range(count):
        one = make.make_organization(
            f"Organizzazione {count} {number}",
            city=city,
            themes=[theme],
            kind=make.make_kind(f"Tipo {number}"),
        )
        make.join(one, network, f"Ruolo {number}")
        make.take_part(project, one, f"Parte {number}")
        for order in range(2):
            one.milestones.create(text_it="Nasce", order=order, city=city)
            one.web_addresses.create(url="https://civicnet.example/", order=order)
            one.sources.create(title_it="Fonte", order=order)
            one.figures.create(label_it="Persone", value=3, order=order)


@pytest.mark.parametrize(
    "address",
    [
        "/it/",
        "/it/organizzazioni/",
        "/it/organizzazioni/organizzazione-{n}-0/",
        "/it/reti/",
        "/it/reti/rete-{n}/",
        "/it/progetti/",
        "/it/progetti/progetto-{n}/",
        "/it/citta/",
        "/it/citta/grande/",
        "/it/citta/grande/intorno/",
        "/it/regioni/piemonte/",
        "/it/temi/temi-tanti/",
        "/it/temi/",
        "/it/cerca/?q=organizzazione",
        "/it/mappa/",
        "/it/mappa/?province=TO",
    ],
)
def test_more_related_rows_take_no_more_queries(address):
    grow(2)
    grow(3)
    few = queries(address.format(n=3))
    grow(6)
    assert queries(address.format(n=6)) <= few


def test_each_entry_that_was_checked_is_named_without_a_query_of_its_own():
    def checked(*names: str) -> None:
        for name in names:
            make.make_organization(name, checked_on=datetime.date(2026, 11, 1))

    checked("Una", "Due")
    few = queries("/it/")
    checked("Tre", "Quattro", "Cinque")
    assert queries("/it/") <= few


def test_six_hundred_entries_take_as_many_queries_as_a_hundred():
    """Tied like the real ones: to a city, a theme, a kind, a network and a project."""
    city, theme, kind = make.make_city(), make.make_theme(), make.make_kind()
    role = make.make_role()
    network = make.make_network("Rete", themes=[theme], places=[city])
    project = make.make_project("Progetto", themes=[theme], places=[city])

    def fill(start: int, end: int) -> None:
        made = make.make_many(
            Organization,
            (
                {"slug": f"org-{n}", "name_it": f"Org {n}", "city": city, "kind": kind}
                for n in range(start, end)
            ),
        )
        through = Organization.themes.through
        through.objects.bulk_create(through(organization=one, theme=theme) for one in made)
        Membership.objects.bulk_create(
            Membership(organization=one, network=network, role=role, current="yes") for one in made
        )
        Participation.objects.bulk_create(
            Participation(project=project, organization=one) for one in made
        )

    addresses = [
        "/it/",
        "/it/organizzazioni/",
        "/it/organizzazioni/?theme=beni-comuni&region=piemonte",
        "/it/organizzazioni/org-1/",
        "/it/reti/",
        "/it/reti/rete/",
        "/it/progetti/progetto/",
        "/it/citta/torino/",
        "/it/regioni/piemonte/",
        "/it/temi/beni-comuni/",
        "/it/cerca/?q=org",
        "/it/mappa/?type=organization",
    ]
    # More than a page of members, which counts them by city.
    fill(0, 100)
    few = [queries(address) for address in addresses]
    fill(100, 600)
    assert [queries(address) for address in addresses] == few
    assert queries("/it/organizzazioni/?page=24") == few[1]

"""A network's members, however many: by role, by page, each page with an address of its own."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import Membership, Network
from networks.ties import MOST_DRAWN, PER_PAGE
from orgs.models import Organization
from tests import builders as make

pytestmark = pytest.mark.django_db

MANY = 600
KB = 1024


def filled(number: int, role: str = "Aderente", network: Network | None = None) -> Network:
    """A network with as many members, named by number."""
    network = network or make.make_network("Rete grande", name_en="Large network")
    given = network.memberships.count()
    cities, in_role = [make.make_city(f"Città {n}") for n in range(50)], make.make_role(role)
    made = make.make_many(
        Organization,
        (
            {
                "slug": f"membro-{n}",
                "name_it": f"Membro {n:04}",
                "life": "active",
                "city": cities[n % 50],
            }
            for n in range(given, given + number)
        ),
    )
    Membership.objects.bulk_create(
        Membership(network=network, organization=one, role=in_role, current="yes") for one in made
    )
    return network


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def named(html: str) -> list[str]:
    """The members listed, in their order; not those of the drawing or by city."""
    lists = re.findall(r'<ul class="members">(.*?)</ul>', html, re.S)
    return re.findall(r">(Membro \d+)<", "".join(lists))


def test_every_member_has_one_place_on_the_pages(client):
    filled(PER_PAGE - 10, "Promotore")
    filled(PER_PAGE, "Aderente", Network.objects.get())
    first = shown(client, "/it/reti/rete-grande/")
    second = shown(client, "/it/reti/rete-grande/?page=2")
    assert len(named(first)) == PER_PAGE
    assert len(named(second)) == PER_PAGE - 10
    assert len({*named(first), *named(second)}) == 2 * PER_PAGE - 10
    # The number beside a role is that of all its members, wherever they stand.
    roles = re.compile(r"<h3>(\w+) <span class=\"heading-count\">(\d+)<")
    assert dict(roles.findall(first)) in (
        {"Promotore": str(PER_PAGE - 10), "Aderente": str(PER_PAGE)},
        {"Aderente": str(PER_PAGE)},
    )
    assert '"/it/reti/rete-grande/?page=2#members-heading" rel="next"' in first
    assert '"/it/reti/rete-grande/#members-heading" rel="prev"' in second
    assert "page=3" not in second


def test_a_later_page_is_a_page_of_its_own(client):
    filled(PER_PAGE + 1)
    html = shown(client, "/en/networks/rete-grande/?page=2")
    assert "<title>Large network · page 2 · " in html
    assert 'rel="canonical" href="http://127.0.0.1:8000/en/networks/rete-grande/?page=2"' in html
    assert 'hreflang="it" href="http://127.0.0.1:8000/it/reti/rete-grande/?page=2"' in html
    assert "noindex" not in html
    assert html.count("<h1") == 1
    assert 'aria-label="Pages of members"' in html
    assert "ties-drawing" not in html


@pytest.mark.parametrize("page", ["0", "3", "x", "-1", "9" * 40])
def test_there_are_no_other_pages(client, page):
    filled(PER_PAGE + 1)
    assert client.get(f"/it/reti/rete-grande/?page={page}").status_code == 404


def test_what_fits_on_one_page_is_not_paged(client):
    filled(PER_PAGE)
    html = shown(client, "/it/reti/rete-grande/")
    assert len(named(html)) == PER_PAGE
    assert 'class="pagination"' not in html
    assert 'class="by-city"' in html
    assert shown(client, "/it/reti/rete-grande/?page=1") == html
    assert client.get("/it/reti/rete-grande/?page=2").status_code == 404
    # A kind of entry without pages does not know the parameter.
    shown(client, "/it/organizzazioni/membro-1/?page=2")


def test_six_hundred_members_are_no_more_work_than_a_hundred(client):
    network = filled(PER_PAGE + 40)
    numbers = []
    for _size in range(2):
        for page in ("", "?page=2"):
            with CaptureQueriesContext(connection) as queries:
                html = shown(client, f"/it/reti/rete-grande/{page}")
            numbers.append(len(queries))
            assert len(named(html)) <= PER_PAGE
        filled(MANY - network.memberships.count(), "Aderente", network)
    assert numbers[:2] == numbers[2:]
    html = shown(client, "/en/networks/rete-grande/")
    assert html.count('<a class="ties-node') == MOST_DRAWN
    assert f"no room for {MANY - MOST_DRAWN} organizations" in html
    assert len(html) < 200 * KB
    assert len(named(shown(client, f"/it/reti/rete-grande/?page={MANY // PER_PAGE}"))) == PER_PAGE


def test_a_large_network_has_its_cities_on_a_small_map_too(client):
    filled(PER_PAGE + 1)
    [drawn] = re.findall(
        r'<svg class="italy italy-still".*?</svg>', shown(client, "/it/reti/rete-grande/"), re.S
    )
    # Eleven cities have two members, and come first.
    assert ">Città 3: 2</title>" in drawn
    assert ">Città 20</title>" in drawn
    # Where the cities are not told, they are not drawn.
    assert "italy-still" not in shown(client, "/it/reti/rete-grande/?page=2")


def test_a_network_whose_members_are_not_known_has_its_own_places_on_a_small_map(client):
    torino = make.make_city("Torino")
    network = make.make_network("Rete nuova", places=[torino])
    one = r'<svg class="italy italy-still".*?</svg>'
    [drawn] = re.findall(one, shown(client, "/it/reti/rete-nuova/"), re.S)
    assert ">Torino</text>" in drawn
    make.join(make.make_organization("Casa", city=make.make_city("Lecce")), network)
    [drawn] = re.findall(one, shown(client, "/it/reti/rete-nuova/"), re.S)
    assert ">Lecce</text>" in drawn
    assert "Torino" not in drawn

"""Past the end of a list the page says how many there are, and leads back to the first and last."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection

from tests import builders as make
from tests.conftest import settle_now

pytestmark = pytest.mark.django_db

BACK = re.compile(r'<a class="tag" href="([^"]+)" rel="nofollow">([^<]+)</a>')
FIRST, LAST = "Prima pagina", "Ultima pagina, la numero 2"


@pytest.fixture(autouse=True)
def thirty() -> None:
    torino = make.make_city("Torino")
    for number in range(30):
        make.make_organization(f"Casa {number}", city=torino)
    for number in range(30):
        make.make_organization(f"Altrove {number}")
    settle_now(connection.connection)


def way_back(client, address: str) -> tuple[str, dict[str, str]]:
    """What is said, and the name of each link with where it leads."""
    answer = client.get(address)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert '<meta name="robots" content="noindex">' in html
    said = re.search(r'<p class="lead">(.*?)</p>', html)
    assert said
    return said[1], {name: unescape(path) for path, name in BACK.findall(html)}


@pytest.mark.parametrize("page", ["3", "999999999"])
def test_a_list_says_how_many_pages_it_has_and_leads_to_the_first_and_the_last(client, page):
    said, links = way_back(client, f"/it/organizzazioni/?theme=&city=torino&page={page}&sort=name")
    assert said == "Questo elenco ha 2 pagine."
    assert links == {
        FIRST: "/it/organizzazioni/?city=torino&sort=name",
        LAST: "/it/organizzazioni/?city=torino&sort=name&page=2",
    }
    for path in links.values():
        assert client.get(path).status_code == 200


def test_in_the_language_of_the_page(client):
    said, links = way_back(client, "/en/organizations/?city=torino&page=3")
    assert said == "This list has 2 pages."
    assert [*links] == ["First page", "Last page, number 2"]


def test_of_one_page_there_is_no_last_one(client):
    said, links = way_back(client, "/it/cerca/?q=casa+1&page=2")
    assert said == "Questo elenco ha una sola pagina."
    assert links == {FIRST: "/it/cerca/?q=casa+1"}


@pytest.mark.parametrize("page", ["0", "x", "-1"])
def test_what_is_no_number_leads_to_the_first_page(client, page):
    said, links = way_back(client, f"/it/organizzazioni/?city=torino&page={page}")
    assert "pagine" not in said
    assert links == {FIRST: "/it/organizzazioni/?city=torino"}


def test_what_is_not_on_the_map_has_pages_too(client):
    said, links = way_back(client, "/it/mappa/?type=organization&nowhere=9")
    assert said == "Questo elenco ha 2 pagine."
    assert links[LAST] == "/it/mappa/?type=organization&nowhere=2"
    assert client.get(links[LAST]).status_code == 200


def test_another_address_that_leads_nowhere_has_no_pages(client):
    answer = client.get("/it/organizzazioni/nessuna/")
    assert answer.status_code == 404
    assert not BACK.findall(answer.content.decode())


def test_what_was_asked_is_never_markup(client):
    html = client.get("/it/organizzazioni/?q=%22><b>&page=3").content.decode()
    assert "<b>" not in html

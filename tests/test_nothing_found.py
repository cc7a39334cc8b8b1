"""Where nothing is found, the page says what to loosen, and how much that brings."""

from __future__ import annotations

import re

import pytest

from tests import builders as make

pytestmark = pytest.mark.django_db

LOOSER = re.compile(
    r'<li><a href="([^"]+)" rel="nofollow">(?:(?!</a>).)+</a> <span class="count">(\d+)<'
)


def looser(client, address: str) -> dict[str, int]:
    html = client.get(address).content.decode()
    return {path.replace("&amp;", "&"): int(number) for path, number in LOOSER.findall(html)}


def test_each_number_is_that_of_the_page_behind_its_link(client):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    theme = make.make_theme("Orti")
    for number in range(3):
        make.make_organization(f"Orto {number}", city=torino, themes=[theme])
    make.make_organization("Bottega", city=napoli)
    make.make_organization("Orto nascosto", city=napoli, themes=[theme], status="draft")
    found = looser(client, "/en/organizations/?city=napoli&theme=orti")
    assert sorted(found.values()) == [1, 3]
    for path, number in found.items():
        assert client.get(path).context["listing"].total == number


def test_the_word_that_keeps_all_out_can_be_left_out(client):
    make.make_organization("Orto", city=make.make_city("Torino"), summary_it="Separa rifiuti.")
    address = "/it/organizzazioni/?city=torino&q=chi+si+occupa+di+rifiuti+a+Torino"
    found = looser(client, address)
    assert found == {
        "/it/organizzazioni/?city=torino": 1,
        "/it/organizzazioni/?q=chi+si+occupa+di+rifiuti+a+Torino": 0,
        "/it/organizzazioni/?city=torino&q=chi+si+di+rifiuti+a+Torino": 1,
    }
    assert looser(client, '/it/organizzazioni/?q="occupa rifiuti"') == {"/it/organizzazioni/": 1}


def test_a_page_with_results_asks_for_no_other_totals(client):
    make.make_organization("Orto", city=make.make_city("Torino"))
    answer = client.get("/en/organizations/?city=torino")
    assert answer.context["loosened"] == []


def test_no_more_is_counted_than_one_reads(client):
    cities = [make.make_city(f"Paese {number}") for number in range(12)]
    query = "&".join(f"city={city.slug}" for city in cities)
    make.make_organization("Orto", city=make.make_city("Torino"))
    answer = client.get(f"/en/organizations/?{query}")
    assert answer.context["listing"].total == 0
    assert len(answer.context["loosened"]) == 8

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
        "/it/organizzazioni/?city=torino&q=chi+si+di+rifiuti+a+Torino": 1,
    }
    assert looser(client, '/it/organizzazioni/?q="occupa rifiuti"') == {"/it/organizzazioni/": 1}


def test_a_page_with_results_asks_for_no_other_totals(client):
    make.make_organization("Orto", city=make.make_city("Torino"))
    answer = client.get("/en/organizations/?city=torino")
    assert answer.context["loosened"] == []


def test_several_places_are_left_out_together_since_any_of_them_is_enough(client):
    cities = [make.make_city(f"Paese {number}") for number in range(12)]
    query = "&".join(f"city={city.slug}" for city in cities)
    make.make_organization("Orto", city=make.make_city("Torino"))
    assert looser(client, f"/en/organizations/?{query}&page=1") == {"/en/organizations/": 1}


def test_one_thing_that_finds_nothing_has_one_way_out(client):
    make.make_organization("Orto", city=make.make_city("Torino"))
    html = client.get("/it/organizzazioni/?q=zzzz").content.decode()
    notice = html[html.index('class="notice"') :]
    notice = notice[: notice.index("</div>")]
    assert notice.count("<a ") == 1
    assert "senza Parole: zzzz</a>" in notice
    assert "Nulla corrisponde<" in notice
    assert "Accenti e maiuscole non contano." in notice
    for absent in ("tutto questo", "alla volta", "senza alcun filtro", "meno parole"):
        assert absent not in notice
    both = client.get("/it/organizzazioni/?q=zzzz&sort=name").content.decode()
    assert "senza alcun filtro" in both
    several = client.get("/it/organizzazioni/?q=zzzz+qqqq").content.decode()
    assert "Con meno parole si trova di più" in several
    assert "tutto questo" in several


def test_what_brings_nothing_is_not_proposed(client):
    make.make_organization("Orto", city=make.make_city("Torino"))
    make.make_city("Napoli")
    make.make_theme("Vuoto")
    address = "/en/organizations/?city=napoli&theme=vuoto"
    assert looser(client, address) == {}
    html = client.get(address).content.decode()
    assert "Loosen one thing at a time" not in html
    assert "without any filter" in html


def test_the_map_says_the_same_as_the_list(client):
    make.make_organization("Orto", city=make.make_city("Torino"))
    make.make_city("Napoli")
    assert looser(client, "/it/mappa/?city=napoli") == {"/it/mappa/": 1}


def test_no_more_is_counted_than_one_reads(client):
    for number in range(2):
        make.make_organization(f"Orto {number}", summary_it="uno due tre quattro cinque sei")
    asked = "q=uno+due+tre+quattro+cinque+sei&city=napoli&theme=vuoto&life=ended"
    make.make_city("Napoli")
    make.make_theme("Vuoto")
    assert len(client.get(f"/en/organizations/?{asked}").context["loosened"]) <= 8


@pytest.mark.parametrize(
    ("words", "contradiction"),
    [
        ("orto -orto", "orto"),
        ("ORTÒ mulino -orto", "orto"),
        ('"orto urbano" -urbano', "urbano"),
        ('"orto urbano" -"orto urbano"', "orto urbano"),
        ("orto-urbano -orto-urbano", "orto urbano"),
        ("orto urbano -“orto urbano”", ""),
        ("orto -orti", ""),
        ("orto -mulino", ""),
        ("-orto", ""),
    ],
)
def test_a_word_sought_and_excluded_finds_nothing_and_the_page_says_so(
    client, words, contradiction
):
    make.make_organization("Orto urbano", summary_it="Un orto urbano al mulino.")
    page = client.get("/it/cerca/", {"q": words})
    said = f"«{contradiction}» sta sia fra le parole cercate sia fra quelle escluse"
    assert (said in page.content.decode()) == bool(contradiction)
    assert page.context["listing"].search.contradiction == contradiction
    if contradiction:
        assert page.context["listing"].total == 0

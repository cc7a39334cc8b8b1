"""A choice sought by a misspelt name: what was meant is said, with the link that seeks it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from directory.spelling import steps_between
from tests import builders as make
from tests.conftest import settle_now
from tests.test_budgets import queries
from tests.test_parameters import choices, places, very_many

__all__ = ["places", "very_many"]

pytestmark = pytest.mark.django_db

MEANT = re.compile(r'<p class="facet-more" id="found-(\w+)">(.*?)</p>', re.S)


@pytest.fixture
def directory(places: dict[str, Any]) -> None:
    """One entry of each: places with names in several languages, a theme, a kind, a network."""
    bolzano = make.make_city("Bolzano", places["to"])
    for kind, name in (("current", "Bolzano"), ("local", "Bozen")):
        bolzano.names.create(kind=kind, name=name)
    reggio = make.make_city("Reggio nell'Emilia", places["to"])
    for kind, name in (("current", "Reggio nell'Emilia"), ("common", "Reggio Emilia")):
        reggio.names.create(kind=kind, name=name)
    # Where nothing is.
    make.make_city("Torrino", places["to"]).names.create(kind="current", name="Torrino")
    for name in ("torino", "cuneo"):
        places[name].names.create(kind="current", name=places[name].name_it)
    theme = make.make_theme("Beni comuni", name_en="Commons")
    network = make.make_network("Rete delle case", short_names=["RdC"])
    for city in (bolzano, reggio, places["torino"]):
        one = make.make_organization(
            f"Casa di {city.name_it}", city=city, themes=[theme], kind=make.make_kind("Comitato")
        )
        make.join(one, network)
    settle_now(connection.connection)


def said(query: str, path: str = "/it/organizzazioni/") -> dict[str, str]:
    """Facet → what is said where nothing was found."""
    html = Client().get(f"{path}?{query}").content.decode()
    return {
        name: " ".join(re.sub("<[^>]+>", "", text).split()) for name, text in MEANT.findall(html)
    }


NONE = "Nessuna voce con schede ha questo nel nome."


@pytest.mark.parametrize(
    ("facet", "sought", "meant"),
    [
        ("city", "Torinno", "Torino"),
        ("city", "tornio", "Torino"),
        ("city", "regio emilia", "Reggio nell&#x27;Emilia"),
        ("city", "reggioemila", "Reggio nell&#x27;Emilia"),
        ("city", "bozzen", "Bolzano"),
        ("region", "piemnote", "Piemonte"),
        ("theme", "beni comunni", "Beni comuni"),
        ("theme", "comons", "Beni comuni"),
        ("kind", "comittato", "Comitato"),
        ("network", "rete dele case", "Rete delle case"),
    ],
)
def test_a_misspelt_choice_is_put_right_with_a_link_that_finds_it(directory, facet, sought, meant):
    found = said(f"find_{facet}={sought}&sort=-updated&page=1")
    assert found == {facet: f"{NONE} Forse cercavi {meant}?"}
    html = Client().get(f"/it/organizzazioni/?find_{facet}={sought}&sort=-updated").content.decode()
    [link] = re.findall(rf'id="found-{facet}">.*?<a href="(\?[^"]*)" rel="nofollow">', html)
    there = Client().get(f"/it/organizzazioni/{unescape(link)}").content.decode()
    assert link.endswith(f"#facet-{facet}")
    assert "sort=-updated" in link
    assert f'id="found-{facet}"' not in there
    assert f'aria-describedby="found-{facet}"' in html


def test_in_the_pages_language(directory):
    said_in_english = said("find_theme=comons", "/en/organizations/")
    assert said_in_english == {
        "theme": "None with entries here has this in its name. Did you mean Commons?"
    }


@pytest.mark.parametrize(
    "query",
    [
        # Like nothing; spelt right, but nothing is there; like what has nothing here.
        "find_city=zzz",
        "find_city=torrino",
        "find_city=cunneo",
        "find_city=torinno&city=bolzano&q=bolzano",
        "find_city=bz",
    ],
)
def test_nothing_is_proposed_that_would_find_nothing(directory, query):
    assert said(query) == {"city": NONE}


def test_each_name_is_put_right_by_itself(directory):
    assert said("find_city=torinno&find_theme=comunni") == {
        "city": f"{NONE} Forse cercavi Torino?",
        "theme": f"{NONE} Forse cercavi Beni comuni?",
    }


def test_the_name_with_the_fewest_words_more_is_meant_then_that_with_the_most_entries(places):
    for name, number in (("Rivalta di Lecco", 3), ("Lecco", 1), ("Lecca", 2)):
        city = make.make_city(name, places["to"])
        city.names.create(kind="current", name=name)
        for copy in range(number):
            make.make_organization(f"Casa {name} {copy}", city=city)
    settle_now(connection.connection)
    assert said("find_city=leccco") == {"city": f"{NONE} Forse cercavi Lecco?"}
    assert said("find_city=lecci") == {"city": f"{NONE} Forse cercavi Lecca?"}


def test_past_the_bound_too(very_many):
    settle_now(connection.connection)
    asked = "q=orto&find_city=lece&find_theme=xx&find_region=yy&city=torino&city=lecce"
    assert queries(f"/it/organizzazioni/?{asked}") <= 8
    assert queries(f"/it/cerca/?{asked}") <= 8
    assert queries(f"/it/mappa/?{asked}") <= 8
    assert said("q=orto&find_city=lece") == {"city": f"{NONE} Forse cercavi Lecce?"}
    assert "lecce" not in choices("organization", "q=orto&find_city=lece", "city")


def test_the_map_and_the_search_put_it_right_too(directory):
    for path in ("/it/mappa/", "/it/cerca/", "/it/incorpora/"):
        assert said("find_city=torinno", path) == {"city": f"{NONE} Forse cercavi Torino?"}, path


def test_what_was_typed_is_never_markup(directory):
    html = Client().get('/it/organizzazioni/?find_city=torinno"><b>&q="><b>casa').content.decode()
    assert "<b>" not in html


def test_names_sought_are_looked_for_together_with_what_was_chosen(content):
    path = "/it/progetti/?theme=beni-comuni"
    usual = queries(path)
    for sought in ("find_city=torino", "find_city=torinno", "find_theme=comunni&find_network=x"):
        assert queries(f"{path}&{sought}") == usual
    assert queries("/it/progetti/?find_city=torinno") == queries("/it/progetti/") + 1


@pytest.mark.parametrize(
    ("word", "other", "steps"),
    [
        ("torino", "torino", 0),
        ("tornio", "torino", 1),
        ("lece", "lecce", 1),
        ("lce", "lecce", None),
        ("di", "dia", None),
        ("castelnuovo", "castlenovo", 2),
        ("torino", "trieste", None),
    ],
)
def test_a_word_may_have_been_meant_that_is_a_few_letters_away(word, other, steps):
    assert steps_between(word, other) == steps

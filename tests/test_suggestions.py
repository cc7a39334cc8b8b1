"""Suggestions while typing: what is offered, and a combobox that is worked by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from tests.builders import (
    make_city,
    make_network,
    make_organization,
    make_project,
    make_province,
    make_region,
    make_theme,
)
from tests.test_accessibility import AXE

pytestmark = pytest.mark.django_db


def offered(words: str, page: str = "/it/cerca/suggerimenti/") -> list[tuple[str, str, str]]:
    response = Client().get(page, {"q": words})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert not response.cookies
    return [(one["name"], one["kind"], one["address"]) for one in response.json()["suggestions"]]


@pytest.fixture
def directory() -> None:
    city = make_city("Torrebella", population=3000)
    city.names.create(kind="current", name="Torrebella")
    city.names.create(kind="former", name="Vecchiarocca")
    make_city("Torrevuota").names.create(kind="current", name="Torrevuota")
    theme = make_theme("Torri e mura", name_en="Towers")
    make_theme("Torrenti")
    make_organization("Torre civica", city=city, themes=[theme])
    make_organization("La torretta", former_names=["Bastione"])
    make_organization("Torre segreta", status="draft")
    make_network("Torri in rete")
    make_project("Co-Torre")


def test_names_cities_and_themes_are_offered_each_with_its_kind(directory):
    assert offered("torre") == [
        ("Torrebella", "Città", "/it/citta/torrebella/"),
        ("Torri e mura", "Tema", "/it/temi/torri-e-mura/"),
        ("Torre civica", "Organizzazione", "/it/organizzazioni/torre-civica/"),
        ("Co-Torre", "Progetto", "/it/progetti/co-torre/"),
        ("La torretta", "Organizzazione", "/it/organizzazioni/la-torretta/"),
        ("Torri in rete", "Rete", "/it/reti/torri-in-rete/"),
    ]
    assert offered("towers", "/en/search/suggestions/") == [
        ("Towers", "Theme", "/en/themes/torri-e-mura/")
    ]
    assert ("Torri in rete", "Rete", "/it/reti/torri-in-rete/") in offered("torri")
    assert offered("vecchiar") == [("Torrebella", "Città", "/it/citta/torrebella/")]
    assert offered("basti")[0][0] == "La torretta"
    assert offered("cotor")[0][0] == "Co-Torre"


def test_a_city_is_offered_by_any_word_of_its_name_and_what_begins_so_first():
    peopled = {"L'Aquila": 70_000, "Aquilonia": 1_500, "Villa Aquila": 90_000, "Cerro Maggiore": 1}
    for name, people in peopled.items():
        city = make_city(name, population=people)
        city.names.create(kind="current", name=name)
        make_organization(f"Casa di {people}", city=city)

    def cities(words: str) -> list[str]:
        return [name for name, kind, _address in offered(words) if kind == "Città"]

    assert cities("aquil") == ["L'Aquila", "Aquilonia", "Villa Aquila"]
    assert cities("laquila") == cities("L’Aq") == ["L'Aquila"]
    assert cities("maggiore") == cities("cerromag") == ["Cerro Maggiore"]
    assert cities("rom") == cities("uila") == []


def test_cities_of_one_name_are_told_apart_and_a_province_may_be_typed(client):
    for sigla in ("BG", "LE"):
        city = make_city("Castro", make_province(sigla), slug=f"castro-{sigla.lower()}")
        city.names.create(kind="current", name="Castro")
        make_organization(f"Casa {sigla}", city=city)
    both = [("Castro (BG)", "Città", "/it/citta/castro-bg/")]
    both.append(("Castro (LE)", "Città", "/it/citta/castro-le/"))
    assert sorted(offered("castr")) == both
    assert offered("castro le") == offered("Castro (LE)") == both[1:]
    page = client.get("/it/organizzazioni/?city=castro-le").content.decode()
    assert "Castro (BG)" in page
    assert "Castro (LE)" in page


@pytest.mark.parametrize("words", ["S. Giov", "s.giovanni rot", "san giov", "sangiov"])
def test_saints_may_be_shortened(words):
    city = make_city("San Giovanni Rotondo")
    city.names.create(kind="current", name=city.name_it)
    make_organization("Una", city=city)
    assert [name for name, _kind, _address in offered(words)] == ["San Giovanni Rotondo"]


@pytest.mark.parametrize("words", ["tosc", "Tuscany", "toskana", "Toscane"])
def test_a_region_with_entries_is_offered_in_many_languages(words):
    make_region("Emilia-Romagna", name_en="Emilia-Romagna")
    tuscany = make_region("Toscana", name_en="Tuscany")
    assert offered(words) == []
    make_organization("Una", city=make_city("Lucca", make_province("LU", tuscany)))
    assert offered(words) == [("Toscana", "Regione", "/it/regioni/toscana/")]
    assert offered("oscana") == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        *(("provincia di lucc", "Lucca"), ("in the province of Lucca", "Lucca")),
        *(("near lucc", "Lucca"), ("lucca e provincia", "Lucca"), ("regione tosc", "Toscana")),
    ],
)
def test_a_place_is_offered_whatever_is_said_of_it(words, name):
    tuscany = make_region("Toscana", name_en="Tuscany")
    lucca = make_city("Lucca", make_province("LU", tuscany))
    lucca.names.create(kind="current", name="Lucca")
    make_organization("Una", city=lucca)
    assert [one for one, _kind, _address in offered(words)] == [name]
    assert offered("provincia di") == offered("regione") == []


def test_what_is_called_so_comes_before_what_only_has_a_word_that_begins_so():
    emilia = make_region("Emilia-Romagna")
    for name, province in (("Roma", None), ("Bologna", make_province("BO", emilia))):
        city = make_city(name, province)
        city.names.create(kind="current", name=name)
        make_organization(f"Casa {name}", city=city)
    assert [name for name, _kind, _address in offered("roma")][:2] == ["Roma", "Emilia-Romagna"]
    assert [name for name, _kind, _address in offered("emilia")] == ["Emilia-Romagna"]


def test_entries_of_one_name_are_told_apart_by_their_cities():
    for name, english in (("Napoli", "Naples"), ("Bra", "")):
        make_organization("Coro del mattino", city=make_city(name, name_en=english))
    make_organization("Coro del mattino")
    make_organization("Coro della sera", city=make_city("Asti"))
    assert sorted(name for name, _kind, _address in offered("coro")) == [
        "Coro del mattino",
        "Coro del mattino (Bra)",
        "Coro del mattino (Napoli)",
        "Coro della sera",
    ]
    in_english = offered("coro", "/en/search/suggestions/")
    assert "Coro del mattino (Naples)" in [name for name, _kind, _address in in_english]
    with CaptureQueriesContext(connection) as captured:
        offered("coro")
    assert len(captured) <= 8


@pytest.mark.parametrize(
    "words", ["", "t", "torrev", "torrent", "segreta", "%", "'", "\x00", "x" * 300]
)
def test_nothing_is_offered_without_results_or_words(directory, words):
    assert offered(words) == []


def test_suggestions_are_few_and_cheap(directory):
    for number in range(30):
        make_organization(f"Torre {number:02}")
    offered("torre")
    with CaptureQueriesContext(connection) as captured:
        assert len(offered("torre")) <= 12
    assert len(captured) <= 8


# ------------------------------------------------------------------ in a browser
@pytest.mark.browser
@pytest.mark.parametrize("address", ["/it/", "/it/organizzazioni/"])
def test_the_field_is_a_combobox(site: Any, directory, address):
    page = site.page
    page.set_viewport_size({"width": 390, "height": 800})
    site.open(address)
    field = page.locator("input[role=combobox]")
    options = page.locator("li[role=option]:visible")
    assert field.get_attribute("aria-expanded") == "false"

    field.fill("torre")
    options.first.wait_for()
    assert options.all_inner_texts()[0].split() == ["Torrebella", "Città"]
    assert field.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("listbox").get_attribute("id") == field.get_attribute("aria-controls")
    expect(page.locator("[aria-live=polite]", has_text="6 suggerimenti")).to_have_count(1)
    assert all(box["height"] >= 24 for box in (one.bounding_box() for one in options.all()))
    page.evaluate(AXE)
    found = page.evaluate("axe.run('.combobox')")
    assert [one["id"] for one in found["violations"]] == []

    # Arrows go round, over the text itself; the field keeps the focus and the words.
    field.press("ArrowDown")
    assert chosen(page) == "Torrebella"
    field.press("ArrowUp")
    assert chosen(page) == ""
    field.press("ArrowUp")
    assert chosen(page) == "Torri in rete"
    field.press("ArrowDown")
    field.press("ArrowDown")
    assert chosen(page) == "Torrebella"
    assert field.input_value() == "torre"
    # More is typed: what was chosen before is chosen no more.
    field.press("t")
    assert chosen(page) == ""
    field.press("Backspace")
    expect(options).to_have_count(6)
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.get_attribute("aria-activedescendant") is None
    assert field.input_value() == "torre"
    field.press("ArrowDown")
    options.first.wait_for()
    field.press("Tab")
    expect(options).to_have_count(0)

    field.focus()
    field.press("ArrowDown")
    options.first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/it/citta/torrebella/")
    site.assert_no_complaint()


@pytest.mark.browser
def test_words_are_searched_all_the_same(site: Any, directory):
    page = site.page
    site.open("/it/")
    page.locator("input[role=combobox]").fill("torre")
    page.locator("li[role=option]:visible").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/it/cerca/?q=torre")
    page.locator("input[role=combobox]").fill("torret")
    page.locator("li[role=option]:visible").filter(has_text="La torretta").click()
    page.wait_for_url("**/it/organizzazioni/la-torretta/")
    site.assert_no_complaint()


def chosen(page: Any) -> str:
    """The name of the option that the field says is the active one."""
    active = page.locator("input[role=combobox]").get_attribute("aria-activedescendant")
    marked = page.locator("[role=option][aria-selected=true]")
    assert marked.count() == bool(active)
    if not active:
        return ""
    assert marked.get_attribute("id") == active
    return str(marked.locator(".combobox-name").inner_text())

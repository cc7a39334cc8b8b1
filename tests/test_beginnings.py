"""What is only begun is asked for as all that begins so: it finds what the beginning finds."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory import lexemes
from directory.search import Words
from tests.builders import make_city, make_network, make_organization
from tests.conftest import settle_now
from tests.test_index import rows, rows_written
from tests.test_search import found

pytestmark = pytest.mark.django_db

COLUMNS = ("names", "summary_it", "summary_en", "words")
# Each beginning of each word of any document in which it is searched as a beginning and as whole
# words: what only one of both finds.
OTHERWISE_FOUND = """
WITH beginning AS MATERIALIZED (
    SELECT DISTINCT left(lexeme, size) AS said
    FROM public.directory_document, unnest(tsvector_to_array(words)) AS lexeme,
        generate_series(1, least(length(lexeme), 24)) AS size
), asked AS MATERIALIZED (
    SELECT said, query, public.civicnet_whole_lexemes(query) AS whole
    FROM beginning, LATERAL (
        SELECT (quote_literal(replace(said, '\\', '\\\\')) || ':*')::tsquery) AS told (query)
    WHERE said !~ '\\\\'
)
SELECT said, entry_id FROM asked, public.directory_document
WHERE ({column} @@ query) IS DISTINCT FROM ({column} @@ whole)
"""


def known() -> list[tuple[int, str]]:
    return rows("SELECT covered, lexeme FROM public.directory_lexeme ORDER BY 1, 2")


def told() -> list[tuple[int, str]]:
    """What ought to be known."""
    every = lexemes.OF_MANY.format(table="directory_document", which="true")
    return rows(f"SELECT covered, lexeme FROM ({every}) AS each (covered, lexeme) ORDER BY 1, 2")


@pytest.fixture
def many_names() -> None:
    make_organization("Co.M.E.S. onlus", summary_it="Il Comeso, la comesonlusa.")
    make_organization("Co-City", name_en="Cocity", other_names=["L'asilo d'oro", "Città"])
    make_organization("Associazione culturale", summary_it="Associazioneculturale.")
    make_organization("Associazione", summary_en="Associated cultures")
    make_organization("Ass", description_it="Associazioni di culture: assai.")
    make_network("Asso di cuori", status="draft")


@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_begun_is_found_by_whole_words(content, many_names, column):
    settle_now(connection.connection)
    assert rows("SELECT count(*) FROM public.directory_document")[0][0] > 30
    assert rows(OTHERWISE_FOUND.format(column=column)) == []


def test_a_new_word_is_found_by_its_beginning_at_once():
    one = make_organization("Bottega", summary_it="Xilografie antiche.")
    assert found("xilogr") == ["Bottega"]
    one.summary_it = "Xilofoni antichi."
    one.save()
    assert found("xilogr") == []
    assert found("xilof") == ["Bottega"]


def test_a_name_is_found_by_its_beginning_without_its_spaces():
    make_organization("Casa del Sole", other_names=["L'asilo d'oro"])
    assert found("casadels") == found("lasilodo") == found("casadelsole") == ["Casa del Sole"]


def test_what_words_begin_is_kept_and_written_anew_alike(content, many_names):
    settle_now(connection.connection)
    assert known() == told()
    rows_written("DELETE FROM public.directory_lexeme WHERE lexeme > 'c'")
    rows_written("INSERT INTO public.directory_lexeme VALUES (0, 'nobodysword')")
    call_command("rebuild_index", verbosity=0, stdout=io.StringIO())
    assert known() == told()


def test_what_begins_too_many_words_is_found_all_the_same():
    several = " ".join(f"zuppa{letter}{other}" for letter in "abcdefghil" for other in "mnopqrs")
    make_organization("Cucina", description_it=several)
    make_organization("Zuppa e zucca")
    settle_now(connection.connection)
    for begun, is_gathered in (("zuppa", True), ("zuppab", False), ("zucc", False)):
        words = Words(begun)
        words.spell()
        assert words.gathers == is_gathered
    assert found("zuppa") == ["Zuppa e zucca", "Cucina"]
    assert found("zuppab") == ["Cucina"]


@pytest.mark.parametrize("words", ["orto", "zuppa", "orti urbani", '"un orto"', "orto -scuola"])
def test_a_search_asks_for_its_words_once(content, words):
    make_organization("Orto", description_it="Un orto urbano con la zuppa.")
    with CaptureQueriesContext(connection) as captured:
        assert Client().get("/it/organizzazioni/", {"q": words}).status_code == 200
    asked = [one["sql"] for one in captured if "civicnet_query(" in one["sql"]]
    assert len(asked) == 1


@pytest.mark.parametrize("most", [2, 7, 8, 40])
def test_with_a_filter_the_first_samples_suffice_or_all_are_looked_at(monkeypatch, most):
    """What is found is the same either way, and so is whether there is more than is counted."""
    monkeypatch.setattr("directory.search.MOST_MATCHES", most)
    monkeypatch.setattr("directory.search.FEW_ENTRIES", 0)
    city = make_city("Torino")
    names = [f"Lavatoio {letter}" for letter in "abcdefgh"]
    for name in names:
        make_organization(name, city=city)
        make_organization(f"{name} altrove")
    assert found("lavatoi", "/it/organizzazioni/", city=city.slug) == names[:most]
    page = Client().get("/it/organizzazioni/", {"q": "lavatoi", "city": city.slug})
    listing = page.context["listing"]
    assert (listing.total, listing.is_counted) == (min(most, 8), most >= 8)

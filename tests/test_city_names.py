"""What a city is called in other languages, and that each name says which language it is in."""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS

from exports import vocabularies
from exports.identities import uri
from exports.rdf import turtle, turtle_head
from places.models import City, CityName
from tests import builders as make
from tests.api_client import got
from tests.conftest import settle_now

pytestmark = pytest.mark.django_db

OTHER = Path(__file__).resolve().parent.parent / "fixtures" / "places" / "other_names.csv"


def city(slug: str) -> City:
    return City.objects.get(slug=slug)


def test_every_name_that_comes_with_the_territory_has_its_language(content):
    with OTHER.open(encoding="utf-8", newline="") as file:
        lines = [(one["istat_code"], one["name"], one["language"]) for one in csv.DictReader(file)]
    columns = ("city__istat_code", "name", "language")
    assert {"fr", "de", "en", "sl", "lld"} == {language for _code, _name, language in lines}
    assert {*lines} <= {*CityName.objects.values_list(*columns)}
    # What says two languages at once has none.
    assert {*CityName.objects.filter(language="").values_list("kind", flat=True)} == {"full"}


@pytest.mark.parametrize(
    ("slug", "names"),
    [
        ("aosta", [("fr", "Aoste")]),
        ("bolzano", [("de", "Bozen")]),
        ("ortisei", [("de", "St. Ulrich"), ("lld", "Urtijëi")]),
        ("trieste", [("sl", "Trst")]),
        ("torino", []),
    ],
)
def test_a_citys_page_shows_what_it_is_called_there_each_name_in_its_language(
    client, content, slug, names
):
    marked = "".join(
        f' <span class="local-name" lang="{language}">{name}</span>' for language, name in names
    )
    for path in (f"/it/citta/{slug}/", f"/en/cities/{slug}/"):
        html = client.get(path).content.decode()
        assert f"</span>{marked}</h1>" in html


@pytest.mark.parametrize("words", ["aoste", "Venise", "Gênes", "Urtijei"])
def test_a_city_is_found_by_what_it_is_called_elsewhere(client, content, words):
    there = {"aoste": "aosta", "Venise": "venezia", "Gênes": "genova", "Urtijei": "ortisei"}[words]
    make.make_organization("Casa lontana", city=city(there))
    settle_now(connection.connection)
    assert "Casa lontana" in client.get(f"/it/organizzazioni/?q={words}").content.decode()
    found = client.get(f"/it/organizzazioni/?find_city={words}").content.decode()
    assert f'id="city-{there}"' in found


def test_programs_read_each_name_with_its_language(content):
    names = got("/cities/aosta/")["names"]
    assert {"name": "Aoste", "language": "fr", "kind": "local"} in names
    assert {"name": "Aosta", "language": "it", "kind": "current"} in names


def test_linked_data_marks_each_name_with_its_language(content):
    with connection.cursor() as cursor:
        cursor.execute(vocabularies.CITIES)
        rows = {row[0]: row for row in cursor}
    for slug, names in (
        ("aosta", {Literal("Aoste", "fr")}),
        ("livorno", {Literal("Leghorn", "en"), Literal("Livourne", "fr")}),
        # Its English name is a label already.
        ("torino", set()),
    ):
        found = Graph().parse(data=turtle_head() + turtle(vocabularies.city(rows[slug])))
        assert set(found.objects(URIRef(uri("city", slug)), SKOS.altLabel)) == names


def test_names_that_were_stored_without_a_language_get_it(content):
    aoste = CityName.objects.get(name="Aoste", kind="local")
    CityName.objects.filter(pk=aoste.pk).update(language="")
    by_staff = make.make_city("Paese").names.create(name="Paìs", kind="common", by_staff=True)
    full = CityName.objects.filter(kind="full").first()
    settle_now(connection.connection)
    migration: Any = import_module("places.migrations.0005_names_are_french")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(migration.FRENCH)
        cursor.execute("SELECT count(*) FROM directory_touched")
        assert cursor.fetchone() == (0,)
    for name, language in ((aoste, "fr"), (by_staff, ""), (full, "")):
        name.refresh_from_db()
        assert name.language == language

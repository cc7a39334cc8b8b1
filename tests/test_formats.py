"""``format=``: the whole of what a listing shows, as files and feeds."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from directory.registry import formats, kinds
from exports import lines
from exports import result as results
from exports.columns import columns_of
from tests import builders as make
from tests.files import LISTS, ORGS, body, entries, features, read, sheet, table

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ the same everywhere
def test_a_word_keeps_its_order_of_relevance(client):
    make.make_organization("Zeta mulino")
    make.make_organization("Altro", summary_it="Un mulino")
    assert [row["slug"] for row in table(client, q="mulino")] == ["zeta-mulino", "altro"]


# ------------------------------------------------------------------ what is in them
@pytest.fixture
def full() -> Any:
    """An organization with something in every place."""
    city = make.make_city("Torino", make.make_province("TO"))
    owner = make.make_organization("Fondazione")
    one = make.make_organization(
        "L'asilo",
        name_en="The nursery",
        summary_it="Bene comune",
        description_en="A place",
        city=city,
        kind=make.make_kind("Associazione"),
        themes=[make.make_theme("Orti")],
        founded="2012-03",
        parent=owner,
        email="chiunque@example.org",
        email_public=True,
        telephone="+39 011 000000",
        telephone_public=False,
        address="Via Dentro 1",
        address_public=False,
        other_names=["Ex asilo", "Filangieri"],
    )
    one.web_addresses.create(url="https://example.org/", kind="website")
    network, draft = make.make_network("Rete"), make.make_network("Segreta", status="draft")
    make.join(one, network, since="2015")
    make.join(one, draft)
    make.take_part(make.make_project("Co-City"), one, "Promotore")
    make.take_part(make.make_project("Nascosto", status="draft"), one)
    return one


@pytest.mark.parametrize("many", [10**6, 0], ids=["one by one", "at once"])
def test_a_record_has_both_languages_and_ties_by_slug(client, full, monkeypatch, many):
    monkeypatch.setattr(results, "MANY", many)
    (one,) = [row for row in entries(client) if row["slug"] == "l-asilo"]
    assert one["name_it"] == "L'asilo"
    assert one["name_en"] == "The nursery"
    assert (one["summary_it"], one["summary_en"]) == ("Bene comune", "")
    assert one["url_it"].endswith("/it/organizzazioni/l-asilo/")
    assert one["url_en"].endswith("/en/organizations/l-asilo/")
    assert (one["city"], one["province"], one["region"]) == ("torino", "TO", "piemonte")
    assert (one["latitude"], one["longitude"]) == (45.0, 9.0)
    assert one["themes"] == ["orti"]
    assert one["kind"] == "associazione"
    assert one["founded"] == "2012-03"
    assert one["part_of"] == "fondazione"
    assert [tie["network"] for tie in one["networks"]] == ["rete"]
    assert one["networks"][0]["since"] == "2015"
    assert [tie["project"] for tie in one["projects"]] == ["co-city"]
    assert one["projects"][0]["roles"] == ["promotore"]
    assert one["email"] == "chiunque@example.org"
    assert one["web_addresses"][0]["url"] == "https://example.org/"
    (row,) = [row for row in table(client) if row["slug"] == "l-asilo"]
    assert row["other_names"] == "Ex asilo; Filangieri"
    assert row["networks"] == "rete (aderente)"
    assert row["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert row["attribution"] == "civicnet; http://127.0.0.1:8000; Istat; GeoNames"
    assert set(row) - {"licence", "attribution"} == {
        column.name for column in columns_of("organization")
    }


@pytest.mark.parametrize("form", ["csv", "json", "geojson", "atom"])
def test_nothing_internal_and_no_draft_is_in_a_file(client, full, form):
    make.make_organization("Bozza segreta", status="draft")
    make.make_organization("Archivio segreto", status="archived")
    said = body(read(client, ORGS, form)).decode()
    assert "asilo" in said
    for hidden in ("segret", "Nascosto", "nascosto", "000000", "Via Dentro"):
        assert hidden not in said, hidden


def test_a_kind_s_columns_are_the_same_in_every_format(client, full):
    names = [column.name for column in columns_of("organization")]
    assert [*table(client)[0]] == [*names, "licence", "attribution"]
    assert [*entries(client)[0]] == names
    assert [*features(client)[0]["properties"]] == names
    assert [*sheet(read(client, ORGS, "xlsx"))[0]] == names


def test_a_search_over_all_kinds_has_what_they_share(client, full):
    (row, *_others) = table(client, LISTS["all"])
    shared = set.intersection(*({one.name for one in columns_of(kind)} for kind in kinds))
    assert set(row) == {*shared, "licence", "attribution"}
    assert {"type", "slug", "name_it", "themes", "places"} <= shared


def test_files_say_their_source_and_licence(client, full, settings):
    settings.PUBLISHER = "Comune di prova"
    for form in ("json", "geojson"):
        said = json.loads(body(read(client, ORGS, form)))
        assert said["licence"] == "CC BY 4.0"
        assert said["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
        assert said["publisher"] == "Comune di prova"
        assert "Istat" in said["territory"]
    book = load_workbook(io.BytesIO(body(read(client, ORGS, "xlsx"))))
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["licence"] == "CC BY 4.0"
    feed = feedparser.parse(body(read(client, ORGS, "atom")))
    assert feed.feed.rights.startswith("CC BY 4.0")


def test_a_place_without_a_seat_has_no_geometry(client, full):
    placed = {one["id"]: one["geometry"] for one in features(client)}
    assert placed["organization/l-asilo"] == {"type": "Point", "coordinates": [9.0, 45.0]}
    assert placed["organization/fondazione"] is None


def test_a_network_is_where_its_first_city_is(client):
    make.make_network("Rete", places=[make.make_region(), make.make_city("Torino")])
    (one,) = features(client, LISTS["network"])
    assert one["geometry"]["coordinates"] == [9.0, 45.0]


# ------------------------------------------------------------------ spreadsheets
FORMULA = '=HYPERLINK("http://example.org")'


def test_no_cell_is_a_formula_unless_it_is_asked_for(client):
    make.make_organization("Una", summary_it=FORMULA, other_names=["+1", "@x"])
    make.make_organization("-Meno")
    for number, sign in enumerate("\t\r\n＝＋－＠"):
        make.make_organization(f"Altra {number}", summary_it=f"{sign}1")
    rows = {row["slug"]: row for row in table(client)}
    assert rows["una"]["summary_it"] == "'" + FORMULA
    assert rows["una"]["other_names"] == "'+1; @x"
    assert rows["meno"]["name_it"] == "'-Meno"
    assert {rows[f"altra-{number}"]["summary_it"][0] for number in range(7)} == {"'"}
    raw = {row["slug"]: row for row in table(client, raw="1")}
    assert raw["una"]["summary_it"] == FORMULA
    assert raw["meno"]["name_it"] == "-Meno"
    for asked in ({}, {"raw": "1"}):
        book = load_workbook(io.BytesIO(body(read(client, ORGS, "xlsx", **asked))))
        kinds_of_cell = {cell.data_type for row in book["entries"].iter_rows() for cell in row}
        assert "f" not in kinds_of_cell
    (one,) = [row for row in entries(client) if row["slug"] == "una"]
    assert one["summary_it"] == FORMULA


def test_a_csv_keeps_quotes_lines_and_signs(client):
    text = 'Due "righe"\r\ne, una virgola; è così: 🌍'
    make.make_organization("Una", summary_it="x", description_it=text)
    assert table(client)[0]["description_it"].replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_a_long_table_is_refused_as_xlsx_with_another_way(client, monkeypatch):
    make.make_organization("Una")
    make.make_organization("Due")
    page = client.get(ORGS).content.decode()
    assert "format=xlsx" in page
    monkeypatch.setattr("exports.formats.MOST_ROWS", 1)
    refused = client.get(f"{ORGS}?format=xlsx")
    assert refused.status_code == 400
    assert "format=csv" in refused.content.decode()


# ------------------------------------------------------------------ how they are asked and answered
def test_a_file_is_named_for_its_kind_day_and_filters(client):
    make.make_organization("Una", city=make.make_city("Torino"))
    day = datetime.date.today().isoformat()
    for form in ("csv", "xlsx", "json", "geojson"):
        response = client.get(f"{ORGS}?city=torino&sort=name&format={form}")
        assert (
            response["Content-Disposition"]
            == f'attachment; filename="civicnet-organizations-{day}-city-torino.{form}"'
        )
        body(response)
    assert "Content-Disposition" not in client.get(f"{ORGS}?format=atom")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("format=pdf", "csv, xlsx, json, geojson, atom"),
        ("format=csv&city=atlantide", "atlantide"),
        ("format=json&year=99999", "99999"),
        ("format=atom&region=%00", "Regione"),
        ("format=%00", "csv"),
    ],
)
def test_what_cannot_be_is_one_plain_sentence(client, asked, said):
    refused = client.get(f"{LISTS['project']}?{asked}")
    assert refused.status_code == 400
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    assert said in refused.content.decode()
    assert "<" not in refused.content.decode()


def test_an_unknown_parameter_is_ignored_and_a_page_too(client):
    make.make_organization("Una")
    assert len(table(client, nonsense="1", page="9")) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "geojson", "atom"])
def test_an_empty_result_is_a_whole_file(client, form):
    response = read(client, ORGS, form, q="nessuno")
    said = body(response)
    if form == "csv":
        assert said.decode().count("\n") == 1
    elif form == "xlsx":
        load_workbook(io.BytesIO(said))
    elif form == "atom":
        assert not feedparser.parse(said).bozo
    else:
        json.loads(said)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "geojson", "atom"])
def test_head_says_the_same_without_a_body(client, form):
    make.make_organization("Una")
    asked, told = client.get(f"{ORGS}?format={form}"), client.head(f"{ORGS}?format={form}")
    body(asked)
    assert told.status_code == 200
    assert body(told) == b""
    for name in ("Content-Type", "Content-Disposition", "X-Robots-Tag", "ETag"):
        assert told.get(name) == asked.get(name), name
    assert asked["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in asked


def test_a_feed_has_the_latest_first_with_their_dates(client):
    for number in range(52):
        make.make_organization(f"Numero {number:02}", summary_it=f"Riassunto {number}")
    feed = feedparser.parse(body(read(client, "/en/organizations/", "atom")))
    assert not feed.bozo
    assert len(feed.entries) == 50
    changed = [entry.updated_parsed for entry in feed.entries]
    assert changed == sorted(changed, reverse=True)
    assert feed.feed.language == "en"
    assert {link.rel for link in feed.feed.links} == {"self", "alternate"}
    assert all(entry.id == entry.link for entry in feed.entries)


def test_a_listing_offers_its_files_with_its_filters_and_announces_its_feed(client):
    make.make_organization("Una", city=make.make_city("Torino"))
    page = client.get(f"{ORGS}?city=torino&page=1").content.decode()
    for form in formats:
        if formats[form].only in (None, "organization"):
            assert f'href="{ORGS}?city=torino&amp;format={form}"' in page, form
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert "format=" not in client.get(f"{ORGS}?city=atlantide").content.decode()


# ------------------------------------------------------------------ connections of their own
def test_readers_beyond_the_pool_are_told_to_come_back(settings, transactional_db, small_pool):
    make.make_organization("Una")
    client = Client()
    slow = client.get(f"{ORGS}?format=csv")
    assert slow.status_code == 200
    busy = client.get(f"{ORGS}?format=json")
    assert busy.status_code == 503
    assert busy["Retry-After"] == "30"
    assert "mezzo minuto" in busy.content.decode()
    assert client.get("/directory.ttl").status_code == 503
    # The pages are as they were.
    assert client.get(ORGS).status_code == 200
    assert b"una" in body(slow)
    assert client.get(f"{ORGS}?format=json").status_code == 200


def test_a_reader_who_goes_away_gives_the_connection_back(transactional_db, small_pool):
    for number in range(30):
        make.make_organization(f"Una {number}", summary_it="x", description_it="x" * 20_000)
    client = Client()
    for form in ("csv", "json", "geojson"):
        gone = client.get(f"{ORGS}?format={form}")
        next(iter(gone.streaming_content))
        gone.close()
    assert body(client.get(f"{ORGS}?format=csv"))


def test_a_file_is_whole_after_the_database_was_started_again(
    transactional_db, small_pool, monkeypatch
):
    monkeypatch.setattr(lines, "WAIT", 5)
    make.make_organization("Una")
    client = Client()
    whole = body(client.get(f"{ORGS}?format=csv"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        assert (True,) in cursor.fetchall()
    assert body(client.get(f"{ORGS}?format=csv")) == whole


@pytest.fixture
def small_pool(monkeypatch, settings):
    settings.EXPORT_POOL_SIZE = 1
    monkeypatch.setattr(lines, "WAIT", 0.05)


def test_a_file_that_is_there_already_is_not_made_again(settings, transactional_db):
    settings.PAGE_CACHE_MB = 8
    make.make_organization("Una")
    client = Client()
    first = client.get(f"{ORGS}?format=csv")
    body(first)
    again = client.get(f"{ORGS}?format=csv", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    make.make_organization("Due")
    assert body(client.get(f"{ORGS}?format=json", headers={"If-None-Match": first["ETag"]}))
    later = client.get(f"{ORGS}?format=csv", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert b"due" in body(later)
    whole = client.get("/directory.ttl")
    assert b"organization/due" in body(whole)
    known = {"If-None-Match": whole["ETag"]}
    assert client.get("/directory.ttl", headers=known).status_code == 304
    assert client.get("/directory.jsonld", headers=known).status_code == 200

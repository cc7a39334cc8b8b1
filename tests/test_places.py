"""The territory: loaded whole and again, held together by the database, looked up by staff."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from directory.finding import Seeking, statement_of
from places.languages import fallback_order, other, translated
from places.loading import LoadReport, load_places
from places.matching import match_city
from places.models import City, CityName, Province, Region
from places.slugs import slug_of
from tests.builders import make_editor

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "places"
ROWS = 20 + 110 + 7894 + 8673


@pytest.fixture(scope="module", autouse=True)
def first_report(django_db_setup: None, django_db_blocker: Any) -> Iterator[LoadReport]:
    with django_db_blocker.unblock(), transaction.atomic():
        report = load_places(FIXTURES)
        # Now, and not again after every test.
        connection.check_constraints()
        yield report
        transaction.set_rollback(True)


def city(slug: str) -> City:
    return City.objects.get(slug=slug)


# ------------------------------------------------------------------ loading
def test_the_whole_territory_is_loaded(first_report):
    assert first_report == LoadReport(created=ROWS)
    counts = [model.objects.count() for model in (Region, Province, City, CityName)]
    assert counts == [20, 110, 7894, 8673]


def test_loading_again_changes_nothing():
    with CaptureQueriesContext(connection) as queries, translation.override("en"):
        assert load_places(FIXTURES) == LoadReport(left=ROWS)
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("reggio-nell-emilia", "Reggio nell'Emilia (RE)"),
        ("l-aquila", "L'Aquila (AQ)"),
        ("castro-bg", "Castro (BG)"),
        ("castro-le", "Castro (LE)"),
        ("paterno-ct", "Paternò (CT)"),
        ("paterno-pz", "Paterno (PZ)"),
        ("treville", "Treville (AL)"),
        ("tre-ville", "Tre Ville (TN)"),
        ("san-teodoro-ot", "San Teodoro (OT)"),
    ],
)
def test_cities_have_the_addresses_of_the_contract(slug, name):
    assert str(city(slug)) == name


def test_regions_and_provinces_have_short_names_and_keep_the_local_one():
    assert [
        (region.slug, region.name_it, region.name_en, region.local_name)
        for region in Region.objects.exclude(local_name="").by_name("it")
    ] == [
        (
            "trentino-alto-adige",
            "Trentino-Alto Adige",
            "Trentino-Alto Adige/South Tyrol",
            "Südtirol",
        ),
        ("valle-d-aosta", "Valle d'Aosta", "Aosta Valley", "Vallée d'Aoste"),
    ]
    turin, bolzano = (Province.objects.get(sigla=sigla) for sigla in ("TO", "BZ"))
    assert (turin.name_it, turin.name_en) == ("Torino", "Turin")
    assert (bolzano.name_it, bolzano.local_name) == ("Bolzano", "Bozen")
    languages = Region.objects.exclude(local_name="").by_name("it").values_list("local_language")
    assert [*languages] == [("de",), ("fr",)]
    assert (bolzano.local_language, turin.local_language) == ("de", "")


@pytest.mark.parametrize("model", [Region, Province])
def test_a_local_name_of_a_wider_place_has_a_language_too(model):
    for wrong in ({"local_name": "Bozen"}, {"local_language": "de"}):
        place = model.objects.filter(local_name="").first()
        for name, value in wrong.items():
            setattr(place, name, value)
        with pytest.raises(IntegrityError, match="local_name_has_language"), transaction.atomic():
            place.save()


@pytest.mark.parametrize(
    ("facet", "sought", "value"),
    [
        ("region", "sudtirol", "trentino-alto-adige"),
        ("region", "Südtirol", "trentino-alto-adige"),
        ("region", "Trentino-Südtirol", "trentino-alto-adige"),
        ("region", "vallee d'aosta", "valle-d-aosta"),
        ("region", "vallée d’aoste", "valle-d-aosta"),
        ("region", "sardigna", "sardegna"),
        ("province", "bozen", "BZ"),
        ("province", "gorica", "GO"),
        ("province", "aoste", "AO"),
    ],
)
def test_a_wider_place_is_found_by_its_names_in_other_languages(facet, sought, value):
    rows = {"region": (Region, "slug"), "province": (Province, "sigla")}
    model, key = rows[facet]
    seeking = Seeking(facet, model.objects.all(), key, sought)
    sql, given = statement_of([seeking], [])
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for row in cursor:
            seeking.rows[row[0]].append(row)
    assert [row.value for row in seeking.found] == [value]


def test_the_page_of_a_region_says_which_language_its_other_name_is_in(client):
    html = client.get("/it/regioni/trentino-alto-adige/").content.decode()
    assert '<span class="local-name" lang="de">Südtirol</span>' in html
    assert "local-name" not in client.get("/it/regioni/piemonte/").content.decode()


def test_a_city_keeps_every_name_and_code_it_has_or_had():
    assert city("bolzano").local_language == "de"
    assert city("duino-aurisina").local_language == "sl"
    assert city("san-giovanni-di-fassa").local_language == "lld"
    muravera = city("muravera")
    assert (muravera.sigla, muravera.former_sigla) == ("CA", "SU")
    then = muravera.names.get(kind="former")
    assert (then.name, then.istat_code, then.sigla) == ("Muravera", "111042", "SU")


def test_the_untranslated_column_holds_the_italian_name():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM places_city WHERE name IS DISTINCT FROM name_it")
        assert cursor.fetchone() == (0,)


Change = Callable[[list[dict[str, str]]], None]


@pytest.fixture
def load_changed(tmp_path: Path) -> Callable[[Change], LoadReport]:
    """Load the fixtures with the rows of ``comuni.csv`` changed by a function."""

    def load(change: Change) -> LoadReport:
        folder = shutil.copytree(FIXTURES, tmp_path / "places", dirs_exist_ok=True)
        with (folder / "comuni.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        columns = list(lines[0])
        change(lines)
        with (folder / "comuni.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(lines)
        return load_places(folder)

    return load


def named(lines: list[dict[str, str]], name: str) -> dict[str, str]:
    return next(line for line in lines if line["name"] == name)


def test_a_renamed_and_renumbered_city_stays_the_same_row_at_the_same_address(load_changed):
    before = city("aglie")

    def rename(lines):
        named(lines, "Agliè").update(name="Agliè Canavese", name_full="Agliè Canavese")
        named(lines, "Agliè Canavese")["istat_code"] = "001999"

    report = load_changed(rename)
    after = City.objects.get(istat_code="001999")
    assert (after.pk, after.slug, after.name_it) == (before.pk, "aglie", "Agliè Canavese")
    # The city, its new name and its former code are new; its old name goes.
    assert (report.updated, report.created, report.removed) == (1, 2, 1)


def test_a_city_that_the_list_no_longer_has_stays_and_is_reported(load_changed):
    report = load_changed(lambda lines: lines.remove(named(lines, "Airasca")))
    assert report.gone == ("Airasca (TO)",)
    assert city("airasca")
    assert match_city("Airasca") is None


def test_cities_that_swap_their_names_keep_their_addresses(load_changed):
    def swap(lines):
        one, another = named(lines, "Agliè"), named(lines, "Airasca")
        one["name"], another["name"] = another["name"], one["name"]

    load_changed(swap)
    assert (str(city("aglie")), str(city("airasca"))) == ("Airasca (TO)", "Agliè (TO)")


@pytest.mark.parametrize("name_of_the_old_one", ["Torino", "Augusta Taurinorum"])
def test_a_new_city_does_not_take_the_address_of_another(load_changed, name_of_the_old_one):
    def add(lines):
        new = named(lines, "Airasca") | {
            **{"name": "Torino", "name_full": "Torino", "istat_code": "002999"},
            **{"catasto_code": "Z999", "province_code": "002", "province_sigla": "VC"},
        }
        named(lines, "Torino")["name"] = name_of_the_old_one
        lines.append(new)

    load_changed(add)
    assert str(city("torino")) == f"{name_of_the_old_one} (TO)"
    assert str(city("torino-vc")) == "Torino (VC)"


def test_names_that_staff_added_survive_and_follow_the_rules_of_the_day():
    name = city("torino").names.create(name="La Mole", kind="common", by_staff=True)
    CityName.objects.filter(pk=name.pk).update(key="outdated", loose_key="outdated")
    assert load_places(FIXTURES).removed == 0
    assert str(match_city("LA MOLE")) == "Torino (TO)"


def test_a_name_that_the_files_no_longer_have_goes():
    city("torino").names.create(name="Augusta Taurinorum", kind="former", by_staff=False)
    assert load_places(FIXTURES).removed == 1
    assert match_city("Augusta Taurinorum") is None


# ------------------------------------------------------------------ what the database checks
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"istat_code": "1272"}, "istat_code_digits"),
        ({"istat_code": "00127A"}, "istat_code_digits"),
        ({"slug": "Torino"}, "slug_ascii"),
        ({"slug": "torinò"}, "slug_ascii"),
        ({"slug": "torino-"}, "slug_ascii"),
        ({"slug": "milano"}, "places_city_slug_key"),
        ({"name_it": ""}, "has_italian_name"),
        ({"name_it": None}, "has_italian_name"),
        ({"latitude": 7.7, "longitude": 45.1}, "in_italy"),
        ({"former_sigla": "su"}, "siglas_letters"),
        ({"catasto_code": "219L"}, "catasto_format"),
        ({"local_name": "Turin"}, "local_name_has_language"),
        ({"local_language": "de"}, "local_name_has_language"),
    ],
)
def test_the_database_refuses_a_city_that_cannot_be(values, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        City.objects.filter(slug="torino").update(**values)


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Region, {"istat_code": "1"}, "istat_code_digits"),
        (Region, {"macro_area": "middle"}, "macro_area_known"),
        (Region, {"slug": "piemonte!"}, "slug_ascii"),
        (Province, {"sigla": "to"}, "sigla_letters"),
        (Province, {"uts_code": "20"}, "uts_code_digits"),
        (CityName, {"key": ""}, "has_keys"),
        (CityName, {"kind": "nick"}, "kind_known"),
        (CityName, {"istat_code": "1"}, "formats"),
        (CityName, {"language": "xx"}, "language_known"),
    ],
)
def test_the_database_refuses_other_rows_that_cannot_be(model, values, constraint):
    first = model.objects.order_by("pk").values("pk")[:1]
    with pytest.raises(IntegrityError, match=constraint):
        model.objects.filter(pk__in=first).update(**values)


def test_a_city_is_in_its_provinces_region_and_bears_its_letters():
    lazio = Region.objects.get(slug="lazio")
    connection.cursor().execute("SET CONSTRAINTS places_city_repeats_its_province IMMEDIATE")
    for values in ({"sigla": "MI"}, {"region": lazio}):
        with pytest.raises(IntegrityError, match="repeats_its"), transaction.atomic():
            City.objects.filter(slug="torino").update(**values)
    Province.objects.filter(sigla="TO").update(sigla="TT")
    assert city("torino").sigla == "TT"


def test_what_has_cities_cannot_be_deleted():
    for model, values in ((Region, {"slug": "piemonte"}), (Province, {"sigla": "TO"})):
        with pytest.raises(ProtectedError):
            model.objects.get(**values).delete()


def test_places_travel_by_their_istat_codes():
    rows = [
        *Region.objects.filter(slug="molise"),
        *Province.objects.filter(sigla="IS"),
        *City.objects.filter(slug="isernia"),
        *CityName.objects.filter(city__slug="isernia"),
    ]
    written = serializers.serialize(
        "json", rows, use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    assert '"province": ["094"]' in written
    for row in serializers.deserialize("json", written):
        assert row.object.pk in {there.pk for there in rows}
        row.save()
    assert City.objects.count() == 7894


# ------------------------------------------------------------------ reading
def test_names_sort_without_accents_and_in_the_readers_language():
    forlis = City.objects.filter(sigla="FC", slug__startswith="forl").by_name("it")
    assert [there.name_it for there in forlis] == ["Forlì", "Forlimpopoli"]
    assert Region.objects.by_name("it").last().slug == "veneto"
    assert [region.name_en for region in Region.objects.by_name("en")][:3] == [
        *("Abruzzo", "Aosta Valley", "Apulia"),
    ]
    with translation.override("en"):
        assert Region.objects.by_name()[1].slug == "valle-d-aosta"


def test_a_text_comes_with_the_language_it_is_in():
    florence, trento = city("firenze"), city("trento")
    assert translated(florence, "name", "en") == ("Florence", "en")
    assert translated(trento, "name", "en") == ("Trento", "it")
    assert translated(City(name_en="Rome"), "name", "it") == ("Rome", "en")
    assert translated(City(), "name", "en") == ("", "en")
    with translation.override("en"):
        assert translated(florence, "name") == ("Florence", "en")
        assert str(florence) == "Florence (FI)"
    with translation.override(None):
        assert translated(florence, "name") == ("Firenze", "it")
    assert (other("it"), other("en"), fallback_order("en")) == ("en", "it", ("en", "it"))


def test_an_address_is_made_of_ascii_letters():
    assert slug_of("Sant'Agata de' Goti") == "sant-agata-de-goti"
    assert slug_of("Gößnitz — Šmarje") == "gossnitz-smarje"
    assert slug_of("Москва !") == ""


def distance_km(here: City, there: City) -> float:
    """By the spherical law of cosines: another formula than the one under test."""
    a, b = (math.radians(place.latitude) for place in (here, there))
    between = math.radians(there.longitude - here.longitude)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(between)
    return 6371.0088 * math.acos(min(1.0, cosine))


def test_the_nearest_cities_come_first_with_their_distance():
    turin = city("torino")
    nearest = list(City.objects.nearest_to(turin))
    assert len(nearest) == 7893
    distances = [there.distance_km for there in nearest]
    assert distances == sorted(distances)
    for there in nearest[::500]:
        assert there.distance_km == pytest.approx(distance_km(turin, there), abs=0.01)
    rome = next(there for there in nearest if there.slug == "roma")
    assert rome.distance_km == pytest.approx(525.6, abs=0.5)


@pytest.mark.parametrize("slug", ["torino", "brennero", "lampedusa-e-linosa", "otranto"])
@pytest.mark.parametrize("km", [5, 40, 300])
def test_a_limit_on_distance_loses_no_city_within_it(slug, km):
    here = city(slug)
    everywhere = [there.pk for there in City.objects.nearest_to(here) if there.distance_km <= km]
    assert [there.pk for there in City.objects.nearest_to(here, within_km=km)] == everywhere


# ------------------------------------------------------------------ staff
@pytest.fixture
def staff_client(client: Client) -> Client:
    client.force_login(make_editor())
    return client


def offered(client: Client, term: str) -> list[str]:
    """What the field for an organization's seat offers when somebody types."""
    address = reverse("admin:autocomplete")
    seat = {"app_label": "orgs", "model_name": "organization", "field_name": "city"}
    answer = client.get(address, {"term": term, **seat})
    return [result["text"] for result in answer.json()["results"]]


@pytest.mark.parametrize(
    ("term", "first"),
    [
        # The largest first.
        ("roma", ["Roma (RM)", "Romano di Lombardia (BG)"]),
        ("castro", ["Castro (LE)", "Castro (BG)", "Castrovillari (CS)"]),
        ("mil", ["Milano (MI)", "Milazzo (ME)"]),
        # A whole word that begins so before one that only holds it.
        ("emilia", ["Reggio nell'Emilia (RE)"]),
        ("aquila", ["L'Aquila (AQ)", "Aquila d'Arroscia (IM)"]),
        ("castro le", ["Castro (LE)"]),
        ("Castro (LE)", ["Castro (LE)"]),
        ("forli", ["Forlì (FC)"]),
        ("FORLI'", ["Forlì (FC)"]),
        ("bozen", ["Bolzano (BZ)"]),
        ("florence", ["Firenze (FI)"]),
        ("neapel", ["Napoli (NA)"]),
        ("trst", ["Trieste (TS)"]),
        ("negrar", ["Negrar di Valpolicella (VR)"]),
        ("reggio e", ["Reggio nell'Emilia (RE)"]),
        ("001272", ["Torino (TO)"]),
        ("l219", ["Torino (TO)"]),
        ("nell'emilia", ["Reggio nell'Emilia (RE)"]),
    ],
)
def test_staff_find_a_city_while_they_type(staff_client, term, first):
    assert offered(staff_client, term)[: len(first)] == first


@pytest.mark.parametrize("term", ["xyzzy", "\0\0?", "ro" * 300])
def test_what_no_city_is_called_offers_none_or_all_but_no_error(staff_client, term):
    assert offered(staff_client, term) in ([], offered(staff_client, ""))


def test_offering_cities_costs_the_same_for_one_and_for_many(
    staff_client, django_assert_max_num_queries
):
    for term in ("san", "torino"):
        # The session, the user and its second factor, the number found, the page.
        with django_assert_max_num_queries(5):
            offered(staff_client, term)


def test_the_lists_of_places_open_and_search_in_both_languages(staff_client):
    for model, term, row in (
        ("region", "sicily", "Sicilia"),
        ("province", "forli", "Forlì-Cesena (FC)"),
        ("city", "venice", "Venezia (VE)"),
    ):
        page = staff_client.get(reverse(f"admin:places_{model}_changelist"), {"q": term})
        assert row in page.content.decode()
        assert page.context["cl"].result_count == 1


def test_a_list_keeps_the_order_that_staff_choose(staff_client):
    address = reverse("admin:places_city_changelist")
    column = staff_client.get(address).context["cl"].list_display.index("population")
    for direction in ("", "-"):
        page = staff_client.get(address, {"q": "castel", "o": f"{direction}{column}"})
        people = [there.population for there in page.context["cl"].result_list]
        assert people == sorted(people, reverse=bool(direction))


def names_form(**rows: str) -> dict[str, str]:
    counts = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0"}
    row = {"name": "", "kind": "common", "language": "it", "istat_code": "", "sigla": ""} | rows
    return {
        **{"names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"},
        **{f"names-2-{key}": value for key, value in counts.items()},
        **{f"names-2-0-{key}": value for key, value in row.items()},
    }


def test_staff_add_a_name_and_it_is_matched_from_then_on(staff_client):
    turin = city("torino")
    address = reverse("admin:places_city_change", args=[turin.pk])
    page = staff_client.get(address)
    assert "Turin" in page.content.decode()
    # One table to read, one with a row to fill in.
    from_istat, by_staff = (table.formset for table in page.context["inline_admin_formsets"])
    assert (from_istat.extra_forms, len(by_staff.extra_forms)) == ([], 1)
    answer = staff_client.post(address, names_form(name="Città della Mole"))
    assert answer.status_code == 302
    assert str(match_city("CITTA' DELLA MOLE")) == "Torino (TO)"
    assert load_places(FIXTURES).removed == 0
    assert str(match_city("citta della mole")) == "Torino (TO)"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"name": "Milano"}, "Milano (MI)"),
        ({"name": "mílano"}, "Milano (MI)"),
        ({"name": "---"}, ""),
        ({"name": "Torinetto", "kind": "current"}, ""),
        ({"name": "TORINO"}, ""),
        ({"name": "Torinetto", "istat_code": "12"}, ""),
        ({"name": "Torinetto", "sigla": "to"}, ""),
    ],
)
def test_a_name_that_would_mislead_is_refused_with_the_reason(staff_client, row, message):
    address = reverse("admin:places_city_change", args=[city("torino").pk])
    answer = staff_client.post(address, names_form(**row))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert message in answer.content.decode()
    assert not CityName.objects.filter(by_staff=True).exists()


def test_a_name_that_the_city_has_is_refused_and_not_an_error(staff_client):
    negrar = city("negrar-di-valpolicella")
    row = {"name": "Negrar", "kind": "former", "istat_code": "023052"}
    answer = staff_client.post(
        reverse("admin:places_city_change", args=[negrar.pk]), names_form(**row)
    )
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_former_name_may_be_another_citys_name(staff_client):
    row = {"name": "Milano", "kind": "former", "sigla": "TO"}
    address = reverse("admin:places_city_change", args=[city("torino").pk])
    assert staff_client.post(address, names_form(**row)).status_code == 302
    assert match_city("Milano") is None
    assert str(match_city("Milano (MI)")) == "Milano (MI)"


def test_nobody_changes_what_istat_says(staff_client):
    turin = city("torino")
    address = reverse("admin:places_city_change", args=[turin.pk])
    staff_client.post(address, names_form() | {"name_it": "Augusta", "slug": "augusta-taurinorum"})
    assert city("torino").name_it == "Torino"
    assert staff_client.get(reverse("admin:places_city_add")).status_code == 403
    delete = reverse("admin:places_city_delete", args=[turin.pk])
    assert staff_client.post(delete, {"post": "yes"}).status_code == 403
    region = reverse("admin:places_region_change", args=[Region.objects.get(slug="lazio").pk])
    assert staff_client.get(region).status_code == 200
    assert staff_client.post(region, {"name_it": "Latium"}).status_code == 403

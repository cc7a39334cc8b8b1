"""Every listing parameter: what it lets through, and each thing that it keeps out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils.translation import override

from directory import selection
from directory.listing import Listing
from directory.mixed import listing_of_all
from directory.registry import kinds
from directory.sections import SAMPLES
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.conftest import settle_now

pytestmark = pytest.mark.django_db


def listing(kind: str, query: str = "") -> Listing:
    settle_now(connection.connection)
    data = QueryDict(query)
    if kind == "all":
        return listing_of_all(data)
    return Listing(data, [kinds[kind]], kinds[kind].filterset)


def names(kind: str, query: str = "") -> list[str]:
    return [entry.name_it for entry in listing(kind, query)[0:100]]


def counts(kind: str, query: str, facet: str) -> dict[str, int]:
    found = {view.name: view for view in listing(kind, query).facets}
    if facet not in found:
        return {}
    choices = found[facet].choices
    return {one.value: one.n for choice in choices for one in (choice, *choice.children)}


@pytest.fixture
def places() -> dict[str, Any]:
    piemonte, puglia = make.make_region("Piemonte"), make.make_region("Puglia")
    to = make.make_province("TO", piemonte)
    cn = make.make_province("CN", piemonte)
    le = make.make_province("LE", puglia)
    return {
        "piemonte": piemonte,
        "puglia": puglia,
        "to": to,
        "cn": cn,
        "le": le,
        "torino": make.make_city("Torino", to),
        "cuneo": make.make_city("Cuneo", cn),
        "lecce": make.make_city("Lecce", le),
    }


# ------------------------------------------------------------------ words
def test_words_match_without_accents_case_or_elision_and_all_are_needed():
    make.make_organization("Legàmi di città", summary_it="Rete dell'associazione")
    make.make_organization("Orti")
    assert names("organization", "q=LEGAMI citta") == ["Legàmi di città"]
    assert names("organization", "q=associazioni") == ["Legàmi di città"]
    assert names("organization", "q=legami orti") == []


def test_words_find_the_other_language_and_other_names():
    make.make_organization("Casa", summary_en="A neighbourhood house")
    make.make_organization("Cooperativa", other_names=["Comes"], former_names=["Marradese"])
    assert names("organization", "q=neighbourhood") == ["Casa"]
    assert names("organization", "q=comes") == ["Cooperativa"]
    assert names("organization", "q=marradese") == ["Cooperativa"]


def test_a_name_outranks_a_summary_and_a_summary_a_description():
    make.make_organization("Aaa", description_it="La prossimità conta.")
    make.make_organization("Bbb", summary_it="La prossimità conta.")
    make.make_organization("Prossimità")
    assert names("organization", "q=prossimita") == ["Prossimità", "Bbb", "Aaa"]
    assert names("organization", "q=prossimita&sort=name") == ["Aaa", "Bbb", "Prossimità"]


# ------------------------------------------------------------------ places
def test_a_place_matches_the_seat_and_the_reach_inside_it_but_nothing_wider(places):
    make.make_organization("Sede a Torino", city=places["torino"])
    make.make_organization("Agisce a Torino", city=places["lecce"], places=[places["torino"]])
    make.make_organization("Agisce in provincia", places=[places["to"]])
    make.make_organization("Agisce in Piemonte", places=[places["piemonte"]])
    make.make_organization("Agisce ovunque", places=[None])
    make.make_organization("Sede a Cuneo", city=places["cuneo"])
    assert names("organization", "city=torino") == ["Agisce a Torino", "Sede a Torino"]
    assert names("organization", "province=to") == [
        "Agisce a Torino",
        "Agisce in provincia",
        "Sede a Torino",
    ]
    assert names("organization", "region=piemonte") == [
        "Agisce a Torino",
        "Agisce in Piemonte",
        "Agisce in provincia",
        "Sede a Cuneo",
        "Sede a Torino",
    ]
    assert counts("organization", "", "city") == {"torino": 2, "cuneo": 1, "lecce": 1}
    assert counts("organization", "", "region") == {"piemonte": 5, "puglia": 1}


@pytest.mark.parametrize(
    ("query", "italian", "english"),
    [
        (
            "q=" + "+".join(["parola"] * 40),
            "Testo troppo lungo, al massimo 200 caratteri: «parola parola",
            "Too long, 200 characters at most: «parola parola",
        ),
        (
            "&".join(f"city=c-{n}" for n in range(60)),
            "Troppi valori, al massimo 50: «c-0», «c-1», «c-2», …",
            "Too many values, 50 at most: «c-0», «c-1», «c-2», …",
        ),
    ],
)
def test_what_is_too_much_is_said_to_be_so(client, query, italian, english):
    for path, said in (("/it/organizzazioni/", italian), ("/en/organizations/", english)):
        page = client.get(f"{path}?{query}").content.decode()
        assert said in page
        assert 'class="cards"' not in page


def test_where_narrows_a_place_to_the_seat_or_to_the_reach(places, client):
    make.make_organization("Sede", city=places["torino"])
    make.make_organization("Azione", city=places["lecce"], places=[places["torino"]])
    assert names("organization", "city=torino&where=seat") == ["Sede"]
    assert names("organization", "city=torino&where=reach") == ["Azione"]
    assert names("organization", "where=seat") == ["Azione", "Sede"]
    assert counts("organization", "city=torino&where=seat", "city") == {"torino": 1, "lecce": 1}
    # Without a place it narrows nothing, and is no filter in force.
    assert [chip.name for chip in listing("organization", "where=seat").chips] == []
    chips = listing("organization", "city=torino&where=seat").chips
    assert [chip.name for chip in chips] == ["city", "where"]
    page = client.get("/it/organizzazioni/?city=torino&where=seat").content.decode()
    assert 'title="Organizzazioni · Torino · vi ha sede"' in page


def test_a_network_matches_its_own_place_and_the_seats_of_published_current_members(places):
    own = make.make_network("Locale", places=[places["lecce"]])
    far = make.make_network("Larga")
    make.join(make.make_organization("Una", city=places["torino"]), far)
    gone = make.make_organization("Uscita", city=places["cuneo"])
    make.join(gone, far, current="no")
    draft = make.make_organization("Bozza", city=places["lecce"], status="draft")
    make.join(draft, far)
    make.join(make.make_organization("Ignota", city=places["cuneo"]), own, current="unstated")
    assert names("network", "city=torino") == ["Larga"]
    assert names("network", "city=lecce") == ["Locale"]
    assert names("network", "region=piemonte") == ["Larga"]
    assert names("network", "city=cuneo") == []


def test_several_places_mean_any_and_two_parameters_mean_both(places):
    make.make_organization("Torino", city=places["torino"])
    make.make_organization("Cuneo", city=places["cuneo"])
    make.make_organization("Lecce", city=places["lecce"])
    assert names("organization", "city=torino&city=lecce") == ["Lecce", "Torino"]
    assert names("organization", "city=torino&region=puglia") == []
    assert (
        names("organization", "province=TO") == names("organization", "province=to") == ["Torino"]
    )


# ------------------------------------------------------------------ themes, kinds, life
def test_a_parent_theme_includes_its_children_once_and_not_its_siblings():
    parent = make.make_theme("Diritti")
    child = make.make_theme("Femminismo", parent)
    other = make.make_theme("Ecologia")
    make.make_organization("Padre", themes=[parent])
    make.make_organization("Figlio", themes=[child])
    make.make_organization("Entrambi", themes=[parent, child])
    make.make_organization("Altro", themes=[other])
    assert names("organization", "theme=diritti") == ["Entrambi", "Figlio", "Padre"]
    assert names("organization", "theme=femminismo") == ["Entrambi", "Figlio"]
    assert names("organization", "theme=femminismo&theme=ecologia") == [
        "Altro",
        "Entrambi",
        "Figlio",
    ]
    assert counts("organization", "", "theme") == {"diritti": 3, "femminismo": 2, "ecologia": 1}


def test_kind_keeps_its_own_and_its_counts_ignore_its_own_choice():
    make.make_organization("Una", kind=make.make_kind("Associazione"))
    make.make_organization("Due", kind=make.make_kind("Movimento"))
    make.make_organization("Senza")
    assert names("organization", "kind=associazione") == ["Una"]
    assert names("organization", "kind=associazione&kind=movimento") == ["Due", "Una"]
    assert counts("organization", "kind=associazione", "kind") == {
        "associazione": 1,
        "movimento": 1,
    }


def test_counts_follow_all_the_other_choices(places):
    movimento, associazione = make.make_kind("Movimento"), make.make_kind("Associazione")
    make.make_organization("Una", kind=movimento, city=places["torino"])
    make.make_organization("Due", kind=associazione, city=places["lecce"])
    assert counts("organization", "city=torino", "kind") == {"movimento": 1}
    assert counts("organization", "city=torino", "city") == {"torino": 1, "lecce": 1}


def test_life_active_and_ended_leave_the_unknown_out_and_merged_is_ended():
    make.make_organization("Viva", life="active")
    make.make_organization("Finita", life="ended")
    make.make_organization("Fusa", life="merged")
    make.make_organization("Ignota")
    assert names("organization", "life=active") == ["Viva"]
    assert names("organization", "life=ended") == ["Finita", "Fusa"]
    assert names("organization") == ["Finita", "Fusa", "Ignota", "Viva"]
    assert counts("organization", "", "life") == {"active": 1, "ended": 2}


# ------------------------------------------------------------------ networks, roles, projects
def test_network_and_role_speak_of_the_same_membership():
    one, two = make.make_network("Uno"), make.make_network("Due")
    anna = make.make_organization("Anna")
    make.join(anna, one, "Promotore")
    make.join(anna, two, "Firmatario")
    bruno = make.make_organization("Bruno")
    make.join(bruno, one, "Firmatario", current="no")
    make.make_organization("Carla")
    assert names("organization", "network=uno") == ["Anna", "Bruno"]
    assert names("organization", "network=uno&role=firmatario") == ["Bruno"]
    assert names("organization", "network=uno&network=due&role=firmatario") == ["Anna", "Bruno"]
    without_network = listing("organization", "role=firmatario")
    assert without_network.total == 3
    assert without_network.chips == []
    assert not without_network.is_indexable
    assert counts("organization", "network=uno&role=firmatario", "role") == {
        "promotore": 1,
        "firmatario": 1,
    }
    assert counts("organization", "network=uno&role=firmatario", "network") == {"uno": 1, "due": 1}
    assert counts("organization", "", "role") == {}


def test_projects_by_partner_network_and_programme():
    city, fair = make.make_project("Co-City"), make.make_project("Biennale")
    anci, net = make.make_organization("Anci"), make.make_network("Rete")
    make.take_part(city, anci, "Capofila", "Partner")
    make.take_part(fair, net)
    make.make_project("Altro", programme=make.make_programme("Urbact"))
    assert names("project", "partner=anci") == ["Co-City"]
    assert names("project", "network=rete") == ["Biennale"]
    assert names("project", "programme=urbact") == ["Altro"]
    # Most organizations have one project: no choices, only what a link chose.
    assert counts("project", "", "partner") == {}
    assert [chip.value for chip in listing("project", "partner=anci").chips] == ["Anci"]


def test_year_follows_the_period():
    make.make_project("Passato", founded="2013-06", ended="2015")
    make.make_project("In corso", founded="2016", ongoing=True)
    make.make_project("Solo inizio", founded="2014")
    make.make_project("Senza periodo")
    assert names("project", "year=2014") == ["Passato", "Solo inizio"]
    assert names("project", "year=2015") == ["Passato"]
    assert names("project", "year=2016") == ["In corso"]
    assert names("project", "year=2020") == ["In corso"]
    assert names("project", "year=2012") == []
    assert names("project", "year=2999") == []
    found = counts("project", "", "year")
    assert found["2014"] == 2
    assert found["2015"] == 1
    assert "2012" not in found


# ------------------------------------------------------------------ type, sort, drafts
def test_type_keeps_one_kind_and_counts_all():
    make.make_organization("Una")
    make.make_network("Due")
    make.make_project("Tre")
    assert names("all") == ["Due", "Tre", "Una"]
    assert names("all", "type=network") == ["Due"]
    assert names("all", "type=network&type=project") == ["Due", "Tre"]
    assert counts("all", "type=network", "type") == {
        "organization": 1,
        "network": 1,
        "project": 1,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("network=rete", ["Casa", "Orto"]),
        ("network=rete&role=promotore", ["Casa"]),
        ("network=rete&type=project", ["Orto"]),
        ("kind=associazione", ["Casa"]),
        ("kind=associazione&type=organization&type=network", ["Casa"]),
        ("programme=pon", ["Orto"]),
        ("year=2019&network=rete", ["Orto"]),
        ("partner=casa", ["Orto"]),
        ("city=torino&where=seat", ["Casa"]),
        ("city=torino&where=reach", []),
        # By themselves they say nothing, as in the list that knows them.
        ("where=seat", ["Casa", "Orto", "Rete"]),
        ("role=promotore", ["Casa", "Orto", "Rete"]),
        # Nothing is both, and no network is of a kind.
        ("kind=associazione&programme=pon", []),
        ("city=torino&where=seat&programme=pon", []),
        ("kind=associazione&type=network", []),
    ],
)
def test_among_all_kinds_a_filter_of_some_leaves_out_the_others(places, client, query, found):
    network = make.make_network("Rete", places=[places["torino"]])
    house = make.make_organization(
        "Casa", city=places["torino"], kind=make.make_kind("Associazione")
    )
    make.join(house, network, "Promotore")
    garden = make.make_project(
        "Orto",
        places=[places["torino"]],
        founded="2018",
        ended="2020",
        programme=make.make_programme("Pon"),
    )
    make.take_part(garden, house)
    make.take_part(garden, network)
    make.take_part(make.make_project("Bozza", status="draft"), network)
    assert names("all", query) == found
    for path in ("/it/cerca/", "/it/mappa/"):
        page = client.get(f"{path}?{query}")
        assert page.context["listing"].total == len(found), path
        # Each way out leads to as many as it says.
        for chip, n, _whole in page.context["loosened"]:
            assert client.get(f"{path}?{chip.without}").context["listing"].total == n > 0
        assert bool(page.context["loosened"]) is not bool(found)


def test_names_sort_without_accents_or_case_and_updated_puts_the_last_first():
    make.make_organization("zeta")
    make.make_organization("Èbbene")
    make.make_organization("Zebra")
    assert names("organization") == ["Èbbene", "Zebra", "zeta"]
    assert names("organization", "sort=-updated") == ["Zebra", "Èbbene", "zeta"]


def test_the_page_language_decides_the_order():
    make.make_organization("Alfa", name_en="Zulu")
    make.make_organization("Beta", name_en="Bravo")
    make.make_organization("Mare")
    assert names("organization") == ["Alfa", "Beta", "Mare"]
    with override("en"):
        assert names("organization") == ["Beta", "Mare", "Alfa"]


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
@pytest.mark.parametrize("kind", ["organization", "network", "project", "all"])
def test_what_is_not_published_is_in_no_list_and_no_count(status, kind, places):
    theme = make.make_theme()
    build = {
        "organization": make.make_organization,
        "network": make.make_network,
        "project": make.make_project,
    }
    for one in build.values() if kind == "all" else [build[kind]]:
        one("Pubblica", themes=[theme], places=[places["torino"]], life="active")
        one("Nascosta", themes=[theme], places=[places["torino"]], life="active", status=status)
    public = 3 if kind == "all" else 1
    for query in ("", "q=nascosta pubblica", "city=torino", "theme=beni-comuni", "life=active"):
        found = listing(kind, query)
        assert "Nascosta" not in names(kind, query)
        assert found.total in (0, public)
    assert listing(kind).total == public
    assert counts(kind, "", "theme") == {"beni-comuni": public}
    assert counts(kind, "", "city") == {"torino": public}
    assert counts(kind, "", "life") == {"active": public}


# ------------------------------------------------------------------ what is not understood
@pytest.mark.parametrize(
    ("kind", "query", "shown"),
    [
        ("organization", "city=atlantide", "atlantide"),
        ("organization", "region=%00", "�"),
        ("organization", "province=XX", "XX"),
        ("organization", "theme=a%20b", "a b"),
        ("organization", "kind=%ff", "�"),
        ("organization", "network=rete-che-non-c-e", "rete-che-non-c-e"),
        ("organization", "where=sopra", "sopra"),
        ("organization", "life=zombie", "zombie"),
        ("organization", "sort=password", "password"),
        ("organization", "q=%00", "�"),
        ("project", "year=" + "9" * 40, "9" * 40),
        ("project", "year=NaN", "NaN"),
        ("project", "partner=1e400", "1e400"),
        ("all", "type=person", "person"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_gives_no_results(kind, query, shown):
    make.make_organization("Una")
    make.make_project("Due", founded="2014")
    found = listing(kind, query)
    assert found[0:10] == []
    assert found.total == 0
    assert [shown in problem.message for problem in found.problems] == [True]


def test_a_draft_network_is_not_understood_as_a_filter():
    network = make.make_network("Segreta", status="draft")
    make.join(make.make_organization("Una"), network)
    assert [problem.message for problem in listing("organization", "network=segreta").problems]
    assert counts("organization", "", "network") == {}


def test_unknown_parameters_and_empty_values_change_nothing():
    make.make_organization("Una")
    assert names("organization", "utm=1&city=&kind=&q=") == ["Una"]


def test_a_value_given_twice_counts_once(places):
    twice = listing("organization", "region=piemonte&region=piemonte&region=puglia&region=piemonte")
    assert twice.query == "region=piemonte&region=puglia"


def test_a_chosen_value_without_entries_stays_visible_with_its_way_out(places):
    make.make_organization("Una", city=places["torino"])
    found = listing("organization", "city=lecce")
    assert found.total == 0
    assert counts("organization", "city=lecce", "city") == {"torino": 1, "lecce": 0}
    assert [(chip.value, chip.without) for chip in found.chips] == [("Lecce", "")]


def test_a_chip_takes_away_its_own_value_only():
    make.make_kind("Movimento")
    make.make_kind("Consorzio")
    found = listing("organization", "kind=movimento&kind=consorzio&q=casa&page=2")
    without = {chip.value: chip.without for chip in found.chips}
    assert without["Movimento"] == "kind=consorzio&q=casa"
    assert without["casa"] == "kind=movimento&kind=consorzio"


def test_pages_hold_24_in_order_and_every_entry_stands_on_one_page():
    for number in range(50):
        make.make_organization(f"Org {number:02}")
    found = listing("organization")
    pages = [[one.name_it for one in found[start : start + 24]] for start in (0, 24, 48)]
    assert [len(page) for page in pages] == [24, 24, 2]
    assert [*pages[0], *pages[1], *pages[2]] == [f"Org {number:02}" for number in range(50)]


# ------------------------------------------------------------------ choices among many
def choices(kind: str, query: str, facet: str) -> dict[str, tuple[int | None, bool]]:
    view = next(one for one in listing(kind, query).facets if one.name == facet)
    return {one.value: (one.n, one.chosen) for one in view.choices}


def test_every_region_is_offered_and_what_else_is_hidden_is_found_by_name(client):
    provinces = [
        make.make_province(f"{chr(65 + n)}X", make.make_region(f"Regione {n:02}"))
        for n in range(20)
    ]
    for n, province in enumerate(provinces):
        make.make_organization(
            f"Una {n}",
            city=make.make_city(f"Borgo {n}", province),
            kind=make.make_kind(f"Tipo {n:02}"),
        )
    assert len(counts("organization", "", "region")) == 20
    assert len(counts("organization", "", "kind")) == 20
    assert len(counts("organization", "", "province")) == 12
    settle_now(connection.connection)
    assert 'name="find_province"' in client.get("/it/organizzazioni/").content.decode()
    assert counts("organization", "find_province=tx", "province") == {"TX": 1}
    assert counts("organization", "find_province=no&province=AX", "province") == {"AX": 1}


@pytest.mark.parametrize(
    "sought", ["bozen", "BOLZ", "bolzano", "Gries", "Bozen / Bolzano", "bolzano’", "olzan"]
)
def test_a_city_among_many_is_found_by_any_of_its_names(places, sought):
    bolzano = make.make_city("Bolzano", places["to"])
    for kind, name in (("current", "Bolzano"), ("local", "Bozen"), ("former", "Gries")):
        bolzano.names.create(kind=kind, name=name)
    bolzano.names.create(kind="full", name="Bozen/Bolzano")
    make.make_organization("Una", city=bolzano)
    make.make_organization("Altra", city=places["cuneo"])
    assert counts("organization", f"find_city={sought}", "city") == {"bolzano": 1}
    assert counts("organization", f"find_city={sought}&city=cuneo", "city") == {
        "bolzano": 1,
        "cuneo": 1,
    }
    assert counts("organization", f"find_city={sought}&q=una", "city") == {"bolzano": 1}


@pytest.mark.parametrize("sought", ["cmdb", "C.M.d.B.", "montagna", "comuni mont", "ontagn"])
def test_a_network_among_many_is_found_by_its_acronym_too(sought):
    network = make.make_network("Comuni di montagna", short_names=["CMdB"])
    make.join(make.make_organization("Una"), network)
    make.join(make.make_organization("Altra"), make.make_network("Rete delle reti"))
    assert counts("organization", f"find_network={sought}", "network") == {"comuni-di-montagna": 1}


def test_a_place_that_begins_as_it_was_typed_comes_before_one_that_only_holds_it(places):
    """However few entries it has; a name’s words part, so that Cerro Maggiore holds no “rom”."""
    numbers = {"Roma": 1, "Romagnano": 2, "Borgo Romano": 3, "Frome": 4, "Cerro Maggiore": 5}
    for name, number in numbers.items():
        city = make.make_city(name, places["to"])
        city.names.create(kind="current", name=name)
        for copy in range(number):
            make.make_organization(f"Casa {name} {copy}", city=city)
    facet = "city"
    assert [*counts("organization", "find_city=rom", facet)] == [
        "romagnano",
        "roma",
        "borgo-romano",
        "frome",
    ]
    assert next(iter(counts("organization", "find_city=roma", facet))) == "roma"
    assert [*counts("organization", "find_city=borgoromano", facet)] == ["borgo-romano"]
    chosen = "find_city=rom&city=cerro-maggiore"
    assert [*counts("organization", chosen, facet)][-1] == "cerro-maggiore"


def test_a_large_city_is_found_by_two_letters_among_hundreds_that_begin_so(places):
    for n in range(520):
        city = make.make_city(f"Ca {n:03}", places["to"], population=100)
        city.names.create(kind="current", name=city.name_it)
    catania = make.make_city("Catania", places["to"], population=300_000)
    catania.names.create(kind="current", name="Catania")
    make.make_organization("Una", city=catania)
    assert counts("organization", "find_city=ca", "city") == {"catania": 1}


def test_what_was_typed_decides_the_order_of_other_choices_too():
    parent, many = make.make_network("Rete"), make.make_network("La grande rete")
    for number in range(3):
        make.join(make.make_organization(f"Casa {number}"), many)
    make.join(make.make_organization("Una"), parent)
    assert [*counts("organization", "find_network=rete", "network")] == ["rete", "la-grande-rete"]


def test_the_words_are_no_filter_among_those_in_force(client, places):
    make.make_organization("Orto", city=places["torino"])
    settle_now(connection.connection)

    def said(query: str) -> str:
        fold = client.get(f"/it/organizzazioni/?{query}").content.decode()
        return " ".join(re.sub("<[^>]+>", " ", fold.split("<summary>")[1].split("<div")[0]).split())

    assert said("q=orto") == "Filtri"
    assert said("q=orto&city=torino") == "Filtri 1 attivo"
    assert said("region=piemonte&city=torino") == "Filtri 2 attivi"


def test_what_nobody_is_called_is_said_also_beside_what_was_chosen(client, places):
    make.make_organization("Una", city=places["torino"])
    settle_now(connection.connection)
    none = "Nessuna voce con schede ha questo nel nome."
    for query in ("find_city=zzz", "find_city=zzz&city=torino", "find_city=zzz&q=una"):
        assert none in client.get(f"/it/organizzazioni/?{query}").content.decode(), query
    assert none not in client.get("/it/organizzazioni/?find_city=!!").content.decode()


def test_a_chosen_theme_is_offered_though_its_parent_has_nothing_here(places):
    child = make.make_theme("Orti", make.make_theme("Verde"))
    make.make_organization("Una", city=places["torino"], themes=[make.make_theme("Scuole")])
    make.make_organization("Altra", city=places["cuneo"], themes=[child])
    assert choices("organization", "theme=orti&city=torino", "theme") == {
        "scuole": (1, False),
        "orti": (0, True),
    }


def test_the_form_keeps_a_filter_for_which_it_offers_no_choices(client):
    partner = make.make_organization("Casa del vento")
    make.take_part(make.make_project("Vele"), partner)
    settle_now(connection.connection)
    page = client.get("/it/progetti/?partner=casa-del-vento").content.decode()
    assert '<input type="hidden" name="partner" value="casa-del-vento">' in page


# ------------------------------------------------------------------ past the bound
@pytest.mark.parametrize("words", ["orto", "-bottega"])
@pytest.mark.parametrize(("few", "counts_all"), [(6, True), (5, False)])
def test_where_there_are_few_entries_all_matches_are_counted(
    client, monkeypatch, few, counts_all, words
):
    monkeypatch.setattr("directory.search.MOST_MATCHES", 3)
    monkeypatch.setattr("directory.search.FEW_ENTRIES", few)
    city, network = make.make_city("Torino"), make.make_network("Rete")
    make.make_theme("Vuoto")
    for number in range(5):
        make.join(make.make_organization(f"Orto {number}", city=city), network)
    # Nobody counts what is not public.
    make.make_organization("Orto nascosto", status="draft")
    settle_now(connection.connection)
    html = client.get(f"/it/organizzazioni/?q={words}").content.decode()
    assert ("5 organizzazioni" in html) is counts_all
    assert ("Più di 3" in html) is not counts_all
    found = counts("organization", f"q={words}", "city")
    assert found == {"torino": 5 if counts_all else None}
    ways = client.get(f"/it/organizzazioni/?q={words}&theme=vuoto").content.decode()
    assert ('<span class="count">5</span>' in ways) is counts_all
    assert ("più di 3" in ways) is not counts_all


@pytest.fixture
def very_many(monkeypatch, places) -> None:
    """More matches of “orto” than are counted, of which hardly one is in Lecce."""
    monkeypatch.setattr("directory.search.MOST_MATCHES", 10)
    monkeypatch.setattr("directory.search.FEW_ENTRIES", 0)
    for name in ("torino", "cuneo", "lecce"):
        places[name].names.create(kind="current", name=places[name].name_it)
    for n in range(40):
        make.make_organization(f"Orto {n:02}", city=places["torino" if n % 8 else "cuneo"])
    make.make_organization("Zeta orto", city=places["lecce"])
    make.make_project("Orto in rete", places=[places["torino"]])


def read_in_order() -> None:
    """Documents lie as they were made, as few of them are read: not between those of other tests,
    and all in one sample (``directory.sections``)."""
    settle_now(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_document SET sections[1] = %s", [SAMPLES[-1]])
        cursor.execute("CLUSTER directory_document USING directory_document_pkey")


def test_past_the_bound_what_was_chosen_has_no_false_number(very_many):
    found = listing("organization", "q=orto&city=lecce")
    assert (found.total, found.is_counted) == (1, True)
    assert choices("organization", "q=orto&city=lecce", "city")["lecce"] == (None, True)
    # The region's own choice is left out of its counts, so there are too many; not so of kinds.
    assert choices("organization", "q=orto&region=puglia", "region")["puglia"] == (None, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=orto&find_city=lec", {"lecce": (1, False)}),
        ("q=orto&find_city=lec&city=lecce", {"lecce": (1, True)}),
        ("q=orto&find_city=lec&city=cuneo", {"lecce": (1, False), "cuneo": (5, True)}),
        # What was chosen has too many to read, among which the few sought would be lost.
        ("q=orto&find_city=lec&city=torino", {"lecce": (None, False), "torino": (None, True)}),
        ("q=orto&find_province=le&province=TO", {"LE": (None, False), "TO": (None, True)}),
        ("q=orto&find_city=tor", {"torino": (None, False)}),
        ("q=orto&find_province=le", {"LE": (1, False)}),
    ],
)
def test_past_the_bound_a_choice_is_found_by_name_wherever_its_entries_are(
    very_many, query, expected
):
    facet = "province" if "province" in query else "city"
    assert choices("organization", query, facet) == expected


def test_past_the_bound_there_may_be_choices_to_find_that_are_not_shown(very_many):
    def fields(query: str) -> set[str]:
        return {view.name for view in listing("organization", query).facets if view.more}

    assert {"province", "theme"} <= fields("q=orto")
    assert not {"province", "theme"} & fields("q=orto&city=lecce")


def test_past_the_bound_a_theme_is_found_by_name_in_its_tree(very_many, client):
    verde = make.make_theme("Verde", name_en="Greenery")
    orti, boschi = make.make_theme("Orti", verde), make.make_theme("Boschi", verde)
    for n in range(40):
        make.make_organization(f"Orto nuovo {n:02}", themes=[orti])
    # Last by name, so that it is not among the matches that are read.
    make.make_organization("Zz orto", themes=[boschi])
    read_in_order()
    assert "boschi" not in choices("organization", "q=orto", "theme")
    assert choices("organization", "q=orto&find_theme=bosc", "theme") == {"boschi": (1, False)}
    assert choices("organization", "q=orto&find_theme=bosc&theme=orti", "theme") == {
        "boschi": (None, False),
        "orti": (None, True),
    }
    assert choices("organization", "q=orto&find_theme=greenery", "theme") == {
        "verde": (None, False)
    }
    settle_now(connection.connection)
    page = client.get("/it/organizzazioni/?q=orto&find_theme=zzz").content.decode()
    assert 'name="find_theme" value="zzz"' in page
    assert "Nessuna voce con schede ha questo nel nome." in page


@pytest.mark.parametrize("roles", ["role=aderente", "role=aderente&role=promotore"])
def test_past_the_bound_a_network_is_found_by_name_beside_a_role_and_a_role_by_its_name(
    very_many, roles
):
    large, small = make.make_network("Rete grande"), make.make_network("Piccola unione")
    for n in range(40):
        make.join(make.make_organization(f"Orto nuovo {n:02}"), large, "Aderente")
    # Last by name, so that they are not among the matches that are read.
    make.join(make.make_organization("Zz orto"), small, "Aderente")
    make.join(make.make_organization("Zzz orto"), large, "Promotore")
    read_in_order()
    asked = f"q=orto&network=rete-grande&{roles}"
    assert "piccola-unione" not in choices("organization", asked, "network")
    assert choices("organization", f"{asked}&find_network=picc", "network") == {
        "piccola-unione": (None, False),
        "rete-grande": (None, True),
    }
    assert choices("organization", f"{asked}&find_network=grande", "network") == {
        "rete-grande": (None, True)
    }
    found = choices("organization", f"{asked}&find_role=promo", "role")
    assert found["promotore"] == (None, "promotore" in roles)


def test_past_the_bound_kinds_are_still_a_choice(very_many):
    assert choices("all", "q=orto", "type")["organization"] == (None, False)


def test_past_the_bound_the_commonest_choices_come_first(very_many, monkeypatch):
    """Of those that were read; by name, since the rest is not known."""
    monkeypatch.setattr(kinds["organization"].filterset.base_filters["city"], "most", 1)
    assert list(choices("organization", "q=orto", "city")) == ["torino"]


@pytest.mark.parametrize("walked", [0, 10, 2000])
def test_past_the_bound_the_lately_changed_come_first_too(very_many, monkeypatch, walked):
    monkeypatch.setattr(selection, "MOST_WALKED", walked)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_organization SET updated = updated - id % 7 * interval '1 day'")
    found = Organization.objects.published().filter(name_it__icontains="orto")
    newest = found.order_by("-updated", "sort_it", "pk")
    for query, expected in (
        ("q=orto", newest),
        ("q=orto&city=torino", newest.filter(city__slug="torino")),
        ("q=orto+-01", newest.exclude(name_it="Orto 01")),
    ):
        shown = listing("organization", f"{query}&sort=-updated")
        assert not shown.is_counted
        assert shown[24:48] == [*expected[24:48]], query
    mixed = [*newest, *Project.objects.published()]
    mixed.sort(key=lambda one: (-one.updated.timestamp(), one.sort_it, one.pk))
    assert listing("all", "q=orto&sort=-updated")[24:48] == mixed[24:48]


def test_the_end_of_the_pages_is_said_by_its_number(very_many, client):
    settle_now(connection.connection)
    said = client.get("/it/organizzazioni/?q=orto&theme=&page=2").content.decode()
    assert "Le pagine finiscono al numero 1." in said
    assert 'href="/it/organizzazioni/?q=orto"' in said
    assert "Ultima pagina" not in said
    for page in ("0", "00"):
        said = client.get(f"/it/organizzazioni/?q=orto&page={page}")
        assert said.status_code == 404
        assert "Le pagine finiscono" not in said.content.decode()

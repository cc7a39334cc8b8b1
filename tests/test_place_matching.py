"""A place as somebody wrote it leads to its city or to nothing, never to another city."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from places.keys import key_of
from places.matching import Gazetteer, match_city
from places.models import City, CityName

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


@pytest.fixture(scope="module", autouse=True)
def gazetteer(content_once: None, django_db_blocker: Any) -> Gazetteer:
    """The whole territory, as it comes with the first content; every test asks both ways of
    matching."""
    with django_db_blocker.unblock():
        return Gazetteer()


@pytest.fixture(scope="module")
def names(gazetteer: Gazetteer) -> list[CityName]:
    return list(CityName.objects.select_related("city__province"))


def matched(gazetteer: Gazetteer, written: object, **said: object) -> str | None:
    city = match_city(written, **said)
    assert gazetteer.match(written, **said) == city
    return str(city) if city else None


# ------------------------------------------------------------------ one by one
@pytest.mark.parametrize(
    ("written", "city"),
    [
        # case, accents, apostrophes
        ("forlì", "Forlì (FC)"),
        ("FORLI'", "Forlì (FC)"),
        ("Forli`", "Forlì (FC)"),
        ("CITTA’ DI CASTELLO", "Città di Castello (PG)"),
        ("L’Aquila", "L'Aquila (AQ)"),
        ("l aquila", "L'Aquila (AQ)"),
        ("Vo", "Vo' (PD)"),
        ("  Reggio\n nell'Emilia ", "Reggio nell'Emilia (RE)"),
        ("Torino!", "Torino (TO)"),
        ("Bellaria Igea-Marina", "Bellaria-Igea Marina (RN)"),
        # other languages, alone and together
        ("Bozen", "Bolzano (BZ)"),
        ("Bolzano/Bozen", "Bolzano (BZ)"),
        ("Bolzano - Bozen", "Bolzano (BZ)"),
        ("Meran (Merano)", "Merano (BZ)"),
        ("Duino Aurisina-Devin Nabrežina", "Duino Aurisina (TS)"),
        ("Devin Nabrezina", "Duino Aurisina (TS)"),
        ("Sèn Jan", "San Giovanni di Fassa (TN)"),
        ("Florence", "Firenze (FI)"),
        ("Leghorn", "Livorno (LI)"),
        ("Mailand", "Milano (MI)"),
        ("Mailand (Milano)", "Milano (MI)"),
        ("Venise", "Venezia (VE)"),
        ("Aosta/Aoste", "Aosta (AO)"),
        ("Gorizia - Gorica", "Gorizia (GO)"),
        ("Udine/Videm", "Udine (UD)"),
        # with the province
        ("Napoli (NA)", "Napoli (NA)"),
        ("Napoli – NA", "Napoli (NA)"),
        ("Napoli, na", "Napoli (NA)"),
        ("Napoli/NA", "Napoli (NA)"),
        ("NAPOLI NA", "Napoli (NA)"),
        ("Castro (LE)", "Castro (LE)"),
        ("Castro [bg]", "Castro (BG)"),
        ("Castro (Lecce)", "Castro (LE)"),
        ("Castro (provincia di Lecce", "Castro (LE)"),
        ("Roma (Città metropolitana di Roma)", "Roma (RM)"),
        ("Aosta (Vallée d'Aoste)", "Aosta (AO)"),
        ("Bolzano/Bozen (BZ)", "Bolzano (BZ)"),
        ("Monza (Monza e Brianza)", "Monza (MB)"),
        ("Andria (BAT)", "Andria (BT)"),
        ("Massa (Carrara)", "Massa (MS)"),
        # the province of former times
        ("Forlì (FO)", "Forlì (FC)"),
        ("Pesaro (PS)", "Pesaro (PU)"),
        ("Carbonia (CI)", "Carbonia (SU)"),
        ("Carbonia (SU)", "Carbonia (SU)"),
        ("Muravera (SU)", "Muravera (CA)"),
        ("Muravera (Sud Sardegna)", "Muravera (CA)"),
        ("Olbia (Olbia-Tempio)", "Olbia (OT)"),
        # former names
        ("Negrar", "Negrar di Valpolicella (VR)"),
        ("Moransengo", "Moransengo-Tonengo (AT)"),
        ("Castegnero/Nanto", "Castegnero Nanto (VI)"),
        # common names, small words, saints
        ("Reggio Emilia", "Reggio nell'Emilia (RE)"),
        ("REGGIO CALABRIA (RC)", "Reggio di Calabria (RC)"),
        ("Lamezia", "Lamezia Terme (CZ)"),
        ("San Martino Rio", "San Martino in Rio (RE)"),
        ("Colle Val d'Elsa", "Colle di Val d'Elsa (SI)"),
        ("S.Giovanni Rotondo", "San Giovanni Rotondo (FG)"),
        ("S. DONA' DI PIAVE (VE)", "San Donà di Piave (VE)"),
        ("San Agata de Goti", "Sant'Agata de' Goti (BN)"),
        ("St. Vincent", "Saint-Vincent (AO)"),
        ("Sankt Ulrich", "Ortisei (BZ)"),
        # accents decide when they are written
        ("Paternò", "Paternò (CT)"),
        ("PATERNO'", "Paternò (CT)"),
        ("Paterno (CT)", "Paternò (CT)"),
        ("Paterno (PZ)", "Paterno (PZ)"),
        # the province decides
        ("Calliano (AT)", "Calliano Monferrato (AT)"),
        ("Calliano (TN)", "Calliano (TN)"),
        ("Corvara (BZ)", "Corvara in Badia (BZ)"),
        ("Corvara/Corvara in Badia", "Corvara in Badia (BZ)"),
        ("San Teodoro (ME)", "San Teodoro (ME)"),
        ("San Teodoro (SS)", "San Teodoro (OT)"),
        ("Tre Ville (TN)", "Tre Ville (TN)"),
        # two letters that look like a province, and are or are not
        ("Arena Po", "Arena Po (PV)"),
        ("Cameri NO", "Cameri (NO)"),
        ("Cameri-NO", "Cameri (NO)"),
    ],
)
def test_what_people_write_is_found(gazetteer, written, city):
    assert matched(gazetteer, written) == city


@pytest.mark.parametrize(
    "written",
    [
        # a name of two cities, counting former and other-language names and lost accents
        *("Castro", "Calliano", "Corvara", "San Teodoro", "Samone", "Livo", "Peglio"),
        *("Paterno", "Treville", "Tre Ville", "Corvara - Corvara"),
        # a province that contradicts, or is none
        *("Napoli (MI)", "Napoli - MI", "Napoli MI", "Castro (XX)", "Castro (Lombardia)"),
        *("Paternò (PZ)", "Roma NA", "Pisa NO", "Arena, PO", "Bolzano (Vicentino)"),
        # several cities
        *("Milano, Roma", "Torino-Milano", "Massa - Carrara", "Trento/Bolzano"),
        *("Andria, Barletta", "Castro - Lecce"),
        # almost a name
        *("Reggio", "Valle", "Aquila", "Bassano", "Santa Giovanni Rotondo", "Castro, Filippo"),
        *("Nova Gorica", "Rom", "Come"),
        *("Torinoo", "Comune di Torino, frazione", "Torino Москва", "Rоma"),
        # nothing
        *("", "   ", "-", "()", "(TO)", ", NA", " - ", "TO", "12345", "001272", "L219", "80100"),
        *(
            " " * 1_000_000 + "Torino",
            "\0",
            "Torino\0",
            "\ud800",
            "🏙",
            "a'" * 500_000,
            "(" * 150,
            "-" * 150,
            "/ NA" * 40,
        ),
        *(None, 1272, 1e400, float("nan"), object(), b"Torino", ["Torino"]),
    ],
)
def test_what_may_be_another_city_is_not_found(gazetteer, written):
    assert matched(gazetteer, written) is None


@pytest.mark.parametrize(
    ("written", "said", "city"),
    [
        ("Castro", {"province": "LE"}, "Castro (LE)"),
        ("castro", {"province": "Bergamo"}, "Castro (BG)"),
        ("Castro", {"province": "Prov. di Lecce"}, "Castro (LE)"),
        ("Castro (LE)", {"province": "lecce"}, "Castro (LE)"),
        ("Torino", {"province": " - "}, "Torino (TO)"),
        ("Reggio Emilia", {"province": "Reggio nell'Emilia"}, "Reggio nell'Emilia (RE)"),
        ("Samone", {"code": "022165"}, "Samone (TN)"),
        ("Samone", {"code": "1235"}, "Samone (TO)"),
        ("", {"code": "001272"}, "Torino (TO)"),
        ("", {"code": 1272}, "Torino (TO)"),
        ("", {"code": 1272.0}, "Torino (TO)"),
        ("", {"code": "1272.0"}, "Torino (TO)"),
        ("", {"code": "l219"}, "Torino (TO)"),
        # codes before the Sardinian reform, of a renamed city and of a merged one
        ("", {"code": "111009"}, "Carbonia (SU)"),
        ("Calliano", {"code": "005014"}, "Calliano Monferrato (AT)"),
        ("", {"code": "005079"}, "Moransengo-Tonengo (AT)"),
        ("Moransengo", {"code": "F709", "province": "AT"}, "Moransengo-Tonengo (AT)"),
    ],
)
def test_province_and_code_decide(gazetteer, written, said, city):
    assert matched(gazetteer, written, **said) == city


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Castro (BG)", {"province": "LE"}),
        ("Torino", {"province": "MI"}),
        ("Torino", {"province": "Atlantide"}),
        ("Torino", {"province": "T" * 1_000_000}),
        ("Torino", {"province": "\0"}),
        ("Torino", {"code": "015146"}),
        ("Torino", {"code": "999999"}),
        ("Torino", {"code": "12"}),
        ("Torino", {"code": "abc"}),
        ("Torino", {"code": 10**5000}),
        ("Torino", {"code": -1272}),
        ("Torinoo", {"code": "001272"}),
        ("Samone", {"code": "001272"}),
        ("", {"code": "001272", "province": "MI"}),
        ("", {"province": "TO"}),
        ("", {"code": "٠٠١٢٧٢"}),
    ],
)
def test_what_contradicts_is_not_found(gazetteer, written, said):
    assert matched(gazetteer, written, **said) is None


def test_one_match_takes_one_query_and_one_for_a_code(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert str(match_city("S. Giovanni Rotondo (FG)").province) == "Foggia (FG)"
    with django_assert_num_queries(2):
        match_city("Samone", province="TN", code="022165")
    with django_assert_num_queries(0):
        match_city("\0")


def test_a_gazetteer_asks_the_database_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        everything = Gazetteer()
        assert str(everything.match("Castro LE").region) == "Puglia"


# ------------------------------------------------------------------ the whole territory
def test_every_city_is_found_by_name_and_province_however_they_are_joined(gazetteer):
    for city in City.objects.select_related("province"):
        name, sigla, province = city.name_it, city.sigla, city.province.name_it
        for written in (
            f"{name} ({sigla})",
            f"{name} - {sigla}",
            f"{name}-{sigla}",
            f"{name}, {sigla}",
            f"{name.upper()} {sigla}",
            f"{key_of(name)} ({province})",
        ):
            assert gazetteer.match(written) == city, written
        assert gazetteer.match(name, province=province) == city
        assert gazetteer.match(name, code=city.istat_code.lstrip("0")) == city
        assert gazetteer.match("", code=city.istat_code) == city
        assert gazetteer.match("", code=city.catasto_code) == city


def test_every_name_of_one_city_alone_is_found_and_no_other(gazetteer, names):
    cities = defaultdict(set)
    for name in names:
        cities[name.key].add(name.city)
    shared = {key for key, found in cities.items() if len(found) > 1}
    assert shared == {
        *("calliano", "castro", "corvara", "livo", "paterno", "peglio", "samone"),
        *("santeodoro", "treville"),
    }
    for name in names:
        if name.key not in shared:
            assert gazetteer.match(name.name) == name.city, name
        elif name.name != "Paternò":
            assert gazetteer.match(name.name) is None, name


def test_every_former_name_is_found_with_the_province_and_the_code_of_its_time(gazetteer, names):
    former = [name for name in names if name.kind == CityName.Kind.FORMER]
    assert len(former) == 429
    for name in former:
        assert gazetteer.match(f"{name.name} ({name.sigla})") == name.city, name
        assert gazetteer.match(name.name, code=name.istat_code) == name.city, name
        assert gazetteer.match("", code=name.catasto_code) == name.city, name


def test_a_wrong_province_never_makes_another_city_of_a_name(gazetteer, names):
    """All names that become another name when two letters are joined to them."""
    siglas = set(City.objects.values_list("sigla", flat=True))
    by_key = defaultdict(set)
    for name in names:
        by_key[name.key].add(name.city)
    joined = [
        (name.name, sigla)
        for name in names
        for sigla in siglas
        if name.key + sigla.lower() in by_key
    ]
    assert len(joined) > 80
    for name, sigla in joined:
        for separator in (" ", " - ", ", ", "/"):
            city = gazetteer.match(f"{name}{separator}{sigla}")
            assert city is None or city in by_key[key_of(name)] or str(city) == "Arena Po (PV)"


# ------------------------------------------------------------------ whatever people may do
QUIET = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@QUIET
@given(data=st.data())
def test_case_accents_and_signs_do_not_matter(gazetteer, names, data):
    name = data.draw(st.sampled_from(names))
    written = name.name
    if data.draw(st.booleans()):
        written = "".join(
            sign
            for sign in unicodedata.normalize("NFD", written)
            if not unicodedata.combining(sign)
        )
    written = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))(written)
    written = written.replace("'", data.draw(st.sampled_from(["'", "’", "`", "' ", " "])))
    written = written.replace(" ", data.draw(st.sampled_from([" ", "  ", "\u00a0", "\t"])))
    sigla = name.city.sigla
    form = data.draw(st.sampled_from(["{} ({})", "{} - {}", "{}, {}", "{} {}", " {} ( {} ) "]))
    if name.name == "Arena":
        form = "{} ({})"
    assert gazetteer.match(form.format(written, sigla)) == name.city


@QUIET
@given(written=st.text(), province=st.text(max_size=5), code=st.text(max_size=7))
def test_anything_at_all_is_answered(gazetteer, written, province, code):
    assert matched(gazetteer, written) is None or key_of(written)
    assert matched(gazetteer, "Torino", province=province, code=code) in (None, "Torino (TO)")


@QUIET
@given(data=st.data())
def test_both_ways_of_matching_agree(gazetteer, names, data):
    pieces = st.sampled_from(names).map(str) | st.text(max_size=3)
    joints = st.sampled_from([" ", " - ", "/", ", ", "-", " (", ""])
    written = data.draw(pieces) + data.draw(joints) + data.draw(pieces) + data.draw(joints)
    province = data.draw(st.sampled_from(["", "LE", "Trento", "SU"]))
    assert match_city(written, province=province) == gazetteer.match(written, province=province)

"""What the words of a search find, and what they leave out; in which order; and that the
documents that are searched follow whatever is written, however it is."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import lexicon as lexicons
from directory.dates import PartialDate
from directory.models import Theme
from directory.search import Words
from orgs.models import Organization
from places.models import City, CityName
from projects.models import Edition
from tests.admin_form import submit
from tests.builders import (
    fit,
    make_city,
    make_editor,
    make_kind,
    make_many,
    make_network,
    make_organization,
    make_programme,
    make_project,
    make_province,
    make_region,
    make_theme,
    take_part,
)
from tests.conftest import settle_now
from tests.test_index import documents, rows, rows_written

pytestmark = pytest.mark.django_db

NAME = re.compile(r'class="card-name"><a[^>]*>(.*?)</a>')


def found(words: str, page: str = "/it/cerca/", **filters: str) -> list[str]:
    """The names on the page of results, in order."""
    response = Client().get(page, {"q": words, **filters})
    assert response.status_code == 200
    return [
        unescape(re.sub("<[^>]+>", "", name)) for name in NAME.findall(response.content.decode())
    ]


@pytest.fixture
def directory() -> None:
    """A few entries that differ in what the examples below are about."""
    south = make_province("BZ", make_region("Trentino-Alto Adige"), name_it="Bolzano")
    bolzano = make_city("Bolzano", south)
    for kind, name in (("current", "Bolzano"), ("local", "Bozen"), ("former", "Gries")):
        bolzano.names.create(kind=kind, name=name)
    aquila = make_city("L'Aquila", make_province("AQ", make_region("Abruzzo"), name_it="L'Aquila"))
    aquila.names.create(kind="current", name="L'Aquila")
    parent = make_theme("Verde pubblico", name_en="Green spaces")
    theme = make_theme("Giardini condivisi", parent, name_en="Shared gardens")
    make_organization("Cooperativa Co.M.E.S.", city=aquila)
    garden = make_organization(
        "Terra viva",
        city=bolzano,
        themes=[theme],
        former_names=["Zappe e Vanghe"],
        other_names=["Ortolani dell’altopiano"],
        kind=make_kind("Comitato"),
    )
    garden.identifiers.create(scheme="fiscal_code", value="97668940587")
    make_network("Comuni di montagna", short_names=["CMdB"])
    make_project("Co-City", summary_it="Gli orti della città, per la biodiversità.")
    make_organization("Io ci sto", description_it="Un laghetto, un parco e l'arte dell'incontro.")
    make_project(
        "Legami",
        name_en="Bonds",
        summary_en="Neighbourhood commons for children.",
        description_en="Weaving [friendships](https://hidden.example/secret).",
        challenge_it="Le solitudini degli anziani.",
        programme=make_programme("Periferie"),
    )


EXAMPLES = [
    # accents, case, the apostrophe that stands for an accent
    ("CITTA", ["Co-City"]),
    ("città", ["Co-City"]),
    ("citta'", ["Co-City"]),
    ("biodiversità", ["Co-City"]),
    ("biodiversita", ["Co-City"]),
    # elisions, with every apostrophe
    ("dell'incontro", ["Io ci sto"]),
    ("dell’incontro", ["Io ci sto"]),
    ("l´arte", ["Io ci sto"]),
    ("l'Aquila", ["Cooperativa Co.M.E.S."]),
    # singular and plural, where the stemmer knows them and where it does not
    ("parchi", ["Io ci sto"]),
    ("orto", ["Co-City", "Terra viva"]),
    ("arti", ["Io ci sto"]),
    ("biodiversi", ["Co-City"]),
    # either language
    ("neighbourhoods", ["Legami"]),
    ("solitudine", ["Legami"]),
    ("bond", ["Legami"]),
    # one word of each language
    ("anziani commons", ["Legami"]),
    # former, short and other names; acronyms
    ("zappe", ["Terra viva"]),
    ("ortolani", ["Terra viva"]),
    ("cmdb", ["Comuni di montagna"]),
    ("C.M.d.B.", ["Comuni di montagna"]),
    # cities in any of their languages, and what they were; provinces and regions
    ("bozen", ["Terra viva"]),
    ("gries", ["Terra viva"]),
    ("abruzzo", ["Cooperativa Co.M.E.S."]),
    ("trentino alto adige", ["Terra viva"]),
    ("comitato bolzano", ["Terra viva"]),
    # themes, and the wider theme, in both languages
    ("giardini", ["Terra viva"]),
    ("gardens", ["Terra viva"]),
    ("green spaces", ["Terra viva"]),
    # a fiscal code typed whole, in whatever groups, or copied with what stands before it
    *(
        (f"{label}97668940587", ["Terra viva"])
        for label in (
            *("IT", "IT ", "C.F. ", "cf: ", "P.IVA ", "p. iva IT", "C.F./P.IVA "),
            *("Codice fiscale: ", "Partita IVA n. ", "terra viva cf ", "tax code ", "cf", "PIVA"),
        )
    ),
    ("97668940587", ["Terra viva"]),
    ("976 689 405 87", ["Terra viva"]),
    ("9766", ["Terra viva"]),
    # names without their signs, or with others
    ("comes", ["Cooperativa Co.M.E.S."]),
    ("cocity", ["Co-City"]),
    ("co city", ["Co-City"]),
    ("Co–City", ["Co-City"]),
    ("iocisto", ["Io ci sto"]),
    ("zappe e vanghe", ["Terra viva"]),
    # a site with the name of a body, as its address was copied
    ("https://www.co-city.it", ["Co-City"]),
    ("www.iocisto.org/chi-siamo?x=1", ["Io ci sto"]),
    ("http://iocisto.coop", ["Io ci sto"]),
    ("vedi www.terraviva.it", []),
    # signs that are not seen
    ("bio\xaddiversità", ["Co-City"]),
    ("\u200fzap\u200bpe\u200f", ["Terra viva"]),
    # words of which the language makes nothing, where there are no others
    ("io ci", ["Io ci sto"]),
    # words that say nothing beside others that do
    ("una città", ["Co-City"]),
    ("agli orti", ["Co-City"]),
    ("gli orti alle città", ["Co-City"]),
    ("era un parco", ["Io ci sto"]),
    ("into weaving", ["Legami"]),
    # the kind of body, shortened
    ("coop comes", ["Cooperativa Co.M.E.S."]),
    ("coop. c.o.m.e.s.", ["Cooperativa Co.M.E.S."]),
    # begun and not finished
    ("biodiv", ["Co-City"]),
    ("coop", ["Cooperativa Co.M.E.S."]),
    ("terra vi", ["Terra viva"]),
    ("terra viv", ["Terra viva"]),
    ("dell'inco", ["Io ci sto"]),
    # what other rows say
    ("periferie", ["Legami"]),
    # a phrase, and what is left out
    ('"orti della città"', ["Co-City"]),
    ("“orti della città”", ["Co-City"]),
    ('"città orti"', []),
    ("orto -terra", ["Co-City"]),
    ('orto -"terra viva"', ["Co-City"]),
    # nothing of the kind
    ("bio", ["Co-City"]),
    ("bi", []),
    ("9766894058", ["Terra viva"]),
    ("97668940588", []),
    ("hidden", []),
    ("orto bozen abruzzo", []),
    ("zzz", []),
    ("!!! ???", []),
    ('"', []),
]


def test_a_search_forgives(directory):
    wrong = {
        words: got
        for words, expected in EXAMPLES
        if sorted(got := found(words)) != sorted(expected)
    }
    assert wrong == {}


def test_a_word_that_is_left_out_is_not_searched_in_another_number():
    """“una”, “come”, “stessa”: whatever else is sought decides, and “coma” is no match of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'")
        [folder] = cursor.fetchone()
        lists = [Path(folder) / "tsearch_data" / f"{name}.stop" for name in ("italian", "english")]
        words = {word for one in lists for word in one.read_text(encoding="utf-8").split()}
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS word"
            " WHERE numnode(plainto_tsquery('public.civicnet_plain', word)) = 0",
            [sorted(words)],
        )
        left_out = [word for (word,) in cursor]
        assert len(left_out) > 300
        for word in left_out:
            clauses = Words(f"{word} città").wanted[:2]
            cursor.execute(
                "SELECT public.civicnet_query(%s, true) = public.civicnet_query(%s, true)",
                [clauses, clauses[1:]],
            )
            assert (word, cursor.fetchone()) == (word, (True,))


@pytest.mark.parametrize(
    "forms",
    [
        *("anziano anziani anziana anziane", "italiano italiani", "laboratorio laboratori"),
        *("quartiere quartieri", "straniero stranieri straniera straniere", "edificio edifici"),
        *("concerto concerti", "sportivo sportivi sportiva", "moderna moderne", "moneta monete"),
        *("popolare popolari", "ambulatorio ambulatori", "operaio operai", "acqua acque"),
        *("chiave chiavi", "diverso diversi", "telefono telefoni", "attività attivita"),
    ],
)
def test_every_form_of_a_word_finds_every_other(db, forms):
    """The stemmer takes some of them for verbs."""
    for number, form in enumerate(forms.split()):
        fit(make_organization(f"Voce {number}", summary_it=f"Qui c'è {form}."))
    fit(make_organization("Altro", summary_it="Qui non c'è niente."))
    for form in forms.split():
        names = [f"Voce {number}" for number in range(len(forms.split()))]
        assert (form, sorted(found(form))) == (form, names)
        # At the end of what is typed it may be only begun: not so before another word.
        assert (form, sorted(found(f"{form} voce"))) == (form, names)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        *(
            (f"orto {said}", "/it/cerca/")
            for said in (
                *("in provincia di Bergamo", "provincia bergamo", "nella provincia BG", "prov. BG"),
                *("a Bergamo e provincia", "Bergamo provincia", "vicino a Bergamo", "Berg"),
                *("nella regione Lombardia", "regione lombar", "nel comune di Bergamo"),
                *("nella città di Bergamo", "Bergamo e dintorni", "provincia della Bergamo"),
            )
        ),
        *((f"{said} orto", "/it/cerca/") for said in ("provincia di Bergamo", "regione Lombardia")),
        *(
            (f"garden {said}", "/en/search/")
            for said in (
                *("in the province of Bergamo", "in the region of Lombardy", "near Bergamo"),
                *("in the city of Bergamo", "near the Bergamo", "Lombardy region"),
            )
        ),
    ],
)
def test_what_is_said_of_a_place_beside_its_name_keeps_nothing_out(db, words, page):
    lombardy = make_region("Lombardia", name_en="Lombardy")
    city = make_city("Bergamo", make_province("BG", lombardy, name_it="Bergamo"))
    fit(make_organization("Uno", summary_it="Un orto.", summary_en="A garden.", city=city))
    fit(make_organization("Altrove", summary_it="Un orto.", summary_en="A garden."))
    assert found(words, page) == ["Uno"]


def test_words_typed_apart_are_not_taken_for_one_verb(db):
    """The stem of circoloarci is that of circolo, and of casaarti that of casa."""
    fit(make_organization("Circolo Arci", summary_it="Una casa delle arti."))
    fit(make_organization("Circolo Uno", summary_it="Una casa."))
    fit(make_organization("Doposcuola", summary_it="Compiti."))
    assert found("circolo arci") == ["Circolo Arci"]
    assert found("casa arti") == ["Circolo Arci"]
    assert found("dopo scuole") == ["Doposcuola"]


def test_what_is_said_of_places_still_belongs_to_names_and_phrases(db):
    lombardy = make_region("Lombardia")
    city = make_city("Bergamo", make_province("BG", lombardy, name_it="Bergamo"))
    fit(make_organization("Albero di Bergamo", city=city))
    fit(make_organization("Provincia di Bergamo", city=city))
    fit(make_organization("Zoo", summary_it="Nella regione c'è altro.", city=city))
    assert found("provincia di bergamo") == ["Provincia di Bergamo", "Albero di Bergamo", "Zoo"]
    assert found('"provincia di bergamo"') == ["Provincia di Bergamo"]
    assert found("provincia") == ["Provincia di Bergamo"]
    assert found("provincia di") == ["Provincia di Bergamo"]
    assert found("regione") == ["Zoo"]
    assert found("bergamo -provincia") == ["Albero di Bergamo", "Zoo"]


@pytest.mark.parametrize("said", ["ass.", "Ass.", "ass.ne", "assoc."])
def test_a_kind_of_body_may_be_shortened(db, said):
    fit(make_organization("Associazione Orto", summary_it="Culturale."))
    fit(make_organization("Ass. Vigna", summary_it="Culturale."))
    assert found(f"{said} orto") == ["Associazione Orto"]
    assert found(f"culturale orto {said}") == ["Associazione Orto"]
    assert found("ass. vigna") == ["Ass. Vigna"]


@pytest.mark.parametrize("name", ["Ass. Vigna", "ASS.NE VIGNA", "Assoc. Vigna"])
def test_a_name_may_shorten_the_kind_of_body_too(db, name):
    fit(make_organization(name, summary_it="Culturale."))
    fit(make_organization("Coop. Vigna", summary_it="Agricola."))
    fit(make_organization("Fond. Orto", summary_it="Di comunità."))
    assert found("associazione vigna") == found("vigna associazioni") == [name]
    assert found("vigna -associazione") == ["Coop. Vigna"]
    assert found("cooperativa vigna") == found("cooperative") == ["Coop. Vigna"]
    assert found("fondazione") == ["Fond. Orto"]
    assert found('"associazione vigna"') == []
    html = Client().get("/it/cerca/", {"q": "associazione vigna"}).content.decode()
    assert re.search(r"<mark>ass", html, re.IGNORECASE)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("associazione di promozione sociale vigna", ["Vigna APS"]),
        ("vigna associazioni di promozione sociale", ["Vigna APS"]),
        (
            "associazione di promozione sociale",
            ["Associazione di promozione sociale Orto", "Vigna APS"],
        ),
        ("aps orto", ["Associazione di promozione sociale Orto"]),
        ("A.P.S. orto", ["Associazione di promozione sociale Orto"]),
        ("aps", ["Associazione di promozione sociale Orto", "Vigna APS"]),
        ("società sportiva dilettantistica", ["Calcio S.S.D."]),
        ("associazione vigna", []),
        ("aps -vigna", ["Associazione di promozione sociale Orto"]),
        ('"associazione di promozione sociale" vigna', []),
    ],
)
def test_what_the_law_calls_a_body_is_found_by_its_acronym_too(db, words, expected):
    for name in ("Vigna APS", "Associazione di promozione sociale Orto", "Calcio S.S.D."):
        fit(make_organization(name))
    assert sorted(found(words)) == expected


@pytest.mark.parametrize(
    ("place", "other"),
    [("Caserta", "case"), ("Salerno", "sala"), ("Cremona", "crema"), ("Palermo", "palo")],
)
def test_a_place_does_not_find_the_words_whose_stem_its_plural_would_have(db, place, other):
    fit(make_organization("Del luogo", summary_it=f"Siamo a {place}."))
    fit(make_organization("Altrove", summary_it=f"Qui c'è {other}, non altro."))
    assert found(place) == ["Del luogo"]
    assert "Altrove" not in found(f"{place} luogo")


def test_one_search_for_listings_search_page_and_admin(directory, admin_client):
    assert found("orto", "/it/organizzazioni/") == ["Terra viva"]
    assert found("orto", "/it/progetti/") == ["Co-City"]
    assert found("orto", "/en/search/", type="project") == ["Co-City"]
    draft = fit(make_organization("Bozza", description_it="Un orto", status="draft"))
    page = admin_client.get("/admin/orgs/organization/", {"q": "orto"}).content.decode()
    assert "Terra viva" in page
    assert "Bozza" in page
    assert "Io ci sto" not in page
    assert found("bozza") == []
    draft.status = "published"
    draft.save()
    assert found("bozza") == ["Bozza"]


def test_names_come_first_then_summaries_then_the_rest():
    make_organization("Zeta orti")
    make_organization("Beta", summary_it="Un orto.")
    make_organization("Alfa", summary_en="An orto.")
    make_organization("Aaa", summary_it="In breve.", description_it="Tanti orti.")
    make_organization("Abc", summary_en="In short.", description_en="Many orti.")
    make_organization("Ortica")
    make_organization("Gamma orto")
    everywhere = ["Gamma orto", "Zeta orti", "Beta", "Alfa", "Aaa", "Abc"]
    assert found("orto") == everywhere
    # First what a reader's own language tells; names are in no language.
    english = found("orto", "/en/search/")
    assert english == ["Gamma orto", "Zeta orti", "Alfa", "Beta", "Abc", "Aaa"]
    # What is only begun comes after what stands there.
    assert found("orti") == ["Gamma orto", "Zeta orti", "Ortica", *everywhere[2:]]
    assert found("orto", sort="name") == sorted(everywhere)


def test_the_documents_follow_whatever_is_written():
    old, new = make_theme("Parola antica"), make_theme("Altro")
    city = make_city("Primacittà")
    one = make_organization("Uno", themes=[old], city=city, summary_it="ruscello")
    project = make_project("Due")
    assert found("antica") == found("ruscello") == found("primacittà") == ["Uno"]

    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_organization SET summary_it = 'torrente'")
    assert found("ruscello") == []
    assert found("torrente") == ["Uno"]

    Theme.objects.filter(pk=old.pk).update(name_it="Parola moderna")
    assert found("antica") == []
    assert found("moderna") == ["Uno"]
    one.themes.set([new])
    assert found("moderna") == []

    one.identifiers.create(scheme="fiscal_code", value="80078750587")
    assert found("80078750587") == ["Uno"]
    one.identifiers.all().delete()
    assert found("80078750587") == []

    CityName.objects.create(city=city, kind="former", name="Vecchiapoli")
    assert found("vecchiapoli") == ["Uno"]
    City.objects.filter(pk=city.pk).update(name_en="Newville")
    city.province.name_it = "Provinciale"
    city.province.save()
    city.region.name_en = "Regional"
    city.region.save()
    assert found("newville") == found("provinciale") == found("regional") == ["Uno"]

    # What a region is called abroad stands nowhere: it is put into Italian when it is asked.
    city.region.name_it = "Friuli-Venezia Giulia"
    city.region.save()
    assert found("friaul") == found("Frioul") == found("FURLANIJA") == ["Uno"]
    assert found("sizilien") == []

    kind = make_kind("Consorzio")
    Organization.objects.update(kind=kind)
    kind.name_it = "Brigata"
    kind.save()
    assert found("brigata") == ["Uno"]
    assert found("consorzio") == []

    take_part(project, "Circolo Arcobaleno")
    Edition.objects.create(entry=project, title_it="Vendemmia")
    assert found("arcobaleno") == found("vendemmia") == ["Due"]

    Organization.objects.update(status="archived")
    assert found("torrente") == []
    Organization.objects.update(status="published")
    assert found("torrente") == ["Uno"]
    one.delete()
    assert found("torrente") == []


def test_a_year_is_found_as_a_word():
    """That in which an entry began or ended, and an edition took place."""
    one = make_organization("Orto nuovo", founded="2014-03", ended="2021")
    make_organization("Orto vecchio", founded="1998")
    make_network("Rete degli orti", founded="2014-05-01")
    project = make_project("Festa degli orti", founded="2012", ended="2016")
    edition = PartialDate.parse("2019-06")
    Edition.objects.create(
        entry=project, title_it="Edizione", start=edition, start_precision=edition.precision
    )
    assert found("2014") == ["Orto nuovo", "Rete degli orti"]
    assert found("orti 2014") == ["Orto nuovo", "Rete degli orti"]
    assert found("orto 1998") == ["Orto vecchio"]
    assert found("2021") == ["Orto nuovo"]
    assert found("2012") == found("2016") == found("2019") == ["Festa degli orti"]
    assert found("2013") == []

    one.founded = PartialDate.parse("2013")
    one.founded_precision = one.founded.precision
    one.save()
    assert found("2014") == ["Rete degli orti"]
    assert found("2013") == ["Orto nuovo"]


def test_words_stand_in_an_order_that_does_not_depend_on_how_rows_were_read():
    """Whatever a document gathers from rows of others."""
    for [view] in rows("SELECT view FROM directory_source_of_texts"):
        [[definition]] = rows(f"SELECT pg_get_viewdef('{view}'::regclass)")
        gathered = [one.partition("FROM")[0] for one in definition.split("string_agg(")[1:]]
        assert len(gathered) > 5
        for one in gathered:
            # The names are one value, and what is sorted to be distinct is sorted.
            is_sorted = "ORDER BY" in one or one.startswith(("DISTINCT", "(called.called"))
            assert is_sorted, (view, one)


def test_a_save_in_the_admin_is_found_at_once(client):
    client.force_login(make_editor())
    one = make_organization("Prima")
    address = f"/admin/orgs/organization/{one.pk}/change/"
    submit(client, address, name_it="Poi", former_names="Sorgente")
    assert found("sorgente") == ["Poi"]
    assert found("prima") == []


def test_rebuilding_gives_the_same_documents_and_parts_of_the_alphabet(directory):
    settle_now(connection.connection)
    kept = documents()
    rows_written("DELETE FROM directory_document")
    rows_written("DELETE FROM directory_section")
    call_command("rebuild_index", verbosity=0, stdout=io.StringIO())
    assert documents() == kept
    assert len(kept) == 6
    assert rows("SELECT language FROM directory_section ORDER BY 1") == [("en",), ("it",)]


def test_many_at_once_are_found_as_each_by_itself():
    def index() -> tuple[str, int]:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            # What waits in a list of the index would be read by every search.
            cursor.execute(
                "SELECT reloptions::text, gin_clean_pending_list(oid) FROM pg_class"
                " WHERE relname = 'directory_document_found'"
            )
            return cursor.fetchone()

    make_many(
        Organization,
        (
            {
                "slug": f"banda-{n}",
                "name_it": f"Banda {n}",
                "summary_it": "ottoni e percussioni",
            }
            for n in range(250)
        ),
    )
    assert index() == ("{fastupdate=off}", 0)
    assert found("banda 249") == ["Banda 249"]
    Organization.objects.filter(name_it="Banda 7").update(summary_it="mandolini")
    assert found("mandolini") == ["Banda 7"]
    Organization.objects.update(summary_it="archi")
    assert index() == ("{fastupdate=off}", 0)
    assert found("percussioni") == found("mandolini") == []
    assert found("archi 249") == ["Banda 249"]


HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from([*"\"'-–|!&:*()<>\\%@=+’“”«_.", "a", "è", "5x1000", "orti", "il", " "]),
    ),
    max_size=40,
).map(lambda parts: "".join(parts)[:200])


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=HOSTILE, language=st.sampled_from(["it", "en"]))
def test_no_text_is_an_error(directory, text, language):
    words = Words(text, language)
    with connection.cursor() as cursor:
        for condition in (words.anywhere, words.in_name, words.as_written, *words.tiers):
            cursor.execute(
                f"SELECT count(*), max({words.rank.sql}) FROM directory_document AS document"
                f" WHERE {condition.sql}",
                [*words.rank.params, *condition.params],
            )
            cursor.fetchall()


@pytest.mark.parametrize("words", ["orto -terra", 'orto -"terra viva"', "terra orto -città -viva"])
def test_what_is_excluded_is_left_out_by_the_index(directory, words):
    """By itself it would be looked for in each row that has what is sought."""
    asked = Words(words)
    for one in (asked.anywhere, asked.in_name):
        with connection.cursor() as cursor:
            # So few rows would be read one by one, or in the order of their names.
            cursor.execute("DROP INDEX IF EXISTS directory_document_it, directory_document_en")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = off")
            cursor.execute(
                f"EXPLAIN SELECT FROM directory_document AS document WHERE {one.sql}", one.params
            )
            plan = [line for (line,) in cursor]
        assert any("Index Cond" in line and "& !" in line for line in plan), plan
        assert not [line for line in plan if "Filter" in line and "!" in line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("via garibaldi", ["Casa"]),
        ("Via Giuseppe Garibaldi, 12", ["Casa"]),
        ("via garibaldi bolzano", ["Casa"]),
        ("casa via garibaldi", ["Casa"]),
        ("via dell'orto", ["Piccola"]),
        ("via dell’Orto 3", ["Piccola"]),
        # Its kind shortened, as it is typed or as it is written.
        ("v. garibaldi", ["Casa"]),
        ("p.zza castello", ["Corta", "Lunga"]),
        ("p.za castello bolzano", ["Lunga"]),
        ("piazza del castello", ["Lunga"]),
        ("piazza castello", ["Corta", "Lunga"]),
        ("pzza castello", ["Corta", "Lunga"]),
        ("località casale", ["Fuori"]),
        ("c.so italia", []),
        # Not another kind of street, or half of the name; nor the street without its kind.
        ("piazza garibaldi", []),
        ("via garib", []),
        ("garibaldi", []),
        ("via garibaldi lecce", []),
        ("-garibaldi casa", ["Casa"]),
        # Nor what is not public.
        ("via segreta", []),
        # What was found before is found still.
        ("via libera", ["Via libera"]),
        ("il campo di via", ["Sul campo"]),
    ],
)
def test_a_street_is_found_with_its_kind_only(words, expected):
    bolzano = make_city("Bolzano")
    bolzano.names.create(kind="current", name="Bolzano")
    street = {"address": "Via Giuseppe Garibaldi 12/b", "address_public": True}
    make_organization("Casa", city=bolzano, **street)
    make_organization("Piccola", address="via dell'Orto, 3", address_public=True)
    make_organization("Lunga", city=bolzano, address="Piazza del Castello", address_public=True)
    make_organization("Fuori", address="Loc. Casale", address_public=True)
    make_organization("Corta", address="P.zza Castello 1", address_public=True)
    make_organization("Chiusa", address="Via Segreta 1")
    make_organization("Via libera", summary_it="Una via per il teatro.")
    make_organization("Sul campo", summary_it="Il campo in via Torino.")
    assert found(words) == expected


def test_the_lexicon_holds_no_word_of_a_street():
    make_organization("Casa", address="Via Garibaldi 12", address_public=True)
    settle_now(connection.connection)
    lexicons.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM directory_lexicon")
        words = {word for (word,) in cursor}
    assert "casa" in words
    assert not [word for word in words if "garibaldi" in word]


# ------------------------------------------------------------------ matches in context
CARD = re.compile(r'<article class="card.*?</article>', re.DOTALL)


def cards(words: str, page: str = "/it/cerca/") -> str:
    """The cards of the results, each space once."""
    html = Client().get(page, {"q": words}).content.decode()
    return " ".join(" ".join(CARD.findall(html)).split())


def test_matches_are_marked_in_names_and_summaries():
    make_organization("Orto & <b>Città</b>", summary_it="Dell'orto: <i>orti</i>, ortiche.")
    shown = cards("orti citta")
    assert "<mark>Orto</mark> &amp; &lt;b&gt;<mark>Città</mark>&lt;/b&gt;</a>" in shown
    assert "Dell&#x27;<mark>orto</mark>: &lt;i&gt;<mark>orti</mark>&lt;/i&gt;, ortiche." in shown
    assert "card-excerpt" not in shown
    assert "<mark>ortiche</mark>" in cards("ort")
    assert "<mark>" not in cards("")
    # in another number, but for what a word would be if it had one
    fit(make_organization("Anziani", summary_it="Coma diabetico, e case di Caserta."))
    assert "<mark>Anziani</mark>" in cards("anziano")
    assert "<mark>Anziani</mark>" in cards("come anziano")
    assert "case di <mark>Caserta</mark>" in cards("caserta")
    assert "Coma diabetico" in cards("come anziano")


def test_a_name_without_its_signs_is_marked_whole():
    make_organization("Cooperativa Co.M.E.S.")
    assert "Cooperativa <mark>Co.M.E.S</mark>." in cards("comes")


def test_a_name_whose_words_were_typed_as_one_is_marked():
    make_organization("Io ci sto", summary_it="Io ci sto, e tu?")
    make_project("«Banca del Tempo» di Ali", former_names=["Città che è-cura"])
    assert "<mark>Io ci sto</mark></a>" in cards("iocisto")
    assert ">Io ci sto, e tu?<" in cards("iocisto")
    assert "«<mark>Banca del Tempo</mark>» di Ali</a>" in cards("bancadeltem")
    assert "«<mark>Banca</mark> del Tempo» di Ali</a>" in cards("banca")
    assert "</span> <mark>Città che è-cura</mark></p>" in cards("cittacheecura")
    assert "</span> <mark>Città che è-cura</mark></p>" in cards("CittàCheÈCura")
    # several words are marked each by itself
    assert "«<mark>Banca</mark> del <mark>Tempo</mark>» di Ali" in cards("banca tempo")


def test_a_phrase_is_marked_where_it_stands_as_it_is_and_nowhere_else():
    make_organization(
        "Comune",
        summary_it="Il bene del Comune.",
        description_it="I comuni e i beni.\n\nI **beni** comuni di Rione. Beni, comuni.",
        themes=[make_theme("Beni comuni")],
    )
    shown = cards('"beni comuni"')
    assert ">Comune</a>" in shown
    assert "Il bene del Comune." in shown
    assert "I <mark>beni comuni</mark> di Rione. <mark>Beni, comuni</mark>.</p>" in shown
    assert shown.count("<mark>") == 2
    both = cards("“Beni comuni” rione")
    assert "I <mark>beni comuni</mark> di <mark>Rione</mark>." in both
    # only the theme says it
    Organization.objects.update(description_it="I comuni e i beni.")
    assert "<mark>" not in cards('"beni comuni"')
    assert "Il <mark>bene</mark> del <mark>Comune</mark>." in cards("beni comuni")


def test_letters_with_signs_between_them_are_an_acronym():
    """Found with signs or without; not by its letters here and there."""
    make_organization("Cooperativa Co.M.E.S.")
    make_organization("Altro", short_names=["A.C.M.O."], summary_it="E c'è S. Maria, o altro.")
    make_organization("A.N.C.I.")
    make_organization("Anci di qui", description_it="È la s.r.l. di P. Rossi.")
    make_organization("S. R. e L. Bianchi")
    assert found("C.O.M.E.S.") == ["Cooperativa Co.M.E.S."]
    assert found("a.n.c.i.") == found("ANCI") == ["A.N.C.I.", "Anci di qui"]
    assert "<mark>A.N.C.I</mark>." in cards("anci")
    assert "<mark>Anci</mark> di qui" in cards("A.N.C.I.")
    assert found("A.C.M.") == ["Altro"]
    assert "<mark>A.C.M.O</mark>." in cards("A.C.M.")
    make_organization("Circolo G. B. Vico")
    assert "Circolo <mark>G. B</mark>. <mark>Vico</mark>" in cards("G.B. Vico")
    assert found("A.P.S.") == []
    assert found("I.O.") == []
    make_organization("Io")
    assert found("I.O.") == ["Io"]


def test_a_code_that_was_found_is_shown():
    make_organization("Ponte", summary_it="Sul fiume.").identifiers.create(
        scheme="fiscal_code", value="97668940587"
    )
    network = make_network("Rete", description_it="Dal 97668940588.")
    network.identifiers.create(scheme="wikidata", value="Q97668940")
    for typed in (
        *("97668940587", "IT 976 6894 0587", "P.IVA 97668940587", "ponte 97668940587"),
        *("ponte 976.689.405.87", "Ponte, C.F. 97668 940587", "it-97668940587"),
        '"97668940587"',
    ):
        shown = cards(typed)
        assert 'label">Codice fiscale:</span> <mark>97668940587</mark></p>' in shown
        assert shown.count("<article") == 1
    assert "<mark>97668940587</mark>" in cards("9766894058", "/it/organizzazioni/")
    english = cards("97668940587", "/en/organizations/")
    assert 'label">Fiscal code:</span> <mark>97668940587</mark></p>' in english
    assert 'label">Wikidata:</span> <mark>Q97668940</mark></p>' in cards("q97668940")
    assert "Dal <mark>97668940588</mark>." in cards("97668940588")
    assert "card-excerpt" not in cards("ponte")


def test_what_an_acronym_is_short_for_is_marked_as_a_whole():
    make_organization("Associazione Orti APS", summary_it="Associazione sociale di Orti.")
    make_organization("Orti: associazione di promozione sociale")
    shown = cards("a.p.s.")
    assert "Associazione Orti <mark>APS</mark></a>" in shown
    assert ">Associazione sociale di Orti.<" in shown
    assert "Orti: <mark>associazione di promozione sociale</mark></a>" in shown
    shown = cards("aps orti")
    assert "Associazione <mark>Orti</mark> <mark>APS</mark></a>" in shown
    shown = cards("orti associazione di promozione sociale")
    assert "<mark>Associazione</mark> <mark>Orti</mark> <mark>APS</mark></a>" in shown


def test_a_letter_before_an_apostrophe_is_not_marked_by_itself():
    make_organization("In Val d'Aosta", summary_it="D'estate e d'inverno, in Valle d'Aosta.")
    shown = cards("val d'aosta")
    assert "In <mark>Val</mark> <mark>d&#x27;Aosta</mark></a>" in shown
    assert "D&#x27;estate e d&#x27;inverno, in" in shown
    assert "<mark>d</mark>" in cards("d")


def test_a_place_that_was_found_by_another_name_is_shown(directory):
    """What it is called in the reader's language the card's line says already."""
    make_organization("Casa", city=City.objects.get(name_it="Bolzano"), summary_it="A Bozen.")
    City.objects.get(name_it="Bolzano").names.create(kind="full", name="Bolzano/Bozen")
    shown = cards("bozen")
    assert 'label">Luogo:</span> Bolzano (<mark>Bozen</mark>)</p>' in shown
    assert "A <mark>Bozen</mark>.</p>" in shown
    assert shown.count("card-excerpt-label") == 1
    assert "Bolzano (<mark>Gries</mark>)" in cards("terra gri")
    assert 'label">Place:</span> Bolzano (<mark>Gries</mark>)' in cards("gries", "/en/search/")
    assert "card-excerpt" not in cards("bolzano")
    make_organization("Ponte", city=make_city("Gorizia")).city.names.create(
        kind="local", name="Görz"
    )
    for typed in ("Görz", "gorz", "GÖRZ"):
        assert "Gorizia (<mark>Görz</mark>)" in cards(typed)
    genoa = make_organization("Molo", city=make_city("Genova"), summary_it="Genitori di Genova.")
    genoa.city.names.create(kind="local", name="Genua")
    assert "Genova (<mark>Genua</mark>)" in cards("genua")
    reggio = make_city("Reggio nell'Emilia")
    reggio.names.create(kind="common", name="Reggio Emilia")
    make_organization("Fonte", city=reggio)
    assert "card-excerpt" not in cards("reggio")
    turin = make_city("Torino", name_en="Turin")
    turin.names.create(kind="current", name="Torino", language="it")
    turin.names.create(kind="current", name="Turin", language="en")
    make_project("Ponti", places=[turin])
    assert "Torino (<mark>Turin</mark>)" in cards("turin")
    assert "Turin (<mark>Torino</mark>)" in cards("torino", "/en/search/")
    assert "card-excerpt" not in cards("torino") + cards("turin", "/en/search/")


def test_what_stands_elsewhere_is_shown_in_context():
    long = "Prima cosa. " * 40
    make_organization(
        "Casa",
        summary_it="Un posto.",
        description_it=f"{long}\n\nQui c'è una [bella **falegnameria**](https://x.example/a) "
        f"<script>. {long}",
        former_names=["Vecchia officina"],
        story_en="Once a smithy of the village.",
    )
    shown = cards("falegnamerie")
    assert "c&#x27;è una bella <mark>falegnameria</mark> &lt;script&gt;. Prima cosa." in shown
    assert "x.example" not in shown
    assert 'lang="en"' not in shown
    assert '<span lang="en">Once a <mark>smithy</mark> of the village.</span>' in cards("smithy")
    english = cards("falegnameria", "/en/search/")
    assert '<span lang="it">' in english
    assert "<mark>falegnameria</mark>" in english
    assert "Nomi precedenti:</span> Vecchia <mark>officina</mark>" in cards("officina")


def test_every_text_that_is_searched_is_shown_where_it_matches():
    """The rooms' views and the models' ``searched_texts`` name the same texts."""
    makers = (make_organization, make_network, make_project)
    for number, make in enumerate(makers):
        entry = make(f"Voce {number}")
        fields = ("description", *entry.searched_texts)
        for place, field in enumerate(fields):
            for code in ("it", "en"):
                word = "parola" + "abcdefghij"[place] + "abc"[number] + code
                type(entry).objects.filter(pk=entry.pk).update(**{f"{field}_{code}": word})
                assert f"<mark>{word}</mark>" in cards(word)


def test_marks_take_one_query(directory, django_assert_max_num_queries):
    from directory.highlights import mark

    entries = list(Organization.objects.all())
    for words in ("orto città", "orto 97668940587", "bozen 97668940587"):
        with django_assert_max_num_queries(1):
            mark(entries, Words(words, "it"))


# ------------------------------------------------------------------ misspelt words
MEANT = re.compile(r'class="meant">.*?<a href="([^"]+)"[^>]*>(.*?)</a>')


def meant(words: str, page: str = "/it/cerca/", **filters: str) -> str:
    """What the page proposes; following its link gives results."""
    html = Client().get(page, {"q": words, **filters}).content.decode()
    if not (match := MEANT.search(html)):
        return ""
    address, proposal = map(unescape, match.groups())
    again = Client().get(address)
    assert NAME.search(again.content.decode())
    for value in filters.values():
        assert value in address
    return proposal


@pytest.fixture
def lexicon(directory) -> None:
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("biodversita", "biodiversità"),
        ("Biodiverista", "Biodiversità"),
        ("BIODIVERISTA", "BIODIVERSITÀ"),
        ("bolzanno", "bolzano"),
        ("vivva", "viva"),
        ("terra vivva", "terra viva"),
        ("“terra” -orsi boltzano", "“terra” -orsi bolzano"),
        ("neigbourhod", "neighbourhood"),
        # without the space, the word between or the apostrophe
        ("ortibiodiversita", "orti biodiversità"),
        ("#OrtiDellaCitta", "#Orti della città"),
        ("dellabiodiversita bolzanno", ""),
        # begun, before the last word
        ("biodiv orti", "biodiversità orti"),
        ("biodiv ort", "biodiversità ort"),
        ("biodiv bolzano", ""),
        # every word is there, only not together
        ("biodiversita bolzano", ""),
        ("comesbiodiversita", ""),
        ("qwertyuiop", ""),
        ("xx yy", ""),
        ("vivva qwertyuiop", ""),
        ("", ""),
    ],
)
def test_a_misspelt_word_is_put_right(lexicon, typed, proposed):
    assert meant(typed) == proposed


def test_a_word_is_proposed_as_most_write_it():
    """With the accent of most entries; without, where most have none."""
    make_organization("Prossimità", summary_it="Prossimita’ e prossimità.")
    make_organization("La prossimità", summary_it="Una meta, perchè no.")
    make_organization("Metà", city=make_city("Forlì", make_province("FC", make_region("Romagna"))))
    make_organization("Prossimita", summary_it="Meta, perché, bicicletta.")
    make_organization("Oltre", summary_it="Perché una meta? «Perché» in Emilia-Cefalù.")
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())
    assert meant("prosimita") == "prossimità"
    assert meant("metta") == "meta"
    assert meant("perkhe") == "perché"
    assert meant("bicicleta") == "bicicletta"
    assert meant("forlli") == "forlì"
    assert meant("Cefaluu") == "Cefalù"
    # and again, as less of them write it
    Organization.objects.filter(name_it__contains="Prossimità").update(name_it="Prossimita")
    Organization.objects.filter(name_it="La prossimità").update(name_it="La prossimita")
    Organization.objects.filter(summary_it__contains="Prossimita").update(summary_it="Meta")
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())
    assert meant("prosimita") == "prossimita"


def test_of_words_as_near_the_commonest_is_proposed_first():
    known = {"pro": 2, "protezione": 5, "protetta": 1}
    assert lexicons.nearest("prot", known) == ["protezione", "pro", "protetta"]
    assert lexicons.nearest("prot", {**known, "pro": 7})[0] == "pro"


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("dellambiente", "dell'ambiente"),
        ("curadellambiente", "cura dell'ambiente"),
        ("curaambiente", "cura ambiente"),
        ("nellacura", ""),
    ],
)
def test_what_was_written_as_one_word_is_parted(typed, proposed):
    make_organization("Una", summary_it="Si prende cura dell'ambiente.")
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())
    assert meant(typed) == proposed


def test_a_word_that_only_another_form_of_is_there_may_be_misspelt_too():
    """Names of places have no stems, so that “giula” is not “Giulia” there."""
    province = make_province("UD", make_region("Friuli-Venezia Giulia"))
    make_organization("Orto", city=make_city("Udine", province))
    make_organization("Casa", summary_it="Da Giulia, coi laghetti.")
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())
    assert found("giula") == ["Casa"]
    assert meant("Friuli Venezia Giula") == "Friuli Venezia Giulia"
    assert meant("orto giula") == "orto giulia"
    # another form, of which there is no more
    assert found("laghetto") == ["Casa"]
    assert meant("orto laghetto") == ""


def test_nothing_without_results_is_proposed(lexicon):
    assert meant("vivva", type="organization") == "viva"
    assert meant("vivva", type="project") == ""
    assert meant("vivva", "/it/progetti/") == ""
    make_organization("Segretissima", status="draft")
    found("")
    call_command("refresh_lexicon", stdout=io.StringIO())
    assert meant("segretisima") == ""
    Organization.objects.filter(name_it="Terra viva").update(status="archived")
    assert meant("vivva") == ""


def test_the_lexicon_forgets_what_nobody_says_any_more(lexicon):
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM directory_lexicon WHERE word = 'zappe'")
        assert cursor.fetchone() == (1,)
        Organization.objects.update(former_names=[])
        found("")
        call_command("refresh_lexicon", stdout=io.StringIO())
        cursor.execute("SELECT n FROM directory_lexicon WHERE word = 'zappe'")
        assert cursor.fetchone() is None


@pytest.mark.parametrize("count", [3, 40])
def test_proposing_costs_a_bounded_number_of_queries(lexicon, count):
    words = " ".join(f"zq{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(count))
    with CaptureQueriesContext(connection) as captured:
        meant(words)
    assert len(captured) <= 16


def test_past_the_bound_the_order_is_the_same(monkeypatch):
    """Where there are too many matches to sort, each tier is asked by itself."""
    make_organization("Zeta orti")
    make_organization("Gamma orto")
    make_organization("Ortica")
    make_organization("Beta", summary_it="Un orto.")
    make_organization("Alfa", summary_en="An orto.")
    make_organization("Aaa", summary_it="In breve.", description_it="Tanti orti.")
    make_organization("Abc", summary_en="In short.", description_en="Many orti.")
    order = found("orti")
    assert len(order) == 7
    monkeypatch.setattr("directory.search.MOST_MATCHES", 6)
    monkeypatch.setattr("directory.search.FEW_ENTRIES", 0)
    assert found("orti") == order[:6]


@pytest.mark.parametrize("language", ["it", "en"])
def test_past_the_bound_names_come_in_order_from_part_to_part(monkeypatch, language):
    """The alphabet is divided when all documents are written anew; what comes later is in it."""
    monkeypatch.setattr("directory.search.MOST_MATCHES", 30)
    monkeypatch.setattr("directory.search.FEW_ENTRIES", 0)
    words = ["Àncora", "banda", "Zeta", "èrto", "Zoo", "mulino", "Nido", "9 lune", "orto", "Ìride"]
    for n, word in enumerate(words * 4):
        make_organization(f"{word} comune {n}", name_en=f"{words[n % 7]} common {n}")

    def order() -> list[str]:
        return found("comun", f"/{language}/search/" if language == "en" else "/it/cerca/")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        whole = order()
        assert len(whole) == 24
        call_command("rebuild_index", verbosity=0, stdout=io.StringIO())
        cursor.execute("SELECT count(DISTINCT sections) FROM public.directory_document")
        assert cursor.fetchone()[0] > 20
    assert order() == whole
    make_organization("Aaa comune", name_en="Aaa common")
    make_organization("Acca comune", name_en="Acca common")
    expected = Organization.objects.order_by(f"sort_{language}", "pk")[:24]
    assert order() == [getattr(one, f"name_{language}") for one in expected]


@pytest.mark.parametrize(("word", "is_alike"), [("pro", False), ("borghi", True)])
def test_past_the_bound_choices_of_a_short_word_are_of_all_that_begin_like_it(word, is_alike):
    """“Pro” as it is has the names of one kind, and begins words of every kind; they are too many
    to be asked for one by one."""
    others = [f"{word}{a}{b}" for a in "abcdefghil" for b in "mnopqrs"]
    make_organization("Parole", description_it=" ".join(others))
    with CaptureQueriesContext(connection) as captured:
        found(word, "/it/organizzazioni/")
    first_as_written = [one for one in captured if "base0_first AS" in one["sql"]]
    assert bool(first_as_written) == is_alike

"""Lists from outside become entries: right or reported, never wrong, and never at the cost of
what staff did."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from directory.history import deleted, documents, latest, versions_of
from directory.models import Theme
from directory.told import told
from exchange.models import Import, ImportedRow, SavedMapping
from exchange.territory import Territory
from networks.models import Network
from orgs.models import Organization
from places.models import City
from projects.models import Project
from tests import builders

pytestmark = pytest.mark.django_db(transaction=False)
HEADER = "Nome;Comune;Prov;Codice fiscale;Sito;Telefono;Data costituzione;Temi;Indirizzo"
LIST = f"""{HEADER}
ASSOCIAZIONE "L'AQUILONE" ODV;NAPOLI (NA);;743110157;WWW.AQUILONE.EXAMPLE;81123456;giugno 2013;Ecologia;VIA PO N. 5
Cittadini per Forlì;FORLI';FC;;-;;2001;Volontariato|Fantasia;
Il Maso;Bozen;;;https://maso.example/;;;;
"""  # noqa: E501


@pytest.fixture(scope="module")
def territory(content_once: None, django_db_blocker: Any) -> Territory:
    with django_db_blocker.unblock():
        return Territory()


@pytest.fixture(autouse=True)
def with_content(content: None, territory: Territory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first content is there; the territory is read once for all tests, as it stays."""
    monkeypatch.setattr("exchange.command.Territory", lambda: territory)


class Runs:
    """Runs the commands in a folder, and tells what they said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str | bytes, *arguments: str, kind: str = "organizations") -> str:
        path = self.folder / "elenco.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        said = io.StringIO()
        call_command(
            f"import_{kind}",
            str(path),
            "--report",
            str(self.folder / "report.csv"),
            *arguments,
            stdout=said,
            stderr=io.StringIO(),
        )
        return said.getvalue()

    @property
    def report(self) -> list[dict[str, str]]:
        with (self.folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def outcomes(self) -> list[str]:
        return [row["what happened"] for row in self.report]

    def undo(self) -> str:
        said = io.StringIO()
        last = Import.objects.latest("pk")
        call_command("undo_import", str(last.pk), stdout=said, stderr=io.StringIO())
        return said.getvalue()


@pytest.fixture
def run(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def picture(of: tuple[str, ...] = ("orgs_", "networks_", "projects_")) -> dict[str, Any]:
    """Every row of every table whose name begins so."""
    tables = [table for table in connection.introspection.table_names() if table.startswith(of)]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def aquilone() -> Organization:
    return Organization.objects.get(name_it__contains="Aquilone")


# ------------------------------------------------------------------ what is written
def test_a_list_becomes_entries_in_review_with_their_source(run: Runs) -> None:
    said = run(LIST, "--source", "Registro", "--source-url", "registro.example")
    assert "→ name   as in “ASSOCIAZIONE" in said
    assert "3 created" in said
    one = aquilone()
    assert one.name_it == 'Associazione "L\'Aquilone" ODV'
    assert one.status == "in_review"
    assert one.slug == "associazione-l-aquilone-odv"
    assert str(one.city) == "Napoli (NA)"
    assert (one.telephone, one.telephone_public) == ("081123456", False)
    assert (one.address, one.address_public) == ("Via Po 5", False)
    assert one.founded_on
    assert one.founded_on.iso == "2013-06"
    assert [address.url for address in one.web_addresses.all()] == ["https://www.aquilone.example"]
    assert [(code.scheme, code.value) for code in one.identifiers.all()] == [
        ("fiscal_code", "00743110157")
    ]
    assert [theme.slug for theme in one.themes.all()] == ["ecologia"]
    (source,) = one.sources.all()
    assert (source.title_it, source.url) == ("Registro", "https://registro.example")
    kept = ImportedRow.objects.get(organization=one)
    assert dict(kept.raw)["Codice fiscale"] == "743110157"
    assert dict(kept.raw)["Nome"] == 'ASSOCIAZIONE "L\'AQUILONE" ODV'
    assert [str(Organization.objects.get(name_it=name).city) for name in ("Cittadini per Forlì", "Il Maso")] == ["Forlì (FC)", "Bolzano (BZ)"]  # fmt: skip  # noqa: E501


def test_entries_by_command_are_as_those_by_hand(run: Runs) -> None:
    """The bulk writer leaves no column otherwise than a saved row has it."""
    run("nome\nEsempio\n")
    imported = Organization.objects.get(slug="esempio")
    saved = builders.make_organization("Esempio", slug="esempio-2", status="in_review")
    own = {"id", "slug", "created", "updated"}
    for each in Organization._meta.concrete_fields:
        if each.name not in own and not each.generated:
            assert getattr(imported, each.attname) == getattr(
                Organization.objects.get(pk=saved.pk), each.attname
            ), each.name
    assert imported.former_slugs.get().slug == "esempio"


def test_the_report_says_for_each_row_what_happened_and_what_was_changed(run: Runs) -> None:
    run(LIST)
    first, second, _third = run.report
    assert (first["row"], first["what happened"]) == ("2", "created")
    assert "telephone: “81123456” → “081123456”" in first["changed while reading"]
    assert second["not taken over"] == "themes: “Fantasia”, not a word of this directory"


def test_a_report_holds_no_formula(run: Runs) -> None:
    run("nome\n+39 per tutti\n@tutti\n")
    assert [row["name"] for row in run.report] == ["'+39 per tutti", "'@tutti"]


def test_new_entries_are_public_only_if_asked(run: Runs) -> None:
    run("nome;descrizione breve\nEsempio;Cura un orto.\nMuta;\n", "--status", "published")
    one = Organization.objects.published().get(slug="esempio")
    assert one.published_at is not None
    mute = Organization.objects.get(slug="muta")
    assert (mute.status, mute.published_at) == ("in_review", None), "it has no summary"
    assert "a summary is missing" in run.report[1]["why"]


def test_namesakes_get_slugs_of_their_own(run: Runs) -> None:
    known("Pro Loco", "torino", slug="pro-loco")
    builders.make_organization("Altra", slug="pro-loco-3")
    run("nome;comune\n" + "".join(f"Pro Loco;{city}\n" for city in ("Asti", "Alba", "Cuneo")))
    slugs = Organization.objects.filter(slug__startswith="pro-loco").order_by("pk")
    assert [one.slug for one in slugs] == [
        *("pro-loco", "pro-loco-3", "pro-loco-2", "pro-loco-4", "pro-loco-5"),
    ]


def test_networks_and_projects_have_places(run: Runs) -> None:
    run("rete;comune;territorio\nRete Esempio;Asti;Regione Piemonte, Milano\n", kind="networks")
    network = Network.objects.get(slug="rete-esempio")
    assert [str(place) for place in network.places.all()] == [
        "Asti (AT)",
        "Piemonte",
        "Milano (MI)",
    ]
    run(
        "progetto;inizio;fine;in corso;scala;territorio\nProva;2019;2021;no;Locale;Italia\n",
        kind="projects",
    )
    project = Project.objects.get(slug="prova")
    assert (project.founded_on.iso, project.ended_on.iso) == ("2019", "2021")  # type: ignore[union-attr]
    assert (project.geography, project.ongoing) == ("local", False)
    assert project.places.get().country


@pytest.mark.parametrize(
    ("cells", "city"),
    [
        ("NAPOLI (NA);;", "Napoli (NA)"),
        ("FORLI';;", "Forlì (FC)"),
        ("Brixen;;", "Bressanone (BZ)"),
        ("Doberdob;;", "Doberdò del Lago (GO)"),
        ("80100 Napoli;;", "Napoli (NA)"),
        ("Comune di Asti;AT;", "Asti (AT)"),
        ("REGGIO NELL'EMIL;RE;", "Reggio nell'Emilia (RE)"),
        ("SAN GIOVANNI IN PERSIC;;", "San Giovanni in Persiceto (BO)"),
        (";;001272", "Torino (TO)"),
        (";;1272", "Torino (TO)"),
        ("Castro;LE;", "Castro (LE)"),
        ("Moransengo;AT;", "Moransengo-Tonengo (AT)"),
        # Reported, because they may be another.
        ("Castro;;", None),
        ("Napoli;MI;", None),
        ("Torino;;015146", None),
        ("Casalecchio;;", None),
        ("San Giovanni;;", None),
        ("Atlantide;;", None),
    ],
)
def test_a_city_is_right_or_reported(run: Runs, cells: str, city: str | None) -> None:
    run(f"nome;comune;prov;codice istat\nEsempio;{cells}\n")
    one = Organization.objects.get(slug="esempio")
    assert (str(one.city) if one.city else None) == city
    assert ("city: “" in run.report[0]["not taken over"]) == (city is None)


# ------------------------------------------------------------------ what is the same
def known(name: str, city: str = "", code: str = "", url: str = "", **fields: Any) -> Organization:
    seat = City.objects.get(slug=city) if city else None
    one = builders.make_organization(name, city=seat, **fields)
    if code:
        one.identifiers.create(scheme="fiscal_code", value=code)
    if url:
        one.web_addresses.create(url=url)
    return one


CODE, OTHER = "00743110157", "80012000826"


@pytest.mark.parametrize(
    ("there", "row", "outcome"),
    [
        (
            ("Il Ponte", "asti", CODE),
            f"IL PONTE ODV;Asti;;743110157;ponte.example{';' * 4}",
            "same",
        ),
        (("Il Ponte", "", CODE), f"Ponte sul Po;Asti;;743110157{';' * 5}", "to decide"),
        (("Il Ponte", "asti", CODE), f"Il Ponte;Cuneo;;743110157{';' * 5}", "to decide"),
        (
            ("Ponte", "", "", "http://www.ponte.example/"),
            f"PONTE;;;;ponte.example{';' * 4}",
            "same",
        ),
        (("Ponte", "", "", "http://ponte.example"), f"Sole;;;;ponte.example{';' * 4}", "to decide"),
        (("Ponte", "asti", "", "http://a.example"), f"Sole;Cuneo;;;a.example{';' * 4}", "created"),
        (("Il Ponte", "asti"), f"Associazione Il Ponte;ASTI{';' * 7}", "same"),
        (("Il Ponte", "asti"), f"Il Ponte;Cuneo{';' * 7}", "created"),
        (("Il Ponte", "asti"), f"Il Ponte{';' * 8}", "to decide"),
        (("Il Ponte", "asti", OTHER), f"Il Ponte;Asti;;743110157{';' * 5}", "created"),
        (("Il Ponte", "asti"), f"La Fonte;Asti{';' * 7}", "created"),
    ],
)
def test_a_row_is_matched_or_new_or_left_to_a_person(
    run: Runs, there: Any, row: str, outcome: str
) -> None:
    one = known(*there)
    before = Organization.objects.count()
    run(f"{HEADER}\n{row}\n")
    (result,) = run.report
    if outcome == "same":
        assert result["entry"] == one.slug
        assert Organization.objects.count() == before
    else:
        assert result["what happened"] == outcome
        assert Organization.objects.count() == before + (outcome == "created")
    assert ImportedRow.objects.waiting().count() == (outcome == "to decide")
    if outcome == "to decide":
        assert f"perhaps {one.slug}" in result["why"]
        assert [pk for pk, _why in ImportedRow.objects.waiting().get().candidates] == [one.pk]


def test_a_site_that_many_share_identifies_nobody(run: Runs) -> None:
    run("nome;sito\nCentro Nord;asl.example\nCentro Sud;asl.example\nSpazio Est;asl.example\n")
    assert run.outcomes == ["created"] * 3


def test_rows_that_are_the_same_are_taken_once(run: Runs) -> None:
    run(
        "nome;comune;nota\nIl Ponte;Asti;a\nIl Ponte;Asti;a\nASS. IL PONTE;Asti;b\n"
        "nome;comune;nota\n"
    )
    assert run.outcomes == ["created", "left out", "to decide"]
    assert run.report[1]["why"] == "row 2 says the same"
    assert "perhaps il-ponte" in run.report[2]["why"]


def test_surgeries_of_one_name_and_site_are_one_in_each_city(run: Runs) -> None:
    rows = enumerate(("Asti", "Alba", "Asti", "", "Cuneo"))
    lines = (f"Consultorio;{city};asl.example;01411234{n}\n" for n, city in rows)
    run(f"nome;comune;sito;telefono\n{''.join(lines)}")
    assert run.outcomes == ["created", "created", "to decide", "to decide", "to decide"]
    assert "row 2 of the file" in run.report[2]["why"]
    assert "row 2 of the file" in run.report[3]["why"]
    # It may be the one without a city.
    assert "row 5 of the file" in run.report[4]["why"]


def test_totals_and_remarks_are_no_entries(run: Runs) -> None:
    run(
        "nome;comune;note\nA;Asti;\nTotale associazioni: 1;;\n* dati dichiarati;;\n"
        "Fonte: Regione;;2024\nTotal Eclipse;Asti;\nTotalità;;\n"
    )
    assert run.outcomes == ["created", *["left out"] * 3, "created", "created"]
    assert run.report[1]["why"] == "a total or a remark, no entry: “Totale associazioni: 1”"


def test_rows_that_are_no_entries_are_reported(run: Runs) -> None:
    run("nome;comune\n;Asti\nA;Asti;troppo\n---;\nB;Asti\n")
    assert run.outcomes == ["left out", "left out", "left out", "created"]
    assert "there is no name" in run.report[0]["why"]
    assert "more cells than columns" in run.report[1]["why"]


# ------------------------------------------------------------------ never harm
def test_a_second_run_changes_nothing(run: Runs) -> None:
    run(LIST + "Il Ponte;;;;;;;;\n")
    known("Il Sole")
    run(LIST + "Il Sole;;;;;;;;\n")
    before = picture()
    run(LIST + "Il Sole;;;;;;;;\n")
    assert picture() == before
    assert run.outcomes == ["unchanged"] * 3 + ["to decide"]
    assert ImportedRow.objects.waiting().count() == 1


def test_a_dry_run_writes_nothing_and_says_what_would_happen(run: Runs) -> None:
    run("Nome;Comune;Telefono\nIl Maso;Bolzano;0471 1\nL'Aquilone;;\n")
    before = picture(("",))
    said = run(LIST, "--dry-run", "--overwrite", "all", "--save-mapping", "elenco")
    assert "1 would be created" in said
    assert run.outcomes == ["to decide", "created", "updated"]
    assert picture(("",)) == before
    assert len(before) > 40


def test_a_newer_list_changes_what_nobody_edited(run: Runs) -> None:
    run("nome;comune;telefono;sito;descrizione\nA B;Asti;0141 111111;a.example;Prima\n")
    one = Organization.objects.get(slug="a-b")
    one.telephone = "0141 999999"
    one.summary_it = "Di chi scrive"
    one.save()
    newer = (
        "nome;comune;telefono;sito;descrizione;email\nA B;Asti;0141 222222;b.example;Dopo;a@b.it\n"
    )
    run(newer)
    one.refresh_from_db()
    assert (one.telephone, one.description_it) == ("0141 999999", "Dopo")
    assert (one.email, one.summary_it) == ("a@b.it", "Di chi scrive")
    assert [address.url for address in one.web_addresses.all()] == ["https://b.example"]
    assert "edited by staff, left as it is: telephone" in run.report[0]["why"]
    run(newer, "--overwrite", "telephone")
    one.refresh_from_db()
    assert (one.telephone, one.summary_it) == ("0141 222222", "Di chi scrive")


def test_what_an_editor_wrote_first_is_only_added_to(run: Runs) -> None:
    one = known(
        "Il Ponte", "asti", url="https://ponte.example", telephone="0141 1", summary_it="Sì"
    )
    run(f"{HEADER};email\nIl Ponte;Asti;;{CODE};altro.example;0141 222222;2001;Ecologia;;a@b.it\n")
    one.refresh_from_db()
    assert (one.telephone, one.email, one.summary_it) == ("0141 1", "a@b.it", "Sì")
    assert one.founded_on
    assert one.founded_on.iso == "2001"
    assert [address.url for address in one.web_addresses.all()] == ["https://ponte.example"]
    assert [theme.slug for theme in one.themes.all()] == ["ecologia"]
    assert one.status == "published"
    run(f"{HEADER}\nIl Ponte;Asti;;;altro.example;;;;\n", "--overwrite", "website")
    assert [address.url for address in one.web_addresses.order_by("order")] == [
        *("https://ponte.example", "https://altro.example"),
    ]


def test_what_staff_emptied_or_deleted_stays_so(run: Runs) -> None:
    run(LIST)
    one = aquilone()
    one.telephone = ""
    one.save()
    one.themes.clear()
    Organization.objects.get(name_it="Il Maso").delete()
    run(LIST)
    one.refresh_from_db()
    assert one.telephone == ""
    assert not one.themes.exists()
    assert not Organization.objects.filter(name_it="Il Maso").exists()
    assert run.outcomes == ["unchanged", "unchanged", "left out"]
    assert "staff deleted" in run.report[2]["why"]


@pytest.mark.parametrize("status", ["in_review", "published"])
def test_versions_say_of_new_entries_what_reading_them_would(run: Runs, status: str) -> None:
    run(LIST, "--status", status)
    new = Organization.objects.filter(pk__in=ImportedRow.objects.values("organization"))
    assert len(new) == 3
    assert latest(Organization, [one.pk for one in new]) == documents(
        Organization, [one.pk for one in new]
    )
    run("rete;comune;obiettivo\nRete Esempio;Asti;Prova\n", kind="networks")
    network = Network.objects.get(slug="rete-esempio")
    assert latest(Network, [network.pk]) == documents(Network, [network.pk])
    run("progetto;dal;al;temi\nProva;2019;06/2021;Ecologia;\n", kind="projects")
    project = Project.objects.get(slug="prova")
    assert latest(Project, [project.pk]) == documents(Project, [project.pk])


def test_a_batch_is_one_revision_and_what_stood_there_before_can_be_put_back(run: Runs) -> None:
    one = known("Il Ponte", "asti", summary_it="Di chi scrive")
    run(f"{HEADER}\nIl Ponte;Asti;;;;0141 222222;;;\nLa Fonte;Asti;;;;;;;\n", "--source", "Albo")
    number = Import.objects.get().pk
    now, before = versions_of(one)
    assert told(now.revision.comment) == f"importazione {number}: Albo"
    assert now.revision.version_set.count() == 2
    assert '"telephone": "0141 222222"' in now.serialized_data
    assert '"telephone": ""' in before.serialized_data
    run.undo()
    assert told(versions_of(one)[0].revision.comment) == f"importazione {number} annullata"
    assert deleted(Organization).get().object_repr == "La Fonte"


# ------------------------------------------------------------------ taking back
def test_an_import_is_taken_back_where_nobody_touched_it(run: Runs) -> None:
    kept = known("Il Ponte", "asti")
    before = picture()
    run(LIST + f"Il Ponte;Asti;;{CODE};ponte.example;0141 222222;2001;Ecologia;Via Po\n")
    assert run.outcomes == ["created"] * 3 + ["updated"]
    assert "3 entries deleted, 1 as they were before" in run.undo()
    after = picture()
    kept.refresh_from_db()
    assert (kept.telephone, kept.founded) == ("", None)
    # The entry that was there says when it was changed last; all else is as before.
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"orgs_organization"}
    run(LIST)
    assert run.outcomes == ["created"] * 3


def test_what_was_touched_or_is_needed_stays(run: Runs) -> None:
    run("nome;comune\nA B;Asti\nC D;Asti\nE F;Asti\n")
    touched, needed, alone = Organization.objects.filter(slug__in=["a-b", "c-d", "e-f"]).order_by(
        "slug"
    )
    touched.save()
    builders.join(needed, builders.make_network())
    said = run.undo()
    assert "1 entries deleted" in said
    assert "row 2: a-b stays, touched since" in said
    assert "row 3: c-d stays, in use by another entry" in said
    assert not Organization.objects.filter(pk=alone.pk).exists()


def test_two_imports_are_taken_back_one_after_the_other(run: Runs) -> None:
    run("nome;comune;telefono\nA B;Asti;0141 111111\n")
    run("nome;comune;telefono\nA B;Asti;0141 222222\n")
    run.undo()
    assert Organization.objects.get(slug="a-b").telephone == "0141 111111"
    first = Import.objects.earliest("pk")
    call_command("undo_import", str(first.pk), stdout=io.StringIO(), stderr=io.StringIO())
    assert not Organization.objects.filter(slug="a-b").exists()


# ------------------------------------------------------------------ the command
def test_a_mapping_is_saved_and_named_again(run: Runs) -> None:
    run("Chi;Dove\nA B;Asti\n", "--map", "Chi=name", "Dove=city", "--save-mapping", "comune")
    assert SavedMapping.objects.get().columns == {"Chi": "name", "Dove": "city"}
    run("Chi;Dove\nC D;Asti\n", "--mapping", "comune")
    assert str(Organization.objects.get(slug="c-d").city) == "Asti (AT)"
    with pytest.raises(CommandError, match=r"no saved mapping “altra”. There are: “comune”"):
        run("Chi;Dove\nC D;Asti\n", "--mapping", "altra")


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        ("nome,nota\nA,=1+1\n", [], "holds a formula"),
        ("nome,nota\nA B,x\n" + "C,y\n" * 2000 + 'D,"never', [], "cut off"),
        ("nome\n", [], "no rows below the header"),
        ("nome\nA\n", ["--map", "nome=x"], "no field “x”"),
        ("nome\nA\n", ["--overwrite", "slug"], "no field “slug” to overwrite"),
        ("nome\nA\n", ["--source-url", "x"], "not a web address"),
        ("nome\nA\n", ["--encoding", "x"], "no encoding “x”"),
    ],
)
def test_a_bad_file_ends_with_a_sentence_status_2_and_nothing_written(
    run: Runs, text: str, arguments: list[str], sentence: str
) -> None:
    before = picture(("",))
    with pytest.raises(CommandError, match=sentence) as refused:
        run(text, *arguments)
    assert refused.value.returncode == 2
    assert picture(("",)) == before


def test_no_file_and_no_import_of_that_number() -> None:
    with pytest.raises(CommandError, match="no file") as refused:
        call_command("import_organizations", "/nowhere/list.csv")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="no import 99"):
        call_command("undo_import", "99")


def test_how_many_queries_a_batch_takes(run: Runs, django_assert_max_num_queries: Any) -> None:
    """No more for three rows than for three hundred."""
    theme = Theme.objects.get(slug="ecologia")
    rows = "".join(f"Nuova {n};Asti;;;n{n}.example;;;{theme.name_it};\n" for n in range(300))
    with django_assert_max_num_queries(70):
        run(f"{HEADER}\n{rows}")

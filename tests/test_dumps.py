"""The public directory as a folder, and an empty civicnet filled from it.

Two databases: what one wrote, another one without content reads, and writes again to the byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from directory.history import versions_of
from directory.models import LoadedBundle, Theme
from directory.told import told
from dumps.tables import PRIVATE, Table, tables
from orgs.models import Organization
from projects.models import Participation
from tests import builders as make
from tests.addresses import NETWORK
from tests.conftest import settle_now

pytestmark = pytest.mark.django_db
SECRETS = (
    "segreta@civicnet.example",
    "011 999999",
    "Via Nascosta 9",
    "Nota interna",
    "in-lavorazione",
)


def written(folder: Path) -> str:
    out = io.StringIO()
    call_command("dump_directory", str(folder), stdout=out)
    return out.getvalue()


def loaded(folder: Path) -> str:
    out = io.StringIO()
    call_command("load_directory", str(folder), stdout=out)
    return out.getvalue()


def content_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def full(stage: None) -> None:
    """The first content, every state of a page, and what nobody outside may see."""
    heir = Organization.objects.get(slug="casa-aperta")
    secret = make.make_organization(
        "In lavorazione", slug="in-lavorazione", status="draft", internal_note="Nota interna"
    )
    public = make.make_organization(
        "Con segreti",
        email=SECRETS[0],
        telephone=SECRETS[1],
        address=SECRETS[2],
        internal_note=SECRETS[3],
        parent=secret,
        successor=heir,
        other_names=["Uno", "Due; tre"],
        summary_it='Con "virgolette", virgole,\ne più righe',
        summary_en="=1+1",
        founded="2013-06",
    )
    public.slug = "con-segreti-nuovo"
    public.save()
    theme = Theme.objects.get(slug="ecologia")
    theme.slug = "ecologia-e-clima"
    theme.save()
    network = make.make_network("Rete riservata", status="draft")
    make.join(public, network, "Aderente")
    make.join(secret, make.make_network("Rete aperta"), "Aderente")
    project = make.make_project("Un progetto con molti")
    make.take_part(project, secret, "Promotore")
    make.take_part(project, "Un ente senza scheda", "Promotore", "Sostenitore")


@pytest.fixture
def emptied(full: None, tmp_path: Path) -> Path:
    """A dump, and no content any more."""
    folder = tmp_path / "dump"
    written(folder)
    names = ", ".join(table.relation for table in tables())
    settle_now(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}, reversion_version, reversion_revision CASCADE")
    settle_now(connection.connection)
    LoadedBundle.objects.all().delete()
    assert not Organization.objects.exists()
    return folder


def test_what_is_loaded_is_written_again_to_the_byte(emptied, tmp_path, client):
    before = content_of(emptied)
    said = loaded(emptied)
    assert f"organizations.csv: {len(rows(emptied, 'organizations'))}" in said
    again = tmp_path / "again"
    written(again)
    assert content_of(again) == before
    assert len(before) > 50

    # And the pages show it.
    assert client.get(f"/it/reti/{NETWORK}/").status_code == 200
    html = client.get("/it/citta/torino/").content.decode()
    assert "Città di Torino" in html
    moved = client.get("/it/organizzazioni/con-segreti/")
    assert (moved.status_code, moved["Location"]) == (301, "/it/organizzazioni/con-segreti-nuovo/")
    assert "cooperativa-co-m-e-s" in client.get("/it/cerca/?q=comes").content.decode()


def test_each_entry_has_a_first_version_that_says_where_it_is_from(emptied):
    loaded(emptied)
    [version] = versions_of(Organization.objects.get(slug="officina-comune"))
    assert told(version.revision.comment) == "caricata da file di una directory"


def test_fixtures_leave_alone_what_was_loaded(emptied):
    loaded(emptied)
    out = io.StringIO()
    call_command("load_fixtures", stdout=out)
    assert " 0 created, 0 updated" in out.getvalue().replace("content:", "")


def test_nothing_that_is_not_public(full, tmp_path):
    said = b"".join(
        content for name, content in content_of_dump(tmp_path).items() if name.endswith(TEXTS)
    ).decode()
    for secret in SECRETS:
        assert secret not in said
    assert "con-segreti-nuovo" in said
    [row] = [row for row in rows(tmp_path / "dump", "organizations")
             if row["slug"] == "con-segreti-nuovo"]  # fmt: skip
    assert (row["email"], row["telephone"], row["address"], row["parent"]) == ("", "", "", "")
    assert row["successor"] == "casa-aperta"
    assert row["founded"] == "2013-06"
    assert "rete-riservata" not in said


TEXTS = (".csv", ".jsonl", ".geojson", ".json", ".md", ".ttl")


def content_of_dump(tmp_path: Path) -> dict[str, bytes]:
    written(tmp_path / "dump")
    return content_of(tmp_path / "dump")


def test_the_description_is_true(full, tmp_path):
    """Each file is there, as long and with the sum that is told, each column in its place, and
    what a row names is in the table that its key leads to."""
    files = content_of_dump(tmp_path)
    package = json.loads(files["datapackage.json"])
    assert package["licenses"][0]["title"] == "CC BY 4.0"
    assert {"Istat", "GeoNames"} == {source["title"] for source in package["sources"]}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(files[name]).hexdigest() == digest
    resources = {resource["name"]: resource for resource in package["resources"]}
    values: dict[str, list[dict[str, str]]] = {}
    for name, resource in resources.items():
        content = files[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        if resource.get("schema"):
            values[name] = rows(tmp_path / "dump", resource["path"].removesuffix(".csv"))
            columns = [field["name"] for field in resource["schema"]["fields"]]
            assert all(list(row) == columns for row in values[name][:1])
    assert len(values["cities-csv"]) > 7000
    for name, resource in resources.items():
        for key in resource.get("schema", {}).get("foreignKeys", ()):
            [column], [target] = key["fields"], key["reference"]["fields"]
            there = {row[target] for row in values[key["reference"]["resource"]]}
            named = {row[column] for row in values[name]} - {""}
            assert named <= there, (name, column)
        key = resource.get("schema", {}).get("primaryKey")
        if key:
            found = [row[key[0]] for row in values[name]]
            assert len(set(found)) == len(found)
            assert "" not in found


def test_whole_entries_are_those_of_the_files(full, tmp_path, client):
    files = content_of_dump(tmp_path)
    lines = [json.loads(line) for line in files["organizations.jsonl"].decode().splitlines()]
    listed = json.loads(b"".join(client.get("/it/organizzazioni/?format=json").streaming_content))
    assert sorted(lines, key=lambda one: one["slug"]) == sorted(
        listed["entries"], key=lambda one: one["slug"]
    )
    turtle = files["directory.ttl"].decode()
    for line in lines:
        assert f"\n<http://127.0.0.1:8000/id/organization/{line['slug']}> a " in turtle
    points = json.loads(files["organizations.geojson"])
    assert len(points["features"]) == len(lines)
    assert points["licence"] == "CC BY 4.0"


def test_pictures_come_along(emptied, settings, tmp_path):
    """Also to a machine that has none of their files."""
    [*pictures] = [name for name in content_of(emptied) if name.startswith("pictures/")]
    assert len(pictures) >= 4
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    loaded(emptied)
    for name in pictures:
        assert (tmp_path / "elsewhere" / name).read_bytes() == (emptied / name).read_bytes()
    picture = Organization.objects.get(slug="con-figure").pictures.all()[0]
    assert picture.alt_it == "La corte"


def refused(folder: Path) -> str:
    with pytest.raises(CommandError) as refusal, transaction.atomic():
        loaded(folder)
    assert refusal.value.returncode == 2
    return str(refusal.value)


def seal(folder: Path) -> None:
    """As if the folder had been written so."""
    names = [line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    (folder / "SHA256SUMS").write_text(
        "".join(
            f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
            for name in names
        )
    )


def change(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_directory_with_content_is_not_written_over(full, tmp_path):
    written(tmp_path / "dump")
    before = Organization.objects.count()
    assert "not empty: there are regions." in refused(tmp_path / "dump")
    assert Organization.objects.count() == before


def test_a_changed_file_is_refused(emptied):
    change(emptied, "themes", "beni-comuni", "altri-beni")
    assert "themes.csv is not as it was written" in refused(emptied)
    assert not Organization.objects.exists()


def test_a_missing_file_is_refused(emptied):
    (emptied / "memberships.csv").unlink()
    assert "memberships.csv is missing" in refused(emptied)


def test_what_is_no_dump_is_refused(tmp_path):
    assert "is no dump" in refused(tmp_path)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("organizations", ",torino,", ",atlantide,", "city names what is not there: atlantide"),
        ("organizations", ",casa-aperta,", ",nessuna,", "successor names what is not there"),
        ("organizations", ",2013-06,", ",giugno 2013,", "founded cannot be: giugno 2013"),
        ("organization_web_addresses", "https://", "javascript:", "url cannot be: javascript:"),
        ("organizations", ",published_at,", ",status,", "Nothing was loaded"),
        ("memberships", ",yes,", ",maybe,", "current cannot be: maybe"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_loaded(emptied, table, old, new, said):
    change(emptied, table, old, new)
    seal(emptied)
    assert said in refused(emptied)
    assert not Organization.objects.exists()


def test_a_folder_of_something_else_is_not_replaced(full, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(CommandError) as refusal:
        written(tmp_path)
    assert "not a dump" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_dump_is_replaced_whole(full, tmp_path):
    folder = tmp_path / "dump"
    written(folder)
    (folder / "old.csv").write_text("of an older version")
    Participation.objects.all().delete()
    written(folder)
    assert not (folder / "old.csv").exists()
    assert rows(folder, "participations") == []
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


def test_a_picture_whose_file_is_lost_is_told(full, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "lost"
    assert "pictures without a file: 4" in written(tmp_path / "dump")


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_field_is_public_or_named_as_private(table: Table):
    """So that a new field of a model is never public, nor lost, by accident."""
    said = {name for column in table.columns for name in column.reads}
    own = {each.column for each in table.model._meta.concrete_fields}
    private = {each.column for each in table.model._meta.concrete_fields if each.name in PRIVATE}
    bare = {each.column for each in table.model._meta.concrete_fields
            if f"{each.column}_it" in own}  # fmt: skip
    repeated = {"id", "region_id", "sigla"} if table.name == "cities" else set()
    assert own - said - private - bare - repeated == set()
    public_contacts = {name for name in private if name.endswith("_public")}
    assert said & private <= public_contacts

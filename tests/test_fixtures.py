"""The first content: loaded once or ten times, and safe from, and for, what staff do."""

from __future__ import annotations

import io
import json
from collections import Counter

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from reversion.models import Revision, Version

from civicnet.invention.making import write
from civicnet.management.commands import load_fixtures as command
from directory.fitness import lacking, with_sources
from directory.registry import kinds
from directory.told import told
from networks.models import Membership, Network
from orgs.models import Organization
from places.loading import LoadReport
from projects.models import Project

pytestmark = pytest.mark.django_db
NETWORK = "rete-nazionale-per-la-prossimita"


def load(**options) -> str:
    out = io.StringIO()
    call_command("load_fixtures", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[str, list]:
    """Every row of the rooms, without what a load may stamp."""
    models = [
        model
        for room in ("places", "directory", "orgs", "networks", "projects")
        for model in apps.get_app_config(room).get_models()
        if model._meta.managed
    ]
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models
    }


@pytest.fixture
def loaded(content) -> None:
    """The first content, loaded once for all tests."""


def test_everything_the_sources_say_is_there(loaded):
    status = Counter(Organization.objects.values_list("status", flat=True))
    assert status == {"published": 27, "draft": 2}
    assert Network.objects.published().count() == 1
    assert Project.objects.published().count() == 2
    members = Membership.objects.filter(network__slug=NETWORK)
    assert members.count() == 19
    assert members.values("organization").distinct().count() == 14
    assert members.current().values("organization").distinct().count() == 13
    roles = Counter(members.values_list("role__slug", flat=True))
    assert roles == {"firmatario": 6, "promotore-fondatore": 5, "neopromotore": 8}
    city = Project.objects.get(slug__startswith="co-city")
    assert city.participations.count() == 5
    assert all(part.part_it and part.part_en for part in city.participations.exclude(part_it=None))
    officina = Organization.objects.get(slug="officina-comune")
    assert [len(one.items_it.splitlines()) for one in officina.principles.all()] == [5, 4]


def test_every_entry_names_its_source_and_the_day_it_was_read(loaded):
    for model in (Organization, Network, Project):
        for entry in model.objects.all():
            assert {str(one.read_on) for one in entry.sources.all()} == {"2026-11-22"}, entry.slug


def test_every_published_entry_has_what_publishing_asks_for(loaded):
    for kind in kinds.values():
        published = with_sources(kind.model._default_manager.published())
        assert {entry.slug: lacks for entry in published if (lacks := lacking(entry))} == {}


def test_every_published_text_exists_in_both_languages(loaded):
    for model in (Organization, Network, Project):
        for entry in model.objects.published():
            for field in ("summary", "description"):
                texts = [getattr(entry, f"{field}_{language}") for language in ("it", "en")]
                assert bool(texts[0]) == bool(texts[1]), (entry.slug, field)
            assert entry.summary_it


def test_a_second_load_changes_and_doubles_nothing(loaded):
    before = rows()
    assert "0 created, 0 updated" in load()
    assert rows() == before


@pytest.fixture
def loaded_again(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For loads of entries over what is there: that the territory stays as it is, however often it
    is loaded, is said above."""
    monkeypatch.setattr(command, "load_places", lambda folder: LoadReport())


def test_what_staff_edited_is_left_alone_and_reported_until_overwritten(loaded_again):
    asilo = Organization.objects.get(slug="l-asilo")
    asilo.summary_it = "Corretto a mano."
    asilo.save()
    said = load()
    assert "orgs.organization l-asilo: left alone, edited by staff" in said
    assert Organization.objects.get(slug="l-asilo").summary_it == "Corretto a mano."
    assert "0 created, 1 updated" in load(overwrite=True)
    assert Organization.objects.get(slug="l-asilo").summary_it != "Corretto a mano."


def test_a_tie_that_staff_changed_protects_its_entry(loaded_again):
    network = Network.objects.get(slug=NETWORK)
    network.memberships.filter(role__slug="neopromotore").first().delete()
    assert f"networks.network {NETWORK}: left alone" in load()
    assert network.memberships.count() == 18


def test_a_renamed_address_is_an_edit_not_a_new_entry(loaded_again):
    asilo = Organization.objects.get(slug="l-asilo")
    asilo.slug = "l-asilo-filangieri"
    asilo.save()
    assert "orgs.organization l-asilo: left alone" in load()
    assert Organization.objects.filter(name_it="L'asilo").count() == 1


def test_what_staff_deleted_stays_deleted_and_is_reported(loaded_again):
    Organization.objects.get(slug="l-asilo").delete()
    for options in ({}, {"overwrite": True}):
        assert "orgs.organization l-asilo: stays deleted" in load(**options)
    assert not Organization.objects.filter(slug="l-asilo").exists()


def test_an_unedited_entry_follows_a_changed_fixture(loaded_again, tmp_path, monkeypatch):
    for file in command.FIXTURES.iterdir():
        (tmp_path / file.name).symlink_to(file)
    changed = json.loads((tmp_path / "organizations.json").read_text())
    changed[0]["fields"]["summary_it"] = "Nuovo testo."
    (tmp_path / "organizations.json").unlink()
    (tmp_path / "organizations.json").write_text(json.dumps(changed))
    monkeypatch.setattr(command, "FIXTURES", tmp_path)
    assert "0 created, 1 updated" in load()
    assert Organization.objects.get(slug=changed[0]["fields"]["slug"]).summary_it == "Nuovo testo."


# ------------------------------------------------------------------ history
def test_what_is_loaded_has_a_version(content):
    """All in one revision, and none for words and places."""
    assert told(Revision.objects.get().comment) == "caricata con i contenuti iniziali"
    for kind in kinds.values():
        versions = Version.objects.get_for_model(kind.model)
        entries = kind.model._default_manager.values_list("pk", flat=True)
        assert set(versions.values_list("object_id", flat=True)) == {str(pk) for pk in entries}


def test_the_first_content_and_an_invented_directory_have_what_is_demanded(loaded):
    write(30, seed=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

"""Loads into an empty directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from civicnet.management.commands import load_fixtures as command
from directory.models import Theme
from orgs.models import Organization
from places.models import City
from tests.test_fixtures import load, rows

pytestmark = pytest.mark.django_db


def test_a_dry_run_reports_and_writes_nothing():
    before = rows()
    said = load(dry_run=True)
    assert "dry run" in said
    assert "0 created" not in said
    assert rows() == before


def test_a_broken_fixture_is_said_and_nothing_is_written(tmp_path, monkeypatch):
    for file in command.FIXTURES.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "projects.json").unlink()
    (tmp_path / "projects.json").write_text(
        '[{"model": "projects.project", "fields": {"slug": "x", "themes": [["no-such-theme"]]}}]'
    )
    monkeypatch.setattr(command, "FIXTURES", tmp_path)
    before = rows()
    with pytest.raises(CommandError, match="no-such-theme"):
        load()
    assert rows() == before


def test_loaddata_takes_the_same_files_twice_and_load_fixtures_then_leaves_them():
    load_places()
    files = [Path(settings.BASE_DIR, "fixtures", f"{name}.json") for name in command.ORDER]
    call_command("loaddata", *map(str, files), verbosity=0)
    before = {label: len(found) for label, found in rows().items()}
    call_command("loaddata", *map(str, files), verbosity=0)
    assert {label: len(found) for label, found in rows().items()} == before
    assert Organization.objects.count() == 29
    assert "0 created, 0 updated" in load()


def load_places() -> None:
    from places.loading import load_places as fill

    fill(command.FIXTURES / "places")
    assert City.objects.count() == 7894


def test_loaddata_fills_the_same_columns_in_either_language(settings):
    load_places()
    files = [Path(settings.BASE_DIR, "fixtures", f"{name}.json") for name in command.ORDER[:1]]
    settings.LANGUAGE_CODE = "en"
    call_command("loaddata", *map(str, files), verbosity=0)
    theme = Theme.objects.get(slug="beni-comuni")
    assert (theme.name_it, theme.name_en) == ("Beni comuni", "Commons")

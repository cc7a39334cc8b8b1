"""An import that is killed leaves whole batches; gone on with, it ends as if undisturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exchange.models import Import, ImportedRow
from orgs.models import Organization
from places.models import CityName
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
ROWS, BATCH = 900, 30
NAME = "killed-import"
START = (
    "import django; django.setup()\n"
    f"import exchange.importing as importing; importing.BATCH = {BATCH}\n"
    "from django.core.management import execute_from_command_line\n"
    "import sys; execute_from_command_line(sys.argv)"
)


def start(folder: Path) -> subprocess.Popen[bytes]:
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    return subprocess.Popen(
        [
            *(sys.executable, "-c", START, "import_organizations", "elenco.csv"),
            *("--source", "Elenco", "--report", str(folder / "report.csv")),
        ],
        cwd=folder,
        env=os.environ
        | {
            # Named, so that its connections are told from those of the tests.
            "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}?application_name={NAME}",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(folder: Path) -> str:
    process = start(folder)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    return said.decode()


def others(saying: str) -> int:
    """For how many of the import's connections the database works, or has not noticed that they
    are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s AND query LIKE %s AND (state = 'active' OR %s = '%%')",
            [NAME, saying, saying],
        )
        return cursor.fetchone()[0]


def content() -> list[Any]:
    """All that the entries say, without keys and times."""
    return [
        (
            *(one.slug, one.name_it, one.status, one.telephone, str(one.city), one.founded),
            sorted(one.web_addresses.values_list("url", "order")),
            sorted(one.identifiers.values_list("scheme", "value")),
            sorted(one.sources.values_list("title_it", "order")),
            sorted(one.themes.values_list("slug", flat=True)),
        )
        for one in Organization.objects.order_by("slug")
    ]


def kept() -> list[Any]:
    rows = ImportedRow.objects.order_by("number")
    return list(rows.values_list("number", "outcome", "digest", "organization__slug"))


def test_killed_at_any_moment_and_gone_on_with_it_ends_as_undisturbed(tmp_path: Path) -> None:
    city = builders.make_city("Asti")
    CityName.objects.create(city=city, name="Asti", kind="current", language="it")
    builders.make_theme("Ecologia")
    builders.make_organization("Sezione 5", summary_it="Di chi scrive")
    with (tmp_path / "elenco.csv").open("w") as file:
        file.write("nome;comune;telefono;sito;anno;temi\n")
        for number in range(ROWS):
            # Names that come again, and so numbered slugs, and rows to decide.
            name = f"SEZIONE {number // 2}" if number < 40 else f"Gruppo {number % 300} uno"
            place = "ASTI" if number % 3 else ""
            file.write(f"{name};{place};14112345{number};n{number}.example;2001;ecologia\n")

    chance = random.Random(6)  # As good as any: what moment it is, the machine decides.
    kills: list[int] = []
    for attempt in range(5):
        whole = chance.randrange(0, ROWS // BATCH) if attempt else 3
        process = start(tmp_path)
        while process.poll() is None:
            if not attempt:
                if ImportedRow.objects.count() >= whole * BATCH and others("COMMIT"):
                    process.send_signal(signal.SIGKILL)
                    kills.append(0)
                    break
            elif ImportedRow.objects.count() >= whole * BATCH // 2 and Import.objects.exists():
                time.sleep(chance.random() / 10)
                process.send_signal(signal.SIGKILL)
                kills.append(attempt)
                break
            else:
                time.sleep(0.01)
        _said, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()
        # What was being committed is committed, or is not, once nobody is at it any more.
        while others("%"):
            time.sleep(0.01)
        assert ImportedRow.objects.wrote().count() == Organization.objects.count() - 1
        assert ImportedRow.objects.count() % BATCH == 0
    assert kills[0] == 0, "none while a batch was committed"
    assert len(kills) > 2
    assert Import.objects.get().state == "running"
    assert "was cut off; it goes on" in finish(tmp_path)
    assert Import.objects.get().state == "finished"
    after_kills, rows_after_kills = content(), kept()
    report = (tmp_path / "report.csv").read_text()

    Organization.objects.exclude(summary_it="Di chi scrive").delete()
    Import.objects.all().delete()
    finish(tmp_path)
    assert content() == after_kills
    assert kept() == rows_after_kills
    assert (tmp_path / "report.csv").read_text() == report

"""While a long list comes in, staff publish and visitors read, and nobody waits for its end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.test import Client

from exchange.models import Import, ImportedRow
from orgs.models import Organization
from tests import builders
from tests.admin_form import submit
from tests.test_import_killed import start

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 2000
MOST_SECONDS = 10
"""For a save and the pages that show it, on a machine that has much else to do."""


def test_staff_publish_and_visitors_read_while_a_list_comes_in(tmp_path: Path) -> None:
    city = builders.make_city("Asti")
    city.names.create(kind="current", name="Asti")
    drafts = [builders.make_organization(f"Orto {n}", status="draft") for n in (1, 2)]
    for draft in drafts:
        draft.sources.create(title_it="Statuto")
    with (tmp_path / "elenco.csv").open("w") as file:
        file.write("nome;comune;telefono;sito\n")
        file.writelines(f"Gruppo {n};Asti;14112345;n{n}.example\n" for n in range(ROWS))
    staff = Client()
    staff.force_login(builders.make_editor())
    visitor = Client()

    process = start(tmp_path)
    while not ImportedRow.objects.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    for entry in drafts:
        page = f"/en/organizations/{entry.slug}/"
        assert visitor.get(page).status_code == 404
        before, began = ImportedRow.objects.count(), time.monotonic()
        change = f"/admin/orgs/organization/{entry.pk}/change/"
        submit(staff, change, _step="publish", summary_it="Pubblicata nel frattempo")
        answer = visitor.get(page)
        assert time.monotonic() - began < MOST_SECONDS
        assert "Pubblicata nel frattempo" in answer.content.decode()
        listed = visitor.get("/en/organizations/", {"q": entry.name_it}).content.decode()
        assert page in listed
        assert process.poll() is None
        assert before < ROWS
    _said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    assert Import.objects.get().state == "finished"
    assert Organization.objects.count() == ROWS + 2
    assert set(Organization.objects.filter(status="published")) == set(drafts)

"""Rows that may be about an entry that is there: staff see them side by side, and decide."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

from directory.history import Document, deleted
from directory.merging import Wanted, merge
from directory.restoring import recover
from directory.unmerging import take_back
from exchange.deciding import may_be
from exchange.models import Import, ImportedRow
from orgs.models import Organization
from tests import builders

pytestmark = pytest.mark.django_db
LIST = "nome;telefono;sito;nota\nIL PONTE;0141 222222;ponte.example;<b>così</b>\n"


def bring_in(folder: Path, text: str = LIST) -> None:
    path = folder / "elenco.csv"
    path.write_text(text)
    report = str(folder / "report.csv")
    call_command("import_organizations", str(path), report=report, stdout=io.StringIO())


@pytest.fixture
def there(tmp_path: Path) -> Organization:
    """An entry that may be the one of the row: the same name, and no city on either side."""
    one = builders.make_organization("Il Ponte", telephone="0141 1")
    bring_in(tmp_path)
    return one


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(builders.make_editor(language="en"))
    return client


def waiting() -> ImportedRow:
    return ImportedRow.objects.waiting().get()


def address(row: ImportedRow) -> str:
    return f"/admin/exchange/importedrow/{row.pk}/change/"


def decide(client: Client, row: ImportedRow, decision: Any) -> str:
    answer = client.post(address(row), {"decision": decision}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_waits_is_listed_and_shown_beside_the_entry(
    editor: Client, there: Organization, django_assert_max_num_queries: Any
) -> None:
    page = editor.get("/admin/exchange/importedrow/").content.decode()
    assert "Il Ponte" in page
    assert "same name; a city is not known on both sides" in page
    with django_assert_max_num_queries(25):
        page = editor.get(address(waiting())).content.decode()
    assert "0141 222222" in page
    assert "0141 1" in page
    assert f"/admin/orgs/organization/{there.pk}/change/" in page
    assert "&lt;b&gt;così&lt;/b&gt;" in page
    assert "<b>così</b>" not in page
    assert "style=" not in page.partition('<div id="content-main">')[2]


def test_in_italian(client: Client, there: Organization) -> None:
    client.force_login(builders.make_editor(language="it"))
    page = client.get(address(waiting())).content.decode()
    assert "Che cos’è?" in page
    assert "stesso nome, ma la città non è nota da entrambe le parti" in page


def test_it_is_that_entry(editor: Client, there: Organization, tmp_path: Path) -> None:
    page = decide(editor, waiting(), there.pk)
    assert "The row was taken into" in page
    assert "Left as staff edited it: Telephone." in page
    there.refresh_from_db()
    assert there.telephone == "0141 1"
    assert there.web_addresses.get().url == "https://ponte.example"
    assert {one.title_it for one in there.sources.all()} == {"Statuto", "elenco.csv"}
    assert Organization.objects.count() == 1
    # The list comes again, and knows.
    bring_in(tmp_path)
    assert not ImportedRow.objects.waiting().exists()
    assert Organization.objects.count() == 1


def test_it_is_a_new_one(editor: Client, there: Organization, tmp_path: Path) -> None:
    decide(editor, waiting(), "new")
    new = Organization.objects.exclude(pk=there.pk).get()
    assert (new.name_it, new.status, new.telephone) == ("Il Ponte", "in_review", "0141 222222")
    bring_in(tmp_path)
    assert Organization.objects.count() == 2
    assert not ImportedRow.objects.waiting().exists()
    call_command("undo_import", str(Import.objects.earliest("pk").pk), stdout=io.StringIO())
    assert Organization.objects.get() == there


def test_it_is_left_out_for_good(editor: Client, there: Organization, tmp_path: Path) -> None:
    decide(editor, waiting(), "left_out")
    bring_in(tmp_path)
    assert Organization.objects.count() == 1
    assert not ImportedRow.objects.waiting().exists()


def test_nobody_decides_twice_nor_for_another_entry(editor: Client, there: Organization) -> None:
    row = waiting()
    other = builders.make_organization("La Fonte")
    assert "Choose one of the answers." in decide(editor, row, other.pk)
    assert "Choose one of the answers." in decide(editor, row, "x" * 30)
    decide(editor, row, "new")
    assert "Somebody has decided this row meanwhile" in decide(editor, row, there.pk)
    assert Organization.objects.count() == 3
    assert "decision" not in editor.get(address(row)).content.decode()


def test_who_may_only_look_does_not_decide(client: Client, there: Organization) -> None:
    reader = builders.make_editor("reader", is_superuser=False, language="en")
    row = waiting()
    client.force_login(reader)
    assert client.get(address(row)).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_importedrow"))
    client.force_login(reader)
    assert 'name="decision"' not in client.get(address(row)).content.decode()
    assert client.post(address(row), {"decision": "new"}).status_code == 403
    # Whoever may change entries but not these rows sees none of them.
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["add_organization", "change_organization"])
    )
    client.force_login(reader)
    assert client.post(address(row), {"decision": "new"}).status_code == 403
    assert Organization.objects.count() == 1


def test_imports_are_looked_at_and_not_changed(editor: Client, there: Organization) -> None:
    run = Import.objects.get()
    page = editor.get("/admin/exchange/import/").content.decode()
    assert "1 to decide" in page
    page = editor.get(f"/admin/exchange/import/{run.pk}/change/").content.decode()
    assert f'href="/admin/exchange/importedrow/?run={run.pk}"' in page
    assert "nome → name, telefono → telephone, sito → website" in page
    assert editor.post(f"/admin/exchange/import/{run.pk}/change/", {}).status_code == 403
    assert editor.get("/admin/exchange/import/add/").status_code == 403
    assert editor.get("/admin/exchange/importedrow/?run=9&outcome=all").status_code == 200
    for odd in ("x", "9" * 40):
        assert editor.get(f"/admin/exchange/importedrow/{odd}/change/").status_code == 404


def test_the_entry_was_merged_meanwhile(editor: Client, there: Organization) -> None:
    """The row may be the one it became part of, until that is taken back."""
    whole = builders.make_organization("Ponte sul Tanaro")
    done = merge(whole, there, Wanted())
    page = editor.get(address(waiting())).content.decode()
    assert f"/admin/orgs/organization/{whole.pk}/change/" in page
    assert f'value="{done.lost}"' not in page
    larger = builders.make_organization("Ponti del Piemonte")
    second = merge(larger, whole, Wanted())
    assert [pk for pk, _why in may_be(waiting())] == [larger.pk]
    take_back(second)
    decide(editor, waiting(), done.lost)
    assert waiting()
    decide(editor, waiting(), whole.pk)
    whole.refresh_from_db()
    assert whole.web_addresses.get().url == "https://ponte.example"
    assert not ImportedRow.objects.waiting().exists()


def test_a_merge_was_taken_back_meanwhile(there: Organization) -> None:
    done = merge(builders.make_organization("Ponte sul Tanaro"), there, Wanted())
    take_back(done)
    assert [pk for pk, _why in may_be(waiting())] == [there.pk]


def test_what_was_merged_has_been_recovered_meanwhile(there: Organization) -> None:
    """It is itself again, whatever was merged into it since; and what it is merged into again."""
    whole = builders.make_organization("Ponte sul Tanaro")
    merge(whole, there, Wanted())
    version = deleted(Organization).get(object_id=there.pk)
    recover(Organization, Document.read(Organization, version.serialized_data))
    assert [pk for pk, _why in may_be(waiting())] == [there.pk]
    merge(there, whole, Wanted())
    assert [pk for pk, _why in may_be(waiting())] == [there.pk]
    larger = builders.make_organization("Ponti del Piemonte")
    merge(larger, there, Wanted())
    assert [pk for pk, _why in may_be(waiting())] == [larger.pk]

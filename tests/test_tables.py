"""Tables in the admin: what is taken out comes back unchanged; every change is seen before it is
written; what is wrong is refused with its reason, and the rest is imported."""

from __future__ import annotations

import csv
import datetime
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from directory.history import versions_of
from exchange.models import Sheet, SheetRow
from exchange.sheet_writing import forget_expired
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from staff.models import User
from tests import builders as make
from tests.test_roles import member

pytestmark = pytest.mark.django_db
OUT = "/admin/tables/organization/entries.csv"
IN = "/admin/tables/organization/"


@pytest.fixture
def editor(client: Client) -> Any:
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def full() -> Organization:
    """An organization with something in every kind of column."""
    city, theme = make.make_city("Torino"), make.make_theme("Orti")
    parent = make.make_organization("Madre")
    one = make.make_organization(
        "L'asilo",
        city=city,
        themes=[theme, make.make_theme("Cibo")],
        kind=make.make_kind(),
        parent=parent,
        name_en="The nursery",
        summary_it="Uno",
        description_it="Primo.\r\n\r\nSecondo  con spazi.",
        other_names=["Asilo", "Ex asilo"],
        telephone="+39 081 123456",
        founded="2013-06",
        places=[city, make.make_province("BO"), make.make_region("Lazio"), None],
        sources=[
            {"title_en": "The source", "url": "https://fonte.example/"},
            {"title_it": "Fonte"},
        ],
    )
    one.web_addresses.create(url="https://asilo.example/", label_it="Sito")
    one.web_addresses.create(url="https://www.facebook.com/asilo", kind="social")
    one.identifiers.create(scheme="fiscal_code", value="80012345678")
    return one


def taken_out(client: Client, kind: str = "organization", query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/admin/tables/{kind}/entries.csv{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    said = io.StringIO()
    writer = csv.DictWriter(said, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return said.getvalue().encode()


def send(client: Client, content: bytes, kind: str = "organization", **data: str) -> Any:
    file = SimpleUploadedFile("prova.csv", content)
    said = {"status": "draft", **data, "file": file}
    return client.post(f"/admin/tables/{kind}/", said, follow=True)


def sent(client: Client, *rows: dict[str, Any], **data: str) -> Sheet:
    answer = send(client, as_csv(list(rows)), **data)
    assert answer.status_code == 200, answer.content.decode()
    return Sheet.objects.latest("pk")


def outcomes(sheet: Sheet) -> dict[int, str]:
    return dict(sheet.rows.values_list("number", "outcome"))


def why(sheet: Sheet, number: int) -> str:
    (row,) = sheet.rows.filter(number=number)
    return "; ".join(f"{column}: {said['en']}" for column, said in row.why)


def confirm(client: Client, sheet: Sheet) -> str:
    address = f"/admin/tables/sent/{sheet.pk}/"
    return client.post(address, {"import": "1"}, follow=True).content.decode()


def test_why_a_row_was_refused_is_said_in_the_language_of_whoever_reads_it(client, editor):
    """Of a cell, of a field, of the row, of two rows, and of what is so no longer."""
    full()
    one = make.make_organization("La Barca", summary_it="Uno")
    sheet = sent(
        client,
        {"slug": "l-asilo", "website": "boh"},
        {"slug": "l-asilo", "founded": "2013", "ended": "2012"},
        {"slug": "Ma No", "name_it": "Una"},
        {"name_it": "x" * 300},
        {"name_it": "Due", "slug": "due"},
        {"name_it": "Tre", "slug": "due"},
        {"slug": "la-barca", "summary_it": "Due"},
    )
    one.save()
    confirm(client, sheet)
    reasons = {
        2: ("not a web address: “boh”", "non è un indirizzo web: “boh”"),
        3: ("the end comes before the start", "la fine viene prima dell’inizio"),
        4: ("cannot be a slug", "non può essere"),
        5: ("has at most 250 characters", "più di 250 caratteri"),
        7: ("row 6 stands for the same entry already", "la riga 6"),
        8: ("the entry was changed after this table was made", "la scheda è stata modificata dopo"),
    }
    said = {}
    for language in ("en", "it"):
        User.objects.update(language=language)
        shown = client.get(f"/admin/tables/sent/{sheet.pk}/?show=refused").content.decode()
        file = client.get(f"/admin/tables/sent/{sheet.pk}/not-imported.csv").content.decode()
        said[language] = unescape(shown), file
    for english, italian in reasons.values():
        for place in (0, 1):
            assert english in said["en"][place]
            assert english not in said["it"][place]
            assert italian in said["it"][place]


def test_what_was_refused_before_sentences_were_kept_in_both_languages_is_still_shown(
    client, editor
):
    full()
    sheet = sent(client, {"slug": "l-asilo", "website": "boh"})
    sheet.rows.update(why=[["website", "non è un indirizzo web: “boh”"]])
    shown = client.get(f"/admin/tables/sent/{sheet.pk}/?show=refused").content.decode()
    assert "non è un indirizzo web: “boh”" in unescape(shown)


# ------------------------------------------------------------------ there and back
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_brought_back_as_it_was_taken_out_changes_nothing(client, editor, suffix):
    one = full()
    taken = client.get(OUT.replace("csv", suffix)).content
    file = SimpleUploadedFile(f"prova.{suffix}", taken)
    client.post(IN, {"status": "draft", "file": file, "empties": "on"})
    sheet = Sheet.objects.get()
    assert set(outcomes(sheet).values()) == {"unchanged"}
    assert confirm(client, sheet).count("0 entries") == 0
    assert Organization.objects.get(pk=one.pk).version == one.version


def test_every_kind_of_entry_is_taken_out_and_brought_back(client, editor):
    project = make.make_project(
        "Co-City", programme=make.make_programme(), themes=[make.make_theme()]
    )
    make.make_network("Rete", summary_en="One")
    for kind in ("project", "network"):
        (row,) = taken_out(client, kind)
        row["summary_it"] = "Nuovo"
        send(client, as_csv([row]), kind)
        confirm(client, Sheet.objects.get(kind=kind))
    assert Project.objects.get(pk=project.pk).summary_it == "Nuovo"
    assert Network.objects.get().summary_it == "Nuovo"
    assert Network.objects.get().summary_en == "One"


def test_the_columns_say_ties_by_slug_and_both_languages(client, editor):
    full()
    row = next(row for row in taken_out(client) if row["slug"] == "l-asilo")
    assert row["name_it"], row["name_en"] == ("L'asilo", "The nursery")
    assert row["city"] == "torino"
    assert set(row["themes"].split("; ")) == {"orti", "cibo"}
    assert row["kind"] == "associazione"
    assert row["parent"] == "madre"
    assert row["places"] == "torino; province:BO; region:lazio; italia"
    assert row["website"] == "https://asilo.example/"
    assert row["social"] == "https://www.facebook.com/asilo"
    assert row["fiscal_code"] == "80012345678"
    assert row["sources"] == "The source | https://fonte.example/\nFonte"
    assert row["founded"] == "2013-06"
    for never in ("id", "status", "created", "updated", "checked_by", "published_at", "invented"):
        assert never not in row


def test_a_table_holds_what_the_list_shows(client, editor):
    make.make_organization("Uno", life="ended")
    make.make_organization("Due", life="active")
    assert [row["slug"] for row in taken_out(client, query="?life=ended")] == ["uno"]
    assert [row["slug"] for row in taken_out(client, query="?q=due")] == ["due"]
    listed = client.get("/admin/orgs/organization/?life=ended").content.decode()
    assert "/admin/tables/organization/entries.xlsx?life=ended" in listed
    assert IN in listed
    assert client.get(OUT + "?nonsense__x=1").status_code == 302


def test_no_cell_is_a_formula(client, editor):
    one = make.make_organization("=1+1", telephone="+39 081", summary_it="@SUM(A1)")
    row = taken_out(client)[0]
    assert (row["name_it"], row["telephone"]) == ("'=1+1", "'+39 081")
    workbook = load_workbook(io.BytesIO(client.get(OUT.replace("csv", "xlsx")).content))
    assert not [cell for line in workbook.active.rows for cell in line if cell.data_type == "f"]
    row["summary_it"] = "'=2+2"
    sheet = sent(client, row)
    confirm(client, sheet)
    assert Organization.objects.get(pk=one.pk).summary_it == "=2+2"
    assert Organization.objects.get(pk=one.pk).name_it == "=1+1"


def test_a_formula_refuses_its_row_and_no_other(client, editor):
    """In a column of one's own, which is not imported, it hurts nobody."""
    one = make.make_organization("Uno")
    rows = [
        {"slug": "uno", "summary_it": "Nuovo", "mine": "=B2&C2"},
        {"slug": "", "name_it": "Due", "summary_it": "=HYPERLINK(1)", "mine": ""},
    ]
    book = Workbook()
    book.active.append(["slug", "name_it", "summary_it", "mine"])
    for row in rows:
        book.active.append([row.get(name) for name in ("slug", "name_it", "summary_it", "mine")])
    workbook = io.BytesIO()
    book.save(workbook)
    for content in (as_csv(rows), workbook.getvalue()):
        answer = send(client, content)
        sheet = Sheet.objects.latest("pk")
        assert outcomes(sheet) == {2: "changed", 3: "refused"}
        assert why(sheet, 3) == "summary_it: a formula: save the table as plain values"
        assert "a formula: save the table as plain values" in answer.content.decode()
    confirm(client, sheet)
    one.refresh_from_db()
    assert one.summary_it == "Nuovo"
    assert not Organization.objects.filter(name_it="Due").exists()


# ------------------------------------------------------------------ the preview
def test_nothing_is_written_before_it_was_seen(client, editor):
    one = full()
    answer = send(
        client,
        as_csv(
            [
                {"slug": "l-asilo", "summary_it": "Uno e mezzo", "themes": "orti", "founded": ""},
                {"slug": "", "summary_it": "Senza nome", "themes": "", "founded": ""},
                {"slug": "nuova", "name_it": "Nuova", "themes": "cibo", "founded": "2001"},
            ]
        ),
    )
    page = answer.content.decode()
    assert "<del>" not in page
    assert "there is no name" in page
    sheet = Sheet.objects.get()
    assert outcomes(sheet) == {2: "changed", 3: "refused", 4: "new"}
    changed = client.get(f"/admin/tables/sent/{sheet.pk}/?show=changed").content.decode()
    assert "<ins> e mezzo</ins>" in changed
    assert "Cibo" in changed
    assert "2013" not in changed
    one.refresh_from_db()
    assert one.summary_it == "Uno"
    assert not Organization.objects.filter(slug="nuova").exists()

    said = confirm(client, sheet)
    assert "1 entry was added." in said
    assert "1 entry was changed." in said
    one = Organization.objects.get(pk=one.pk)
    assert one.summary_it == "Uno e mezzo"
    assert [theme.slug for theme in one.themes.all()] == ["orti"]
    assert one.founded_on.iso == "2013-06"
    assert one.web_addresses.get(kind="website").label_it == "Sito"
    new = Organization.objects.get(slug="nuova")
    assert (new.status, new.name_it, new.founded_on.iso) == ("draft", "Nuova", "2001")
    version = versions_of(new).first()
    assert version.revision.user == editor
    assert "prova.csv" in version.revision.comment
    assert versions_of(one).count() == 2
    assert LogEntry.objects.filter(user=editor).count() == 2
    # A second click writes nothing again.
    confirm(client, sheet)
    assert Organization.objects.filter(name_it="Nuova").count() == 1
    assert versions_of(one).count() == 2


def test_empty_cells_empty_a_field_only_if_asked(client, editor):
    full()
    Organization.objects.update(status="draft")
    row = {
        "slug": "l-asilo",
        "summary_it": "",
        "themes": "",
        "city": "",
        "website": "",
        "founded": "",
    }
    assert outcomes(sent(client, row)) == {2: "unchanged"}
    confirm(client, sent(client, row, empties="on"))
    one = Organization.objects.get(slug="l-asilo")
    assert (one.summary_it, one.city, one.founded) == ("", None, None)
    assert not one.themes.exists()
    assert [each.kind for each in one.web_addresses.all()] == ["social"]
    assert one.name_it == "L'asilo"


def test_ties_are_written_by_slug(client, editor):
    one = full()
    make.make_city("Napoli")
    row = {
        "slug": "l-asilo",
        "city": "napoli",
        "places": "napoli; region:lazio",
        "parent": "",
        "successor": "madre",
        "sources": "Fonte\nAltra | https://altra.example/",
        "social": "https://mastodon.example/@asilo https://www.facebook.com/asilo",
    }
    confirm(client, sent(client, row))
    one = Organization.objects.get(pk=one.pk)
    assert one.city.slug == "napoli"
    assert one.successor.slug == one.parent.slug == "madre"
    assert {str(place) for place in one.places.all()} == {"Napoli (TO)", "Lazio"}
    assert {source.title_it or source.title_en for source in one.sources.all()} == {
        "Fonte",
        "Altra",
    }
    assert {each.url for each in one.web_addresses.filter(kind="social")} == {
        "https://mastodon.example/@asilo",
        "https://www.facebook.com/asilo",
    }


def test_a_former_slug_means_its_entry(client, editor):
    one = full()
    one.slug = "asilo"
    one.save()
    sheet = sent(client, {"slug": "l-asilo", "summary_it": "Due"})
    assert sheet.rows.get().entry == one.pk
    confirm(client, sheet)
    one.refresh_from_db()
    assert (one.slug, one.summary_it) == ("asilo", "Due")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"themes": "orti; boh"}, "not a word of this directory: “boh”"),
        ({"city": "Nessunposto"}, "no city"),
        ({"kind": "boh"}, "not a word"),
        ({"parent": "la-rete"}, "no entry has this slug"),
        ({"successor": "l-asilo"}, "follow itself"),
        ({"email": "non è"}, "not an e-mail address"),
        ({"website": "javascript:alert(1)"}, "not a web address"),
        ({"website": "http://exa mple"}, "not a web address"),
        ({"fiscal_code": "80012345679"}, "check digit"),
        ({"founded": "boh"}, "not a date"),
        ({"ended": "2001"}, "the end comes before the start"),
        ({"life": "boh"}, "not a word"),
        ({"summary_it": "x" * 301}, "300"),
        ({"name_it": "x" * 251}, "250"),
        ({"telephone_public": "boh"}, "neither yes nor no"),
    ],
)
def test_a_wrong_cell_refuses_its_row_and_no_other(client, editor, cell, reason):
    full()
    sheet = sent(
        client,
        {"slug": "l-asilo", **cell},
        {"slug": "madre", **dict.fromkeys(cell, ""), "summary_en": "Two"},
    )
    assert outcomes(sheet) == {2: "refused", 3: "changed"}
    assert reason in why(sheet, 2)
    confirm(client, sheet)
    assert Organization.objects.get(slug="madre").summary_en == "Two"
    assert Organization.objects.get(slug="l-asilo").version == 1


def test_the_same_entry_is_not_made_twice(client, editor):
    full()
    rows: list[dict[str, Any]] = [
        {"slug": "", "name_it": "L'Asilo", "city": "torino"},
        {"slug": "l-altro-asilo", "name_it": "L'Asilo", "city": "torino"},
        {"slug": "", "name_it": "Nuova", "city": "torino"},
        {"slug": "", "name_it": "NUOVA", "city": "torino"},
        {"slug": "l-asilo", "name_it": "Uno", "city": ""},
        {"slug": "l-asilo", "name_it": "Due", "city": ""},
        {"slug": "Non Va", "name_it": "Tre", "city": ""},
    ]
    sheet = sent(client, *rows)
    assert outcomes(sheet) == {
        **{2: "refused", 3: "new", 4: "new", 5: "refused"},
        **{6: "changed", 7: "refused", 8: "refused"},
    }
    assert "l-asilo (same name and city)" in why(sheet, 2)
    assert "row 4" in why(sheet, 5)
    assert "row 6" in why(sheet, 7)
    assert "slug" in why(sheet, 8)
    confirm(client, sheet)
    assert Organization.objects.get(slug="l-altro-asilo").name_it == "L'Asilo"
    assert Organization.objects.filter(name_it="Nuova").count() == 1


# ------------------------------------------------------------------ meanwhile
def test_what_somebody_changed_meanwhile_is_not_overwritten(client, editor):
    one = full()
    row = next(row for row in taken_out(client) if row["slug"] == "l-asilo")
    Organization.objects.filter(pk=one.pk).update(summary_it="Di un'altra")
    row["summary_it"] = "Mio"
    sheet = sent(client, row)
    assert outcomes(sheet) == {2: "refused"}
    assert "was changed after this table was made" in why(sheet, 2)

    sheet = sent(client, {"slug": "l-asilo", "summary_it": "Mio"})
    assert outcomes(sheet) == {2: "changed"}
    Organization.objects.filter(pk=one.pk).update(summary_en="Hers")
    said = confirm(client, sheet)
    assert "1 row could not be imported any more." in said
    assert "was changed after this table was made" in said
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en) == ("Di un'altra", "Hers")


def test_what_was_deleted_since_a_table_was_made_does_not_come_back_by_it(client, editor):
    make.make_organization("Uno", summary_it="Prima")
    (row,) = taken_out(client)
    Organization.objects.all().delete()
    row["summary_it"] = "Dopo"
    sheet = sent(client, row, {**row, "slug": "", "name_it": "Copiata da quella riga"})
    assert outcomes(sheet) == {2: "refused", 3: "new"}
    assert "no entry has this slug any more" in why(sheet, 2)
    sheet = sent(client, {**row, "version": ""})
    assert outcomes(sheet) == {2: "new"}, "who empties the version says that it is a new one"


def test_a_preview_says_the_slug_of_a_new_entry_and_yes_and_no_in_words(client, editor):
    make.make_organization("Vecchia", email_public=True)
    sheet = sent(
        client,
        {"slug": "la-nuova", "name_it": "Nuova", "email_public": "yes"},
        {"slug": "vecchia", "email_public": "no"},
    )

    def cells(show: str) -> dict[str, str]:
        shown = client.get(f"/admin/tables/sent/{sheet.pk}/?show={show}").content.decode()
        said = re.findall(r'<tr><th scope="row">(.*?)</th>.*?<ins>(.*?)</ins>', shown, re.S)
        return dict(said)

    assert cells("new") == {
        "Name · Italian": "Nuova",
        "Address name": "la-nuova",
        "E-mail is public": "yes",
    }
    assert cells("changed") == {"E-mail is public": "no"}


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [("it", "giugno 2013", "1 maggio 2014"), ("en", "June 2013", "1 May 2014")],
)
def test_a_preview_says_dates_as_its_reader_does(client, language, before, after):
    client.force_login(make.make_editor(language=language))
    full()
    assert taken_out(client, query="?q=asilo")[0]["founded"] == "2013-06"
    sheet = sent(client, {"slug": "l-asilo", "founded": "2014-05-01"})
    page = re.sub(
        r"<[^>]+>", "", client.get(reverse("exchange:table", args=[sheet.pk])).content.decode()
    )
    assert before in page
    assert after in page
    assert "2014-05" not in page


def test_a_workbook_has_a_sheet_with_a_name(client, editor):
    answer = client.get("/admin/tables/organization/entries.xlsx")
    assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["organizations"]


def test_what_the_database_refuses_is_one_row_of_a_batch(client, editor):
    """Between the preview and the import: a name goes, a slug is taken."""
    for name in ("Uno", "Due", "Tre"):
        make.make_organization(name, status="draft")
    sheet = sent(
        client,
        {"slug": "uno", "summary_it": "A", "name_it": ""},
        {"slug": "quattro", "summary_it": "", "name_it": "Quattro"},
        {"slug": "tre", "summary_it": "C", "name_it": ""},
    )
    make.make_organization("Quattro")
    said = confirm(client, sheet)
    assert "2 entries were changed." in said
    assert "Another entry has or had this address name." in said
    assert Organization.objects.filter(name_it="Quattro").count() == 1
    assert Organization.objects.get(slug="tre").summary_it == "C"


# ------------------------------------------------------------------ who may what
def test_an_import_publishes_nothing(client, editor):
    make.make_organization("Bozza", status="draft")
    answer = send(client, b"slug,status\nbozza,published\n", status="published")
    assert answer.status_code == 422
    sheet = sent(
        client,
        {"slug": "bozza", "status": "published", "published_at": "2020-01-01", "summary_it": "Uno"},
        {"slug": "nuova", "status": "published", "name_it": "Nuova"},
        status="in_review",
    )
    assert sheet.left == ["status", "published_at"]
    page = confirm(client, sheet)
    assert "status, published_at" in page
    assert Organization.objects.get(slug="bozza").status == "draft"
    assert Organization.objects.get(slug="nuova").status == "in_review"
    assert not Organization.objects.published().exists()


def test_nobody_does_by_a_table_what_their_forms_refuse(client):
    one = full()
    user = make.make_editor("anna", is_superuser=False, language="en")
    client.force_login(user)
    assert client.get(IN).status_code == 403
    assert client.get(OUT).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_organization"))
    assert client.get(OUT).status_code == 200
    assert client.get(IN).status_code == 403
    assert send(client, b"slug,name_it\nx,X\n").status_code == 403
    assert f'href="{IN}"' not in client.get("/admin/orgs/organization/").content.decode()
    user.user_permissions.add(Permission.objects.get(codename="change_organization"))
    rows = ({"slug": "l-asilo", "name_it": "Uno"}, {"slug": "x", "name_it": "X"})
    assert outcomes(sent(client, *rows)) == {2: "refused", 3: "refused"}, "it is published"
    user.user_permissions.add(Permission.objects.get(codename="publish_organization"))
    sheet = sent(client, *rows)
    assert outcomes(sheet) == {2: "changed", 3: "refused"}
    user.user_permissions.clear()
    address = f"/admin/tables/sent/{sheet.pk}/"
    assert client.post(address, {"import": "1"}).status_code == 403
    one.refresh_from_db()
    assert one.name_it == "L'asilo"
    client.logout()
    for path in (IN, OUT, address):
        assert "/admin/login/" in client.get(path)["Location"]


def test_what_a_form_locks_a_table_does_not_write(client, editor, monkeypatch):
    """For one entry or for all: by the same methods of the admin that the forms ask."""
    from orgs.admin import OrganizationAdmin

    full()
    theirs = OrganizationAdmin.get_readonly_fields
    monkeypatch.setattr(
        OrganizationAdmin,
        "get_readonly_fields",
        lambda self, request, obj=None: (
            *theirs(self, request, obj),
            "email",
            *(("summary_it",) if obj and obj.slug == "l-asilo" else ()),
        ),
    )
    monkeypatch.setattr(
        OrganizationAdmin,
        "has_change_permission",
        lambda self, request, obj=None: obj is None or obj.slug != "madre",
    )
    assert "email" not in taken_out(client)[0]
    sheet = sent(
        client,
        {"slug": "l-asilo", "summary_it": "Due", "email": "a@b.example"},
        {"slug": "madre", "summary_it": "Due", "email": ""},
    )
    assert sheet.left == ["email"]
    assert outcomes(sheet) == {2: "refused", 3: "refused"}
    assert "You may not set here: Summary" in why(sheet, 2)
    assert "You may not change this entry." in why(sheet, 3)


def test_a_table_belongs_to_whoever_sent_it_and_for_a_day(client, editor):
    full()
    sheet = sent(client, {"slug": "l-asilo", "summary_it": "Due"})
    address = f"/admin/tables/sent/{sheet.pk}/"
    client.force_login(make.make_editor("anna"))
    assert client.get(address).status_code == 404
    assert client.post(address, {"import": "1"}).status_code == 404
    assert client.get(f"{address}not-imported.csv").status_code == 404
    client.force_login(editor)
    assert client.get(address).status_code == 200
    assert "prova.csv" in client.get(IN).content.decode()
    Sheet.objects.update(created=timezone.now() - datetime.timedelta(days=1, minutes=1))
    assert client.get(address).status_code == 404
    assert client.post(address, {"import": "1"}).status_code == 404
    assert "prova.csv" not in client.get(IN).content.decode()
    forget_expired()
    assert not SheetRow.objects.exists()


def test_a_table_can_be_thrown_away_and_a_new_one_takes_its_place(client, editor):
    full()
    first = sent(client, {"slug": "l-asilo", "summary_it": "Due"})
    second = sent(client, {"slug": "l-asilo", "summary_it": "Tre"})
    assert list(Sheet.objects.all()) == [second]
    assert first.pk != second.pk
    client.post(f"/admin/tables/sent/{second.pk}/", {"discard": "1"})
    assert not Sheet.objects.exists()
    assert Organization.objects.get(slug="l-asilo").summary_it == "Uno"


def test_rows_that_were_refused_can_be_taken_out_with_their_reasons(client, editor):
    full()
    sheet = sent(
        client, {"slug": "l-asilo", "website": "boh", "x": "1"}, {"slug": "madre", "website": ""}
    )
    said = client.get(f"/admin/tables/sent/{sheet.pk}/not-imported.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(said))
    assert row == {"slug": "l-asilo", "website": "boh", "why": "website: not a web address: “boh”"}


# ------------------------------------------------------------------ files
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n1,2\n", "No row names the columns"),
        (b"slug,name_it\n", "no rows below the header"),
        (b"slug,slug\n1,2\n", "Two columns are called"),
        (b"PK\x03\x04 broken", "damaged"),
        (b'slug,name_it\n"x,y\n', "quotation mark"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(client, editor, content, said):
    answer = send(client, content)
    assert answer.status_code in (200, 422)
    assert said in answer.content.decode()
    assert not Sheet.objects.exists()


def test_more_than_ten_thousand_rows_are_for_the_command(client, editor, monkeypatch):
    monkeypatch.setattr("exchange.sheets.MOST_ROWS", 3)
    rows = [{"slug": "", "name_it": f"Nome {number}"} for number in range(4)]
    answer = send(client, as_csv(rows))
    assert "manage.py import_organizations" in answer.content.decode()
    assert not Sheet.objects.exists()
    assert outcomes(sent(client, *rows[:3])) == dict.fromkeys((2, 3, 4), "new")
    monkeypatch.setattr("exchange.sheet_admin.MOST_ROWS", 2)
    for number in range(3):
        make.make_organization(f"Ente {number}")
    answer = client.get(OUT, follow=True)
    assert "at most 2 entries" in answer.content.decode()


def test_no_file_of_it_stays(client, editor, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    full()
    sent(client, {"slug": "l-asilo", "summary_it": "Due"})
    send(client, b"%PDF")
    assert list(tmp_path.iterdir()) == []
    text = "".join(file.read_text() for file in Path("exchange").glob("sheet*.py"))
    assert not re.search(r"\bpickle\b", text)


def test_queries_do_not_grow_with_the_rows(client, editor, django_assert_max_num_queries):
    city, theme = make.make_city("Torino"), make.make_theme("Orti")
    for number in range(40):
        make.make_organization(f"Ente {number}", city=city, themes=[theme], places=[city])
    with django_assert_max_num_queries(45):
        assert len(taken_out(client)) == 40
    rows = [
        {"slug": f"ente-{n}", "summary_it": "Nuova", "city": "torino", "name_it": ""}
        for n in range(40)
    ]
    rows += [
        {"slug": "", "name_it": f"Nuovo {n}", "city": "torino", "summary_it": ""} for n in range(40)
    ]
    with django_assert_max_num_queries(90):
        send(client, as_csv(rows))
    with django_assert_max_num_queries(110):
        confirm(client, Sheet.objects.get())
    assert Organization.objects.count() == 80


def test_an_import_that_was_cut_off_goes_on(client, editor, monkeypatch):
    from exchange import sheet_writing

    full()
    monkeypatch.setattr(sheet_writing, "BATCH", 1)
    rows = [{"slug": slug, "name_it": slug} for slug in ("uno", "due", "tre")]
    sheet = sent(client, *rows)
    theirs, seen = sheet_writing.record, []

    def cut_off(*args: Any) -> None:
        seen.append(1)
        if len(seen) == 2:
            raise KeyError("cut off")
        theirs(*args)

    monkeypatch.setattr(sheet_writing, "record", cut_off)
    with pytest.raises(KeyError):
        confirm(client, sheet)
    assert [one.slug for one in Organization.objects.filter(slug__in=["uno", "due", "tre"])] == [
        "uno"
    ]
    page = client.get(f"/admin/tables/sent/{sheet.pk}/").content.decode()
    assert "Import 2 rows" in page
    assert "2 entries were added." in confirm(client, sheet)
    assert Organization.objects.filter(name_it__in=["uno", "due", "tre"]).count() == 3


def test_a_bad_file_is_refused_in_the_language_of_the_page(client):
    """The sentence that a command says in English."""
    client.force_login(make.make_editor("anna", language="it"))
    said = send(client, b"%PDF-1.7").content.decode()
    assert "Il file è un documento PDF. Salvalo in XLSX o CSV e riprova." in said
    said = send(client, b"slug,slug\nx,y\n").content.decode()
    assert "Due colonne si chiamano «slug»." in said


def test_columns_that_hold_a_part_of_a_list_are_called_by_what_they_hold(client):
    client.force_login(make.make_editor("anna", language="it"))
    explained = client.get(IN).context["columns"]
    said = {column: what for column, what, _how in explained}
    assert said["website"] == "Sito web"
    assert said["fiscal_code"] == "Codice fiscale"
    assert said["sources"] == "Fonti"
    sheet = sent(client, {"slug": "", "name_it": "Radio", "website": "non ha un sito"})
    refused = client.get(f"/admin/tables/sent/{sheet.pk}/").content.decode()
    assert "<strong>Sito web</strong>: " in refused


# ------------------------------------------------------------------ ties between entries
def test_memberships_are_written_by_slug_from_either_end(client, editor):
    one, other = make.make_organization("Uno"), make.make_organization("Due")
    network, second = make.make_network("Rete"), make.make_network("Altra")
    member, founder = make.make_role("Aderente"), make.make_role("Fondatrice")
    kept = make.join(one, network, "Aderente", since="2013-06")
    make.join(one, second, "Aderente")
    row = next(row for row in taken_out(client) if row["slug"] == "uno")
    assert set(row["networks"].split("; ")) == {"rete:aderente", "altra:aderente"}
    sheet = sent(
        client,
        {"slug": "uno", "name_it": "", "networks": "rete:aderente; rete:fondatrice"},
        {"slug": "due", "name_it": "", "networks": "rete"},
        {"slug": "", "name_it": "Tre", "networks": "altra:fondatrice"},
        {"slug": "quattro", "name_it": "Quattro", "networks": "nessuna-rete:aderente"},
    )
    assert outcomes(sheet) == {2: "changed", 3: "refused", 4: "new", 5: "refused"}
    assert "a role is missing" in why(sheet, 3)
    assert "no entry has this slug" in why(sheet, 5)
    page = client.get(f"/admin/tables/sent/{sheet.pk}/?show=changed").content.decode()
    assert "<del>" in page
    confirm(client, sheet)
    assert {(each.network, each.role) for each in one.memberships.all()} == {
        (network, member),
        (network, founder),
    }
    assert one.memberships.get(role=member) == kept
    three = Organization.objects.get(name_it="Tre")
    assert three.memberships.get().role == founder
    for entry in (one, three):
        assert f'"role": {founder.pk}' in versions_of(entry).first().serialized_data

    (row,) = [row for row in taken_out(client, "network") if row["slug"] == "rete"]
    assert set(row["members"].split("; ")) == {"uno:aderente", "uno:fondatrice"}
    row["members"] = "uno:aderente; due:aderente"
    send(client, as_csv([row]), "network")
    confirm(client, Sheet.objects.get(kind="network"))
    assert {each.organization for each in network.memberships.all()} == {one, other}
    assert network.memberships.get(organization=one) == kept


def test_partners_are_written_by_slug_with_their_roles(client, editor):
    project, one = make.make_project("Co-City"), make.make_organization("Uno")
    network = make.make_network("Rete")
    lead = make.take_part(project, one, "Capofila", part_it="Cura")
    make.make_partner_role("Partner")
    project.participations.create(plain_name="Un privato")
    (row,) = taken_out(client, "project")
    assert row["partners"] == "organization:uno:capofila; name:Un privato:"
    row["partners"] = "organization:uno:capofila+partner; network:rete; name:Un'altra:partner"
    page = send(client, as_csv([row]), "project").content.decode()
    assert "<del> privato</del>" in page
    confirm(client, Sheet.objects.get(kind="project"))
    there = {
        str(each): {role.slug for role in each.roles.all()} for each in project.participations.all()
    }
    assert there == {"Uno": {"capofila", "partner"}, "Rete": set(), "Un'altra": {"partner"}}
    lead.refresh_from_db()
    assert lead.part_it == "Cura"
    assert network.participations.get().project == project
    (row,) = taken_out(client, "project")
    send(client, as_csv([row]), "project")
    assert set(outcomes(Sheet.objects.filter(written=None).get()).values()) == {"unchanged"}
    for wrong in ("uno", "organization:boh", "organization:uno:boh", "name:"):
        send(client, as_csv([row | {"partners": wrong}]), "project")
        assert set(outcomes(Sheet.objects.get(written=None)).values()) == {"refused"}, wrong


@pytest.mark.parametrize("kind", ["organization", "network", "project"])
def test_a_translator_is_told_the_columns_of_every_kind(client, kind):
    client.force_login(member("translator_it"))
    page = client.get(f"/admin/tables/{kind}/")
    assert page.status_code == 200
    assert "summary_it" in page.content.decode()
    assert "summary_en" not in page.content.decode()
    assert 'name="status"' not in page.content.decode(), "nothing new is theirs to add"

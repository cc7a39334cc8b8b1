"""Lists of staff that hold more than a page can take, and addresses that outlive what they ask."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import bulk_admin
from directory.models import Theme
from networks.models import Network
from orgs.admin import OrganizationAdmin
from orgs.models import Organization
from staff import deletion_admin
from staff.models import User
from tests import builders as make
from tests.test_admin import act, address
from tests.test_roles import member

pytestmark = pytest.mark.django_db
LIST = "/admin/orgs/organization/"


@pytest.fixture
def editor(client):
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# ------------------------------------------------------------------ addresses
@pytest.mark.parametrize(
    ("asked", "left", "sentence"),
    [
        ({"foo": "1", "q": "orti"}, "?q=orti", "leaves it out: foo=1."),
        ({"theme": "gone", "work": "lead"}, "?work=lead", "leaves it out: theme=gone."),
        ({"place": "region-x"}, "", "leaves it out: place=region-x."),
        ({"place": "city-99999999"}, "", "leaves it out: place=city-99999999."),
        ({"work": "nothing", "o": "-1"}, "?o=-1", "leaves it out: work=nothing."),
        ({"kind__id__exact": "x", "status__exact": "draft"}, "?status__exact=draft", "exact=x."),
        ({"p": "999", "status__exact": "draft"}, "?status__exact=draft", "no such page"),
    ],
)
def test_an_address_keeps_what_is_understood_and_a_sentence_names_the_rest(
    client, editor, monkeypatch, asked, left, sentence
):
    make.make_theme("Orti")
    make.make_theme("Acqua")
    for number in range(2):
        kind = make.make_kind(f"Tipo {number}")
        make.make_organization(f"Orti {number}", status="draft", city=make.make_city(), kind=kind)
    monkeypatch.setattr(OrganizationAdmin, "list_per_page", 1)
    page = client.get(LIST, asked, follow=True)
    assert page.redirect_chain == [(LIST + left, 302)]
    (message,) = said(page)
    assert sentence in message


def test_an_address_that_is_understood_says_nothing(client, editor):
    make.make_organization("Orti", status="draft")
    page = client.get(LIST, {"status__exact": "draft", "q": "orti", "o": "-1", "_facets": "True"})
    assert page.status_code == 200
    assert not said(page)


def test_a_worklist_that_is_nobodys_any_more_is_left_out_for_who_may_not_see_it(client):
    """Somebody who publishes sends the address of a list to somebody who does not."""
    client.force_login(member("editor"))
    page = client.get(LIST, {"work": "to-review"}, follow=True)
    assert "work=to-review" in said(page)[0]


# ------------------------------------------------------------------ many at once
@pytest.mark.parametrize("across", ["on", "0"])
@pytest.mark.parametrize("action", ["checked_today", "publish_on", "archive", "delete_selected"])
def test_more_than_a_request_can_take_is_refused_before_anything_is_done(
    client, editor, monkeypatch, action, across
):
    """All that a list holds, or each row of a list that is shown whole."""
    monkeypatch.setattr(bulk_admin, "ENTRIES_AT_MOST", 3)
    monkeypatch.setattr(bulk_admin, "DELETED_AT_MOST", 3)
    entries = [make.make_organization(f"Orti {number}") for number in range(4)]
    before = list(Organization.objects.order_by("pk").values_list("version", "status"))
    ticked = entries if across == "0" else entries[:1]
    data = {"action": action, "_selected_action": [entry.pk for entry in ticked]}
    data |= {"select_across": across, "index": "7", "post": "yes"}
    page = client.post(f"{LIST}?q=orti", data, follow=True)
    assert page.redirect_chain == [(f"{LIST}?q=orti", 302)]
    assert "Nothing was done: these are 4 entries, and at most 3" in said(page)[0]
    assert list(Organization.objects.order_by("pk").values_list("version", "status")) == before


def test_as_many_as_a_request_can_take_are_taken(client, editor, monkeypatch):
    monkeypatch.setattr(bulk_admin, "ENTRIES_AT_MOST", 3)
    entries = [make.make_organization(f"Orti {number}") for number in range(3)]
    data = {"action": "checked_today", "select_across": "1", "_selected_action": [entries[0].pk]}
    page = client.post(f"{LIST}?q=orti", data, follow=True)
    assert said(page) == ["3 entries marked as checked today."]


# ------------------------------------------------------------------ before deleting
def test_how_much_goes_is_counted_and_not_read(client, editor):
    def asked(members: int):
        network = make.make_network(f"Rete {members}")
        for number in range(members):
            make.join(make.make_organization(f"Ente {members} {number}"), network)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address(Network, "delete", network.pk))
        assert page.context["perms_lacking"] == set()
        assert not page.context["protected"]
        return page.content.decode(), len(captured)

    asked(1)
    few, number = asked(2)
    many, same = asked(30)
    assert same == number
    assert "Memberships: 2" in few
    assert "Memberships: 30" in many
    assert "Ente 30" not in many


def test_what_stands_in_the_way_is_what_refuses_to_be_deleted(client, editor):
    """Nobody is offered a button that ends in an error."""
    one = make.make_organization("Ente")
    part = make.make_organization("Parte", parent=one)
    network, project = make.make_network("Rete"), make.make_project("Progetto")
    tie, role = make.join(one, network), make.take_part(project, one, "Capofila")
    question = address(Organization, "delete", one.pk)
    page = client.get(question)
    assert len(page.context["protected"]) == 3
    assert f"/admin/orgs/organization/{part.pk}/change/" in page.content.decode()
    for row in (part, tie, role):
        assert client.get(question).context["protected"]
        row.delete()
    assert not client.get(question).context["protected"]
    assert client.post(question, {"post": "yes"}).status_code == 302
    assert not Organization.objects.filter(pk=one.pk).exists()


# ------------------------------------------------------------------ what is chosen
def test_what_is_chosen_stands_above_the_rows_and_drops_itself(client, editor):
    parent = make.make_theme("Beni comuni")
    child = make.make_theme("Orti", parent=parent)
    make.make_organization("Una", themes=[child], summary_it="x")
    asked = {"theme": child.slug, "status__exact": "published", "q": "una", "_facets": "True"}
    page = client.get(LIST, asked)
    chosen = {one["choice"]: one["without"] for one in page.context["cl"].chosen()}
    assert list(chosen) == ["published", "Orti"]
    html = page.content.decode()
    assert re.search(r"Drop the filter theme: </span>Orti</a>", html)
    without = client.get(LIST + chosen["Orti"])
    assert [one["choice"] for one in without.context["cl"].chosen()] == ["published"]
    assert without.context["cl"].query == "una"
    assert 'class="chosen-filters"' not in client.get(LIST).content.decode()


def test_a_list_of_nothing_says_what_to_do(client, editor):
    assert "There is no entry of this kind yet." in client.get(LIST).content.decode()
    make.make_organization("Una")
    html = client.get(LIST, {"status__exact": "draft", "q": "zzz"}).content.decode()
    assert "No entry has all of this." in html
    assert '<a href="?q=zzz">Clear all filters</a>' in html
    assert '<a href="?">Show all entries</a>' in html


# ------------------------------------------------------------------ what is theirs
def test_the_first_page_counts_for_an_editor_of_a_place_what_the_lists_hold(client):
    turin = make.make_city("Torino")
    for number in range(3):
        make.make_organization(f"Qui {number}", city=turin)
    make.make_organization("Altrove", city=make.make_city("Lecce"))
    make.make_organization("Bozza senza luogo", status="draft")
    client.force_login(member("editor", cities=[turin]))
    page = client.get("/admin/")
    rows = [row for part in page.context["work"].values() for row in part]
    for row in rows:
        for cell in row.cells:
            if cell.count is not None:
                listed = client.get(cell.address).context["cl"].result_count
                assert cell.count == listed, row.worklist.slug
    counts = {row.worklist.slug: row.cells[0].count for row in rows}
    assert counts["no-theme"] == 4
    assert counts["unchecked"] == 3


def test_no_more_accounts_or_words_are_deleted_at_once_than_one_request_takes(client, monkeypatch):
    monkeypatch.setattr(deletion_admin, "DELETED_AT_MOST", 3)
    client.force_login(make.make_editor("anna", language="en"))
    for number in range(4):
        make.make_editor(f"leaves-{number}")
        make.make_theme(f"Tema {number}")
    for model, left in ((User, 5), (Theme, 4)):
        page = act(client, model, "delete_selected", *model.objects.all())
        assert f"Nothing was deleted: these are {left}, and at most 3" in said(page)[-1]
        data = {"action": "delete_selected", "select_across": "1", "index": "0", "post": "yes"}
        chosen = {"_selected_action": [model.objects.first().pk]}
        client.post(address(model, "changelist"), data | chosen)
        assert model.objects.count() == left
    some = User.objects.filter(username__in=["leaves-0", "leaves-1"])
    page = act(client, User, "delete_selected", *some)
    assert "Are you sure" in page.content.decode()

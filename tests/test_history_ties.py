"""A tie belongs to both its ends: whichever is edited, the history of each says so."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from directory.history import Document, record_in_bulk, remember, versions_of
from directory.restoring import restore
from networks.models import Network
from staff.models import User
from tests import builders as make
from tests.admin_form import submit, with_row
from tests.test_admin import address, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor("anna", language="en")
    client.force_login(user)
    return user


def said(entry, name: str) -> list[dict[int, dict]]:
    """The ties that each version has, the oldest first."""
    rows = [Document.read(type(entry), each.serialized_data) for each in versions_of(entry)[::-1]]
    return [row.lists[name] for row in rows]


def compared(client: Client, entry) -> str:
    old, new = versions_of(entry)[1], versions_of(entry)[0]
    page = client.get(address(entry, "compare", entry.pk), {"from": old.pk, "to": new.pk})
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def test_a_tie_edited_at_the_network_makes_a_version_of_the_organization(client, editor):
    one, network = make.make_organization("L'asilo"), make.make_network("Rete")
    row = make.join(one, network, since="2013-06")
    submit(client, change(network), **{"memberships-0-since": "2014-02", "why": "Dal sito"})
    before, after = said(one, "memberships")
    assert (before[row.pk]["since"], after[row.pk]["since"]) == ("2013-06-01", "2014-02-01")
    revisions = {versions_of(each)[0].revision for each in (one, network)}
    assert len(revisions) == 1
    assert {(each.user, each.comment) for each in revisions} == {(editor, "Dal sito")}
    text = compared(client, one)
    assert "Changed: Rete (Aderente)" in text
    assert "June 2013" in text
    assert "February 2014" in text
    User.objects.update(language="it")
    assert "febbraio 2014" in compared(client, one)


def test_a_tie_that_comes_or_goes_is_in_both_histories(client, editor):
    one, network = make.make_organization("L'asilo"), make.make_network("Rete")
    role = make.make_role("Aderente")
    row = with_row(
        client,
        change(network),
        "memberships",
        organization=one.pk,
        role=role.pk,
        current="yes",
        since="2013",
    )
    submit(client, change(network), **row)
    before, after = said(one, "memberships")
    assert (len(before), len(after)) == (0, 1)
    text = compared(client, one)
    assert "Added: Rete (Aderente)" in text
    assert "2013" in text
    submit(client, change(network), **{"memberships-0-DELETE": "on"})
    assert [len(each) for each in said(one, "memberships")] == [0, 1, 0]
    assert "Removed: Rete (Aderente)" in compared(client, one)


def test_partners_of_a_project_are_in_the_histories_of_the_partners(client, editor):
    one, network = make.make_organization("Ente"), make.make_network("Rete")
    project = make.make_project("Co-City")
    make.take_part(project, one, "Capofila")
    make.take_part(project, network)
    submit(client, change(project), **{"participations-0-part_it": "Cura gli orti"})
    assert len(said(one, "participations")) == 2
    assert "Changed: Co-City (Capofila)" in compared(client, one)
    assert not versions_of(network), "its tie is as it was"


def test_a_tie_that_moves_is_in_the_histories_of_all_three(client, editor):
    one, other = make.make_organization("Una"), make.make_organization("Altra")
    network = make.make_network("Rete")
    row = make.join(one, network)
    remember([one, other, network])
    row.organization = other
    row.save()
    record_in_bulk([network], user=editor)
    assert [len(each) for each in said(one, "memberships")] == [1, 0]
    assert [len(each) for each in said(other, "memberships")] == [0, 1]


def test_what_is_put_back_at_one_end_is_put_back_at_the_other(client, editor):
    one, network = make.make_organization("L'asilo"), make.make_network("Rete")
    make.join(one, network, since="2013-06")
    record_in_bulk([one, network])
    submit(client, change(network), **{"memberships-0-since": "2014"})
    first = versions_of(network).last()
    document = Document.read(Network, first.serialized_data)
    key = f"memberships:{network.memberships.get().pk}"
    restore(network, document, [key], "Era giusto", editor)
    dates = [next(iter(each.values()))["since"] for each in said(one, "memberships")]
    assert dates == ["2013-06-01", "2014-01-01", "2013-06-01"]
    assert versions_of(one)[0].revision.comment == "Era giusto"


def test_ties_go_and_come_with_an_entry_in_the_histories_of_the_others(client, editor):
    one, network = make.make_organization("L'asilo"), make.make_network("Rete")
    make.join(one, network)
    client.post(address(network, "delete", network.pk), {"post": "yes"})
    assert [len(each) for each in said(one, "memberships")] == [1, 0]
    version = client.get(address(network, "recover")).context["versions"][0]
    client.post(address(network, "recover"), {"version": version.pk})
    assert [len(each) for each in said(one, "memberships")] == [1, 0, 1]


def test_recording_one_tie_costs_the_same_in_a_large_network(editor):
    def spent(members: int) -> int:
        network = make.make_network(f"Rete di {members}")
        rows = [make.join(make.make_organization(f"Ente {n}"), network) for n in range(members)]
        remember([network])
        rows[0].role = make.make_role("Promotore")
        rows[0].save()
        with CaptureQueriesContext(connection) as captured:
            record_in_bulk([network], user=editor)
        assert versions_of(rows[0].organization).count() == 2
        assert not versions_of(rows[-1].organization)
        return len(captured)

    with override("it"):
        assert spent(30) == spent(2)

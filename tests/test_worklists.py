"""Worklists: each finds what is to be done, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.front_page import lately_changed
from directory.history import record_in_bulk
from directory.registry import kinds
from directory.worklists import COUNTED_AT_MOST, Part, Worklist, worklists, worklists_for
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.test_roles import member

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("kind", [Organization, Network, Project])


@pytest.fixture
def editor(client):
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def found(client, kind, work: str) -> list[str]:
    address = reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_changelist")
    page = client.get(address, {"work": work}, follow=True)
    return [entry.name_it for entry in page.context["cl"].result_list]


@every_kind
def test_what_has_no_theme(client, editor, kind):
    theme = make.make_theme("Orti")
    make.make_entry(kind, "Con", {"themes": [theme]})
    for status in ("published", "draft", "archived"):
        make.make_entry(kind, f"Senza, {status}", {"status": status})
    assert found(client, kind, "no-theme") == ["Senza, draft", "Senza, published"]


@every_kind
def test_of_what_has_ended_nobody_looks_for_more(client, editor, kind):
    for life in ("unknown", "active", "ended", "merged"):
        make.make_entry(kind, life, {"life": life})
    lists = [one.slug for one in worklists.values() if one.is_for(kind)]
    for work in {"no-theme", "no-picture", "no-place"}.intersection(lists):
        assert found(client, kind, work) == ["active", "unknown"], work
    assert len(found(client, kind, "unchecked")) == 4, "what is said of it is kept right"


@every_kind
def test_what_nobody_checked_for_a_year_the_never_checked_first(client, editor, kind):
    today = timezone.localdate()
    for name, days in (("A ieri", 1), ("B un anno fa", 365), ("C due anni fa", 730)):
        make.make_entry(kind, name, {"checked_on": today - timedelta(days=days)})
    make.make_entry(kind, "D due anni e un giorno fa", {"checked_on": today - timedelta(days=731)})
    make.make_entry(kind, "E mai", {})
    make.make_entry(kind, "F bozza, mai", {"status": "draft"})
    assert found(client, kind, "unchecked") == [
        "E mai",
        "D due anni e un giorno fa",
        "C due anni fa",
    ]


def test_an_unknown_worklist_narrows_nothing(client, editor):
    make.make_organization("Una")
    assert found(client, Organization, "nonsense") == ["Una"]


def test_a_worklist_that_is_not_ones_work_is_neither_offered_nor_opened(
    client, editor, monkeypatch
):
    make.make_organization("Una")
    nothing = Worklist(
        "others", "others", lambda entries, user: entries.none(), open_to=lambda user: False
    )
    monkeypatch.setitem(worklists, "others", nothing)
    assert nothing not in worklists_for(Organization, editor)
    assert found(client, Organization, "others") == ["Una"]


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (
            "editor",
            {"no-theme", "no-picture", "double", "broken", "unchecked", "missing-it", "lead"},
        ),
        ("translator_it", {"missing-it", "stale-it", "missing-in-lists-it", "stale-in-lists-it"}),
        ("manager", set()),
    ],
)
def test_nobody_is_shown_work_that_is_not_theirs_to_do(client, role, wanted):
    client.force_login(member(role))
    page = client.get(reverse("admin:index"))
    shown = {row.worklist.slug for rows in page.context["work"].values() for row in rows}
    assert wanted <= shown
    assert role == "editor" or shown == wanted


def test_counting_stops_where_it_is_much(client, editor, monkeypatch):
    monkeypatch.setattr("directory.front_page.COUNTED_AT_MOST", 2)
    said = []
    for name in "abcd":
        page = client.get(reverse("admin:index"))
        rows = {row.worklist.slug: row for row in page.context["work"][Part.WORK]}
        cell = rows["no-theme"].cells[0]
        said.append((cell.count, cell.is_more))
        make.make_organization(name)
    assert said == [(0, False), (1, False), (2, False), (2, True)]
    assert COUNTED_AT_MOST == 1000
    assert "more than 2<span" in page.content.decode()


def test_what_was_written_in_batches_is_one_of_the_lately_changed(editor):
    """By the same person and for the same reason; what one entry says is told by itself."""
    entries = [make.make_organization(f"Casa {number}") for number in range(6)]
    record_in_bulk(entries[:1], "before", editor)
    for batch in (entries[1:3], entries[3:5]):
        record_in_bulk(batch, "table", editor)
    record_in_bulk(entries[5:], "table", editor)
    record_in_bulk([make.make_network()], "another", editor)
    told = [(each.why, each.more) for each in lately_changed(kinds.values())]
    assert told == [("another", 0), ("table", 0), ("table", 3), ("before", 0)]

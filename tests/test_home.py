"""What the home page chooses to show: the largest networks, the newest and the lately checked."""

from __future__ import annotations

import re

import pytest

from tests import builders as make

pytestmark = pytest.mark.django_db


def names(client, part: str) -> list[str]:
    """The names under a heading of the home page; none where it is not there."""
    html = client.get("/it/").content.decode()
    found = re.search(rf'<section[^>]*"{part}-heading".*?</section>', html, re.DOTALL)
    links = r"<h3[^>]*>(?:<svg.*?</svg>)?<a[^>]*>(.*?)</a>"
    return re.findall(links, found.group()) if found else []


def network(name: str, members: int, current: str = "yes", **fields):
    made = make.make_network(name, **fields)
    for number in range(members):
        one = make.make_organization(f"{name} {number}")
        make.join(one, made, "Membro", current=current)
    return made


def test_networks_with_the_most_current_members_come_first(client):
    network("Piccola", 2)
    network("Grande", 4)
    network("Media", 3)
    network("Quarta", 1)
    network("Finita", 5, current="no")
    network("Bozza", 6, status="draft")
    network("Vuota", 0)
    assert names(client, "featured") == ["Grande", "Media", "Piccola"]


def test_one_network_alone_is_not_featured(client):
    network("Sola", 2)
    assert names(client, "featured") == []


def test_roles_are_not_counted_as_members(client):
    twice = network("Due ruoli", 1)
    make.join(twice.memberships.get().organization, twice, "Promotore", current="yes")
    network("Due membri", 2)
    assert names(client, "featured") == ["Due membri", "Due ruoli"]


def test_the_lately_checked_are_shown_newest_first_and_only_if_there_are_any(client):
    make.make_organization("Mai")
    assert names(client, "checked") == []
    make.make_organization("Prima", checked_on="2026-01-02")
    make.make_project("Dopo", checked_on="2026-03-04")
    make.make_network("Nascosta", checked_on="2026-05-06", status="draft")
    assert names(client, "checked") == ["Dopo", "Prima"]


def test_the_newest_of_all_kinds_are_in_order(client):
    for name in ("Uno", "Due"):
        make.make_organization(name)
    make.make_project("Tre")
    assert names(client, "newest") == ["Tre", "Due", "Uno"]

"""How many queries the pages of proposals take, however much is proposed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import builders as make
from tests.admin_form import fields
from tests.test_admin import address, change
from tests.test_proposals import Person, page

pytestmark = pytest.mark.django_db


def queries(person: Person, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert person.client.get(path).status_code == 200
    return len(captured)


def proposed(author: Person, count: int):
    """A network of which ``count`` of everything is proposed: new rows, changed ones, ties."""
    network = make.make_network(f"Rete {count}")
    for number in range(count):
        network.milestones.create(text_it="Nasce", order=number)
        network.sources.create(title_it="Fonte", order=number)
        make.join(make.make_organization(f"Ente {count} {number}"), network, order=number)
    changes = {}
    opened = fields(author.client.get(change(network)))
    for number in range(count):
        city, role = make.make_city(f"Posto {number}"), make.make_role(f"Ruolo {number}")
        changes |= {
            f"milestones-{number}-text_en": f"Begins {number}",
            f"milestones-{number}-city": str(city.pk),
            f"sources-{number}-title_it": f"Atto {number}",
            f"memberships-{number}-role": str(role.pk),
            f"memberships-{number}-source": opened[f"sources-{number}-id"][0],
            f"memberships-{number}-since": "2013",
            f"web_addresses-{number}-url": f"https://x{number}.example/",
            f"web_addresses-{number}-kind": "other",
            f"web_addresses-{number}-order": str(number),
            f"places-{number}-city": str(city.pk),
            f"places-{number}-order": str(number),
        }
    for name in ("web_addresses", "places"):
        changes[f"{name}-TOTAL_FORMS"] = str(count)
    return author.propose(network, summary_it=f"Dopo {count}", **changes)


# The page, whose it is, the most queries, and what they are for. Each begins with the session, the
# user with second factor, rights and scope (7), whether some entries are invented, the entry, its
# places and its proposal.
PAGES = {
    # the proposal is put in: the entry, twice (as it is, as it is proposed), and for each list its
    # rows, what they name, and the savepoints around; then the form (41)
    "form": ("author", 124),
    # the entry and its lists with their marks, what they name
    "own page": ("author", 26),
    # put in like in the form, and the public page
    "preview": ("reviewer", 108),
    "page": ("reviewer", 27),
    # the lists of the form, the choices of their fields, the marks, what waits
    "form of who decides": ("reviewer", 42),
    # number, rows, the filters' choices
    "list": ("reviewer", 10),
}


def test_more_that_is_proposed_takes_no_more_queries():
    people = {role: Person(role) for role in ("editor", "reviewer")}
    people["author"] = people["editor"]

    def counted(count: int) -> dict[str, int]:
        proposal = proposed(people["author"], count)
        paths = {
            "form": change(proposal.entry),
            "own page": page(proposal),
            "preview": page(proposal, "proposal_preview"),
            "page": page(proposal),
            "form of who decides": change(proposal.entry),
            "list": address(proposal, "changelist"),
        }
        for name, path in paths.items():
            people[PAGES[name][0]].client.get(path)
        return {name: queries(people[PAGES[name][0]], path) for name, path in paths.items()}

    few, many = counted(2), counted(6)
    assert many == few
    over = {name: number for name, number in many.items() if number > PAGES[name][1]}
    assert over == {}

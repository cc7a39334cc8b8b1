"""A volunteer proposes, a reviewer accepts half, the page changes; and two accept at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils.translation import override
from playwright.sync_api import expect

from directory.history import versions_of
from orgs.models import Organization
from tests import builders as make
from tests.admin_form import fields
from tests.test_admin import change
from tests.test_admin_browser import Watched
from tests.test_proposals import Person, page

pytestmark = pytest.mark.django_db(transaction=True)


OUTCOMES = ("This proposal is decided already: accepted.", "What you accepted is in the entry now.")


@pytest.fixture(autouse=True)
def roles() -> None:
    """Emptying the database between tests takes the groups away."""
    call_command("make_roles", verbosity=0)


def in_a_tab(browser: Any, live_server: Any, person: Person) -> Watched:
    """With the person's own session."""
    context = browser.new_context()
    cookie = person.client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return Watched(context.new_page(), live_server.url)


@pytest.mark.browser
def test_a_volunteer_proposes_and_a_reviewer_accepts_half(browser, live_server):
    one = make.make_organization(
        "Orti del Ponte", summary_it="Coltiva gli orti.", summary_en="Tends the gardens."
    )
    volunteer = in_a_tab(browser, live_server, Person("editor", "vera"))
    reviewer = in_a_tab(browser, live_server, Person("reviewer", "rita"))
    public = one.get_absolute_url()

    form = volunteer.page
    volunteer.open(change(one))
    content = form.locator("#content")
    expect(content).to_contain_text("What you save is a proposal")
    form.fill("#id_summary_it", "Coltiva gli orti e il frutteto.")
    form.fill("#id_summary_en", "Tends the gardens and an orchad.")
    form.fill("#id_why", "Lo dice il sito")
    form.click("text=Propose >> nth=0")
    form.wait_for_url("**/proposals/*/")
    expect(form.locator("ins")).to_have_text(["e il frutteto", "and an orchad"])
    expect(content).not_to_contain_text("What you save")
    visitor = Client()
    assert "frutteto" not in visitor.get(public).content.decode()

    desk = reviewer.page
    reviewer.open(change(one))
    desk.click("text=1 proposal waits")
    desk.wait_for_url("**/proposals/*/")
    desk.locator('input[name="keys"][value="summary_en"]').uncheck()
    desk.fill("#answer", "Si scrive orchard")
    desk.click("text=Accept what is ticked, refuse the rest")
    desk.wait_for_selector("text=What you accepted is in the entry now.")
    assert "Coltiva gli orti e il frutteto." in visitor.get(public).content.decode()
    with override("en"):
        english = visitor.get(one.get_absolute_url()).content.decode()
    assert "Tends the gardens." in english
    assert "orchad" not in english
    reviewer.open(change(one))
    expect(desk.locator("#content")).not_to_contain_text("proposal waits")
    form.reload()
    expect(content).to_contain_text("partly accepted")
    expect(content).to_contain_text("Si scrive orchard")
    expect(form.locator("td.choice")).to_have_text(["taken in", "left out"])
    expect(form.get_by_role("button", name="Withdraw the proposal")).to_have_count(0)
    volunteer.assert_no_complaint()
    reviewer.assert_no_complaint()


def test_of_two_reviewers_at_the_same_moment_one_decides():
    one = make.make_organization("Orti del Ponte", summary_it="Prima")
    proposal = Person("editor", "vera").propose(one, summary_it="Dopo")
    reviewers = [Person("reviewer", "rita"), Person("reviewer", "remo")]
    sent = [fields(each.look(proposal)) | {"decision": "accept"} for each in reviewers]
    together = Barrier(2)

    def accept(number: int) -> str:
        together.wait()
        try:
            answer = reviewers[number].client.post(page(proposal), sent[number], follow=True)
            # What templates were given is told to both clients, whoever asked.
            return next(said for said in OUTCOMES if said in answer.content.decode())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(accept, range(2)))
    assert said == sorted(OUTCOMES)
    assert Organization.objects.get(pk=one.pk).summary_it == "Dopo"
    assert versions_of(one).count() == 2

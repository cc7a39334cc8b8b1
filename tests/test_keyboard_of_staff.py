"""Deciding and recovering with the keyboard alone: where the focus is can be seen, nothing holds it
and nothing lies over it, and it goes through the page as one reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect

from orgs.models import Organization
from tests import builders as make
from tests.browsing import Site
from tests.test_admin import address
from tests.test_admin_browser import Watched
from tests.test_keyboard import FOCUS, Keyboard, seen
from tests.test_proposals import Person
from tests.test_proposals import page as proposal_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

MOST = 200
# Whether each that had the focus comes after the one before it, in the page and so in reading.
IN_ORDER = """() => {
  const one = document.activeElement, before = window.before;
  window.before = one;
  return !before || !!(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""
every_way = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])


@pytest.fixture
def reviewer() -> Person:
    return Person("reviewer", "rita")


def proposed() -> Any:
    """Long enough to be scrolled, with a value that somebody else has changed meanwhile."""
    one = make.make_organization("Uno", summary_it="Prima", summary_en="Before")
    texts = {f"{name}_it": f"{name} " * 60 for name in ("description", "story", "vision")}
    author = Person("editor", "vera")
    proposal = author.propose(one, summary_it="Dopo", summary_en="After", founded="2001", **texts)
    Organization.objects.filter(pk=one.pk).update(summary_it="Intanto")
    return proposal


# Of what is taller than the window a part is seen.
TALL = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.height > innerHeight && box.top < innerHeight && box.bottom > 0;
}"""


class Reader(Keyboard):
    """A table that can be scrolled takes the focus too, and may be taller than the window."""

    def stop(self, key: str = "Tab") -> dict[str, Any] | None:
        self.press(key)
        focus = self.page.evaluate(FOCUS)
        if focus and self.page.evaluate(TALL):
            assert focus["ring"] >= 3, f"The focus is not seen: {focus}"
            return focus
        return seen(focus)


def opened(
    page: Any, client: Client, path: str, width: int = 1280, scheme: str = "light"
) -> Reader:
    page.set_viewport_size({"width": width, "height": 600})
    page.emulate_media(color_scheme=scheme)
    Site(page, client).open(path)
    return Reader(page)


def all_stops(keyboard: Reader) -> list[str]:
    """From the first to the last; each is looked at, and they come in the order of the page."""
    stops = []
    while stop := keyboard.stop():
        assert keyboard.page.evaluate(IN_ORDER), f"It goes back to {stop['what']}"
        stops.append(stop["what"])
        assert len(stops) < MOST, "The page does not let go of the focus"
    return stops


def holds(stops: list[str], *wanted: str) -> None:
    """The stops have all of these, in this order."""
    left = iter(stops)
    for one in wanted:
        assert any(one in stop for stop in left), one


@every_way
def test_the_focus_goes_through_a_proposal(page, reviewer, width, scheme):
    keyboard = opened(page, reviewer.client, proposal_page(proposed()), width, scheme)
    stops = all_stops(keyboard)
    holds(
        stops,
        'type="radio"',
        'value="summary_en"',
        'name="answer"',
        'value="accept"',
        'value="accept_some"',
        'value="refuse"',
    )


@every_way
def test_the_focus_goes_through_what_was_deleted(page, reviewer, width, scheme):
    for number in range(12):
        one = make.make_organization(f"Orti {number}", status="draft")
        reviewer.client.post(address(one, "delete", one.pk), {"post": "yes"})
    keyboard = opened(page, reviewer.client, address(Organization, "recover"), width, scheme)
    stops = all_stops(keyboard)
    holds(stops, 'name="q"', "Orti 11", "Orti 0")
    assert sum('name="version"' in stop for stop in stops) == 12


# ------------------------------------------------------------------ from the first key to the last
@pytest.fixture
def tab(page, live_server, transactional_db) -> Iterator[Watched]:
    call_command("make_roles", verbosity=0)
    site = Watched(page, live_server.url)
    yield site
    site.assert_no_complaint()


def test_a_proposal_is_decided_by_keyboard(tab):
    reviewer = Person("reviewer", "rita")
    waiting = proposed()
    tab.log_in("rita")
    tab.open(proposal_page(waiting))
    keyboard = Reader(tab.page)
    keyboard.to('input[type="radio"][name$="summary_it"]')
    keyboard.press("ArrowDown")
    expect(tab.page.locator('input[value="proposed"]:focus')).to_be_checked()
    keyboard.to('input[name="keys"][value="summary_en"]')
    keyboard.press("Space")
    keyboard.to('[name="answer"]')
    tab.page.keyboard.type("Grazie")
    keyboard.follow('button[value="accept"]')
    expect(tab.page.get_by_text("What you accepted is in the entry now.")).to_be_visible()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.answer, waiting.reviewer) == ("partly", "Grazie", reviewer.user)
    one = Organization.objects.get()
    assert (one.summary_it, one.summary_en) == ("Dopo", "Before")


def test_what_was_deleted_is_found_and_recovered_by_keyboard(tab):
    reviewer = Person("reviewer", "rita")
    for name in ("Il Ponte", "La Fonte"):
        one = make.make_organization(name, status="draft")
        reviewer.client.post(address(one, "delete", one.pk), {"post": "yes"})
    tab.log_in("rita")
    tab.open(address(Organization, "recover"))
    keyboard = Reader(tab.page)
    keyboard.to('[name="q"]')
    tab.page.keyboard.type("ponte")
    with tab.page.expect_navigation():
        keyboard.press("Enter")
    keyboard.follow('button[name="version"]')
    expect(tab.page.get_by_text("is here again, as a draft.")).to_be_visible()
    assert [one.name_it for one in Organization.objects.all()] == ["Il Ponte"]

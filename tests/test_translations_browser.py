"""Somebody who translates clears stale marks, from the first page on, in Chromium."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from orgs.models import Organization
from tests import builders as make
from tests.test_admin_browser import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(page, live_server) -> Watched:
    return Watched(page, live_server.url)


def test_a_translator_clears_a_stale_mark(site, page):
    one = make.make_organization(
        "Orti",
        status="draft",
        **{"summary_it": "Orti", "summary_en": "Gardens", "story_it": "1980", "story_en": "Then"},
        purpose_it="Coltivare",
    )
    one.summary_it, one.story_it = "Orti di quartiere", "Nel 1980"
    one.save()
    translator = make.make_editor("tina", is_superuser=False, language="en")
    translator.groups.add(Group.objects.get(name="translator_en"))
    site.log_in("tina")
    waiting = page.get_by_role("row", name="English older than the Italian")
    waiting.get_by_role("link").click()
    page.get_by_role("link", name="Orti", exact=True).click()

    # A copy is offered at once where there is nothing yet, and nowhere else.
    offered = page.locator("[data-copy-from]:visible")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("Copy the Italian text here (purpose)")

    # What is still right is said by a button, and what is typed meanwhile stays.
    summary, story = page.locator("#id_summary_en"), page.locator("#id_story_en")
    expect(page.locator("#id_summary_en_mark")).to_contain_text("The Italian text changed on")
    summary.fill("Neighbourhood gardens")
    expect(page.locator("[data-length-of=id_summary_en]")).to_have_text("21")
    right = page.get_by_role("button", name="The English text is still right (story)")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    right.click()
    expect(page.get_by_text("your login may have ended")).to_be_visible()
    assert "story_en" in Organization.objects.get(pk=one.pk).text_marks
    page.context.add_cookies(cookies)
    right.click()
    expect(page.get_by_text("your login may have ended")).not_to_be_visible()
    expect(page.get_by_text("Marked as still right.")).to_be_visible()
    expect(summary).to_have_value("Neighbourhood gardens")
    assert story.input_value() == "Then"
    assert Organization.objects.get(pk=one.pk).text_marks == {
        "summary_en": "stale",
        "purpose_en": "missing",
    }

    # The Italian as a start: marked until it is edited.
    page.get_by_role("button", name="Copy the Italian text here (purpose)").click()
    purpose = page.locator("#id_purpose_en")
    expect(purpose).to_have_value("Coltivare")
    copied = page.locator("[data-copied=id_purpose_en]")
    expect(copied).to_be_visible()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("#id_purpose_en_mark")).to_contain_text("A copy of the Italian text")
    assert Organization.objects.get(pk=one.pk).text_marks == {"purpose_en": "copied"}
    purpose.fill("To grow food")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_be_visible()
    entry = Organization.objects.get(pk=one.pk)
    assert (entry.text_marks, entry.summary_en) == ({}, "Neighbourhood gardens")
    assert not site.complaints

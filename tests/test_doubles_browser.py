"""Doubles in Chromium: shown while somebody types; a merge and its undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from directory.doubles import find_doubles
from orgs.models import Organization
from tests import builders as make
from tests.test_admin import address, change
from tests.test_admin_browser import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def prepared() -> tuple[Organization, Organization]:
    city = make.make_city("Torino")
    one = make.make_organization("Casa del quartiere", city=city, summary_it="Un luogo per tutti")
    two = make.make_organization(
        "Casa del quartiere APS", city=city, summary_it="Uno spazio", email="ciao@casa.example"
    )
    for entry in (one, two):
        entry.identifiers.create(scheme="fiscal_code", value="12345678901")
    two.web_addresses.create(url="https://casa.example/")
    make.join(two, make.make_network("Rete delle case"))
    find_doubles()
    return one, two


def test_a_merge_and_its_undo(browser, live_server):
    one, two = prepared()
    make.make_editor("anna", language="en")
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    site = Watched(page, live_server.url)
    site.log_in("anna")
    site.open(address(one, "changelist"))
    page.get_by_role("link", name="Suspected doubles").click()
    expect(page.get_by_text("same code, similar name, same place or none given")).to_be_visible()
    page.locator("tbody").get_by_role("link", name="Compare").click()
    expect(
        page.get_by_label("Summary · Italian: of Casa del quartiere", exact=True)
    ).to_be_checked()
    expect(page.get_by_label("E-mail: of Casa del quartiere APS")).to_be_checked()
    page.get_by_label("Summary · Italian: of Casa del quartiere APS").check()
    page.get_by_label("goes to: former names").check()
    page.get_by_label("Why").fill("Lo stesso codice")
    page.get_by_role("button", name="Merge into “Casa del quartiere”").click()
    expect(page.get_by_text("“Casa del quartiere APS” and this entry are one now.")).to_be_visible()
    kept = Organization.objects.get()
    assert (kept.pk, kept.summary_it, kept.former_names) == (
        *(one.pk, "Uno spazio"),
        ["Casa del quartiere APS"],
    )

    page.goto(live_server.url + two.get_absolute_url())
    assert page.url == live_server.url + one.get_absolute_url()
    expect(page.get_by_text("Rete delle case").first).to_be_visible()

    site.open(change(one))
    page.get_by_role("link", name="Merged entries (1)").click()
    page.get_by_role("button", name="Take this merge back").click()
    expect(page.get_by_text("Both entries are again what they were.")).to_be_visible()
    assert Organization.objects.count() == 2
    page.goto(live_server.url + two.get_absolute_url())
    expect(page.get_by_role("heading", name="Casa del quartiere APS", level=1)).to_be_visible()
    expect(page.get_by_text("Rete delle case").first).to_be_visible()
    site.assert_no_complaint()
    context.close()


def test_likely_doubles_are_shown_while_somebody_types(page, live_server):
    one, _two = prepared()
    make.make_editor("anna", language="it")
    page.set_viewport_size({"width": 390, "height": 844})
    site = Watched(page, live_server.url)
    site.log_in("anna")
    site.open(address(one, "add"))
    box = page.locator("[data-doubles]")
    expect(box).to_be_empty()
    page.locator("#id_name_it").press_sequentially("casa del quartiere")
    expect(box.get_by_role("link")).to_have_count(2)
    expect(box).to_contain_text("nome simile, luogo uguale o non indicato")
    expect(box).to_contain_text("Torino")
    page.locator("#id_name_it").fill("Tutt'altro")
    expect(box).to_be_empty()
    page.locator("#identifiers-group .add-row a").click()
    page.locator("#id_identifiers-0-scheme").select_option("vat")
    page.locator("#id_identifiers-0-value").fill("12345678901")
    expect(box).to_contain_text("stesso codice")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is wider than the phone"
    site.assert_no_complaint()

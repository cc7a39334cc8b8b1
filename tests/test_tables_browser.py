"""A table of 200 rows in Chromium, under the strict Content-Security-Policy, without JavaScript."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from directory.history import versions_of
from orgs.models import Organization
from tests import builders as make
from tests.test_admin_browser import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BAD = {
    20: {"themes": "fantasia"},
    45: {"website": "non è un indirizzo"},
    70: {"name_it": ""},
    95: {"city": "Nessunposto"},
    120: {"founded": "boh"},
    145: {"summary_en": "x" * 301},
    170: {"slug": "l-asilo", "name_it": "Ancora l'asilo"},
}


def rows() -> list[dict[str, str]]:
    city = {"city": "torino", "themes": "orti"}
    said = [{"slug": "l-asilo", "name_it": "L'asilo", "summary_en": "Changed", **city}]
    said += [
        {"slug": "", "name_it": f"Ente {number}", "summary_en": f"Number {number}", **city}
        for number in range(1, 200)
    ]
    for place, cells in BAD.items():
        said[place - 2] |= cells
    return said


def test_two_hundred_rows_with_seven_bad_ones(browser, live_server, tmp_path):
    one = make.make_organization("L'asilo", city=make.make_city("Torino"), summary_en="One")
    make.make_theme("Orti")
    make.make_editor("anna", language="en")
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    site = Watched(page, live_server.url)
    site.log_in("anna")

    site.open("/admin/orgs/organization/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="as CSV").click()
    assert b"L'asilo" in Path(taken.value.path()).read_bytes()

    page.get_by_role("link", name="Bring in a table").click()
    table = tmp_path / "enti.csv"
    with table.open("w", newline="") as file:
        headers = ["slug", "name_it", "summary_en", "city", "themes", "website", "founded"]
        writer = csv.DictWriter(file, headers, restval="")
        writer.writeheader()
        writer.writerows(rows())
    page.set_input_files("#id_file", table)
    page.get_by_label("New entries become").select_option("in_review")
    page.get_by_role("button", name="Show what would change").click()

    tally = page.locator(".tally")
    expect(tally.get_by_text("Not imported: 7")).to_be_visible()
    expect(tally.get_by_text("New entries: 192")).to_be_visible()
    expect(tally.get_by_text("Changed entries: 1")).to_be_visible()
    said = page.locator("#content-main tbody")
    for reason in (
        *("not a word of this directory", "not a web address", "there is no name", "no city"),
        *("not a date", "300", "row 2 stands for the same entry"),
    ):
        expect(said).to_contain_text(reason)
    expect(page.locator("tbody td:first-child")).to_have_text([str(row) for row in BAD])
    page.get_by_role("link", name="New entries: 192").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Ente 60").first).to_be_visible()
    page.get_by_role("link", name="Changed entries: 1").click()
    expect(page.locator("del")).to_have_text("One")
    expect(page.locator("ins", has_text="Changed")).to_be_visible()
    assert Organization.objects.count() == 1

    page.get_by_role("button", name="Import 193 rows").click()
    expect(page.get_by_text("192 entries were added.")).to_be_visible()
    expect(page.get_by_text("1 entry was changed.")).to_be_visible()
    assert Organization.objects.count() == 193
    assert Organization.objects.get(pk=one.pk).summary_en == "Changed"
    assert not Organization.objects.filter(name_it__in=["Ente 18", "Ente 43"]).exists()
    new = Organization.objects.get(name_it="Ente 1")
    assert (new.status, versions_of(new).count()) == ("in_review", 1)

    page.get_by_role("link", name="Not imported: 7").click()
    with page.expect_download() as taken:
        page.locator("p").get_by_role("link", name="CSV", exact=True).click()
    kept = csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig")))
    assert [row["name_it"] for row in kept][:2] == ["Ente 18", "Ente 43"]
    site.assert_no_complaint()
    context.close()

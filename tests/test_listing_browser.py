"""Filtering in Chromium: htmx swaps the results, and everything around them follows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsing import BASE, Site

pytestmark = pytest.mark.browser


def test_choosing_a_facet_swaps_the_results_and_says_how_many(site):
    page = site.page
    site.open("/it/organizzazioni/")
    page.evaluate("document.querySelector('[role=status]').dataset.same = 'yes'")
    before = page.locator("[role=status]").inner_text()
    page.locator("#facet-city > summary").click()
    page.locator("#city-torino").check()
    page.wait_for_url("**/it/organizzazioni/?city=torino")

    status = page.locator("[role=status]")
    expect(status).not_to_have_text(before, use_inner_text=True)
    expect(page.locator(".chip")).to_have_count(1)
    found = page.locator("#results .card").count()
    assert status.inner_text().startswith(f"{found} organizzazioni")
    # A region that is put anew is not announced: only what is in it may change.
    assert status.get_attribute("data-same") == "yes"
    assert all("Torino" in one for one in page.locator("#results .card-meta").all_text_contents())
    expect(page.locator("#city-torino")).to_be_checked()
    assert page.locator("#language-switch a").get_attribute("href").endswith("?city=torino")

    page.go_back()
    expect(page).to_have_url(f"{BASE}/it/organizzazioni/")
    expect(page.locator("[role=status]")).to_have_text(before, use_inner_text=True)
    expect(page.locator("#city-torino")).not_to_be_checked()
    page.go_forward()
    expect(page).to_have_url(f"{BASE}/it/organizzazioni/?city=torino")
    expect(page.locator("#results .card")).to_have_count(found)
    site.assert_no_complaint()


def test_words_are_searched_on_enter_and_leave_no_empty_parameter(site):
    page = site.page
    site.open("/en/organizations/")
    page.fill("#q", "torino")
    page.press("#q", "Enter")
    page.wait_for_url("**/en/organizations/?q=torino")
    expect(page.locator(".chip")).to_have_count(1)
    assert page.input_value("#sort") == ""
    site.assert_no_complaint()


def test_what_is_typed_while_an_answer_is_on_its_way_stays(site):
    page = site.page
    site.open("/it/organizzazioni/?find_city=tor")
    slow = []
    page.route("**/?*region=piemonte*", lambda route: slow.append(route))
    page.locator("#region-piemonte").click()
    page.locator("#find-city").fill("mes")
    slow[0].fallback()
    page.wait_for_url("**/?*region=piemonte*")
    expect(page.locator("#region-piemonte")).to_be_checked()
    expect(page.locator("#find-city")).to_be_focused()
    expect(page.locator("#find-city")).to_have_value("mes")
    site.assert_no_complaint()


@pytest.mark.parametrize(
    ("keys", "there"), [(["Tab"], "#facet-theme > summary"), (["Shift+Tab"], "#city-torino")]
)
def test_who_leaves_a_field_by_keyboard_is_where_they_went(site, keys, there):
    page = site.page
    site.open("/it/organizzazioni/?find_city=tor")
    page.locator("#find-city").fill("torin")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url("**/?find_city=torin")
    expect(page.locator(there)).to_be_focused()
    site.assert_no_complaint()


@pytest.mark.parametrize("path", ["/it/organizzazioni/", "/it/mappa/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_used_stays_where_it_is_on_the_screen(site, path, width):
    """The results came instead of the choices that were looked for."""
    page = site.page
    page.set_viewport_size({"width": width, "height": 600})
    site.open(path)
    if width == 390:
        page.locator("#facets-fold > summary").click()
    page.locator("#facet-city > summary").click()
    asked = []
    page.on("request", lambda request: asked.append(request) if "find_city" in request.url else 0)
    field = page.locator("[name=find_city]")
    field.fill("tor")
    page.evaluate("scrollBy(0, 40)")
    there = field.bounding_box()["y"]
    field.press("Enter")
    page.wait_for_url("**/?find_city=tor")
    expect(page.locator("#city-torino")).to_be_visible()
    expect(page.locator("#facet-city .choice")).to_have_count(1)
    assert abs(field.bounding_box()["y"] - there) < 2

    there = page.locator("#city-torino").bounding_box()["y"]
    page.locator("#city-torino").check()
    expect(page.locator(".chip")).to_have_count(1)
    assert abs(page.locator("#city-torino").bounding_box()["y"] - there) < 2
    # Enter asked once.
    assert len(asked) == 2
    site.assert_no_complaint()


def test_what_is_sought_is_in_sight_on_a_phone_without_scripts(browser, stage):
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    site = Site(context.new_page())
    site.open("/it/organizzazioni/?find_city=tor")
    expect(site.page.locator("#city-torino")).to_be_visible()
    site.open("/it/organizzazioni/?city=torino")
    expect(site.page.locator("#city-torino")).to_be_hidden()
    site.assert_no_complaint()
    context.close()


@pytest.mark.parametrize("path", ["/it/organizzazioni/", "/it/mappa/"])
def test_on_paper_the_filters_in_force_stand_above_the_results(site, path):
    page = site.page
    site.open(f"{path}?city=torino&theme=beni-comuni&q=orti")
    title, first = page.locator(".chips h3"), page.locator(".chips li").first
    assert title.bounding_box()["width"] == 1
    page.emulate_media(media="print")
    said = [" ".join(one.split()) for one in page.locator(".chips li").all_inner_texts()]
    assert said == [
        "Togli: Parole orti",
        "Togli: Città Torino",
        "Togli: Tema Beni comuni",
    ]
    # One line, with the title before it; nothing to click.
    assert title.inner_text() == "Filtri attivi"
    assert title.bounding_box()["width"] > 50
    assert abs(title.bounding_box()["y"] - first.bounding_box()["y"]) < 8
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".chips-clear")).to_be_hidden()
    expect(page.locator(".chip .icon").first).to_be_hidden()
    site.assert_no_complaint()


@pytest.mark.parametrize("path", ["/it/organizzazioni/", "/it/mappa/"])
def test_who_comes_back_finds_chosen_what_the_page_keeps_to(browser, stage, path):
    """Not what was ticked when they left: a browser would put that back into the form."""
    context = browser.new_context(java_script_enabled=False)
    site = Site(context.new_page())
    site.open(path)
    page = site.page
    page.locator("#region-piemonte").check()
    page.locator("#facets button[type=submit]").press("Enter")
    page.wait_for_url("**/?*region=piemonte*")
    page.go_back()
    page.wait_for_url(f"{BASE}{path}")
    expect(page.locator("#region-piemonte")).not_to_be_checked()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/it/mappa/", "/it/temi/"])
def test_nothing_moves_under_the_finger_of_who_jumps_to_the_foot_of_a_page(site, path, width):
    page = site.page
    page.set_viewport_size({"width": width, "height": 720})
    site.open(path)
    page.evaluate("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    tall = "document.documentElement.scrollHeight"
    before = page.evaluate(tall)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(tall) == before


def choose_torino(page: Any) -> None:
    page.locator("#facet-city > summary").click()
    page.locator("#city-torino").click()


def test_where_no_list_comes_the_page_that_came_is_shown(site):
    page = site.page
    site.open("/it/organizzazioni/")
    closed = {"status": 503, "content_type": "text/html", "body": "<h1>Chiuso</h1>"}
    page.route("**/?city=*", lambda route: route.fulfill(**closed))
    choose_torino(page)
    expect(page.get_by_role("heading", name="Chiuso")).to_be_visible()
    expect(page.locator("#facets")).to_have_count(0)


def test_where_nothing_comes_the_browser_says_why(site):
    """On a page of its own, into which a test had better not look: it may wait for ever."""
    page = site.page
    site.open("/it/organizzazioni/")
    page.route("**/?city=*", lambda route: route.abort("internetdisconnected"))
    with page.expect_event("requestfailed", lambda asked: asked.is_navigation_request()):
        choose_torino(page)


def test_nothing_is_kept_in_the_browser_but_the_choice_of_colours(site):
    page = site.page
    site.open("/it/organizzazioni/")
    page.locator("#theme-partecipazione-e-democrazia").check()
    page.wait_for_url("**/?theme=partecipazione-e-democrazia")
    page.locator("[name=theme-choice][value=dark]").check()
    site.open("/it/temi/")
    kept = "() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]"
    assert page.evaluate(kept) == [["theme"], [], ""]
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(26, 22, 27)"
    site.assert_no_complaint()

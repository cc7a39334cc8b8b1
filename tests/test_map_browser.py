"""The map in Chromium: Leaflet in the place of the drawing, and the drawing without a script."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browsing import BASE, Site
from tests.test_keyboard import Keyboard

pytestmark = pytest.mark.browser

PINS = ".map-pin"
NAMES = "all => all.map(one => one.getAttribute('aria-label')).sort()"


def moving(site: Site, path: str = "/it/mappa/", width: int = 1280) -> None:
    site.page.set_viewport_size({"width": width, "height": 900})
    site.open(path)
    # On a phone the filters stand before it.
    site.page.locator("#map").scroll_into_view_if_needed()
    expect(site.page.locator(PINS).first).to_be_visible()


def test_circles_are_the_links_of_the_table_and_the_policy_holds(site):
    page = site.page
    moving(site)
    rows = page.locator(".map-table tbody th a")
    in_table = rows.evaluate_all("all => all.map(one => one.getAttribute('href')).sort()")
    on_map = page.locator(PINS).evaluate_all(
        "all => all.map(one => one.getAttribute('href')).sort()"
    )
    assert on_map == in_table
    assert any(name.startswith("Piemonte: ") for name in page.locator(PINS).evaluate_all(NAMES))
    sizes = page.locator(PINS).evaluate_all(
        """all => all.map(one => one.getBoundingClientRect())
          .map(one => Math.min(one.width, one.height))"""
    )
    assert min(sizes) >= 24
    expect(page.locator(".map-border")).to_have_count(110)
    # The borders have no name: nobody is told of a picture without one.
    assert "- img" not in page.locator(".map-moving").aria_snapshot()
    assert not page.context.cookies()
    site.assert_no_complaint()


def test_zooming_changes_regions_into_provinces_and_those_into_cities(site):
    page = site.page
    # A press is lost while the map glides.
    page.emulate_media(reduced_motion="reduce")
    moving(site)
    before = page.locator(PINS).evaluate_all(NAMES)

    def zoom(way: str, steps: int, until: str, gone: str) -> None:
        for _step in range(steps):
            page.locator(f".leaflet-control-zoom-{way}").click()
        expect(page.locator(f"{PINS}[href*='{gone}=']")).to_have_count(0)
        expect(page.locator(f"{PINS}[href*='{until}=']").first).to_be_attached()

    zoom("in", 1, "province", gone="region")
    # Cities in the middle of the map, if there are any, come next.
    page.evaluate("document.querySelector('.map-pin[href*=\"province=BO\"]').focus()")
    page.keyboard.press("Shift")
    zoom("in", 2, "city", gone="province")
    zoom("out", 1, "province", gone="city")
    zoom("out", 2, "region", gone="province")
    assert page.locator(PINS).evaluate_all(NAMES) == before
    asked = [one.path for one in site.answered if "marks.json" in one.path]
    assert all("level=city" in one or "box=6,35,19,48" in one for one in map(unquote, asked))
    # What was fetched once is not asked for again.
    assert len(asked) == len(set(asked))
    site.assert_no_complaint()


def test_the_keyboard_reaches_every_circle_and_follows_it(site):
    page = site.page
    moving(site, "/en/map/?type=organization")
    keyboard = Keyboard(page)
    names = set(page.locator(PINS).evaluate_all(NAMES))
    keyboard.to(".map-moving")
    page.keyboard.press("ArrowRight")
    reached = set()
    for _stop in range(len(names) + 2):
        keyboard.stop()
        focused = page.evaluate(
            "document.activeElement.matches('.map-pin') ? document.activeElement.title : ''"
        )
        reached.add(focused)
    assert reached - {""} == names
    page.locator(f"{PINS}[href*='region=piemonte']").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{BASE}/en/map/?type=organization&region=piemonte"
    expect(page.locator(".map-here")).to_have_count(8)
    expect(page.locator(f"{PINS}[href$='province=TO']")).to_have_attribute(
        "aria-label",
        page.locator(".map-table td .visually-hidden").first.inner_text().split(",")[0],
    )
    site.assert_no_complaint()


@pytest.mark.parametrize("scripted", [True, False])
def test_the_keyboard_gets_past_many_circles_at_once(browser, stage, scripted):
    context = browser.new_context(java_script_enabled=scripted)
    page = context.new_page()
    site, keyboard = Site(page), Keyboard(page)
    site.open("/it/mappa/")
    assert page.locator(".map-table tbody tr").count() > 12
    keyboard.to("a[href='#map-table']")
    page.keyboard.press("Enter")
    keyboard.stop()
    expect(page.locator(".map-table tbody th a").first).to_be_focused()
    # Past a few there is nothing to skip.
    site.open("/it/mappa/?province=TO")
    expect(page.locator("a[href='#map-table']")).to_have_count(0)
    site.assert_no_complaint()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_javascript_the_drawing_has_the_same_links(browser, stage, scheme):
    context = browser.new_context(
        java_script_enabled=False, color_scheme=scheme, viewport={"width": 390, "height": 900}
    )
    page = context.new_page()
    site = Site(page)
    site.open("/it/mappa/")
    marks = page.locator(".map-mark")
    rows = page.locator(".map-table tbody th a")
    assert marks.count() == rows.count() > 5
    for one in marks.all():
        box = one.locator("circle").bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24
    keyboard = Keyboard(page)
    keyboard.follow(".map-mark[href*='region=piemonte']")
    assert site.path == "/it/mappa/?region=piemonte"
    keyboard.follow(".map-mark[href*='province=TO']")
    keyboard.follow(".map-mark[href*='city=torino']")
    keyboard.follow(".map-table td a")
    assert site.path == "/it/cerca/?city=torino"
    site.assert_no_complaint()
    context.close()


def test_those_who_save_data_and_a_broken_connection_keep_the_drawing(site):
    page = site.page
    page.route("**/leaflet*.js", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        site.open("/it/mappa/")
        page.locator("#map").scroll_into_view_if_needed()
    assert page.locator(".map-mark").count() > 5
    page.unroute("**/leaflet*.js")
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    site.open("/it/mappa/")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator(".map-mark").count() > 5
    assert not [one for one in site.answered if "leaflet" in one.path]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("query", ["", "?region=piemonte", "?city=torino"])
def test_nothing_below_moves_when_the_map_begins_to_move(site, query, width):
    page, foot = site.page, "document.querySelector('#map figcaption').getBoundingClientRect().top"
    page.route("**/leaflet*.js", lambda route: route.abort())
    page.set_viewport_size({"width": width, "height": 900})
    site.open(f"/it/mappa/{query}")
    before = page.evaluate(f"{foot} + scrollY")
    page.unroute("**/leaflet*.js")
    moving(site, f"/it/mappa/{query}", width)
    assert page.evaluate(f"{foot} + scrollY") == pytest.approx(before, abs=0.5)


def test_what_the_map_does_not_show_is_told_without_moving_what_is_below(site):
    page = site.page
    page.emulate_media(reduced_motion="reduce")
    foot = "document.querySelector('#map figcaption').getBoundingClientRect().top + scrollY"
    many = {"hidden": 7, "marks": [[45.07, 7.69, "1", "Torino: 1 scheda", "?city=torino", ""]]}
    page.route("**/marks.json*", lambda route: route.fulfill(json=many))
    moving(site)
    before = page.evaluate(foot)
    # There for who listens before anything is said in it, or they may not be told.
    note = page.locator("#map").get_by_role("status")
    expect(note).to_have_count(1)
    page.locator(".leaflet-control-zoom-in").click()
    expect(note).to_have_text("Ingrandisci per vedere anche i più piccoli.")
    assert page.evaluate(foot) == before


def test_who_is_at_a_circle_of_the_drawing_stays_at_it(site):
    page = site.page
    waiting = []
    page.route("**/leaflet*.js", lambda route: waiting.append(route))
    with page.expect_request("**/leaflet*.js"):
        site.open("/it/mappa/")
        page.locator("#map").scroll_into_view_if_needed()
    page.locator(".map-mark[href$='region=piemonte']").focus()
    waiting[0].fallback()
    expect(page.locator(f"{PINS}[href$='region=piemonte']")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_without_backgrounds_a_circle_is_a_line_and_a_region_has_its_outline(site, scheme):
    page = site.page
    page.emulate_media(color_scheme=scheme)
    moving(site)
    page.emulate_media(media="print", color_scheme=scheme)
    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    pin = page.locator(PINS).first
    for name, colour in {
        "color": black,
        "border-top-color": black,
        "background-color": white,
    }.items():
        expect(pin).to_have_css(name, colour)
    site.open("/it/regioni/piemonte/")
    expect(page.locator(".italy-here")).to_have_css("stroke", black)


def test_nothing_glides_for_those_who_asked_for_that(site):
    site.page.emulate_media(reduced_motion="reduce")
    moving(site)
    site.page.locator(".leaflet-control-zoom-in").click()
    assert site.page.evaluate("document.getAnimations().length") == 0
    expect(site.page.locator(".leaflet-zoom-anim")).to_have_count(0)


def test_a_choice_is_followed_at_once_by_count_chips_table_and_circles(site):
    page = site.page
    moving(site)
    page.evaluate("document.querySelector('h1').dataset.same = 'yes'")
    count = page.locator("#count")
    before = count.inner_text()
    regions = page.locator(PINS).evaluate_all(NAMES)

    page.locator("#region-piemonte").click()
    # No empty field litters the address.
    page.wait_for_url("**/it/mappa/?region=piemonte")
    expect(page.locator("h1")).to_have_attribute("data-same", "yes")
    expect(page.locator("#region-piemonte")).to_be_checked()
    expect(page.locator("#region-piemonte")).to_be_focused()
    expect(count).not_to_have_text(before, use_inner_text=True)
    expect(page.locator(".chip")).to_have_count(1)
    expect(page).to_have_title(re.compile("^Mappa · Piemonte · "))
    expect(page.locator("#language-switch a")).to_have_attribute(
        "href", re.compile(r"/en/map/\?region=piemonte$")
    )
    expect(page.locator(f"{PINS}[href*='province=TO']")).to_be_visible()
    rows = page.locator(".map-table tbody th a")
    links = "all => all.map(one => one.getAttribute('href')).sort()"
    assert page.locator(PINS).evaluate_all(links) == rows.evaluate_all(links)
    expect(page.locator(".map-moving")).to_have_count(1)
    expect(page.locator(".map-here")).to_have_count(8)

    # A kind has filters of its own, and what nothing matches has no map.
    page.locator("#type-project").click()
    page.wait_for_url("**/it/mappa/?region=piemonte&type=project")
    expect(page.locator("#facet-year")).to_have_count(1)
    page.fill("#q", "zzz")
    page.press("#q", "Enter")
    expect(page.locator("#map")).to_have_count(0)
    expect(page.locator("#results .notice")).to_be_visible()
    assert len([one for one in site.answered if "leaflet.js" in one.path]) == 1

    page.go_back()
    expect(page).to_have_url(f"{BASE}/it/mappa/?region=piemonte&type=project")
    expect(page.locator(f"{PINS}[href*='province=TO']")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{BASE}/it/mappa/?region=piemonte")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(f"{PINS}[href*='province=TO']")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{BASE}/it/mappa/")
    expect(count).to_have_text(before, use_inner_text=True)
    expect(page.locator("#region-piemonte")).not_to_be_checked()
    expect(page.locator(PINS)).to_have_count(len(regions))
    site.assert_no_complaint()


def test_who_looked_at_a_part_looks_at_the_same_part_of_other_results(site):
    page = site.page
    page.emulate_media(reduced_motion="reduce")
    moving(site)
    page.locator(".leaflet-control-zoom-in").click()
    torino = page.locator(f"{PINS}[href$='province=TO']")
    expect(torino).to_be_visible()
    place = torino.bounding_box()

    page.locator("#type-organization").click()
    page.wait_for_url("**/it/mappa/?type=organization")
    expect(page.locator(".chip")).to_have_count(1)
    same = page.locator(f"{PINS}[href='/it/mappa/?type=organization&province=TO']")
    page.locator("#map").scroll_into_view_if_needed()
    expect(same).to_be_visible()
    now = same.bounding_box()
    assert place
    assert now
    middles = [one["x"] + one["width"] / 2 for one in (place, now)]
    assert middles[0] == pytest.approx(middles[1], abs=30)
    # Another place is shown whole.
    page.locator("#region-piemonte").click()
    page.wait_for_url("**/it/mappa/?region=piemonte&type=organization")
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.locator(".map-here")).to_have_count(8)
    expect(page.locator(".map-table tbody tr")).to_have_count(page.locator(PINS).count())
    site.assert_no_complaint()


def test_without_scripts_the_filters_of_the_map_have_their_button(browser, stage):
    context = browser.new_context(java_script_enabled=False)
    site = Site(context.new_page())
    site.open("/it/mappa/")
    site.page.locator("#region-piemonte").check()
    site.page.locator("#facets button[type=submit]").press("Enter")
    expect(site.page).to_have_url(re.compile(r"/it/mappa/\?.*region=piemonte"))
    expect(site.page.locator(".map-mark[href*='province=TO']")).to_have_count(1)
    site.assert_no_complaint()
    context.close()


def test_tiles_of_the_operator_are_shown_with_whose_they_are(site, settings):
    from civicnet.environment import Tiles

    origin = "https://tiles.example.org"
    settings.TILES = Tiles(f"{origin}/{{z}}/{{x}}/{{y}}.png", "© <b>Somebody</b>", origin)
    settings.SECURE_CSP = settings.SECURE_CSP | {"img-src": ["'self'", "data:", origin]}
    site = Site(site.page)
    asked = []
    site.page.on("request", lambda request: asked.append(request.url))
    with site.page.expect_request(f"{origin}/**"):
        moving(site)
    assert [one for one in asked if one.startswith(origin)]
    assert site.page.locator(".leaflet-control-attribution").inner_text() == "© <b>Somebody</b>"
    # What was chosen is told from what is around it, and no border hides what is under it.
    moving(site, "/it/mappa/?region=piemonte")
    for colours in ("none", "active"):
        site.page.emulate_media(forced_colors=colours)
        for border in (".map-here", ".map-border:not(.map-here)"):
            expect(site.page.locator(border).first).to_have_css("fill", "none")
    expect(site.page.locator(".map-here").first).to_have_css("stroke-width", "3px")
    assert not [one for one in site.complaints if "Content Security Policy" in one]
    assert origin in Client().get("/it/privacy/").content.decode()
    assert json.dumps(asked).count(".png") == len([one for one in asked if origin in one])

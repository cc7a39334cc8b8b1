"""The map in Chromium: Leaflet in the place of the drawing, and the drawing without a script."""

from __future__ import annotations

import json
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
    assert page.locator(".map-border").count() == 110
    # The borders have no name: nobody is told of a picture without one.
    assert "- img" not in page.locator(".map-moving").aria_snapshot()
    assert not page.context.cookies()
    site.assert_no_complaint()


def test_zooming_changes_regions_into_provinces_and_those_into_cities(site):
    page = site.page
    moving(site)
    before = page.locator(PINS).evaluate_all(NAMES)

    def zoom(way: str, until: str) -> None:
        for _step in range(6):
            page.locator(f".leaflet-control-zoom-{way}").click()
            expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
            page.wait_for_load_state("networkidle")
            if page.locator(f"{PINS}[href*='{until}=']").count():
                return
        raise AssertionError(f"No {until} came")

    zoom("in", "province")
    assert page.locator(f"{PINS}[href*='region=']").count() == 0
    # Cities in the middle of the map, if there are any, come next.
    page.evaluate("document.querySelector('.map-pin[href*=\"province=BO\"]').focus()")
    page.keyboard.press("Shift")
    zoom("in", "city")
    assert page.locator(f"{PINS}[href*='province=']").count() == 0
    zoom("out", "province")
    zoom("out", "region")
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
    site.open("/it/mappa/")
    page.wait_for_timeout(300)
    assert page.locator(".map-mark").count() > 5
    page.unroute("**/leaflet*.js")
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    site.open("/it/mappa/")
    page.wait_for_timeout(300)
    assert page.locator(".map-mark").count() > 5
    assert not [one for one in site.answered if "leaflet" in one.path]


def test_nothing_glides_for_those_who_asked_for_that(site):
    site.page.emulate_media(reduced_motion="reduce")
    moving(site)
    site.page.locator(".leaflet-control-zoom-in").click()
    assert site.page.evaluate("document.getAnimations().length") == 0
    assert site.page.locator(".leaflet-zoom-anim").count() == 0


def test_an_empty_field_does_not_litter_the_address(site):
    page = site.page
    site.open("/it/mappa/")
    page.locator("#region-piemonte").check()
    with page.expect_navigation():
        page.locator("#facets button[type=submit]").click()
    assert site.path == "/it/mappa/?region=piemonte"


def test_tiles_of_the_operator_are_shown_with_whose_they_are(site, settings):
    from civicnet.environment import Tiles

    origin = "https://tiles.example.org"
    settings.TILES = Tiles(f"{origin}/{{z}}/{{x}}/{{y}}.png", "© <b>Somebody</b>", origin)
    settings.SECURE_CSP = settings.SECURE_CSP | {"img-src": ["'self'", "data:", origin]}
    site = Site(site.page)
    asked = []
    site.page.on("request", lambda request: asked.append(request.url))
    moving(site)
    site.page.wait_for_timeout(300)
    assert [one for one in asked if one.startswith(origin)]
    assert site.page.locator(".leaflet-control-attribution").inner_text() == "© <b>Somebody</b>"
    assert not [one for one in site.complaints if "Content Security Policy" in one]
    assert origin in Client().get("/it/privacy/").content.decode()
    assert json.dumps(asked).count(".png") == len([one for one in asked if origin in one])

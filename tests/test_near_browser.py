"""The button "near me" in Chromium, where the position is known, refused or cannot be had."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browsing import BASE, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(browser, content):
    """Makes a tab in a place, where the site may or may not know it."""
    contexts = []

    def make_site(place: dict[str, float] | None, **options: object) -> Site:
        permissions = ["geolocation"] if place else []
        context = browser.new_context(geolocation=place, permissions=permissions, **options)
        contexts.append(context)
        return Site(context.new_page())

    yield make_site
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", ["/it/", "/it/citta/", "/it/mappa/"])
def test_near_me_goes_to_the_nearest_city_and_tells_nobody_where_one_is(visitor, path):
    site = visitor({"latitude": 44.41, "longitude": 8.93})
    asked: list[str] = []
    site.page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    site.open(path)
    site.page.wait_for_load_state("networkidle")
    assert not [one for one in asked if "positions" in one], "nothing before the press"
    with site.page.expect_navigation():
        site.page.get_by_role("button", name="Vicino a me").click()
    assert site.path == "/it/citta/genova/"
    assert not [one for one in asked if "44.4" in one or "8.9" in one]
    site.assert_no_complaint()


def test_a_refusal_and_a_failure_are_said_in_a_sentence(visitor):
    site = visitor(None)
    site.open("/en/cities/")
    button = site.page.get_by_role("button", name="Near me")
    status = site.page.locator("#near-me").get_by_role("status")
    # There for who listens before anything is said in it, or they may not be told.
    expect(status).to_have_count(1)
    button.press("Enter")
    expect(status).to_contain_text("did not give the position")
    # Who pressed it by keyboard is still there.
    expect(button).to_be_focused()
    expect(button).to_be_enabled()
    assert site.path == "/en/cities/"

    site = visitor({"latitude": 44.41, "longitude": 8.93})
    site.page.route("**/positions.json", lambda route: route.abort())
    site.open("/en/cities/")
    site.page.get_by_role("button", name="Near me").click()
    expect(site.page.locator("#near-me [role=status]")).to_contain_text("could not be found")
    assert site.page.url == f"{BASE}/en/cities/"


@pytest.mark.parametrize("path", ["/it/", "/it/citta/", "/it/mappa/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_the_button_appears(visitor, path, width):
    """It waits for its script; what is below it does not."""

    def below(site: Site) -> float:
        return site.page.evaluate(
            "() => { const it = document.getElementById('near-me');"
            " const next = it.nextElementSibling ?? it.parentElement.nextElementSibling;"
            " return next.getBoundingClientRect().top + scrollY; }"
        )

    site = visitor(None, viewport={"width": width, "height": 800})
    site.page.route("**/places.js", lambda route: route.abort())
    site.open(path)
    expect(site.page.get_by_role("button", name="Vicino a me")).to_have_count(0)
    waiting = below(site)
    site.page.unroute("**/places.js")
    site.open(path)
    expect(site.page.get_by_role("button", name="Vicino a me")).to_be_visible()
    assert below(site) == waiting


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(40.7, -74.0), (35.7, 139.7), (-36.8, 174.8), (60.2, 24.9)]
)
def test_who_is_far_from_italy_is_told_so(visitor, latitude, longitude):
    site = visitor({"latitude": latitude, "longitude": longitude})
    site.open("/it/citta/")
    site.page.get_by_role("button", name="Vicino a me").click()
    expect(site.page.locator("#near-me [role=status]")).to_contain_text("lontana da tutte")
    assert site.page.url == f"{BASE}/it/citta/"


def test_one_press_asks_once_however_often_it_is_repeated(visitor):
    site = visitor(None)
    site.page.add_init_script(
        "window.asked = 0; navigator.geolocation.getCurrentPosition = () => { window.asked += 1; }"
    )
    site.open("/it/citta/")
    button = site.page.get_by_role("button", name="Vicino a me")
    button.focus()
    for _press in range(3):
        site.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert site.page.evaluate("window.asked") == 1


def test_without_javascript_there_is_no_button_and_no_hole(visitor):
    place = {"latitude": 44.41, "longitude": 8.93}
    site = visitor(place, java_script_enabled=False)
    site.open("/it/citta/")
    assert site.page.locator("#near-me").bounding_box() is None

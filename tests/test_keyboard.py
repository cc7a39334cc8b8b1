"""A visitor's journey with the keyboard alone, with JavaScript and without.

At every stop of the Tab key the focus must be seen: drawn with an outline that stands out from
what is around it, inside the window, and covered by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import scenes
from tests.browsing import BASE, Site

pytestmark = pytest.mark.browser

# A ring is the outline of the element, of what it spreads over its card, or the dot of a drawing.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = at => {
    if (!at) return [255, 255, 255];
    const colour = numbers(getComputedStyle(at).backgroundColor);
    return colour[3] === 0 ? ground(at.parentElement) : colour.slice(0, 3);
  };
  const light = colour => colour.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) /
    (Math.min(light(a), light(b)) + 0.05);
  const around = ground(one.parentElement);
  const rings = [null, '::after'].map(part => getComputedStyle(one, part))
    .filter(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    .map(style => style.outlineColor);
  if (one.ownerSVGElement) {
    rings.push(...[...one.querySelectorAll('circle, path')].map(part => getComputedStyle(part))
      .filter(style => style.stroke !== 'none' && parseFloat(style.strokeWidth) >= 3)
      .map(style => style.stroke));
  }
  // A link in a text may go over two lines: its first piece.
  const box = one.ownerSVGElement
    ? one.querySelector('circle, path').getBoundingClientRect() : one.getClientRects()[0];
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const above = document.elementFromPoint(x, y);
  return {
    what: one.outerHTML.slice(0, 160),
    ring: Math.max(0, ...rings.map(colour => contrast(numbers(colour), around))),
    isInside: box.left >= 0 && box.right <= innerWidth &&
      box.top >= 0 && box.top + Math.min(box.height, innerHeight) <= innerHeight + 1,
    isCovered: !(above && (one.contains(above) || above.contains(one))),
  };
}"""


@pytest.fixture
def site(site_in_one_tab: Site) -> Site:
    return site_in_one_tab


def seen(focus: dict[str, Any] | None) -> dict[str, Any] | None:
    if focus is None:
        return None
    assert focus["ring"] >= 3, f"The focus is not seen: {focus}"
    assert focus["isInside"], f"The focus is outside the window: {focus}"
    assert not focus["isCovered"], f"Something covers the focus: {focus}"
    return focus


class Keyboard:
    """Moves through a page, and looks at the focus wherever it stops."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def stop(self, key: str = "Tab") -> dict[str, Any] | None:
        """One step; what has the focus, or None at the end of the page."""
        self.press(key)
        return seen(self.page.evaluate(FOCUS))

    def stops(self) -> Iterator[dict[str, Any]]:
        while focus := self.stop():
            yield focus

    def to(self, selector: str, most: int = 150) -> None:
        for _stop in range(most):
            self.stop()
            if self.page.evaluate("one => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    def follow(self, selector: str) -> None:
        self.to(selector)
        with self.page.expect_navigation():
            self.press("Enter")


def link(path: str) -> str:
    return f'a[href="{path}"]'


def choose(keyboard: Keyboard, name: str, value: str, *folds: str) -> None:
    """Tick a box of a facet, unfolding what it is in."""
    for fold in folds:
        keyboard.to(f"{fold} > summary")
        if not keyboard.page.evaluate("document.activeElement.parentElement.open"):
            keyboard.press("Enter")
    keyboard.to(f"#{name}-{value}")
    keyboard.press("Space")


@pytest.mark.parametrize(
    ("width", "scripted"),
    [(1280, True), (390, True), (1280, False)],
    ids=["wide", "phone", "without JavaScript"],
)
def test_an_organization_of_torino_about_urban_commons_is_found(browser, stage, width, scripted):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripted
    )
    page = context.new_page()
    site, keyboard = Site(page), Keyboard(page)
    site.open("/it/")
    keyboard.to(".skip-link", most=1)
    keyboard.follow(link("/it/organizzazioni/"))

    fold = ["#facets-fold"] if width < 960 else []
    choose(keyboard, "theme", "beni-comuni", *fold, "#facet-theme-beni-comuni-e-citta-more")
    if scripted:
        page.wait_for_url("**/it/organizzazioni/?theme=beni-comuni")
        # Where the visitor was, though the facets were drawn anew.
        expect(page.locator("#theme-beni-comuni")).to_be_focused()
    choose(keyboard, "city", "torino", "#facet-city")
    if scripted:
        page.wait_for_url("**/?*city=torino*")
    else:
        keyboard.follow("#facets button[type=submit]")
    assert {"theme=beni-comuni", "city=torino"} <= set(site.path.partition("?")[2].split("&"))
    results = site.path
    expect(page.locator("#results .card")).to_have_count(3)

    keyboard.follow(f"#results {link('/it/organizzazioni/citta-di-torino/')}")
    assert site.path == "/it/organizzazioni/citta-di-torino/"
    keyboard.follow("#language-switch a")
    assert site.path == "/en/organizations/citta-di-torino/"
    assert page.locator("html").get_attribute("lang") == "en"
    page.go_back()
    page.go_back()
    expect(page).to_have_url(BASE + results)
    expect(page.locator("#results .card")).to_have_count(3)
    expect(page.locator("#theme-beni-comuni")).to_be_checked()
    site.assert_no_complaint()
    context.close()


@pytest.mark.parametrize("scripted", [True, False], ids=["", "without JavaScript"])
def test_a_search_leads_from_the_home_page(browser, stage, scripted):
    context = browser.new_context(java_script_enabled=scripted)
    page = context.new_page()
    site, keyboard = Site(page), Keyboard(page)
    site.open("/en/")
    keyboard.to("#q")
    page.keyboard.type("commons turin")
    with page.expect_navigation():
        keyboard.press("Enter")
    assert page.url.endswith("/en/search/?q=commons+turin")
    keyboard.follow(link("/en/projects/co-city-beni-comuni/"))
    keyboard.follow(f"main {link('/en/organizations/citta-di-torino/')}")
    for language in ("it", "en"):
        keyboard.follow("#language-switch a")
        assert page.locator("html").get_attribute("lang") == language
    assert site.path == "/en/organizations/citta-di-torino/"
    site.assert_no_complaint()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", scenes.KINDS_OF_PAGE)
def test_the_focus_is_seen_wherever_tab_stops(site, name, width, scheme):
    site.page.set_viewport_size({"width": width, "height": 720})
    site.page.emulate_media(color_scheme=scheme)
    site.open(scenes.KINDS_OF_PAGE[name].path("it"))
    stops = [one["what"] for one in Keyboard(site.page).stops()]
    assert 'class="skip-link"' in stops[0]
    assert "mailto:" in stops[-1] or 'name="theme-choice"' in stops[-1]


def test_the_skip_link_leads_past_the_header(site):
    site.open("/it/organizzazioni/")
    keyboard = Keyboard(site.page)
    keyboard.to(".skip-link", most=1)
    keyboard.press("Enter")
    keyboard.stop()
    assert site.page.evaluate("!!document.activeElement.closest('main')")


@pytest.mark.parametrize("name", ["organization", "network", "project", "filtered", "long names"])
def test_paper_holds_the_text_and_nothing_to_click(site, name):
    """No page has a link that prints: the browser's own command does."""
    page = site.page
    # What an A4 sheet leaves between margins of 1 cm, in CSS pixels.
    page.set_viewport_size({"width": 718, "height": 1046})
    scene = scenes.ALL[name]
    site.open(scene.path("it"), scene.status)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("h1")).to_be_visible()
    for what in (".site-nav", ".language-switch", ".skip-link", ".filters", ".pagination"):
        for one in page.locator(what).all():
            assert not one.is_visible(), what
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert ink == "rgb(0, 0, 0)"
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 4

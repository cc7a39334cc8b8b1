"""A visitor's journey without a mouse, and the same without JavaScript."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The focused element: its words, whether it is seen to have the focus, and whether it is hidden
# behind another or outside the window.
FOCUS = """() => {
  const one = document.activeElement;
  // A card is one large link: the ring is round the card.
  const rings = [getComputedStyle(one), getComputedStyle(one, '::after')];
  // A node of a drawing has its ring drawn: the stroke of its dot.
  const drawn = one.ownerSVGElement ? [...one.querySelectorAll('circle, path')] : [];
  if (one.closest('.card')) rings.push(getComputedStyle(one.closest('.card')));
  const box = one.getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 40), y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  return {
    words: (one.getAttribute('aria-label') || one.textContent || one.name || '').trim(),
    tag: one.tagName,
    marked: rings.some(ring => ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2)
      || drawn.some(part => parseFloat(getComputedStyle(part).strokeWidth) >= 4),
    seen: box.top >= 0 && box.bottom <= innerHeight && !!top
      && (one.contains(top) || top.contains(one) || one.labels?.[0]?.contains(top)),
  };
}"""


@pytest.fixture
def site(live_server: Any) -> str:
    call_command("load_fixtures", stdout=io.StringIO())
    return live_server.url


def tab_to(page: Any, words: str, tag: str = "A", most: int = 120) -> None:
    """Press Tab until the element has the focus; at each stop the focus can be seen."""
    for _stop in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] == "BODY":
            continue
        assert focus["marked"], focus
        assert focus["seen"], focus
        if focus["tag"] == tag and words in focus["words"]:
            return
    raise AssertionError(f"{words} was not reached")


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_organization_of_torino_is_found_by_keyboard_alone(browser, site, scripted):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="it")
    if not scripted:
        # The page's own scripts are kept away; the test still has to ask where the focus is.
        context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/it/")
    page.keyboard.press("Tab")
    assert "contenuto" in page.evaluate(FOCUS)["words"]
    tab_to(page, "q", tag="INPUT")
    page.keyboard.type("beni comuni")
    page.keyboard.press("Enter")
    page.wait_for_url("**/it/cerca/?q=beni+comuni*")
    tab_to(page, "Co-City")
    page.keyboard.press("Enter")
    page.wait_for_url("**/it/progetti/co-city-beni-comuni/")
    tab_to(page, "Città di Torino")
    page.keyboard.press("Enter")
    page.wait_for_url("**/it/organizzazioni/citta-di-torino/")
    tab_to(page, "English")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/organizations/citta-di-torino/")
    assert page.locator("html").get_attribute("lang") == "en"
    tab_to(page, "Italiano")
    page.keyboard.press("Enter")
    page.wait_for_url("**/it/organizzazioni/citta-di-torino/")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.locator(".site-nav").first.is_visible()
    context.close()

"""Every page in every state, in Chromium: axe-core, narrow screens, large letters, other colours.

What a program can find only; the keyboard has a module of its own, languages are in `test_text`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from links.models import Link
from orgs.models import Organization
from tests import builders as make
from tests import scenes, staff_scenes
from tests.browsing import Answered, Site
from tests.pixels import contrast, contrasts

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The only rules that look at colours: the others say the same in the dark.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
# All rules at one width and the colours of the dark at the other; in the other language the other
# way round. Words differ between languages, colours do not: so each look is taken once.
LOOKS = {
    "it": ((390, "light", RULES), (1280, "dark", RULES_OF_COLOUR)),
    "en": ((1280, "light", RULES), (390, "dark", RULES_OF_COLOUR)),
}
# What axe cannot decide, where that is, and why it may stand.
EXPLAINED = [
    # axe knows no colours behind drawn text; `test_words_in_drawings…` does.
    ("color-contrast", "svg text, svg tspan, svg textpath"),
    # It believes them to be under the map's drawing, which is cut off at the map's edge.
    ("color-contrast", ".other-view, .map-wider a, .map figcaption *"),
]
# What the map fetches by itself, once a visitor comes to it.
FOR_THE_MAP = ("/static/vendor/leaflet/", "/static/map/")
KB = 1024
TEXTS = ("text/html", "text/css", "text/javascript", "application/javascript")
# Where words are drawn, and how many at least.
PAGES_WITH_DRAWINGS = {
    "home": 10,
    "organizations": 20,
    "network": 10,
    "project": 5,
    "many members": 2,
    "everything long": 20,
}

RUN_AXE = """async ([runOnly, explained]) => {
  await Promise.all(document.getAnimations().map(one => one.finished));
  const result = await axe.run(document, {runOnly, resultTypes: ['violations', 'incomplete']});
  const isExplained = (rule, node) => explained.some(([id, where]) =>
    id === rule.id && document.querySelector(node.target[0])?.matches(where));
  const told = (kind, rule, node) => `${kind} ${rule.id}: ${node.target} ${node.failureSummary}`;
  return [
    ...result.violations.flatMap(rule => rule.nodes.map(node => told('violates', rule, node))),
    ...result.incomplete.flatMap(rule => rule.nodes.filter(node => !isExplained(rule, node))
      .map(node => told('cannot decide', rule, node))),
  ];
}"""


# A reader's own settings: letters twice as large, and the spacing of WCAG 1.4.12.
ADAPTED = {
    "as it is": "",
    "letters doubled": "html { font-size: 200% }",
    "spaced": """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important } p { margin-block-end: 2em !important }""",
}
WIDER_THAN_THE_SCREEN = """style => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > most + 1)
    .map(one => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 30)}`);
}"""


# As a reader sees it who has come so far; axe and the pixels know nothing of what waits for that.
COME_NEAR = """() => [...document.querySelectorAll('body *')]
  .filter(one => getComputedStyle(one).contentVisibility === 'auto')
  .forEach(one => { one.style.contentVisibility = 'visible'; })"""


@pytest.fixture
def site(site_in_one_tab: Site) -> Site:
    return site_in_one_tab


def shown(site: Site, name: str, language: str) -> None:
    scene = scenes.ALL[name]
    site.open(scene.path(language), scene.status)
    site.page.evaluate(COME_NEAR)
    if scene.facets_open:
        site.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def axe(page: Any, language: str) -> list[str]:
    """What axe finds in the page, in the looks of its language."""
    page.evaluate(AXE)
    page.evaluate(COME_NEAR)
    found = []
    for width, scheme, rules in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        kind = "tag" if rules is RULES else "rule"
        said = page.evaluate(RUN_AXE, [{"type": kind, "values": rules}, EXPLAINED])
        found += [f"{width} {scheme} {one}" for one in said]
    return found


def wide(page: Any) -> dict[str, list[str]]:
    """What makes a screen of 320 pixels scroll sideways, by the reader's settings."""
    page.set_viewport_size({"width": 320, "height": 640})
    found = {how: page.evaluate(WIDER_THAN_THE_SCREEN, style) for how, style in ADAPTED.items()}
    return {how: wider for how, wider in found.items() if wider}


def heavy(answers: list[Answered]) -> list[str]:
    """What Chromium asked for with nothing in its cache, if that is too much for a phone."""
    for_the_map = [one for one in answers if one.path.startswith(FOR_THE_MAP)]
    answers = [one for one in answers if one not in for_the_map]
    fonts = sum(one.size for one in answers if one.kind.startswith("font/"))
    texts = sum(one.compressed for one in answers if one.kind in TEXTS)
    is_light = len(answers) <= 10 and fonts <= 40 * KB and texts <= 60 * KB
    is_light &= len(for_the_map) <= 3 and sum(one.compressed for one in for_the_map) <= 75 * KB
    every = [*answers, *for_the_map]
    return [] if is_light else [f"{one.path}: {one.compressed} bytes" for one in every]


@pytest.mark.parametrize("language", scenes.LANGUAGES)
@pytest.mark.parametrize("name", scenes.ALL)
def test_every_page_in_every_state(site, name, language):
    """One visit, looked at in all ways, since opening a page is what takes the time."""
    shown(site, name, language)
    problems = {
        "heavy": heavy(site.answered),
        "axe": axe(site.page, language),
        "wider than a phone": wide(site.page),
        "complaints of the browser": site.complaints,
    }
    assert {what: found for what, found in problems.items() if found} == {}


@pytest.mark.parametrize("language", scenes.LANGUAGES)
def test_axe_finds_nothing_in_the_preview_of_a_draft(page, stage, language):
    client = Client()
    client.force_login(make.make_editor("anna", language=language))
    site = Site(page, client)
    site.open(reverse("admin:orgs_organization_preview", args=[scenes.draft().pk]))
    assert page.get_attribute("html", "lang") == language
    assert axe(page, language) == []
    site.assert_no_complaint()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES_WITH_DRAWINGS)
def test_words_in_drawings_can_be_read(site, name, scheme):
    """What axe cannot decide, on the pixels: the lowest contrast behind any letter."""
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.page.emulate_media(color_scheme=scheme)
    shown(site, name, "en")
    words = contrasts(site.page, "svg text")
    assert len(words) >= PAGES_WITH_DRAWINGS[name]
    assert [one for one in words if one[1] < 4.5] == []


@pytest.mark.parametrize("name", ["home", "organizations", "network"])
def test_nothing_moves_for_those_who_asked_for_that(site, name):
    page = site.page
    page.emulate_media(reduced_motion="reduce")
    shown(site, name, "it")
    moving = 0
    for where in (
        "button:visible",
        ".card",
        "main a:visible:not(.skip-link)",
        ".ties-node",
        "summary:visible",
    ):
        if (first := page.locator(where).first).count():
            first.hover()
            moving += page.evaluate("document.getAnimations().length")
    # The results fade while new ones are on their way.
    page.evaluate("document.querySelector('#results')?.classList.add('htmx-request')")
    moving += page.evaluate("document.getAnimations().length")
    assert moving == 0


# What has an outline of its own, and what is told apart by its ground alone otherwise.
EDGED = (
    ".button, input:not([type=radio], [type=checkbox]), select,"
    " .card, .tie, .facts, .chip, .tag, .kind-door"
)
EDGES = """selector => [...document.querySelectorAll(selector)]
  .filter(one => one.checkVisibility() && !one.closest('.visually-hidden')).map(one => {
    const style = getComputedStyle(one);
    return [one.className || one.tagName, parseFloat(style.borderTopWidth),
      style.borderTopStyle, style.borderTopColor, getComputedStyle(document.body).backgroundColor];
  })"""


@pytest.mark.parametrize("name", ["home", "filtered", "organization", "network"])
def test_edges_are_seen_in_forced_colours(site, name):
    site.page.emulate_media(forced_colors="active")
    shown(site, name, "it")
    edges = site.page.evaluate(EDGES, EDGED)
    assert edges
    for what, width, style, colour, ground in edges:
        assert (width >= 1, style) == (True, "solid"), what
        assert colour != ground, what


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_controls_can_be_told_from_what_is_around_them(site, scheme):
    """WCAG 1.4.11, which axe does not look at."""
    site.page.emulate_media(color_scheme=scheme)
    shown(site, "filtered", "it")
    controls = site.page.evaluate(
        """() => {
          const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
          const ground = one => {
            const colour = numbers(getComputedStyle(one).backgroundColor);
            return colour[3] === 0 ? ground(one.parentElement) : colour.slice(0, 3);
          };
          const edged = 'main :is(.button, [type=search], [type=text], select)';
          const all = document.querySelectorAll(edged);
          return [...all].filter(one => one.checkVisibility()).map(one =>
            [one.outerHTML.slice(0, 80), numbers(getComputedStyle(one).borderTopColor).slice(0, 3),
              ground(one.parentElement)]);
        }"""
    )
    assert len(controls) >= 3
    assert [one for one, edge, around in controls if contrast(edge, around) < 3] == []


@pytest.mark.parametrize("language", scenes.LANGUAGES)
def test_the_pages_where_staff_decide(page, stage, language):
    """What a volunteer finds in the evening, on a phone: all of it can be seen and told apart."""
    problems = {}
    for name, scene in staff_scenes.set_up(language).items():
        page.context.unroute_all()
        site = Site(page, scene.client)
        site.open(scene.path, scene.status)
        assert page.get_attribute("html", "lang") == language
        complaints = [*site.complaints]  # axe gives the browser cause for more
        # Of Django's own pages axe leaves colours on small drawings undecided.
        found = [one for one in axe(page, language) if " violates " in one]
        problems[name] = [*complaints, *found, *wide(page).items()]
    assert not any(problems.values()), {name: one for name, one in problems.items() if one}


@pytest.mark.parametrize("language", scenes.LANGUAGES)
def test_axe_finds_nothing_in_the_pages_of_staff(page, stage, language):
    """In Django's own pages too: what is serious there keeps an editor from working."""
    client = Client()
    client.force_login(make.make_editor("anna", language=language))
    site = Site(page, client)
    entry = Organization.objects.get(slug="officina-comune")
    Link.objects.create(url="https://x.example/", failures=3, failed_on="2026-11-20")
    found = {}
    for path in (
        reverse("admin:index"),
        reverse("admin:orgs_organization_changelist"),
        reverse("admin:links_link_changelist"),
        reverse("admin:staff_event_changelist"),
        reverse("second_factor"),
        reverse("second_factor_prove"),
        reverse("second_factor_set_up"),
        reverse("admin:orgs_organization_change", args=[entry.pk]),
    ):
        site.open(path)
        assert page.get_attribute("html", "lang") == language
        found[path] = axe(page, language)
    # The list that an autocomplete opens comes with it.
    page.locator(".field-city .select2-selection").first.click()
    page.locator(".select2-results__option").first.wait_for()
    found["opened"] = axe(page, language)
    # Of its own pages Django leaves open what axe cannot decide: colours on its small drawings.
    serious = {path: [one for one in said if " violates " in one] for path, said in found.items()}
    assert {path: said for path, said in serious.items() if said} == {}

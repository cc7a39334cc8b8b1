"""The map of ties: who stands around a network or a project."""

import re
from itertools import combinations
from math import atan2, dist
from pathlib import Path

import pytest
from playwright.sync_api import expect

from directory.lettering import text_width, wrapped
from directory.ties_map import (
    DOT_STEP,
    HEADING_LETTERS,
    LETTERS,
    MOST_NAMED,
    Drawing,
    Group,
    Node,
    Ties,
    drawing_of,
)
from networks.ties import of_network
from projects.ties import around
from tests.builders import join, make_network, make_organization, make_project, take_part
from tests.test_drawings import Reader, assert_plain, contrast, render, tokens

ROOT = Path(__file__).resolve().parent.parent
CENTRE = Node(
    "Rete nazionale dei beni comuni emergenti e ad uso civico", language="it", kind="network"
)
ROLES = [Group("Promotore fondatore", "it"), Group("Firmatario", "it"), Group("Aderente", "it")]
NAMES = [
    "L’asilo",
    "Consorzio Nazionale Idee in Rete",
    "Associazione per la cura condivisa dei beni comuni urbani di Reggio nell’Emilia",
    "Labsus",
    "Confederazione Nazionale delle Misericordie d’Italia",
    "Precipitevolissimevolmente-Supercalifragilistichespiralidosa",
]


def ties(count: int, groups: list = ROLES) -> Ties:
    nodes = [
        Node(
            NAMES[number % len(NAMES)],
            f"/it/organizzazioni/{number}/",
            groups[number * len(groups) // count] if groups else None,
            "it",
            "organization",
            note="in passato" if number % 7 == 6 else "",
            is_past=number % 7 == 6,
        )
        for number in range(count)
    ]
    return Ties(CENTRE, nodes)


def boxes(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    """What the lines of text take up, each a little less than a line high."""
    found = []
    for side in drawing.sides:
        for group in side.groups:
            lines = [(line, HEADING_LETTERS) for line in group.headings]
            for one in group.nodes:
                noted = [*one.lines, one.note] if one.note else one.lines
                lines += [(line, LETTERS) for line in noted]
            for line, size in lines:
                width = text_width(line.text, size)
                left = line.x - {"start": 0, "middle": width / 2, "end": width}[side.anchor]
                found.append((left, line.y - size * 0.75, left + width, line.y + size * 0.22))
    return found


def overlap(a: tuple, b: tuple) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def all_nodes(drawing: Drawing) -> list:
    return [one for side in drawing.sides for group in side.groups for one in group.nodes]


# ------------------------------------------------------------------ few: names
@pytest.mark.parametrize("count", [3, 4, 7, 13, 24, 25, 40, 41, 60])
@pytest.mark.parametrize("groups", [[], ROLES[:1], ROLES], ids=["none", "one", "three"])
def test_names_stand_free_of_each_other_and_of_the_middle(count, groups):
    drawing = drawing_of(ties(count, groups))
    texts = boxes(drawing)
    assert len(texts) >= count
    assert not [pair for pair in combinations(texts, 2) if overlap(*pair)]
    x, y, width, height = drawing.box
    for text in texts:
        assert not overlap(text, (x, y, x + width, y + height))
        assert text[0] >= 0
        assert text[2] <= drawing.width
        assert text[1] >= 0
        assert text[3] <= drawing.height
    for one in all_nodes(drawing):
        assert not overlap(
            (one.x - 6, one.y - 6, one.x + 6, one.y + 6), (x, y, x + width, y + height)
        )


def test_a_long_role_is_said_in_full_over_its_nodes():
    role = Group("Comunicazione e disseminazione dei risultati", "it")
    drawing = drawing_of(ties(9, [ROLES[0], role, ROLES[2]]))
    group = next(group for side in drawing.sides for group in side.groups if group.group == role)
    said = sorted(group.headings, key=lambda line: line.y)
    assert " ".join(line.text for line in said) == role.label
    assert max(line.y for line in said) < min(one.lines[0].y for one in group.nodes)
    texts = boxes(drawing)
    assert not [pair for pair in combinations(texts, 2) if overlap(*pair)]


def test_names_have_two_lines_if_need_be_and_many_have_one():
    assert max(len(one.lines) for one in all_nodes(drawing_of(ties(30)))) == 2
    assert max(len(one.lines) for one in all_nodes(drawing_of(ties(60)))) == 1


def test_a_name_that_was_shortened_is_whole_in_its_title():
    read = Reader(render("{% ties_map ties %}", ties=ties(60)))
    assert read.names["/it/organizzazioni/2/"] == NAMES[2]
    assert len(read.names) == 60


def test_every_node_is_a_link_in_the_order_of_the_list():
    html = render("{% ties_map ties %}", ties=ties(20))
    read = Reader(html)
    links = [attrs["href"] for attrs in read.all("a") if attrs["href"] != "#after-ties"]
    assert links == [f"/it/organizzazioni/{number}/" for number in range(20)]
    assert read.all("svg")[0]["role"] == "group"
    assert read.all("svg")[0]["aria-label"]
    assert_plain(html)


def test_the_same_ties_give_the_same_drawing():
    assert drawing_of(ties(33)) == drawing_of(ties(33))
    assert drawing_of(ties(200)) == drawing_of(ties(200))


def test_each_group_has_its_name_and_its_own_line():
    html = render("{% ties_map ties %}", ties=ties(21))
    read = Reader(html)
    labels = re.findall(r'<g role="group"><title>([^<]+)', html)
    assert list(dict.fromkeys(labels)) == ["Promotore fondatore", "Firmatario", "Aderente"]
    lines = [attrs["class"] for attrs in read.all("path") if "ties-line" in attrs["class"]]
    assert len(lines) == 21
    assert len(set(lines)) == 3
    css = (ROOT / "static/css/drawings.css").read_text()
    for number in range(1, 6):
        assert f".ties-line-{number} {{ stroke-dasharray" in css


def test_one_or_two_ties_are_not_drawn():
    assert render("{% ties_map ties %}", ties=ties(2)).strip() == ""
    assert render("{% ties_map ties %}", ties=None).strip() == ""


def test_a_way_past_many_links():
    assert "#after-ties" not in render("{% ties_map ties %}", ties=ties(12))
    html = render("{% ties_map ties %}", ties=ties(13))
    assert html.index("#after-ties") < html.index("<svg") < html.index('id="after-ties"')


# ------------------------------------------------------------------ many: dots on rings
@pytest.mark.parametrize("count", [MOST_NAMED + 1, 200, 420])
@pytest.mark.parametrize("groups", [[], ROLES], ids=["none", "three"])
def test_dots_of_many_are_far_enough_apart_to_be_hit(count, groups):
    drawing = drawing_of(ties(count, groups))
    spots = [(one.x, one.y) for one in all_nodes(drawing)]
    assert len(set(spots)) == count
    assert min(dist(*pair) for pair in combinations(spots, 2)) >= DOT_STEP - 1
    middle = (drawing.x, drawing.y)
    assert min(dist(spot, middle) for spot in spots) > drawing.radius + 12
    assert all(8 < x < drawing.width - 8 and 8 < y < drawing.height - 8 for x, y in spots)
    headings = [line for side in drawing.sides for group in side.groups for line in group.headings]
    assert len(headings) == len(groups)
    for line in headings:
        radius = drawing.y - line.y
        half = text_width(line.text, HEADING_LETTERS) / 2
        beside = [spot for spot in spots if abs(dist(spot, middle) - radius) < DOT_STEP - 8]
        angles = [abs(atan2(x - drawing.x, drawing.y - y)) for x, y in beside]
        assert angles
        assert min(angles) * radius > half + 6, "a dot stands on the heading"


def test_two_hundred_stay_light_and_are_named():
    import gzip

    html = render("{% ties_map ties %}", ties=ties(200))
    assert len(gzip.compress(html.encode())) < 8_000
    assert len(Reader(html).names) == 200


def test_names_that_are_pointed_at_fit_the_disc():
    drawing = drawing_of(ties(80))
    for one in all_nodes(drawing):
        for line in [*one.lines, one.note] if one.note else one.lines:
            half = text_width(line.text, LETTERS) / 2
            for y in (line.y - LETTERS * 0.7, line.y + LETTERS * 0.2):
                assert dist((line.x + half, y), (drawing.x, drawing.y)) < drawing.radius, line


def test_two_drawings_on_a_page_keep_their_ids_apart():
    assert_plain(
        render("{% ties_map ties %}{% ties_map ties prefix='others' %}", ties=ties(MOST_NAMED + 1))
    )


# ------------------------------------------------------------------ colours
@pytest.mark.parametrize("kind", ["network", "project"])
def test_words_and_lines_can_be_told_from_what_is_behind_them(kind):
    """The browser's own check cannot judge text inside a drawing."""
    css = (ROOT / "static/css/drawings.css").read_text()
    opacity = float(re.search(r"\.ties-line \{.*stroke-opacity: ([\d.]+);", css).group(1))
    for colours in tokens():
        paper, tint = colours["paper"], colours[f"{kind}-tint"]
        for ink, behind in [
            ("ink", paper),
            ("ink", tint),
            ("ink-soft", paper),
            ("ink-soft", tint),
            ("link-hover", paper),
            ("focus", paper),
        ]:
            assert contrast(colours[ink], behind) >= 4.5, ink
        line = tuple(
            round(a * opacity + b * (1 - opacity))
            for a, b in zip(colours[kind], paper, strict=True)
        )
        for shape in (line, colours["organization"], colours["network"]):
            assert contrast(shape, paper) >= 3


# ------------------------------------------------------------------ words
def test_a_name_in_the_other_language_says_so():
    three = [
        Node("Commons", "/1", language="en"),
        Node("Beni", "/2", language="it"),
        Node("X", "/3", language=""),
    ]
    html = render("{% ties_map ties %}", "en", ties=Ties(CENTRE, three))
    read = Reader(html)
    assert [attrs.get("lang") for attrs in read.all("a")] == [None, "it", None]
    centre = next(attrs for attrs in read.all("text") if attrs["class"] == "ties-centre")
    assert centre["lang"] == "it"


@pytest.mark.parametrize("name", NAMES)
def test_wrapped_lines_fit_and_lose_no_word_unless_they_say_so(name):
    for most in (1, 2, 3):
        lines = wrapped(name, 150, 15, most)
        assert len(lines) <= most
        assert all(text_width(line, 15) <= 150 for line in lines)
        if "…" in lines[-1]:
            assert not any("…" in line for line in lines[:-1])
        else:
            assert "".join(lines).replace(" ", "") == name.replace(" ", "")


# ------------------------------------------------------------------ from the database
@pytest.mark.django_db
def test_a_network_s_map_costs_no_query(django_assert_num_queries):
    network = make_network("Rete")
    for number in range(4):
        join(make_organization(f"Org {number}"), network)
    join(make_organization("Promotrice"), network, "Promotore")
    join(make_organization("Org 0 bis", status="draft"), network)
    left = make_organization("Andata via")
    join(left, network, current="no")
    both = make_organization("Due ruoli")
    join(both, network, "Promotore")
    join(both, network)
    members = of_network(network)
    with django_assert_num_queries(0):
        drawn = members.map
        render("{% ties_map ties %}", ties=drawn)
    labels = [node.label for node in drawn.nodes]
    assert sorted(labels) == sorted(
        ["Promotrice", "Due ruoli", "Org 0", "Org 1", "Org 2", "Org 3", "Andata via"]
    )
    past = {node.label for node in drawn.nodes if node.is_past}
    assert past == {"Andata via"}
    assert all(node.note for node in drawn.nodes if node.is_past)
    assert drawn.nodes[labels.index("Due ruoli")].group == members_group(members, both)


def members_group(members, organization) -> Group:
    role = next(
        role
        for role, _number, rows in members.by_role
        if any(row.organization == organization for row in rows)
    )
    return Group(role.name_it, "it")


@pytest.mark.django_db
def test_a_project_s_map_has_organizations_networks_and_names(django_assert_num_queries):
    project = make_project("Co-City")
    take_part(project, make_organization("Comune di Torino"), "Capofila", "Finanziatore", order=1)
    take_part(project, make_network("Rete delle Case del Quartiere"), "Partner", order=2)
    take_part(project, "ANCI", order=3)
    take_part(project, make_organization("Bozza", status="draft"), order=4)
    content = around(project)
    with django_assert_num_queries(0):
        drawn = content.map
    city, network, plain = drawn.nodes
    assert (city.label, city.group, city.kind) == (
        "Comune di Torino",
        Group("Capofila", "it"),
        "organization",
    )
    assert network.is_diamond
    assert network.note
    assert (plain.label, plain.href, plain.group) == ("ANCI", "", None)
    read = Reader(render("{% ties_map ties %}", ties=drawn))
    assert len(read.all("a")) == 2


# ------------------------------------------------------------------ in a browser
@pytest.fixture
def shown(page):
    """Puts a drawing on a page with the site's styles and fonts."""

    def files(route):
        path = route.request.url.removeprefix("http://drawings.test/")
        if path:
            route.fulfill(path=ROOT / "static" / path)
        else:
            route.fulfill(body=document, content_type="text/html; charset=utf-8")

    def show(html: str, width: int):
        nonlocal document
        styles = "".join(
            f'<link rel="stylesheet" href="/css/{name}.css">'
            for name in ("tokens", "base", "components", "drawings")
        )
        document = (
            f'<!doctype html><html lang="it"><head><title>T</title>{styles}</head>'
            f'<body><main class="page">{html}</main></body></html>'
        )
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("http://drawings.test/")
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    document = ""
    page.route("http://drawings.test/**", files)
    return show


@pytest.mark.browser
@pytest.mark.parametrize("count", [24, 60])
def test_names_that_a_browser_drew_do_not_touch(shown, count):
    page = shown(render("{% ties_map ties %}", ties=ties(count)), 1280)
    boxes_of = """selector => [...document.querySelectorAll(selector)]
        .map(one => one.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"""
    drawn = page.evaluate(boxes_of, ".ties-drawing tspan, .ties-heading")
    frame = page.evaluate(boxes_of, ".ties-drawing")[0]
    assert len(drawn) > count
    # A box has the font's own line height; letters take less.
    letters = [(a, b + 3, c, d - 3) for a, b, c, d in drawn]
    assert not [pair for pair in combinations(letters, 2) if overlap(*pair)]
    for left, top, right, bottom in letters:
        assert frame[0] <= left < right <= frame[2]
        assert frame[1] <= top < bottom <= frame[3]


@pytest.mark.browser
def test_narrow_screens_do_without_and_nothing_hidden_takes_the_focus(shown):
    html = (
        "<a href='#1' id='before'>a</a>"
        + render("{% ties_map ties %}", ties=ties(30))
        + "<a href='#2' id='after'>b</a>"
    )
    page = shown(html, 390)
    expect(page.locator(".ties-drawing")).to_be_hidden()
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "after"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page = shown(html, 1280)
    expect(page.locator(".ties-drawing")).to_be_visible()
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".ties-skip")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "after"


@pytest.mark.browser
def test_a_dot_that_has_the_focus_shows_it_and_its_name(shown):
    page = shown(render("{% ties_map ties %}", ties=ties(80)), 1280)
    dot = page.locator("a.ties-node").nth(9)
    opacity = "one => getComputedStyle(one.querySelector('.ties-name')).opacity"
    fill = "one => getComputedStyle(one.querySelector('circle')).fill"
    assert dot.evaluate(opacity) == "0"
    before = dot.evaluate(fill)
    page.locator("a.ties-node").nth(8).focus()
    page.keyboard.press("Tab")
    assert dot.evaluate(opacity) == "1"
    assert dot.evaluate(fill) != before
    hint = page.locator(".ties-hint")
    assert hint.evaluate("one => getComputedStyle(one).opacity") == "0"

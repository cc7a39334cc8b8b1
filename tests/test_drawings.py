"""What the server draws: Italy and the map of ties."""

import gzip
import json
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest
from django.template import engines
from django.utils.translation import override

from directory.italy import MapPoint, overlap, still_map, tinted, within
from places import outline
from places.models import City, Region

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"01": ("Piemonte", "Piedmont"), "02": ("Valle d’Aosta", ""), "07": ("Liguria", "Liguria")}


def render(source: str, language: str = "it", **context: object) -> str:
    with override(language):
        return engines["django"].from_string("{% load drawings %}" + source).render(context)


class Reader(HTMLParser):
    """The elements of a drawing, each with its attributes, its parent's tag and its text."""

    VOID = ("path", "circle", "rect", "line")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.names: dict[str, str] = {}
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if [tag for tag, _ in self.open[-2:]] == ["a", "title"]:
            self.names[self.open[-2][1]["href"] or ""] = data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def assert_plain(html: str) -> None:
    """Nothing in it that the Content-Security-Policy would refuse, and no two equal ids."""
    read = Reader(html)
    assert not read.open
    ids = [attrs["id"] for _, attrs in read.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in read.found:
        assert tag not in ("script", "style", "image", "use"), tag
        assert not [name for name in attrs if name == "style" or name.startswith("on")], attrs


def region(code: str) -> Region:
    italian, english = NAMES.get(code, (f"Regione {code}", f"Region {code}"))
    return Region(istat_code=code, slug=f"r-{code}", name_it=italian, name_en=english)


def city(name: str, latitude: float, longitude: float, **fields: object) -> City:
    slug = name.lower().replace(" ", "-")
    return City(slug=slug, name_it=name, latitude=latitude, longitude=longitude, **fields)


TORINO = city("Torino", 45.07, 7.69, name_en="Turin")
NAPOLI = city("Napoli", 40.85, 14.27, name_en="Naples")


# ------------------------------------------------------------------ the outline
@pytest.fixture(scope="module")
def topology() -> dict:
    return json.loads(outline.SOURCE.read_text())


def test_the_outline_is_what_its_command_makes(topology):
    fresh = outline.as_text(outline.draw(topology))
    assert outline.DRAWN.read_text() == fresh, "run python -m places.outline"


def rings_of(path: str) -> list[list[tuple[int, int]]]:
    rings = []
    for drawn in re.findall(r"M[^z]+z", path):
        start, steps = drawn[1:-1].split("l")
        x, y = map(int, start.split())
        ring = [(x, y)]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        rings.append(ring)
    return rings


def coast(rings: list[list]) -> set:
    """The points of edges that no second region has: the coast, and every gap."""
    edges = Counter(frozenset(edge) for ring in rings for edge in outline.edges(ring))
    assert max(edges.values()) <= 2, "three regions cannot share one border"
    return {point for edge, uses in edges.items() if uses == 1 for point in edge}


@pytest.mark.parametrize("detail", ["fine", "coarse"])
def test_neighbours_share_their_borders_to_the_point(topology, detail):
    drawn = outline.outline()
    source = [
        [drawn.project(y, x) for x, y in ring]
        for _code, rings in outline.regions_of(topology)
        for ring in rings
    ]
    shapes = drawn.regions.values()
    found = coast([ring for shape in shapes for ring in rings_of(getattr(shape, detail))])
    assert len(found) > 200
    assert found <= {(round(x), round(y)) for x, y in coast(source)}


def test_a_gap_would_be_seen():
    left = [(0, 0), (2, 0), (2, 2), (2, 4), (0, 4)]
    right = [(2, 0), (4, 0), (4, 4), (2, 4), (2, 2)]
    assert (2, 2) not in coast([left, right])
    assert coast([left, [*right[:-1], (3, 2)]]) >= {(2, 2), (3, 2)}


def test_places_lie_where_they_are():
    drawn = outline.outline()
    assert len(drawn.regions) == 20
    x, y = drawn.project(TORINO.latitude, TORINO.longitude)
    assert any(outline.contains(ring, x, y) for ring in rings_of(drawn.regions["01"].fine))
    for code, shape in drawn.regions.items():
        around = [
            one
            for one in drawn.regions
            if outline.contains(rings_of(drawn.regions[one].fine)[0], *shape.centre)
        ]
        assert around == [code], "the number would stand in another region"
        for x, y in [shape.box[:2], shape.box[2:]]:
            assert 0 < x < drawn.width
            assert 0 < y < drawn.height


# ------------------------------------------------------------------ Italy with its regions
def test_italy_is_small_with_all_regions():
    html = render("{% italy regions %}", regions=[(region(f"{n:02}"), 99) for n in range(1, 21)])
    assert len(Reader(html).all("a")) == 20
    assert len(html.encode()) <= 12_000
    assert len(gzip.compress(html.encode())) <= 6_000
    assert_plain(html)


def test_regions_with_entries_are_links_that_say_how_many():
    regions = [
        (region("01"), 6),
        (region("02"), Counter(organization=2, project=1)),
        (region("07"), 0),
    ]
    html = render("{% italy regions %}", regions=regions)
    read = Reader(html)
    assert read.names == {
        "/it/regioni/r-01/": "Piemonte: 6",
        "/it/regioni/r-02/": "Valle d’Aosta: 3",
    }
    assert read.all("svg")[0]["role"] == "group"
    assert read.all("svg")[0]["aria-label"]
    assert all("tabindex" not in attrs for _, attrs in read.found)
    english = Reader(render("{% italy regions %}", "en", regions=regions))
    assert english.names == {
        "/en/regions/r-01/": "Piedmont: 6",
        "/en/regions/r-02/": "Valle d’Aosta: 3",
    }
    assert [attrs.get("lang") for attrs in english.all("a")] == [None, "it"]


def test_no_region_is_drawn_over_the_number_of_another():
    """Liguria, which is narrower than its number, comes before Piedmont."""
    html = render("{% italy regions %}", regions=[(region("07"), 1258), (region("01"), 780)])
    last_shape, first_number = html.rindex("<path"), html.index("<text")
    assert last_shape < first_number
    assert re.findall("<text[^>]*>([^<]*)", html) == ["1.258", "780"]
    assert Reader(html).names["/it/regioni/r-07/"] == "Liguria: 1.258"


def test_all_other_regions_are_drawn_but_are_no_links():
    one = outline.outline().regions["07"].fine
    quiet = Reader(render("{% italy regions %}", regions=[(region("01"), 6)])).all("path")[0]["d"]
    assert quiet.count("M") > 19
    assert one in quiet
    assert outline.outline().regions["01"].fine not in quiet
    assert "<a" not in render("{% italy regions %}", regions=[])


def test_a_region_without_outline_is_left_out():
    assert "<a" not in render("{% italy regions %}", regions=[(region("99"), 6)])


@pytest.mark.parametrize(
    ("count", "most", "step"),
    [
        (1, 1, 4),
        (1, 2, 3),
        (2, 2, 4),
        (1, 40, 1),
        (5, 40, 1),
        (6, 40, 2),
        (10, 40, 2),
        (11, 40, 3),
        (20, 40, 3),
        (21, 40, 4),
        (40, 40, 4),
    ],
)
def test_steps_of_the_tint(count, most, step):
    drawn = tinted([(region("01"), count), (region("07"), most)])
    assert [one.step for one in drawn] == [step, 4]


# ------------------------------------------------------------------ points
def test_points_with_an_address_are_links_largest_first():
    html = render(
        "{% italy_points points %}",
        points=[(40.85, 14.27, "Napoli", "/n/", 1), (45.07, 7.69, "Torino", "/t/", 5)],
    )
    read = Reader(html)
    assert read.names == {"/t/": "Torino: 5", "/n/": "Napoli"}
    assert [attrs["href"] for attrs in read.all("a")] == ["/t/", "/n/"]
    radii = [float(attrs["r"]) for attrs in read.all("circle")]
    assert radii[0] > radii[1]
    assert read.all("svg")[0]["role"] == "group"
    assert_plain(html)


def test_pairs_of_a_city_and_what_is_there_are_points():
    pairs = [(TORINO, ["a", "b"]), (None, ["c"]), (NAPOLI, Counter(project=3))]
    read = Reader(render("{% italy_points points %}", "en", points=pairs))
    assert read.names == {"/en/cities/torino/": "Turin: 2", "/en/cities/napoli/": "Naples: 3"}


def test_one_city_alone_is_a_picture_and_no_link():
    read = Reader(render("{% italy_points city %}", city=TORINO))
    assert not read.all("a")
    svg = read.all("svg")[0]
    assert svg["role"] == "img"
    titles = [attrs["id"] for attrs in read.all("title")]
    assert svg["aria-labelledby"].split() == titles == ["map-title", "map-place-1"]


def test_a_name_in_the_other_language_says_so():
    read = Reader(render("{% italy_points city %}", "en", city=city("Bra", 44.7, 7.85)))
    assert [attrs.get("lang") for attrs in read.all("g")] == ["it"]


def test_a_region_s_map_shows_it_whole():
    drawn = still_map([TORINO], region("01"), 400)
    left, top, right, bottom = outline.outline().regions["01"].box
    x, y, width, height = drawn.view
    assert x < left < right < x + width
    assert y < top < bottom < y + height
    assert width < outline.WIDTH / 2
    assert drawn.here == outline.outline().regions["01"].fine
    assert outline.outline().regions["02"].fine in drawn.land
    assert outline.outline().regions["19"].fine not in drawn.land
    assert_plain(
        render("{% italy_points points region=region %}", points=[TORINO], region=region("01"))
    )


def test_labels_stand_free_and_inside():
    crowd = [
        MapPoint(45.07 + n % 5 / 20, 7.5 + n // 5 / 9, f"Località numero {n}", "/", n % 4 + 1)
        for n in range(25)
    ]
    corners = [
        MapPoint(40.2, 18.4, "Santa Maria di Leuca"),
        MapPoint(45.65, 13.77, "Trieste"),
        MapPoint(35.5, 12.6, "Lampedusa"),
    ]
    drawn = still_map(crowd + corners)
    assert drawn.unit * 260 == pytest.approx(outline.WIDTH)
    boxes = []
    for dot in drawn.dots:
        boxes.append(
            (dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius)
        )
    labelled = [dot for dot in drawn.dots if dot.labelled]
    assert {"Santa Maria di Leuca", "Trieste", "Lampedusa"} <= {dot.point.label for dot in labelled}
    assert len(labelled) < len(drawn.dots), "a crowd has no room for all"
    labels = [box_of(dot, drawn.letters) for dot in labelled]
    assert all(within(box, drawn.view) for box in labels)
    assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]
    for dot, label in zip(labelled, labels, strict=True):
        own = drawn.dots.index(dot)
        assert not any(overlap(label, box) for n, box in enumerate(boxes) if n != own), dot


def box_of(dot, size):
    from directory.lettering import text_width

    width = text_width(dot.point.label, size)
    left = dot.text_x - {"start": 0, "middle": width / 2, "end": width}[dot.anchor]
    # A hair less than was reserved, since what is drawn is rounded.
    return (left + 1, dot.text_y - size * 0.7, left + width - 1, dot.text_y + size * 0.2)


# ------------------------------------------------------------------ colours
def tokens() -> list[dict[str, tuple[int, ...]]]:
    """The colours of the light and of the dark page."""
    css = (ROOT / "static/css/tokens.css").read_text()
    light, dark = {}, {}
    for place, scheme in [(":root {", light), ("@media (prefers-color-scheme: dark)", dark)]:
        rules = css.split(place, 1)[1].split("}")[0]
        for name, value in re.findall(r"--([\w-]+): #(\w{6});", rules):
            scheme[name] = tuple(bytes.fromhex(value))
    return [light, light | dark]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    def luminance(colour: tuple[int, ...]) -> float:
        parts = [part / 255 for part in colour]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_numbers_can_be_read_on_every_tint():
    """The browser's own check cannot judge text inside a drawing."""
    css = (ROOT / "static/css/drawings.css").read_text()
    shares = [
        int(n)
        for n in re.findall(
            r"italy-step-\d path \{ fill: color-mix\(in srgb, var\(--link\) (\d+)%, var\(--paper\)",
            css,
        )
    ]
    assert len(shares) == 4
    assert shares == sorted(shares)
    for colours in tokens():
        for share in shares:
            pairs = zip(colours["link"], colours["paper"], strict=True)
            tint = tuple(round(a * share / 100 + b * (1 - share / 100)) for a, b in pairs)
            assert contrast(colours["ink"], tint) >= 4.5
        assert contrast(colours["ink"], colours["sunk"]) >= 4.5
        for background in ("ink", "focus"):
            assert contrast(colours["paper"], colours[background]) >= 4.5
        assert contrast(colours["focus"], colours["sunk"]) >= 3

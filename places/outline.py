"""The outline of Italy's regions, as short SVG paths, and where a coordinate lies on it.

The paths are drawn once, from ``fixtures/places/italia.topo.json``, and kept in
``fixtures/places/outline.json`` (regions) and ``static/map/provinces.json`` (provinces, in more
detail, which browsers ask for too); after a change of either the source or this module, run

    python -m places.outline

The projection is equirectangular, with degrees of longitude as long as they are in the middle
of the country. Regions are simplified as a coverage: a border that two regions share is
simplified once, so neighbours neither gape nor overlap.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "places"
SOURCE = FOLDER / "italia.topo.json"
DRAWN = FOLDER / "outline.json"
PROVINCES = FOLDER.parent.parent / "static" / "map" / "provinces.json"

WIDTH = 1000
MIDDLE_LATITUDE = 42.0
# A point goes when the triangle it makes with its neighbours is smaller than this, in units of
# the drawing (one is about 0.9 km): for drawings as wide as a phone, and for small ones.
FINE = 10.0
COARSE = 60.0
# Provinces are drawn on a finer grid, in which so many steps are one unit.
FINER = 5
FINEST = 1.0
# Smaller islands and enclaves are left out; a smaller one still is a speck that nobody sees.
SMALLEST_FINE = 5.0
SMALLEST_COARSE = 40.0
# An island keeps this many points, so that it does not shrink to nothing.
FEWEST = 4
# Room for the strokes of the outermost coasts.
MARGIN = 6
# How finely the roomiest point of a region is searched for.
SEARCH_STEPS = 48

Point = tuple[float, float]
Pixel = tuple[int, int]
Ring = list[Point]


@dataclass(frozen=True)
class Projection:
    """Degrees to units of the drawing; ``y`` grows southwards."""

    west: float
    north: float
    per_longitude: float
    per_latitude: float

    def __call__(self, latitude: float, longitude: float) -> Point:
        return (
            (longitude - self.west) * self.per_longitude,
            (self.north - latitude) * self.per_latitude,
        )

    def back(self, x: float, y: float) -> Point:
        """The latitude and longitude of a point of the drawing."""
        return (self.north - y / self.per_latitude, self.west + x / self.per_longitude)


@dataclass(frozen=True)
class Shape:
    """One region: its paths, where a number in it has most room, and what it reaches over."""

    fine: str
    coarse: str
    centre: Pixel
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Outline:
    """``regions`` by Istat code."""

    width: int
    height: int
    project: Projection
    regions: dict[str, Shape]


@cache
def outline() -> Outline:
    """Read once per process; nobody may change what this gives."""
    drawn = json.loads(DRAWN.read_text())
    return Outline(
        width=drawn["width"],
        height=drawn["height"],
        project=Projection(**drawn["projection"]),
        regions={
            code: Shape(one["fine"], one["coarse"], tuple(one["centre"]), tuple(one["box"]))
            for code, one in drawn["regions"].items()
        },
    )


@dataclass(frozen=True)
class Part:
    """One province: its path, in steps of 1/``FINER`` unit, and what it reaches over, in units."""

    region: str
    path: str
    box: tuple[float, float, float, float]


@cache
def parts() -> dict[str, Part]:
    """The provinces by their two letters. Read once per process; nobody may change it."""
    drawn = json.loads(PROVINCES.read_text())
    return {
        sigla: Part(
            one["region"], one["path"], tuple(round(side / FINER, 1) for side in one["box"])
        )
        for sigla, one in drawn["provinces"].items()
    }


# ------------------------------------------------------------------ drawing it anew
def draw(topology: dict[str, Any]) -> dict[str, Any]:
    """What ``outline.json`` holds, from a TopoJSON with the layer ``regioni``."""
    rings = dict(sorted(regions_of(topology)))
    every = [point for region in rings.values() for ring in region for point in ring]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    per_longitude = (WIDTH - 2 * MARGIN) / (east - west)
    per_latitude = per_longitude / cos(radians(MIDDLE_LATITUDE))
    project = Projection(
        west=round(west - MARGIN / per_longitude, 6),
        north=round(north + MARGIN / per_latitude, 6),
        per_longitude=round(per_longitude, 6),
        per_latitude=round(per_latitude, 6),
    )
    on_paper = {
        code: [[project(y, x) for x, y in ring] for ring in region]
        for code, region in rings.items()
    }
    fine = simplified(on_paper, FINE, SMALLEST_FINE)
    coarse = simplified(on_paper, COARSE, SMALLEST_COARSE)
    return {
        "width": WIDTH,
        "height": round(project(south, west)[1]) + MARGIN,
        "projection": vars(project),
        "regions": {
            code: {
                "fine": path(fine[code]),
                "coarse": path(coarse[code]),
                "centre": roomiest(fine[code][0]),
                "box": box(fine[code]),
            }
            for code in rings
        },
    }


def draw_provinces(topology: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    """What ``provinces.json`` holds, on the paper of what ``draw`` gave."""
    project = Projection(**drawn["projection"])
    regions, rings = {}, {}
    for said, found in areas_of(topology, "province"):
        sigla = said["province_sigla"]
        regions[sigla] = said["region_code"]
        rings[sigla] = [
            [(FINER * across, FINER * down) for across, down in (project(y, x) for x, y in ring)]
            for ring in found
        ]
    kept = simplified(rings, FINEST * FINER**2, FINEST * FINER**2)
    return {
        "finer": FINER,
        "projection": drawn["projection"],
        "provinces": {
            sigla: {"region": regions[sigla], "path": path(kept[sigla]), "box": box(kept[sigla])}
            for sigla in sorted(kept)
        },
    }


def regions_of(topology: dict[str, Any]) -> Iterator[tuple[str, list[Ring]]]:
    """Istat code and rings of the regions, as ``areas_of`` gives them."""
    for said, rings in areas_of(topology, "regioni"):
        yield said["region_code"], rings


def areas_of(topology: dict[str, Any], layer: str) -> Iterator[tuple[dict[str, str], list[Ring]]]:
    """Properties and rings, the largest first, without the closing point. Degrees."""
    (scale_x, scale_y), (left, low) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs: list[Ring] = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((x * scale_x + left, y * scale_y + low))
        arcs.append(arc)

    def joined(numbers: list[int]) -> Ring:
        ring: Ring = []
        for number in numbers:
            # A negative number is an arc walked backwards; the first point is the last one's.
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            ring += arc[:-1]
        return ring

    for shape in topology["objects"][layer]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [joined(numbers) for polygon in polygons for numbers in polygon]
        yield shape["properties"], sorted(rings, key=area, reverse=True)


def simplified(regions: dict[str, list[Ring]], least: float, smallest: float) -> dict:
    """The same regions with fewer points, rounded. Borders are cut where three lines meet and
    at the ends of the coast, and each piece is simplified once for both its sides."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for region in regions.values():
        for ring in region:
            for a, b in edges(ring):
                beside[a].add(b)
                beside[b].add(a)
    done: dict[tuple[Point, ...], list[Pixel]] = {}

    def piece(points: Ring) -> list[Pixel]:
        key = min(tuple(points), tuple(reversed(points)))
        if key not in done:
            done[key] = rounded(fewer(key, least))
        return done[key] if key == tuple(points) else done[key][::-1]

    def around(ring: Ring) -> list[Pixel]:
        cuts = [place for place, point in enumerate(ring) if len(beside[point]) > 2]
        start = cuts[0] if cuts else ring.index(min(ring))
        ring = [*ring[start:], *ring[: start + 1]]
        ends = [cut - start for cut in cuts or [start]] + [len(ring) - 1]
        return [
            point for first, last in pairwise(ends) for point in piece(ring[first : last + 1])[:-1]
        ]

    kept = {}
    for code, region in regions.items():
        largest, *others = region
        rings = [largest, *(ring for ring in others if area(ring) >= smallest)]
        kept[code] = [ring for ring in map(around, rings) if len(set(ring)) > 2]
    return kept


def fewer(points: Iterable[Point], least: float) -> Ring:
    """Visvalingam's simplification: the flattest corner goes first. The ends stay."""
    points = list(points)
    last = len(points) - 1
    before = list(range(-1, last))
    after = list(range(1, last + 2))
    sizes = {i: triangle(*points[i - 1 : i + 2]) for i in range(1, last)}
    waiting = [(size, i) for i, size in sizes.items()]
    heapq.heapify(waiting)
    closed = points[0] == points[last]
    while waiting and not (closed and len(sizes) < FEWEST):
        size, i = heapq.heappop(waiting)
        if sizes.get(i) != size:
            continue
        if size >= least:
            break
        del sizes[i]
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for j in (left, right):
            if j in sizes:
                # Never smaller than what went before it, so that the order is one of steps.
                sizes[j] = max(size, triangle(points[before[j]], points[j], points[after[j]]))
                heapq.heappush(waiting, (sizes[j], j))
    return [points[0], *(points[i] for i in sorted(sizes)), points[last]]


def triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def area(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring))) / 2


def edges(ring: list[Any]) -> Iterator[tuple[Any, Any]]:
    return pairwise([*ring, ring[0]])


def rounded(points: Ring) -> list[Pixel]:
    """To whole units; points that fall on the one before them go, but never the last."""
    whole = [(round(x), round(y)) for x, y in points]
    inner = [point for before, point in pairwise(whole[:-1]) if point != before]
    return [whole[0], *(point for point in inner if point != whole[0]), whole[-1]]


def path(rings: list[list[Pixel]]) -> str:
    """As an SVG path of relative steps; a minus sign parts numbers as well as a space does."""
    parts = []
    for ring in rings:
        steps = "".join(
            f"{number:d}" if number < 0 else f" {number:d}"
            for a, b in pairwise(ring)
            for number in (b[0] - a[0], b[1] - a[1])
        )
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{steps.strip()}z")
    return "".join(parts)


def box(rings: list[list[Pixel]]) -> tuple[int, int, int, int]:
    points = [point for ring in rings for point in ring]
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def roomiest(ring: list[Pixel]) -> Pixel:
    """The point inside that is farthest from the border, about."""
    left, top, right, bottom = box([ring])
    best, most = (0.0, 0.0), -1.0
    for row in range(1, SEARCH_STEPS):
        y = top + (bottom - top) * row / SEARCH_STEPS
        for column in range(1, SEARCH_STEPS):
            x = left + (right - left) * column / SEARCH_STEPS
            if contains(ring, x, y):
                room = min(hypot(x - a, y - b) for a, b in ring)
                if room > most:
                    best, most = (x, y), room
    return round(best[0]), round(best[1])


def contains(ring: list[Pixel], x: float, y: float) -> bool:
    inside = False
    for (a_x, a_y), (b_x, b_y) in edges(ring):
        if (a_y > y) != (b_y > y) and x < (b_x - a_x) * (y - a_y) / (b_y - a_y) + a_x:
            inside = not inside
    return inside


def as_text(drawn: dict[str, Any], layer: str = "regions") -> str:
    """JSON with a line for each area, so that a change shows which one it is."""
    areas = ",\n".join(
        f"{json.dumps(code)}: {json.dumps(shape)}" for code, shape in drawn[layer].items()
    )
    rest = {name: value for name, value in drawn.items() if name != layer}
    return f'{json.dumps(rest)[:-1]}, "{layer}": {{\n{areas}\n}}}}\n'


if __name__ == "__main__":
    source = json.loads(SOURCE.read_text())
    regions = draw(source)
    DRAWN.write_text(as_text(regions))
    PROVINCES.write_text(as_text(draw_provinces(source, regions), "provinces"))

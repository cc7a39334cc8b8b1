"""Italy as pages show it: regions tinted by their entries, points or bubbles on a quiet map.

Both say again what a list on the same page says, and never by colour alone. Nothing here asks
the database: callers give rows that they have loaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from itertools import combinations
from math import hypot, sqrt
from typing import Any, NamedTuple

from directory.lettering import text_width
from directory.marks import Marks
from directory.writing import grouped
from places.languages import current, translated
from places.models import Region
from places.outline import FINER, Shape, outline, parts

STEPS = 4

Box = tuple[float, float, float, float]


# ------------------------------------------------------------------ regions
@dataclass(frozen=True)
class TintedRegion:
    """A region that has entries. ``step``: 1 to 4, by how many."""

    region: Region
    count: int
    step: int
    shape: Shape

    @property
    def baseline(self) -> int:
        """Where its number stands, so that it is in the middle of the region."""
        return self.shape.centre[1] + 13


def tinted(regions: Iterable[tuple[Region, Any]]) -> list[TintedRegion]:
    """Of pairs of a region and its number (or a Counter of kinds)."""
    counted = [(region, number_in(numbers)) for region, numbers in regions]
    most = max((count for _region, count in counted), default=0)
    shapes = outline().regions
    return [
        TintedRegion(region, count, step(count, most), shapes[region.istat_code])
        for region, count in counted
        if count and region.istat_code in shapes
    ]


def step(count: int, most: int) -> int:
    """Each step begins at twice as many as the one below; the highest at half of ``most``."""
    return next((STEPS - lower for lower in range(STEPS - 1) if count << lower + 1 > most), 1)


def quiet(coloured: Iterable[TintedRegion]) -> str:
    """All other regions as one path."""
    taken = {one.region.istat_code for one in coloured}
    return "".join(shape.fine for code, shape in outline().regions.items() if code not in taken)


def number_in(numbers: Any) -> int:
    if isinstance(numbers, Counter):
        return numbers.total()
    return len(numbers) if isinstance(numbers, Sized) else int(numbers)


# ------------------------------------------------------------------ points
class MapPoint(NamedTuple):
    """``weight``: how many stand there. Without ``href`` the point is no link."""

    latitude: float
    longitude: float
    label: str
    href: str = ""
    weight: int = 1
    language: str = ""


# Sizes in CSS pixels, where the drawing is as wide as it was asked to be.
LETTERS = 13.0
SMALLEST_DOT = 4.5
LARGEST_DOT = 13.0
ROOM_AROUND = 4.0
MOST_LABELS = 40
MOST_DOTS = 60
# A region's own map is neither a ribbon nor a tower.
WIDEST = 1.5
TALLEST = 1.25
ROOM_AROUND_REGION = 0.08


@dataclass(frozen=True)
class Dot:
    """A point where it is drawn. Where there is no room for its label (``labelled`` is false),
    the label is shown only to those who point at the dot."""

    point: MapPoint
    x: float
    y: float
    radius: float
    text_x: float
    text_y: float
    anchor: str
    labelled: bool

    @property
    def name(self) -> str:
        point = self.point
        return f"{point.label}: {point.weight}" if point.weight > 1 else point.label

    @property
    def foreign(self) -> bool:
        return self.point.language not in ("", current())


@dataclass(frozen=True)
class StillMap:
    """``unit``: what a CSS pixel is in the drawing's own measure."""

    view: Box
    width: int
    height: int
    unit: float
    land: str
    here: str
    dots: list[Dot]

    @property
    def has_links(self) -> bool:
        return any(dot.point.href for dot in self.dots)

    @property
    def letters(self) -> float:
        return round(LETTERS * self.unit, 1)


def still_map(
    points: Any, region: Region | None = None, width: int = 260, linked: bool = True
) -> StillMap:
    """The whole country or, with ``region``, that region and what is beside it. Regions among
    the points are coloured. Of a crowd the largest are drawn.

    ``points``: of ``MapPoint`` or its tuple, a place, or a pair of a place and what is there (a
    number, a Counter, a list); also one place alone. ``width`` in CSS pixels.
    """
    shapes = outline().regions
    points = list(listed(points))
    own = shapes.get(region.istat_code) if region else None
    coloured = [] if own else [shapes[code] for code in regions_among(points) if code in shapes]
    view = framed([own.box]) if own else (0.0, 0.0, float(outline().width), float(outline().height))
    if own:
        beside = [shape for shape in shapes.values() if shape is not own and meets(shape, view)]
        land = "".join(shape.fine for shape in beside)
    else:
        land = "".join(shape.coarse for shape in shapes.values())
    here = own.fine if own else "".join(shape.coarse for shape in coloured)
    unit = view[2] / width
    found = sorted(
        (one for one in map(as_point, points) if one), key=lambda one: (-one.weight, one.label)
    )[:MOST_DOTS]
    if not linked:
        found = [one._replace(href="") for one in found]
    dots = placed(found, view, unit)
    height = round(view[3] / unit)
    return StillMap(view, width, height, unit, land, here, dots)


def regions_among(points: Iterable[Any]) -> list[str]:
    return [one.istat_code for one in points if isinstance(one, Region)]


def framed(boxes: Iterable[Sequence[float]]) -> Box:
    """A view of what reaches over the boxes, with some room around it."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    room = max(right - left, bottom - top) * ROOM_AROUND_REGION
    width, height = right - left + 2 * room, bottom - top + 2 * room
    wide, high = max(width, height / TALLEST), max(height, width / WIDEST)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    return (round(middle - wide / 2), round(centre - high / 2), round(wide), round(high))


def meets(shape: Shape, view: Box) -> bool:
    left, top, right, bottom = shape.box
    x, y, width, height = view
    return left < x + width and right > x and top < y + height and bottom > y


def listed(points: Any) -> Iterable[Any]:
    if hasattr(points, "latitude"):
        return [points]
    return points or ()


def as_point(said: Any) -> MapPoint | None:
    if isinstance(said, MapPoint):
        return said
    if hasattr(said, "latitude"):
        label, language = translated(said, "name")
        (latitude, longitude), *_ = spot_of(said, said._meta.model_name)
        return MapPoint(latitude, longitude, label, language=language)
    if len(said) != 2:
        return MapPoint(*said)
    place, there = said
    if place is None:
        return None
    bare = as_point(place)
    assert bare is not None  # noqa: S101  # it is a place
    return bare._replace(href=place.get_absolute_url(), weight=number_in(there))


def placed(points: Sequence[MapPoint], view: Box, unit: float) -> list[Dot]:
    """The largest first, so that none is hidden under another; labels where there is room."""
    project = outline().project
    points = sorted(points, key=lambda point: (-point.weight, point.label))
    most = max((point.weight for point in points), default=1)
    growth = (LARGEST_DOT - SMALLEST_DOT) / max(sqrt(most) - 1, 3)
    spots = []
    for point in points:
        x, y = project(point.latitude, point.longitude)
        spots.append((x, y, (SMALLEST_DOT + growth * (sqrt(point.weight) - 1)) * unit))
    dots = []
    labels = with_labels([point.label for point in points], spots, view, unit)
    for point, spot, (label, has_room) in zip(points, spots, labels, strict=True):
        x, y, radius, text_x, text_y = (round(n, 1) for n in (*spot, label.x, label.y))
        dots.append(Dot(point, x, y, radius, text_x, text_y, label.anchor, has_room))
    return dots


Spot = tuple[float, float, float]


def with_labels(
    texts: Sequence[str], spots: Sequence[Spot], view: Box, unit: float
) -> list[tuple[Label, bool]]:
    """Where each text stands beside its spot (x, y, radius), and whether there is room for it.

    Only the first ones are tried: a crowd has no room, and takes long.
    """
    boxes = [(x - r, y - r, x + r, y + r) for x, y, r in spots]
    labels = []
    for number, (text, spot) in enumerate(zip(texts, spots, strict=True)):
        tried = label_spots(text, *spot, unit)
        found = None
        if number < MOST_LABELS:
            others = boxes[:number] + boxes[number + 1 :]
            found = next(
                (
                    label
                    for label in tried
                    if within(label.box, view)
                    and not any(overlap(label.box, one) for one in others)
                ),
                None,
            )
        if found:
            boxes.append(found.box)
        spare = tried[0] if spot[0] < view[0] + view[2] / 2 else tried[1]
        labels.append((found or spare, found is not None))
    return labels


class Label(NamedTuple):
    x: float
    y: float
    anchor: str
    box: Box


def label_spots(text: str, x: float, y: float, radius: float, unit: float) -> list[Label]:
    """Right of the dot, left of it, above, below."""
    width, size = text_width(text, LETTERS * unit), LETTERS * unit
    gap = radius + ROOM_AROUND * unit
    middle = y + size * 0.35

    def label(text_x: float, baseline: float, anchor: str) -> Label:
        left = text_x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        box = (left, baseline - size * 0.8, left + width, baseline + size * 0.25)
        return Label(text_x, baseline, anchor, box)

    return [
        label(x + gap, middle, "start"),
        label(x - gap, middle, "end"),
        label(x, y - gap, "middle"),
        label(x, y + gap + size * 0.7, "middle"),
    ]


def within(box: Box, view: Box) -> bool:
    x, y, width, height = view
    return x <= box[0] and y <= box[1] and box[2] <= x + width and box[3] <= y + height


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


# ------------------------------------------------------------------ bubbles
# Sizes in CSS pixels on a narrow phone; a bubble is never smaller than what a finger meets.
PHONE = 340
SMALLEST_BUBBLE = 12.5
GROWTH = 9.0
DIGITS = 11.0
# What stays between two of them, and how often they are moved apart at most.
GAP = 1.5
ROUNDS_APART = 12


@dataclass(frozen=True)
class Bubble:
    """A mark where it is drawn; ``at`` in degrees. ``label``: where the place's name has room."""

    at: str
    x: float
    y: float
    radius: float
    number: str
    label: Label | None

    @property
    def baseline(self) -> float:
        return round(self.y + self.radius * 0.3, 1)


@dataclass(frozen=True)
class BubbleMap:
    """``here``: the provinces in view of what was chosen, drawn on a finer grid."""

    view: Box
    unit: float
    land: str
    here: str
    bubbles: list[Bubble]

    @property
    def digits(self) -> float:
        return round(DIGITS * self.unit, 1)

    @property
    def edges(self) -> str:
        """South, west, north, east, in degrees."""
        x, y, width, height = self.view
        north, west = outline().project.back(x, y)
        south, east = outline().project.back(x + width, y + height)
        return ",".join(f"{side:.3f}" for side in (south, west, north, east))

    scale = 1 / FINER


def bubble_map(
    marks: Marks, regions: Iterable[str] = (), provinces: Iterable[str] = ()
) -> BubbleMap:
    """Of Italy, of regions (Istat codes) or of provinces (two letters)."""
    shapes = outline().regions
    regions, provinces = set(regions), set(provinces)
    here = [
        part
        for sigla, part in parts().items()
        if sigla in provinces or (not provinces and part.region in regions)
    ]
    view = (
        framed([part.box for part in here])
        if here
        else (0.0, 0.0, float(outline().width), float(outline().height))
    )
    land = "".join(shape.fine for shape in shapes.values() if meets(shape, view))
    unit = view[2] / PHONE
    return BubbleMap(
        view, unit, land, "".join(part.path for part in here), bubbles(marks, view, unit)
    )


def bubbles(marks: Marks, view: Box, unit: float) -> list[Bubble]:
    """The largest first, so that none is hidden under another."""
    most = max((mark.n for mark in marks.shown), default=1)
    drawn, own = [], current()
    for mark in marks.shown:
        number = grouped(mark.n, own)
        grown = SMALLEST_BUBBLE + GROWTH * sqrt(mark.n / most) if len(marks.shown) > 1 else 0
        radius = max(SMALLEST_BUBBLE, grown, text_width(number, DIGITS) / 2 + 3) * unit
        drawn.append((mark, number, *spot_of(mark.place, marks.level), radius))
    names = [translated(mark.place, "name", own)[0] for mark, *_rest in drawn]
    spots = apart([(x, y, radius) for _mark, _number, _at, x, y, radius in drawn], unit)
    labels = with_labels(names, spots, view, unit)
    return [
        Bubble(
            f"{at[0]:.4f},{at[1]:.4f}",
            round(x, 1),
            round(y, 1),
            round(radius, 1),
            number,
            label._replace(x=round(label.x, 1), y=round(label.y, 1)) if room else None,
        )
        for (_mark, number, at, *_), (x, y, radius), (label, room) in zip(
            drawn, spots, labels, strict=True
        )
    ]


def apart(spots: Sequence[Spot], unit: float) -> list[Spot]:
    """Circles that would hide each other, moved as little as it takes; a crowd stays as it is."""
    moved = list(spots)
    if len(moved) > MOST_LABELS:
        return moved
    for _round in range(ROUNDS_APART):
        touched = False
        for one, other in combinations(range(len(moved)), 2):
            (x, y, r), (u, v, s) = moved[one], moved[other]
            near, distance = r + s + GAP * unit, hypot(u - x, v - y)
            if distance < near:
                touched = True
                push = (near - distance) / 2
                across, down = ((u - x) / distance, (v - y) / distance) if distance else (1.0, 0.0)
                moved[one] = (x - across * push, y - down * push, r)
                moved[other] = (u + across * push, v + down * push, s)
        if not touched:
            break
    return moved


def spot_of(place: Any, level: str) -> tuple[tuple[float, float], float, float]:
    """((latitude, longitude), x, y): of a region where it has most room, else of the place."""
    project = outline().project
    shape = outline().regions.get(place.istat_code) if level == "region" else None
    if shape:
        x, y = shape.centre
        return project.back(x, y), float(x), float(y)
    return (place.latitude, place.longitude), *project(place.latitude, place.longitude)

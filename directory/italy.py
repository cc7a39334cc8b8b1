"""Italy as pages show it: regions tinted by their entries, or points on a quiet map.

Both say again what a list on the same page says, and never by colour alone. Nothing here asks
the database: callers give rows that they have loaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

from directory.lettering import text_width
from places.languages import current, translated
from places.models import Region
from places.outline import Shape, outline

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


def still_map(points: Any, region: Region | None = None, width: int = 260) -> StillMap:
    """The whole country or, with ``region``, that region and what is beside it.

    ``points``: of ``MapPoint`` or its tuple, a place, or a pair of a place and what is there (a
    number, a Counter, a list); also one place alone. ``width`` in CSS pixels.
    """
    shapes = outline().regions
    own = shapes.get(region.istat_code) if region else None
    view = around(own) if own else (0.0, 0.0, float(outline().width), float(outline().height))
    if own:
        beside = [shape for shape in shapes.values() if shape is not own and meets(shape, view)]
        land = "".join(shape.fine for shape in beside)
    else:
        land = "".join(shape.coarse for shape in shapes.values())
    unit = view[2] / width
    dots = placed([one for one in map(as_point, listed(points)) if one], view, unit)
    height = round(view[3] / unit)
    return StillMap(view, width, height, unit, land, own.fine if own else "", dots)


def around(shape: Shape) -> Box:
    left, top, right, bottom = shape.box
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
        return MapPoint(said.latitude, said.longitude, label, language=language)
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
    boxes = [(x - r, y - r, x + r, y + r) for x, y, r in spots]
    dots = []
    for number, (point, spot) in enumerate(zip(points, spots, strict=True)):
        others = boxes[:number] + boxes[number + 1 :]
        labels = label_spots(point.label, *spot, unit)
        free = (
            label
            for label in labels
            if within(label.box, view) and not any(overlap(label.box, box) for box in others)
        )
        label = next(free, None)
        if label:
            boxes.append(label.box)
        spare = labels[0] if spot[0] < view[0] + view[2] / 2 else labels[1]
        at = label or spare
        x, y, radius, text_x, text_y = (round(n, 1) for n in (*spot, at.x, at.y))
        dots.append(Dot(point, x, y, radius, text_x, text_y, at.anchor, label is not None))
    return dots


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

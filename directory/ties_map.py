"""A map of ties: what stands in the middle, and who is tied to it, drawn by the server.

Few are named on both sides of the middle, under their group's name, and a line joins each. Many
are dots on rings around it, a ring or more for each group; pointing at one shows its name. The
page says the same in a list. The same ties always give the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin, sqrt

from directory.lettering import text_width, wrapped
from places.languages import current


# ------------------------------------------------------------------ what callers give
@dataclass(frozen=True)
class Group:
    """What ties the nodes of a group to the middle: a role. ``language``: of the label."""

    label: str
    language: str = ""

    @property
    def lang(self) -> str:
        """The language to be marked, or nothing."""
        return "" if self.language == current() else self.language


@dataclass(frozen=True)
class Node:
    """``kind``: the key of a kind of entry. Without ``href`` it has no page, and is no link.

    ``note``: what the reader should know beside the name, in the page's language.
    ``is_past``: the tie is known to have ended. ``is_diamond`` tells a second kind of node from
    the first one's dots.
    """

    label: str
    href: str = ""
    group: Group | None = None
    language: str = ""
    kind: str = ""
    note: str = ""
    is_past: bool = False
    is_diamond: bool = False

    @property
    def lang(self) -> str:
        """The language to be marked, or nothing."""
        return "" if self.language == current() else self.language


@dataclass(frozen=True)
class Ties:
    """Nodes are drawn in their order, group after group as the groups first come."""

    centre: Node
    nodes: list[Node]

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def groups(self) -> list[tuple[Group | None, list[Node]]]:
        found: dict[Group | None, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.group, []).append(node)
        return list(found.items())


# ------------------------------------------------------------------ what is drawn
WIDTH = 720
# One or two ties are said sooner than drawn.
FEWEST = 3
MOST_NAMED = 60
# Lines that a name may have, by the number of nodes up to which it may: the drawing of many
# should not be much taller than a screen.
LINES = ((24, 3), (40, 2), (MOST_NAMED, 1))
# Sizes are CSS pixels where the drawing is as wide as it is meant to be.
LETTERS = 15
LINE = 18
GAP = 9
HEADING_LETTERS = 13
HEADING = 26
HEADING_LINE = 16
ROOM = 172
TEXT_GAP = 13
PADDING = 14
CENTRE_LETTERS = 17
CENTRE_LINE = 22
CENTRE_ROOM = 150
# How far the middle's own font runs wider than the one that is measured.
CENTRE_WIDER = 1.14
LEAST_SPREAD = 190

INNER_RING = 142
RING_STEP = 27
DOT_STEP = 25
DISC = 120
POINTED_ROOM = 176


@dataclass(frozen=True)
class Line:
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class DrawnNode:
    """``path`` is the line that joins it, empty on rings. ``lines`` is its name."""

    node: Node
    x: float
    y: float
    lines: list[Line]
    path: str = ""
    note: Line | None = None


@dataclass(frozen=True)
class DrawnGroup:
    """``style`` numbers the dashes of its lines. A group that stands on both sides has two
    headings; on rings, its one heading follows ``guide``."""

    group: Group | None
    style: int
    nodes: list[DrawnNode]
    headings: list[Line] = field(default_factory=list)
    rings: list[str] = field(default_factory=list)
    guide: str = ""


@dataclass(frozen=True)
class Side:
    """The nodes of a group on one side, from ``x`` outwards; headings stand over the first."""

    groups: list[DrawnGroup]
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """``x`` and ``y`` are the middle. ``radius`` is that of the disc of a drawing with rings."""

    ties: Ties
    width: int
    height: int
    x: float
    y: float
    centre: list[Line]
    box: tuple[float, float, float, float]
    sides: list[Side]
    radius: float = 0
    hint: Line | None = None

    @property
    def has_rings(self) -> bool:
        return bool(self.radius)


STYLES = 6


def drawing_of(ties: Ties) -> Drawing:
    return named(ties) if len(ties.nodes) <= MOST_NAMED else ringed(ties)


# ------------------------------------------------------------------ names on both sides
@dataclass
class Row:
    """A node or a heading, before it has a place."""

    height: float
    lines: list[str]
    node: Node | None = None
    style: int = 0
    group: Group | None = None


def named(ties: Ties) -> Drawing:
    most = next(lines for nodes, lines in LINES if len(ties.nodes) <= nodes)
    rows = [
        row_of(node, group, style % STYLES, most)
        for style, (group, members) in enumerate(ties.groups())
        for node in members
    ]
    left, right = best_split(rows)
    centre = centre_lines(ties.centre.label, CENTRE_ROOM, 5)
    plate = (CENTRE_ROOM + 28, len(centre) * CENTRE_LINE + 30)
    tallest = max(height_of(left), height_of(right), plate[1], LEAST_SPREAD)
    height = round(tallest + 2 * PADDING)
    x, y = WIDTH / 2, height / 2
    # The ellipse is a little taller than what stands on it, so that its ends stay apart.
    radii = (WIDTH / 2 - ROOM - TEXT_GAP - 6, tallest / 2 * 1.12)
    sides = [
        Side(list(along(rows, x, y, radii, towards)), "end" if towards < 0 else "start")
        for rows, towards in ((left, -1), (right, 1))
        if rows
    ]
    return Drawing(
        ties=ties,
        width=WIDTH,
        height=height,
        x=x,
        y=y,
        centre=stacked(centre, x, y, CENTRE_LINE, CENTRE_LETTERS),
        box=(x - plate[0] / 2, y - plate[1] / 2, *plate),
        sides=sides,
    )


def row_of(node: Node, group: Group | None, style: int, most: int) -> Row:
    lines = wrapped(node.label, ROOM, LETTERS, most)
    return Row((len(lines) + bool(node.note)) * LINE + GAP, lines, node, style, group)


def best_split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Two sides about as tall as each other, both read downwards; the left one comes first."""
    splits = [(headed(rows[:at]), headed(rows[at:])) for at in range(len(rows))]
    return min(splits, key=lambda sides: max(map(height_of, sides)))


def headed(rows: Sequence[Row]) -> list[Row]:
    """With its group's heading before the first of each group."""
    found: list[Row] = []
    for row in rows:
        if row.group and (not found or found[-1].group != row.group):
            lines = wrapped(row.group.label, ROOM, HEADING_LETTERS)
            height = HEADING + (len(lines) - 1) * HEADING_LINE
            found.append(Row(height, lines, None, row.style, row.group))
        found.append(row)
    return found


def height_of(side: Sequence[Row]) -> float:
    return sum(row.height for row in side)


def along(
    side: Sequence[Row], x: float, y: float, radii: tuple[float, float], towards: int
) -> Iterator[DrawnGroup]:
    spare = max(0.0, LEAST_SPREAD - height_of(side)) / (len(side) + 1) if len(side) > 2 else 0.0
    top = y - (height_of(side) + spare * (len(side) - 1)) / 2
    drawn: DrawnGroup | None = None
    heading: tuple[list[str], float] = ([], 0)
    for row in side:
        middle = top + row.height / 2
        top += row.height + spare
        if drawn is None or drawn.group != row.group:
            if drawn:
                yield drawn
            drawn = DrawnGroup(row.group, row.style, [])
        if row.node is None:
            # Nearer to what it stands over, and in line with it.
            heading = (row.lines, top - 6)
            continue
        reach = radii[0] * sqrt(max(0.0, 1 - ((middle - y) / radii[1]) ** 2))
        spot = round(x + towards * reach, 1)
        text_x = round(spot + towards * TEXT_GAP, 1)
        for above, line in enumerate(reversed(heading[0])):
            drawn.headings.append(Line(line, text_x, round(heading[1] - above * HEADING_LINE, 1)))
        heading = ([], 0)
        lines, note = name_lines(row.lines, row.node, text_x, middle)
        path = curve(x, y, spot, middle)
        drawn.nodes.append(DrawnNode(row.node, spot, round(middle, 1), lines, path, note))
    if drawn:
        yield drawn


def name_lines(
    name: Sequence[str], node: Node, x: float, y: float
) -> tuple[list[Line], Line | None]:
    """The lines of the name and, under them, its note, if it has one."""
    lines = stacked([*name, node.note] if node.note else name, x, y, LINE, LETTERS)
    return (lines[:-1], lines[-1]) if node.note else (lines, None)


def curve(x: float, y: float, to_x: float, to_y: float) -> str:
    """Leaves the middle sideways and comes in sideways, like the springing of an arch."""
    bend = (to_x - x) * 0.55
    return f"M{x:g} {y:g}C{x + bend:.0f} {y:g} {to_x - bend:.0f} {to_y:.0f} {to_x:g} {to_y:g}"


def stacked(texts: Sequence[str], x: float, y: float, line: float, letters: float) -> list[Line]:
    """Lines of text whose block has its middle at ``y``."""
    first = y - (len(texts) - 1) * line / 2 + letters * 0.34
    return [Line(text, x, round(first + number * line, 1)) for number, text in enumerate(texts)]


def centre_lines(label: str, room: float, most: int) -> list[str]:
    return wrapped(label, room, CENTRE_LETTERS * CENTRE_WIDER, most)


# ------------------------------------------------------------------ dots on rings
def ringed(ties: Ties) -> Drawing:
    radius = float(INNER_RING)
    groups: list[tuple[Group | None, str, list[Ring]]] = []
    for group, members in ties.groups():
        heading = f"{group.label} · {len(members)}" if group else ""
        rings = spread(members, heading, radius)
        groups.append((group, heading, rings))
        radius = rings[-1].radius + RING_STEP
    outermost = radius - RING_STEP + PADDING + HEADING_LETTERS
    width, height = max(WIDTH, round(2 * outermost)), round(2 * outermost)
    x, y = width / 2, height / 2
    drawn = [
        DrawnGroup(
            group,
            style % STYLES,
            nodes=[node for ring in rings for node in around(ring, x, y)],
            headings=[Line(heading, x, y - rings[0].radius)] if heading else [],
            rings=[arc(ring, x, y) for ring in rings],
            guide=guide(rings[0], x, y),
        )
        for style, (group, heading, rings) in enumerate(groups)
    ]
    name = centre_lines(ties.centre.label, CENTRE_ROOM, 4)
    return Drawing(
        ties=ties,
        width=width,
        height=height,
        x=x,
        y=y,
        centre=stacked(name, x, y - 32, CENTRE_LINE, CENTRE_LETTERS),
        box=(x - DISC, y - DISC, 2 * DISC, 2 * DISC),
        sides=[Side(drawn, "middle")],
        radius=DISC,
        hint=Line("", x, y + 58),
    )


@dataclass(frozen=True)
class Ring:
    """``begin``: the angle, clockwise from the top, from which on it is free of the heading."""

    radius: float
    begin: float
    nodes: Sequence[Node]


def spread(members: Sequence[Node], heading: str, radius: float) -> list[Ring]:
    """A group's dots on as many rings as they need, alike dense on all of them."""
    rings: list[tuple[float, float, int]] = []  # radius, room of the heading, most dots
    while sum(most for _radius, _room, most in rings) < len(members):
        room = text_width(heading, HEADING_LETTERS) + DOT_STEP if heading and not rings else 0.0
        most = int((2 * pi * radius - room) / DOT_STEP)
        rings.append((radius, room, most))
        radius += RING_STEP
    places = sum(most for _radius, _room, most in rings)
    found = []
    start = before = 0
    for radius, room, most in rings:
        before += most
        end = round(len(members) * before / places)
        found.append(Ring(radius, room / radius / 2, members[start:end]))
        start = end
    return found


def around(ring: Ring, x: float, y: float) -> Iterator[DrawnNode]:
    """Clockwise from the top, as far apart as the ring allows."""
    free = 2 * (pi - ring.begin)
    for number, node in enumerate(ring.nodes):
        angle = ring.begin + free * (number + 0.5) / len(ring.nodes)
        name = wrapped(node.label, POINTED_ROOM, LETTERS, 3)
        lines, note = name_lines(name, node, x, y + 52)
        yield DrawnNode(node, *on_circle(x, y, ring.radius, angle), lines, note=note)


def arc(ring: Ring, x: float, y: float) -> str:
    """The ring, open at the top where the heading stands."""
    # Half a dot's step less on each side; a ring that is closed is an arc that nearly is.
    begin = max(ring.begin - DOT_STEP / 4 / ring.radius, 0.001)
    start, end = (on_circle(x, y, ring.radius, angle) for angle in (begin, -begin))
    return f"M{start[0]:g} {start[1]:g}A{ring.radius:g} {ring.radius:g} 0 1 1 {end[0]:g} {end[1]:g}"


def guide(ring: Ring, x: float, y: float) -> str:
    """Where the heading stands: on the ring, in its opening."""
    radius = ring.radius - HEADING_LETTERS * 0.34
    start, end = (on_circle(x, y, radius, angle) for angle in (-ring.begin, ring.begin))
    return f"M{start[0]:g} {start[1]:g}A{radius:g} {radius:g} 0 0 1 {end[0]:g} {end[1]:g}"


def on_circle(x: float, y: float, radius: float, angle: float) -> tuple[float, float]:
    return round(x + radius * sin(angle), 1), round(y - radius * cos(angle), 1)

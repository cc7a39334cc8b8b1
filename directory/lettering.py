"""How much room a text will take where the server draws it, before a browser knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# Widths of the text font's letters, in tenths of their height, as its own tables give them.
TENTHS = {
    letter: tenths
    for tenths, letters in {
        2: "',.:;`j|’‘",
        3: '!"()[]filrt{} ì',
        4: "-/1I\\_“”",
        6: "$+0345689<=>ABCEFKPRSTVXYZ^bdghnpq~",
        7: "#&DGHNOQUw…",
        8: "@Mm",
        9: "%W—",
    }.items()
    for letter in letters
}
OTHERS = 5
# A browser may show another font, until ours has come or because the reader wants it so.
SAFETY = 1.06
ELLIPSIS = "…"

Width = Callable[[str, float], float]


def text_width(text: str, size: float) -> float:
    """About, and rather too much than too little. In the unit of ``size``."""
    return sum(TENTHS.get(letter, OTHERS) for letter in text) * size / 10 * SAFETY


def wrapped(
    text: str, room: float, size: float, most: int = 2, width: Width = text_width
) -> list[str]:
    """At most ``most`` lines of about the same width; what does not fit ends in an ellipsis.

    Words are parted only where one alone is wider than the room. ``width`` tells how wide a text
    of a size is; whoever has the font knows better than ``text_width``.
    """

    def fits(line: str, room: float = room) -> bool:
        return width(line, size) <= room

    words = [part for word in text.split() for part in pieces(word, fits)]
    lines = filled(words, fits)
    if len(lines) > most:
        return [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), room, size, width)]
    # The narrowest room that needs no more lines makes them look alike.
    narrow, wide = 0.0, room
    best = lines
    while wide - narrow > size / 4:
        middle = (narrow + wide) / 2
        tried = filled(words, lambda line: fits(line, middle))  # noqa: B023  # used at once
        if len(tried) <= len(lines) and all(fits(one, middle) for one in tried):
            best, wide = tried, middle
        else:
            narrow = middle
    return best


def pieces(word: str, fits: Callable[[str], bool]) -> list[str]:
    """The word, or as many parts of it as the room asks for."""
    if fits(word):
        return [word]
    found = [""]
    for letter in word:
        if found[-1] and not fits(found[-1] + letter):
            found.append("")
        found[-1] += letter
    return found


def filled(words: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def shortened(text: str, room: float, size: float, width: Width = text_width) -> str:
    """As much of the text as fits, with an ellipsis if that is not all of it."""
    if width(text, size) <= room:
        return text
    while text and width(text + ELLIPSIS, size) > room:
        text = text[:-1]
    return text.rstrip(" ,;:.-–") + ELLIPSIS

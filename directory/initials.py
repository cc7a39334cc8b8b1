"""The quiet drawing that stands where an entry has no picture."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from html import escape

from django.utils.safestring import SafeString, mark_safe

HUES = 8
# Articles and prepositions, Italian and English, that no one takes an initial from.
WORDS = (
    "a ad agli ai al alla alle allo and da dagli dai dal dalla dalle dallo degli dei del della"
    " delle dello di e ed et for from gli i il in la le lo nei nel nella nelle of on per su sul"
    " sulla the to tra un una uno"
)
SMALL_WORDS = frozenset(WORDS.split())
# “L'asilo”, “dell’arte”: what stands before the apostrophe is an article.
ELIDED = re.compile(r"^(?:l|d|un|(?:a|da|de|ne|su)ll|c|s|quell)['’ʼ`](?=\w)", re.IGNORECASE)

LETTER = re.compile(r"[^\W_]")

# All of it is see-through ink, so that the page's colour for the class gives the hue.
SHAPES = (
    '<circle cx="130" cy="18" r="46"/><circle cx="22" cy="96" r="30"/>',
    '<path d="M0 100 70 0h90v30L40 100z"/>',
    '<path d="M0 62q40-34 80 0t80 0v38H0z"/>',
    '<path d="M0 0h60v60H0zM100 50h60v50h-60z"/>',
    '<path d="m80-20 90 70-90 70-90-70z"/>',
    '<path d="M0 100a70 70 0 0 1 70-70v70zM160 0a70 70 0 0 1-70 70V0z"/>',
)


def initials(name: str) -> str:
    """One or two capitals: of the first words that mean something; nothing if there is no letter.

    ``L'asilo`` gives A, ``Co.M.E.S.`` C, ``Università di Torino`` UT.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    words = [ELIDED.sub("", word) for word in name.split()]
    # (word, its first letter or digit)
    saying = [(word, first[0]) for word in words if (first := LETTER.search(word))]
    telling = [one for one in saying if one[0].lower() not in SMALL_WORDS] or saying[:1]
    return "".join(first.upper()[:1] for _word, first in telling[:2])


def placeholder_svg(name: str, slug: str) -> SafeString:
    """Always the same for the same slug. Fills its box; hidden from screen readers.

    The style sheet gives ``placeholder--0`` to ``placeholder--7`` their ``color``.
    """
    draw = int.from_bytes(blake2b(slug.encode(), digest_size=4).digest(), "big")
    shape, hue = divmod(draw, HUES)
    return mark_safe(  # noqa: S308  # of constants, but for the initials
        f'<svg class="placeholder placeholder--{hue}" viewBox="0 0 160 100"'
        ' preserveAspectRatio="xMidYMid slice" fill="currentColor" aria-hidden="true">'
        '<path fill-opacity=".1" d="M0 0h160v100H0z"/>'
        f'<g fill-opacity=".12">{SHAPES[shape % len(SHAPES)]}</g>'
        '<text x="80" y="50" dy=".35em" text-anchor="middle" font-size="34">'
        f"{escape(initials(name))}</text></svg>"
    )

"""Where a listing has nothing: what to leave out, and how much that brings."""

from __future__ import annotations

import re

from django.http import QueryDict
from django.utils.translation import gettext

from directory.counting import Counting, totals_of
from directory.listing import TOTAL, Chip, Listing
from directory.selection import MOST_MATCHES

# Of more words none is left out by itself; shorter ones hardly ever keep anything out.
MOST_WORDS, SHORTEST = 6, 3
PHRASE = re.compile('["“”„‟«»＂]')
WORD = "word"


def loosened(listing: Listing, most: int) -> list[tuple[Chip, int, bool]]:
    """Each parameter to leave out, and each word that keeps entries out, how many entries there
    are without it, and whether that is all of them. One query."""
    chips = [*listing.chips, *single_words(listing)][:most]
    others = [(chip, without(listing, chip)) for chip in chips]
    countings = []
    for _chip, other in others:
        counting = Counting(other.search, other.set.groups())
        counting.add_total(TOTAL, other.set.kinds(other.listed), other.set.groups())
        countings.append(counting)
    return [
        (
            chip,
            min(n, MOST_MATCHES) if other.search is not None else n,
            other.search is None or n <= MOST_MATCHES,
        )
        for (chip, other), n in zip(others, totals_of(TOTAL, countings), strict=True)
        if n or chip.name != WORD
    ]


def single_words(listing: Listing) -> list[Chip]:
    """Each of a few words, to be left out by itself; not of a phrase."""
    words = listing.words.split()
    places = [place for place, word in enumerate(words) if len(word) >= SHORTEST]
    if len(words) < 2 or len(places) > MOST_WORDS or PHRASE.search(listing.words):
        return []
    chips = []
    for place in places:
        data = listing.data.copy()
        data.pop("page", None)
        data["q"] = " ".join(words[:place] + words[place + 1 :])
        chips.append(Chip(WORD, gettext("Word"), words[place], "", data.urlencode()))
    return chips


def without(listing: Listing, chip: Chip) -> Listing:
    """The listing of the address without a parameter; what values name is not asked again."""
    other = Listing(QueryDict(chip.without), listing.listed, type(listing.set))
    if "known" in listing.set.__dict__:
        other.set.__dict__["known"] = listing.set.known
    return other

"""Where nothing is found: what to leave out, how much that brings, and what was meant."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from directory import lexicon
from directory.counting import Counting, totals_of
from directory.listing import TOTAL, Chip, Listing

# Of more words none is left out by itself; shorter ones hardly ever keep anything out.
MOST_WORDS, SHORTEST = 6, 3
# Ways that are counted.
MOST_WAYS = 8
PHRASE = re.compile('["“”„‟«»＂]')
WORD = "word"


def ways_out(listing: Listing) -> dict[str, Any]:
    """What the page of a listing says where nothing is found. One query, and those of the words
    that no entry has."""
    if listing.total or listing.problems:
        return {"loosened": [], "meant": {}}
    again = meant(listing) if listing.search and not listing.search.contradiction else {}
    ways = loosened(listing, MOST_WAYS)
    # Where only one thing was asked, leaving it out leaves nothing.
    return {"loosened": ways, "meant": again, "leads_to_all": any(not w.without for w, *_ in ways)}


def meant(listing: Listing) -> dict[str, str]:
    """A search with its wrong words put right and everything else as it is."""

    def again(words: str) -> Listing:
        data = listing.data.copy()
        data.pop("page", None)
        data["q"] = words
        return beside(listing, data)

    def first_with_results(proposals: list[str]) -> str:
        numbers = totals([again(words) for words in proposals])
        return next((words for words, n in zip(proposals, numbers, strict=True) if n), "")

    words = lexicon.meant(listing.words, first_with_results)
    return {"words": words, "query": again(words).query} if words else {}


def loosened(listing: Listing, most: int) -> list[tuple[Chip, int, bool]]:
    """Each parameter and each word whose leaving out brings entries, how many, and whether that is
    all of them. One query."""
    chips = [*parameters(listing), *single_words(listing)][:most]
    others = [(chip, without(listing, chip)) for chip in chips]
    numbers = totals([other for _chip, other in others])
    return [
        (
            chip,
            min(n, other.search.most) if other.search is not None else n,
            other.search is None or n <= other.search.most,
        )
        for (chip, other), n in zip(others, numbers, strict=True)
        if n
    ]


def totals(listings: list[Listing]) -> list[int]:
    """How many entries each has. One query."""
    countings = []
    for listing in listings:
        groups = listing.set.groups()
        counting = Counting(listing.search, groups)
        counting.add_total(TOTAL, listing.set.kinds(listing.listed), groups)
        countings.append(counting)
    return totals_of(TOTAL, countings)


def parameters(listing: Listing) -> list[Chip]:
    """One chip for each parameter: of several values any is enough, so that without one of them
    there is no more."""
    chips: dict[str, list[Chip]] = {}
    for chip in listing.chips:
        chips.setdefault(chip.name, []).append(chip)
    return [
        one
        if not others
        else replace(
            one,
            value=", ".join(str(chip.value) for chip in (one, *others)),
            language=one.language if len({chip.language for chip in (one, *others)}) == 1 else "",
            without=listing.query_without(name),
        )
        for name, (one, *others) in chips.items()
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
    """The listing of the address without a parameter."""
    return beside(listing, QueryDict(chip.without))


def beside(listing: Listing, data: QueryDict) -> Listing:
    """A listing of some of the same parameters: what values name is not asked again."""
    other = Listing(data, listing.listed, type(listing.set))
    other.set.kept = listing.set.kept
    if other.search is not None and listing.search is not None:
        other.search.most = listing.search.most
    return other

"""Names, summaries and descriptions of what does not exist, in Italian and English.

A text has about sixty words: some stand in nearly every one ("comunità", "quartiere"), and the
districts, streets, crafts and cities nearby make a long tail of rare ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from civicnet.invention import vocabulary as words
from civicnet.invention.vocabulary import Pair

SHORTEST_ACRONYM, LONGEST_ACRONYM = 3, 7
SMALL = {"di", "del", "della", "dell", "dei", "il", "la", "l", "a", "e", "in", "per", "si", "senza"}
WORDS = re.compile(r"\w+")
BEFORE_A = re.compile(r"\ba(?= A)")
LONGEST_SUMMARY = 300
GENERAL = [act for acts in words.ACTS.values() for act in acts]


@dataclass(frozen=True)
class Setting:
    """What a text's slots are filled with."""

    district: str
    street: str
    craft: Pair
    nearby: Pair

    def fill(self, pattern: str, craft: str, nearby: str) -> str:
        return pattern.format(q=self.district, s=self.street, n=nearby, x=craft)

    def both(self, pair: Pair) -> Pair:
        italian, english = (
            self.fill(*parts) for parts in zip(pair, self.craft, self.nearby, strict=True)
        )
        # “fino ad Albano”
        return BEFORE_A.sub("ad", italian), english


class Writer:
    """Draws all from the one generator, so that a seed says everything."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        syllables = [first + last for first in words.BEGINNINGS for last in words.ENDINGS]
        rng.shuffle(syllables)
        self.rare = syllables
        self.families = [
            f"{rng.choice(words.BRANCHES)} {self.emblem() if rng.random() < 0.5 else self.joined()}"
            for _number in range(400)
        ]

    # ---------------------------------------------------------------- parts
    def emblem(self) -> str:
        return self.rng.choice(words.EMBLEMS)

    def joined(self) -> str:
        one = self.rng.choice(words.JOINED)
        if self.rng.random() < 0.5:
            return f"{one} {self.rng.choice(words.QUALITIES)}"
        return f"{one} e {self.rng.choice(words.JOINED)}"

    def rare_word(self) -> str:
        """The n-th word is drawn about 1/n as often as the first."""
        return self.rare[int(len(self.rare) ** self.rng.random()) - 1]

    def district(self) -> str:
        if self.rng.random() < 0.3:
            return self.rng.choice(words.SAINTS)
        return f"{self.rng.choice(words.DISTRICT_KINDS)} {self.rare_word()}"

    def setting(self, nearby: Pair) -> Setting:
        return Setting(self.district(), self.rare_word(), self.rng.choice(words.CRAFTS), nearby)

    # ---------------------------------------------------------------- names
    def name(self, patterns: list[str], setting: Setting) -> str:
        pattern = self.rng.choice(patterns)
        if "{c}" in pattern:
            pattern = pattern.replace("{c}", self.rng.choice(words.CAUSES))
        name = pattern.format(
            q=setting.district,
            s=setting.street,
            x=setting.craft[0],
            e=self.emblem() if "{e}" in pattern else "",
            j=self.joined() if "{j}" in pattern else "",
        )
        return name[0].upper() + name[1:]

    def family(self) -> str:
        """The name of a body with branches in many cities; a few are very common."""
        return self.families[int(len(self.families) ** self.rng.random()) - 1]

    def acronym(self, name: str) -> str:
        """The initials of a name's words, sometimes with dots; empty if too few or too many."""
        initials = [word[0].upper() for word in WORDS.findall(name) if word not in SMALL]
        if not SHORTEST_ACRONYM <= len(initials) <= LONGEST_ACRONYM:
            return ""
        return (
            "".join(f"{one}." for one in initials) if self.rng.random() < 0.3 else "".join(initials)
        )

    # ---------------------------------------------------------------- texts
    def summary(self, calls_itself: Pair, city: Pair, acts: list[Pair], setting: Setting) -> Pair:
        pick = self.rng.choice
        act, audience = setting.both(pick(acts)), pick(words.AUDIENCES)
        place = setting.both(pick(words.SETTINGS))
        return (
            f"{calls_itself[0]} di {city[0]} che {act[0]} {audience[0]}, {place[0]}."[
                :LONGEST_SUMMARY
            ],
            f"{calls_itself[1]} of {city[1]} that {act[1]} {audience[1]}, {place[1]}."[
                :LONGEST_SUMMARY
            ],
        )

    def description(self, acts: list[Pair], setting: Setting) -> Pair:
        pick, both = self.rng.choice, setting.both
        origin, closing = both(pick(words.ORIGINS)), pick(words.CLOSINGS)
        first, second, other = both(pick(acts)), both(pick(acts)), both(pick(GENERAL))
        moment, audience = pick(words.MOMENTS), pick(words.AUDIENCES)
        place, then = both(pick(words.SETTINGS)), pick(words.MOMENTS)
        small = then[0][0].lower() + then[0][1:], then[1][0].lower() + then[1][1:]
        return (
            f"{origin[0]} {moment[0]} {first[0]} {audience[0]}, e {other[0]}.\n\n"
            f"Inoltre {second[0]}, {small[0]}, {place[0]}. {closing[0]}",
            f"{origin[1]} {moment[1]} it {first[1]} {audience[1]}, and {other[1]}.\n\n"
            f"It also {second[1]}, {small[1]}, {place[1]}. {closing[1]}",
        )

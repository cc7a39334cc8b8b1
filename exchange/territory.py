"""From the cells about a place to a city of the directory, or to nothing and the reason."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

from exchange import wording
from places.keys import SMALL_WORDS, key_of, loose_key_of, words_of
from places.matching import Gazetteer, Named
from places.models import Province, Region
from places.reading import province_keys

POSTCODE = re.compile(r"^\d{5}\s*[-,]?\s+(?=\D)|(?<=\D)\s*[-,]?\s+\d{5}$")
MUNICIPALITY = re.compile(
    r"^(?:comune|citta|città|città metropolitana|municipio)\s+di\s+(?=\w{2})", re.IGNORECASE
)
IN_ITALY = re.compile(r"[\s,(-]+(?:italia|italy)\)?$", re.IGNORECASE)
WHOLE_COUNTRY = frozenset(("italia", "italy", "nazionale", "tuttaitalia", "nationwide", "national"))
WITH_PROVINCE = re.compile(r"(?P<name>.*\w.*?)\s*[(\[]\s*(?P<sigla>[A-Za-z]{2})\s*[)\]]")
PARTED = re.compile(r"[(\[,;/|]|\s-|-\s")
LEAST_LETTERS = 8
LEAST_LETTERS_ALONE = 12


class Territory:
    """Cities, provinces and regions by what people write; in memory, for a whole file."""

    def __init__(self) -> None:
        self.gazetteer = Gazetteer()
        self._known: dict[tuple[str, str, str], int | None] = {}
        self._provinces: dict[str, int] = {}
        for province in Province.objects.all():
            for key in province.keys:
                self._provinces.setdefault(key, province.pk)
        self._regions: dict[str, int] = {}
        for region in Region.objects.all():
            for name in (region.name_it, region.name_en, region.local_name):  # type: ignore[attr-defined]
                for part in (name or "").replace("/", "|").split("|"):
                    for key in filter(None, (key_of(part), loose_key_of(part))):
                        self._regions.setdefault(key, region.pk)
        self._beginnings: list[tuple[str, Named]] | None = None
        self.names: dict[int, str] = {}

    def city(self, written: str, province: str = "", code: str = "") -> int | None:
        """The one city that all of it agrees on."""
        asked = (written, province, code)
        if asked not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            found = self._city(*asked)
            self._known[asked] = found.pk if found else None
            if found:
                self.names[found.pk] = f"{found.name_it} ({found.sigla})"
        return self._known[asked]

    def _city(self, written: str, province: str, code: str) -> Any:
        name = plain_city(written)
        for each in dict.fromkeys((wording.one_line(written), name)):
            if found := self.gazetteer.match(each, province=province, code=code):
                sure = province or code or not self._may_be_cut_short(each, found)
                return found if sure else None
        if name and not code:
            return self._cut_short(name, province)
        return None

    def _may_be_cut_short(self, written: str, found: Any) -> bool:
        """``Camino AL`` is Camino (AL), or Camino al Tagliamento with its end cut off."""
        key = key_of(written)
        if PARTED.search(written) or any(
            n.city == found for n in self.gazetteer.called({key}, set())
        ):
            return False
        return any(named.city != found for named in self._beginning_with(key))

    def _cut_short(self, written: str, province: str) -> Any:
        """The only city whose name begins so, where the writing was plainly cut off.

        Plainly: within a word, or behind an article. ``Casalecchio`` alone may be a hamlet
        of that name elsewhere and is nobody's beginning; ``Casalecchio di Re`` is.
        """
        if match := WITH_PROVINCE.fullmatch(written):
            if province and province_keys(province).isdisjoint(province_keys(match["sigla"])):
                return None
            written, province = match["name"], match["sigla"]
        written = written.rstrip(". …")
        words, key = words_of(written), key_of(written)
        hints = province_keys(province)
        if len(key) < (LEAST_LETTERS if hints else LEAST_LETTERS_ALONE) or len(words) < 2:
            return None
        if self.gazetteer.called({key}, {loose_key_of(written)}):
            return None
        cities = {}
        for named in self._beginning_with(key):
            own = words_of(named.name)
            same = own[: len(words) - 1] == words[:-1] and len(own) >= len(words)
            if not same:
                continue
            within_a_word = own[len(words) - 1] != words[-1]
            if (within_a_word or words[-1] in SMALL_WORDS) and (not hints or named.is_in([hints])):
                cities[named.city.pk] = named.city
            elif not within_a_word:
                return None
        return cities.popitem()[1] if len(cities) == 1 else None

    def _beginning_with(self, key: str) -> list[Named]:
        if self._beginnings is None:
            names = self.gazetteer.all_names()
            self._beginnings = sorted(
                ((named.key, named) for named in names), key=lambda each: each[0]
            )
        place = bisect_left(self._beginnings, key, key=lambda each: each[0])
        found = []
        while place < len(self._beginnings) and self._beginnings[place][0].startswith(key):
            found.append(self._beginnings[place][1])
            place += 1
        return found

    def place(self, written: str) -> str | None:
        """``city:12``, ``province:3``, ``region:1`` or ``country``, of a place of intervention."""
        text = wording.one_line(written)
        key = key_of(text)
        if key in WHOLE_COUNTRY:
            return "country"
        said = text.casefold()
        if said.startswith("regione "):
            region = self._regions.get(key_of(text[8:]))
            return f"region:{region}" if region else None
        if said.startswith(("provincia ", "prov. ", "province of ", "città metropolitana ")):
            found = {
                self._provinces[each] for each in province_keys(text) if each in self._provinces
            }
            return f"province:{found.pop()}" if len(found) == 1 else None
        city = self.city(text)
        region = self._regions.get(key)
        if city and not region:
            return f"city:{city}"
        if region and not city:
            return f"region:{region}"
        return None


def plain_city(written: str) -> str:
    """Without what stands around a city's name: postcode, ``Comune di``, ``Italia``."""
    text = wording.one_line(written)
    text = IN_ITALY.sub("", POSTCODE.sub("", text))
    return MUNICIPALITY.sub("", text).strip(" ,;-")

"""From a place as somebody wrote it to its city, or to nothing: never to another city.

The rules are those of ``_decide``; what is looked up comes either from the database, for one
place (``match_city``), or from memory, for a whole file (``Gazetteer``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet

from places.keys import ACCENT, accented_key, key_of, loose_key_of, saints_agree, words_of
from places.models import City, CityName
from places.reading import PARTED, Question, Reading, province_keys, read

SUD_SARDEGNA = {"sudsardegna": "su"}
"""A province that is no more and whose cities went to several; they carry its two letters."""


def match_city(written: object, *, province: object = "", code: object = "") -> City | None:
    """The one city that ``written`` can mean, with its province loaded.

    ``province`` is its two letters or its name, now or formerly; ``code`` an Istat code, now
    or formerly, even without its leading zeros, or a land registry code. All that is given
    must agree. One query for the name, one for the code; never raises.
    """
    question = read(written, province, code)
    return _decide(question, _Database()) if question else None


class Gazetteer:
    """``match_city`` for many: every name in memory, so that matching asks the database nothing.

    Made with one query in about half a second and some 40 MB; it does not see later changes.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, list[Named]] = defaultdict(list)
        self._by_loose_key: dict[str, list[Named]] = defaultdict(list)
        self._by_code: dict[str, set[int]] = defaultdict(set)
        self._by_city: dict[int, list[Named]] = defaultdict(list)
        cities: dict[int, City] = {}
        for row in _rows():
            # The query makes a city anew for each of its names.
            row.city = cities.setdefault(row.city_id, row.city)
            name = Named.of(row)
            self._by_key[row.key].append(name)
            self._by_loose_key[row.loose_key].append(name)
            self._by_city[row.city_id].append(name)
            for code in (row.istat_code, row.catasto_code, *_codes(row.city)):
                self._by_code[code].add(row.city_id)

    def match(self, written: object, *, province: object = "", code: object = "") -> City | None:
        question = read(written, province, code)
        return _decide(question, self) if question else None

    def all_names(self) -> Iterator[Named]:
        return (name for names in self._by_key.values() for name in names)

    def called(self, keys: set[str], loose_keys: set[str]) -> list[Named]:
        return [name for key in keys for name in self._by_key.get(key, ())] + [
            name
            for loose_key in loose_keys
            for name in self._by_loose_key.get(loose_key, ())
            if name.key not in keys
        ]

    def coded(self, code: str) -> list[Named]:
        return [name for city in self._by_code.get(code, ()) for name in self._by_city[city]]


@dataclass(frozen=True, slots=True)
class Named:
    """One name of one city, with every key of the provinces the city is or was in."""

    city: City
    name: str
    key: str
    loose_key: str
    provinces: frozenset[str]

    @classmethod
    def of(cls, row: CityName) -> Named:
        former = {row.city.former_sigla.lower(), row.sigla.lower()} - {""}
        provinces = frozenset(row.city.province.keys) | former
        return cls(row.city, row.name, row.key, row.loose_key, provinces)

    def is_in(self, hints: Iterable[set[str]]) -> bool:
        return all(hint & self.provinces for hint in hints)


class Names(Protocol):
    """Where names are looked up."""

    def called(self, keys: set[str], loose_keys: set[str]) -> list[Named]:
        """The names with any of the keys or of the loose keys."""

    def coded(self, code: str) -> list[Named]:
        """All names of the cities that have or had the code."""


class _Database:
    def called(self, keys: set[str], loose_keys: set[str]) -> list[Named]:
        rows = _rows().filter(Q(key__in=keys) | Q(loose_key__in=loose_keys))
        return [Named.of(row) for row in rows]

    def coded(self, code: str) -> list[Named]:
        then = CityName.objects.filter(Q(istat_code=code) | Q(catasto_code=code))
        cities = City.objects.filter(
            Q(istat_code=code) | Q(catasto_code=code) | Q(pk__in=then.values("city"))
        )
        return [Named.of(row) for row in _rows().filter(city__in=cities)]


def _rows() -> QuerySet[CityName]:
    return CityName.objects.select_related("city__province", "city__region")


def _codes(city: City) -> tuple[str, str]:
    return city.istat_code, city.catasto_code


def _decide(question: Question, names: Names) -> City | None:
    """The city that all that was written agrees on.

    Names are first taken word for word, then with two letters at their end as the province,
    then loosely; the first of these that knows the names decides, so that a city that is
    contradicted by its province is not replaced by one whose name is merely similar.
    """
    province = _hints(question.province)
    coded = names.coded(question.code) if question.code else []
    in_code = {name.city for name in coded if name.is_in(province)}
    if not question.all_readings:
        return _only(in_code)
    found = _Found(question, names)
    for fitting, readings in (
        (found.word_for_word, question.readings),
        (found.word_for_word, question.last_resort),
        (found.loosely, question.all_readings),
    ):
        known = [reading for reading in readings if all(map(fitting, reading.names))]
        if known:
            cities = set().union(*(_agreed(reading, fitting, province) for reading in known))
            return _only(cities & in_code if question.code else cities)
    return None


def _agreed(
    reading: Reading, fitting: Callable[[str], list[Named]], province: list[set[str]]
) -> set[City]:
    """The cities that all names of a reading are names of, where the province says."""
    hints = province + _hints(reading.province)
    return set.intersection(
        *({named.city for named in fitting(name) if named.is_in(hints)} for name in reading.names)
    )


def _hints(written: str) -> list[set[str]]:
    """No hint where nothing was written; one that nothing fits where it is not understood."""
    keys = province_keys(written)
    return [{SUD_SARDEGNA.get(key, key) for key in keys}] if keys else []


def _only(cities: set[City]) -> City | None:
    return cities.pop() if len(cities) == 1 else None


class _Found:
    """All names that a question may be about, looked up at once."""

    def __init__(self, question: Question, names: Names) -> None:
        self._keys = {name: key_of(name) for name in question.names}
        self._loose_keys = {name: loose_key_of(name) for name in question.names}
        self._by_key: dict[str, list[Named]] = defaultdict(list)
        self._by_loose_key: dict[str, list[Named]] = defaultdict(list)
        for named in names.called(set(self._keys.values()), set(self._loose_keys.values())):
            self._by_key[named.key].append(named)
            self._by_loose_key[named.loose_key].append(named)

    def word_for_word(self, name: str) -> list[Named]:
        """Accents decide only when they are written: ``Paterno`` may be Paternò in capitals.

        Spaces do not count, save where they part a name from something else: ``Cameri NO``
        is not Camerino, nor ``Castro, Filippo`` Castrofilippo.
        """
        found = self._by_key.get(self._keys[name], [])
        words = words_of(name)
        if len(words) > 1 and (len(words[-1]) == 2 or PARTED.search(name)):
            found = [named for named in found if words_of(named.name) == words]
        accented = accented_key(name)
        if ACCENT in accented:
            return [named for named in found if accented_key(named.name) == accented] or found
        return found

    def loosely(self, name: str) -> list[Named]:
        found = self._by_loose_key.get(self._loose_keys[name], [])
        return [named for named in found if saints_agree(named.name, name)]

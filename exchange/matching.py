"""Which entry a row is about: a certain one, a new one, or several to be decided by a person.

By fiscal code, then web address, then name and city. An entry is certain only where nothing
speaks against it; what speaks both for and against is uncertain, and is not written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection

from directory.keys import address_key, alike, core
from exchange.models import MODELS
from exchange.preparing import Prepared
from exchange.spooling import Sameness, short

SAME, ALIKE, OTHER = 2, 1, 0
QUERIES = {
    "code": """
        SELECT value, entry_id FROM {0}identifier
        WHERE value = ANY(%s) AND scheme IN ('fiscal_code', 'vat')
    """,
    "address": """
        SELECT said, entry_id FROM (
            SELECT said, public.civicnet_address_key(said) AS key FROM unnest(%s::text[]) AS said
            OFFSET 0
        ) AS asked CROSS JOIN LATERAL (
            SELECT entry_id FROM {0}webaddress WHERE public.civicnet_address_key(url) = key OFFSET 0
        ) AS found
    """,
    "name": """
        SELECT said, id FROM (
            SELECT said, public.civicnet_name_key(said) AS key FROM unnest(%s::text[]) AS said
            OFFSET 0
        ) AS asked CROSS JOIN LATERAL (
            SELECT id FROM {0} WHERE public.civicnet_name_key(name_it) = key
                OR public.civicnet_name_key(name_en) = key OFFSET 0
        ) AS found WHERE key <> ''
    """,
}
"""By kind of evidence: what rows say, and the entries that say it too. One look into the index for
each: joined freely, the whole table would be reduced for each batch. ``OFFSET 0`` keeps what is
asked from being reduced again for each comparison."""


@dataclass
class Known:
    """What matching needs to know of an entry."""

    pk: int
    names: list[str] = field(default_factory=list)
    cities: set[int] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    cores: set[str] = field(default_factory=set)

    def name_fits(self, name: str) -> int:
        if core(name) in self.cores:
            return SAME
        return ALIKE if any(alike(name, own) for own in self.names) else OTHER

    def city_fits(self, cities: set[int]) -> bool | None:
        """None where one side does not say."""
        if not cities or not self.cities:
            return None
        return bool(cities & self.cities)


@dataclass
class Match:
    """``pk`` is the certain entry; without it the row is new, or ``candidates`` may be it."""

    why: str
    pk: int | None = None
    candidates: list[tuple[int, str]] = field(default_factory=list)


class Matcher:
    def __init__(self, kind: str, same: Sameness) -> None:
        self.model = MODELS[kind]
        self.table = self.model._meta.db_table
        self.has_seat = any(each.name == "city" for each in self.model._meta.concrete_fields)
        self.shared = same.shared

    def match(self, rows: list[Prepared], own: set[int]) -> list[Match]:
        """For each row, in order. ``own`` are the entries that this run made: other rows.

        Seven queries for a batch.
        """
        found = self._candidates(rows)
        known = self._read({pk for candidates in found for pk in candidates} - own)
        return [
            self._decide(row, [known[pk] for pk in sorted(candidates) if pk in known])
            for row, candidates in zip(rows, found, strict=True)
        ]

    # ---------------------------------------------------------------- looking up
    def _candidates(self, rows: list[Prepared]) -> list[set[int]]:
        """Entries with a code, an address or the core of a name in common with each row."""
        places: dict[str, dict[str, list[int]]] = {"code": {}, "address": {}, "name": {}}
        for place, row in enumerate(rows):
            for code in row.codes:
                places["code"].setdefault(code, []).append(place)
            for url, _kind in row.values.get("web_addresses", ()):
                places["address"].setdefault(url, []).append(place)
            for name in filter(None, (row.values.get("name_it"), row.values.get("name_en"))):
                places["name"].setdefault(name, []).append(place)
        found: list[set[int]] = [set() for _row in rows]
        queries = {evidence: query.format(self.table) for evidence, query in QUERIES.items()}
        with connection.cursor() as cursor:
            # Most English names are empty, from which the planner concludes that any fits all.
            cursor.execute("SET LOCAL enable_seqscan = off")
            for evidence, said in places.items():
                if not said:
                    continue
                query = queries[evidence]
                cursor.execute(query, [list(said)] * query.count("%s"))
                for value, pk in cursor.fetchall():
                    for place in said[value]:
                        found[place].add(pk)
            cursor.execute("SET LOCAL enable_seqscan = on")
        return found

    def _read(self, pks: set[int]) -> dict[int, Known]:
        if not pks:
            return {}
        ids = list(pks)
        city = "city_id" if self.has_seat else "NULL"
        known: dict[int, Known] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, name_it, name_en, {city}, ARRAY(SELECT jsonb_array_elements_text("  # noqa: S608
                "other_names || former_names || short_names))"
                f" FROM {self.table} WHERE id = ANY(%s)",
                [ids],
            )
            for pk, name_it, name_en, seat, others in cursor.fetchall():
                names = [name for name in (name_it, name_en, *others) if name]
                cores = {core(name) for name in names}
                known[pk] = Known(pk, names, {seat} if seat else set(), cores=cores)
            for column, table, where in (
                ("value", "identifier", "scheme IN ('fiscal_code', 'vat')"),
                ("url", "webaddress", "true"),
                ("city_id", "place", "false" if self.has_seat else "city_id IS NOT NULL"),
            ):
                cursor.execute(
                    f"SELECT entry_id, {column} FROM {self.table}{table}"  # noqa: S608
                    f" WHERE entry_id = ANY(%s) AND {where}",
                    [ids],
                )
                for pk, value in cursor.fetchall():
                    if table == "identifier":
                        known[pk].codes.add(value)
                    elif table == "webaddress":
                        known[pk].addresses.add(address_key(value))
                    else:
                        known[pk].cities.add(value)
        return known

    # ---------------------------------------------------------------- deciding
    def _decide(self, row: Prepared, entries: list[Known]) -> Match:
        certain: dict[int, str] = {}
        uncertain: dict[int, str] = {}
        often: dict[str, int] = defaultdict(int)
        for entry in entries:
            for address in entry.addresses.intersection(row.addresses):
                often[address] += 1
        for entry in entries:
            fits, why = self._compare(row, entry, often)
            if fits:
                certain[entry.pk] = why
            elif fits is False:
                uncertain[entry.pk] = why
        return _judge(certain, uncertain)

    def _compare(
        self, row: Prepared, entry: Known, often: dict[str, int]
    ) -> tuple[bool | None, str]:
        """True: certain. False: uncertain. None: another."""
        name, city = entry.name_fits(row.name), entry.city_fits(row.cities)
        codes = entry.codes.intersection(row.codes)
        if codes:
            own = not all(short("code", code) in self.shared for code in codes)
            if name == SAME or (name == ALIKE and own):
                return (False, "same_code_other_city") if city is False else (True, "same_code")
            return (False, "same_code_other_name") if own else (None, "")
        other_code = bool(entry.codes and row.codes)
        addresses = [
            address
            for address in entry.addresses.intersection(row.addresses)
            # What several use with different names is the address of something wider.
            if name == SAME or (often[address] < 2 and short("address", address) not in self.shared)
        ]
        if addresses:
            if name == SAME:
                if other_code:
                    return (None, "") if city is False else (False, "same_name_other_code")
                return (
                    (False, "same_address_other_city") if city is False else (True, "same_address")
                )
            if city is False or other_code:
                return None, ""
            if name == ALIKE and city:
                return True, "same_address"
            return False, "same_address_other_name"
        if name != SAME or city is False:
            return None, ""
        if other_code:
            return None, ""
        if city:
            return True, "same_name_and_city"
        return False, "same_name_no_city"


def _judge(certain: dict[int, str], uncertain: dict[int, str]) -> Match:
    """One certain entry, and none that is as close: it. None at all: new."""
    if not certain and not uncertain:
        return Match("new")
    for why in ("same_code", "same_address", "same_name_and_city"):
        same = [pk for pk, reason in certain.items() if reason == why]
        rivals = [pk for pk, reason in uncertain.items() if reason in RIVALS[why]]
        if len(same) == 1 and not rivals:
            return Match(why, pk=same[0])
        if same:
            break
    together = {**certain, **uncertain}
    first = next(iter(together.values()))
    why = first if len(together) == 1 else "several"
    return Match(why, candidates=sorted(together.items())[:20])


RIVALS = {
    "same_code": (),
    "same_address": ("same_code_other_name", "same_code_other_city"),
    "same_name_and_city": (
        *("same_code_other_name", "same_code_other_city", "same_name_other_code"),
    ),
}

"""Which entries may be the same one, each with the reasons.

Three reasons. The *name*: the cores of two names (``directory.keys``) are alike, and both entries
are in one city, or more alike and in one province; where one of the two has no place, the cores
are equal. The *address*: a web address of both, however it is written. The *code*: a fiscal code
or VAT number, whichever it is called, or another code of one scheme. An address or a code that
more than a few entries have is that of something wider, as branches share one, and no reason.

All of it is looked up in indexes, and the same questions are asked for what somebody is typing
and, when the clock says so, for every entry that has changed (``find_doubles``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from directory.called import place_key
from directory.codes import FISCAL, as_kept
from directory.index import CITY, PROVINCE, SHIFT
from directory.models import Entry
from directory.pairs import Distinction, SuspectedDouble, pair_of
from directory.registry import kind_of, kinds

NAME, ADDRESS, CODE = "name", "address", "code"
# The surest first.
REASONS = {
    CODE: _("same code"),
    ADDRESS: _("same web address"),
    NAME: _("similar name, same place or none given"),
}
# How alike two cores are, as pg_trgm counts: the common ones of all their trigrams.
IN_CITY, IN_PROVINCE = 0.55, 0.75
# So many others may have an address or a code before it says nothing.
FEW = 5
SHOWN = 8
BATCH = 200

# What is asked for: stored entries, or one that is being typed. Each query has a row for each
# reason: the entry that was asked for, the other, and how sure it is.
STORED = {
    NAME: """SELECT entry_id, name, places FROM public.directory_called
        WHERE kind = %(kind)s AND entry_id = ANY(%(entries)s)""",
    ADDRESS: """SELECT DISTINCT entry_id, public.civicnet_address_key(url) AS value
        FROM public.{table}webaddress WHERE entry_id = ANY(%(entries)s)""",
    CODE: """SELECT entry_id, scheme, value FROM public.{table}identifier
        WHERE entry_id = ANY(%(entries)s)""",
}
TYPED = {
    NAME: """SELECT %(entry)s::bigint AS entry_id, public.civicnet_name_words(name) AS name,
        %(places)s::bigint[] AS places FROM unnest(%(names)s::text[]) AS name""",
    ADDRESS: """SELECT %(entry)s::bigint AS entry_id, public.civicnet_address_key(url) AS value
        FROM unnest(%(urls)s::text[]) AS url""",
    CODE: """SELECT %(entry)s::bigint AS entry_id, scheme, value
        FROM unnest(%(schemes)s::text[], %(codes)s::text[]) AS told (scheme, value)""",
}
QUERIES = {
    NAME: f"""
        WITH asked AS MATERIALIZED ({{asked}})
        SELECT asked.entry_id, found.entry_id, max(found.alike)
        FROM asked CROSS JOIN LATERAL (
            SELECT called.entry_id, similarity(called.name, asked.name) AS alike, EXISTS (
                SELECT FROM unnest(called.places) AS place
                WHERE place = ANY(asked.places) AND (place >> {SHIFT}) & 255 = {CITY}
            ) AS near
            FROM public.directory_called AS called
            WHERE called.places && asked.places AND called.name %% asked.name
                AND called.entry_id <> asked.entry_id OFFSET 0
        ) AS found
        WHERE found.alike >= CASE WHEN near THEN {IN_CITY} ELSE {IN_PROVINCE} END
        GROUP BY 1, 2
        UNION ALL
        SELECT asked.entry_id, found.entry_id, 1
        FROM asked CROSS JOIN LATERAL (
            SELECT called.entry_id FROM public.directory_called AS called
            WHERE called.name = asked.name AND called.kind = %(kind)s
                AND called.entry_id <> asked.entry_id
                AND (called.places = '{{{{}}}}' OR asked.places = '{{{{}}}}') LIMIT {SHOWN}
        ) AS found
        WHERE asked.name <> ''
    """,  # noqa: S608
    ADDRESS: f"""
        SELECT asked.entry_id, found.entry_id, 1, found.of_all
        FROM ({{asked}}) AS asked CROSS JOIN LATERAL (
            SELECT first.entry_id, count(*) OVER () AS of_all FROM (
                SELECT DISTINCT entry_id FROM (
                    SELECT address.entry_id FROM public.{{table}}webaddress AS address
                    WHERE public.civicnet_address_key(address.url) = asked.value
                        AND address.entry_id <> asked.entry_id LIMIT {4 * FEW}
                ) AS any_of
            ) AS first
        ) AS found
        WHERE asked.value <> '' AND found.of_all <= {FEW}
    """,  # noqa: S608
    CODE: f"""
        SELECT asked.entry_id, found.entry_id, 1, found.of_all
        FROM ({{asked}}) AS asked CROSS JOIN LATERAL (
            SELECT first.entry_id, count(*) OVER () AS of_all FROM (
                SELECT DISTINCT entry_id FROM (
                    SELECT code.entry_id FROM public.{{table}}identifier AS code
                    WHERE code.value = asked.value AND (code.scheme = asked.scheme
                        OR code.scheme = ANY(%(fiscal)s) AND asked.scheme = ANY(%(fiscal)s))
                        AND code.entry_id <> asked.entry_id LIMIT {4 * FEW}
                ) AS any_of
            ) AS first
        ) AS found
        WHERE asked.value <> '' AND found.of_all <= {FEW}
    """,  # noqa: S608
}


@dataclass
class Asked:
    """What somebody has typed so far. ``entry`` is the key of an entry that is being changed."""

    names: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    cities: list[Any] = field(default_factory=list)
    provinces: list[int] = field(default_factory=list)
    entry: int = 0

    def __bool__(self) -> bool:
        return bool(self.names or self.urls or self.codes)

    def parameters(self, kind: int) -> dict[str, Any]:
        provinces = {*self.provinces, *(city.province_id for city in self.cities)}
        places = [place_key(kind, PROVINCE, pk) for pk in sorted(provinces)]
        places += [place_key(kind, CITY, city.pk) for city in self.cities]
        return {
            "entry": self.entry,
            "names": self.names,
            "urls": self.urls,
            "schemes": [scheme for scheme, _value in self.codes],
            "codes": [as_kept(scheme, value) for scheme, value in self.codes],
            "places": places,
        }


@dataclass
class Double:
    """An entry that may be the one that was asked for, and why."""

    pk: int
    why: list[str]
    entry: Any = None
    where: str = ""

    @property
    def reasons(self) -> list[Any]:
        return [REASONS[reason] for reason in self.why]


Found = dict[tuple[int, int], dict[str, float]]


def likely(model: type[Entry], asked: Asked) -> list[Double]:
    """The likeliest doubles of what is typed, the surest first; not what a person said is another.

    Four queries, one for each reason and one for what was said; the caller reads the entries.
    """
    number = kind_of(model).number
    return _likeliest(model, asked.entry, _look(model, TYPED, asked.parameters(number)))


def likely_of(entry: Entry) -> list[Double]:
    """The same of an entry as it is stored."""
    return _likeliest(type(entry), entry.pk, _look(type(entry), STORED, {"entries": [entry.pk]}))


def _likeliest(model: type[Entry], entry: int, found: Found) -> list[Double]:
    others = {other: why for (_entry, other), why in found.items()}
    if entry and others:
        for pair in Distinction.objects.of(kind_of(model).number, entry):
            others.pop(pair.other_than(entry), None)
    order = sorted(others, key=lambda pk: (_rank(others[pk]), pk))
    return [Double(pk, _sorted(others[pk])) for pk in order[:SHOWN]]


def _rank(why: dict[str, float]) -> tuple[int, float]:
    return (min(list(REASONS).index(reason) for reason in why), -sum(why.values()))


def _sorted(why: Iterable[str]) -> list[str]:
    return [reason for reason in REASONS if reason in why]


def _look(model: type[Entry], asked: dict[str, str], given: dict[str, Any]) -> Found:
    """By pair (asked for, other): the reasons, each with how sure it is. Three queries."""
    found: defaultdict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    table = model._meta.db_table
    parameters = given | {"kind": kind_of(model).number, "fiscal": list(FISCAL)}
    with transaction.atomic(), connection.cursor() as cursor:
        # What is less alike is no double in any place; and the planner takes a table of thousands
        # for small enough to be read whole.
        cursor.execute(f"SET LOCAL pg_trgm.similarity_threshold = {IN_CITY}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for reason, query in QUERIES.items():
            sql = query.format(asked=asked[reason].format(table=table), table=table)
            cursor.execute(sql, parameters)
            for entry, other, sure, *_of_all in cursor.fetchall():
                found[entry, other][reason] = max(float(sure), found[entry, other].get(reason, 0))
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold TO DEFAULT")
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


# ------------------------------------------------------------------ the whole directory
def suspected(entries: Any) -> Any:
    """Those of a queryset that may be the same as another entry, and of which nobody said no."""
    pairs = SuspectedDouble.objects.open().filter(kind=kind_of(entries.model).number)
    ends = pairs.order_by().values("low").union(pairs.order_by().values("high"))
    return entries.filter(pk__in=ends)


def find_doubles() -> str:
    """Compares every entry that has changed with all others. In batches, each by itself."""
    compared, last = 0, (0, 0)
    while batch := _compare_a_batch(last):
        compared, last = compared + len(batch), batch[-1]
    return f"{compared} entries compared"


def _compare_a_batch(last: tuple[int, int]) -> list[tuple[int, int]]:
    """The next entries by kind and key. What changes meanwhile is noted anew, and stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT kind, entry_id FROM public.directory_tocompare"
            " WHERE (kind, entry_id) > (%s, %s) ORDER BY 1, 2 LIMIT %s",
            [*last, BATCH],
        )
        batch = cursor.fetchall()
        for kind in kinds.values():
            entries = [entry for number, entry in batch if number == kind.number]
            if entries:
                cursor.execute(
                    "DELETE FROM public.directory_tocompare WHERE kind = %s AND entry_id = ANY(%s)",
                    [kind.number, entries],
                )
                compare(kind.model, entries)
    return batch


def compare(model: type[Entry], entries: list[int]) -> None:
    """Writes anew which others the entries may be the same as. Five queries."""
    number = kind_of(model).number
    pairs: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for (entry, other), why in _look(model, STORED, {"entries": entries}).items():
        pairs[pair_of(entry, other)] |= set(why)
    with transaction.atomic():
        SuspectedDouble.objects.of(number, *entries).delete()
        SuspectedDouble.objects.bulk_create(
            (
                SuspectedDouble(kind=number, low=low, high=high, why=_sorted(why))
                for (low, high), why in sorted(pairs.items())
            ),
            ignore_conflicts=True,
        )

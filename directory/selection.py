"""Reading the index: which published entries have these keys or words, and in what order.

A *selection* is the kinds of entry asked for and, for each filter in force, the keys of which
an entry must have one. How many they are says ``directory.counting``. Both see published
entries only: the index holds no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from directory.index import (
    ALL,
    CITY,
    DETAIL,
    MASK,
    NO_KEYS_ASKED,
    REGION,
    SHIFT,
    THEME,
    key_of,
    key_of_both,
)
from directory.planned import rows_of
from directory.registry import Kind
from directory.registry import kinds as every_kind
from directory.sections import SAMPLES, parts_in_order

if TYPE_CHECKING:
    from directory.search import Condition, Words

# Rows of the index, counted or walked through, that cost about as much as one found by its key.
WALK = 5
# Of so many times those wanted, one looks first whether the first of all by name are among them.
NEAR = 5
# A column by which a row of the documents is read again within the statement that found it.
PLACE = ", document.ctid AS place"
# So many of the newest entries are looked at for words that very many have.
MOST_WALKED = 2000


@dataclass(frozen=True)
class Group:
    """The keys of one filter: an entry needs any of them.

    ``disjoint``: no entry has two of them, so that counts add up. ``barred``: an entry may have
    none of them instead.
    """

    keys: tuple[int, ...]
    disjoint: bool = False
    barred: bool = False

    def has_counts(self, kind: Kind, code: int) -> bool:
        """Whether the index keeps counts of ``code`` given these keys."""
        codes = {key >> SHIFT for key in self.keys}
        if max(codes, default=DETAIL) >= DETAIL or (len(self.keys) != 1 and not self.disjoint):
            return False
        if code in codes:
            return False
        if code >= DETAIL:
            return codes == {code - DETAIL}
        with_region = REGION in {code, *codes}
        return kind.place_pairs or with_region or code > CITY or code == ALL or min(codes) > CITY


Groups = Mapping[str, Group]


def are_kept(kind: Kind, groups: Groups, code: int) -> bool:
    """Whether the index keeps counts of ``code`` given the keys of all these groups."""
    if any(group.barred for group in groups.values()):
        return False
    if len(groups) < 2:
        return all(group.has_counts(kind, code) for group in groups.values())
    if both(groups) is None or code in (REGION, THEME):
        return False
    return code == ALL or (code < DETAIL and (kind.place_pairs or code > CITY))


def both(groups: Groups) -> int | None:
    """The key of a theme and a region together, where the groups are that."""
    values = {
        key >> SHIFT: key & MASK
        for group in groups.values()
        for key in group.keys
        if len(group.keys) == 1
    }
    if len(groups) != 2 or values.keys() != {THEME, REGION}:
        return None
    return key_of_both(values[THEME], values[REGION])


def given_keys(groups: Groups) -> list[int]:
    """The given side of kept counts: of no group, everything; of one, its keys; of a theme and a
    region, the key of both."""
    if together := both(groups):
        return [together]
    return next((list(group.keys) for group in groups.values()), [ALL])


def conditions(groups: Groups, column: str) -> tuple[str, list[Any]]:
    sql = " AND ".join(
        f"{'NOT ' if group.barred else ''}{column} && %s::bigint[]" for group in groups.values()
    )
    return sql or "true", [list(group.keys) for group in groups.values()]


def matching_rows(
    kinds: Sequence[Kind],
    groups: Groups,
    words: Words | None,
    columns: str = "",
    tier: Condition | None = None,
    documents: str = "directory_document",
) -> tuple[str, list[Any]]:
    """A query of the rows that all filters leave: kind, entry_id, keys, and more columns. With
    words, of the table ``documents``, which may be some of them."""
    if words is not None:
        found = tier or words.anywhere
        sql, keys = conditions(groups, "document.keys")
        of_kinds, numbers = documents_of(kinds)
        return (
            f"SELECT document.kind, document.entry_id, document.keys{columns}"
            f" FROM {documents} AS document"
            f" WHERE document.public AND {of_kinds} AND {found.sql} AND {sql}",
            [numbers, *found.params, *keys],
        )
    numbers = [kind.number for kind in kinds]
    sql, keys = conditions(groups, "listed.keys")
    crowd, crowded = conditions(groups, "listed.crowd")
    return (
        f"SELECT listed.kind, listed.entry_id, coalesce(listed.crowd, listed.keys) AS keys{columns}"
        " FROM directory_listed AS listed"
        f" WHERE listed.kind = ANY(%s) AND (({sql}) OR ({crowd}))",
        [numbers, *keys, *crowded],
    )


def some_rows(
    kinds: Sequence[Kind], words: Words, most: int, condition: Condition
) -> tuple[str, list[Any]]:
    """Up to ``most`` of the rows that meet a condition of the words for which nothing has to be
    gathered: from sample to sample, no further than that takes."""
    sql, parameters = matching_rows(kinds, {}, words, PLACE, condition)
    # OFFSET keeps the planner from joining otherwise.
    return (
        "SELECT found.* FROM unnest(%s::smallint[]) AS part (sample) CROSS JOIN LATERAL"
        f" ({sql} AND document.sections @> ARRAY[part.sample] OFFSET 0) AS found LIMIT {most}",
        [list(SAMPLES), *parameters],
    )


def documents_of(kinds: Sequence[Kind]) -> tuple[str, list[int]]:
    """A condition, so written that PostgreSQL does not gather nearly all documents first."""
    if any(kind.is_most for kind in kinds):
        others = [kind.number for kind in every_kind.values() if kind not in kinds]
        return "document.kind <> ALL(%s::smallint[])", others
    return "document.kind = ANY(%s::smallint[])", [kind.number for kind in kinds]


def ordered_arms(
    kinds: Mapping[Kind, tuple[int, int]], groups: Groups, sort: str, language: str, stop: int
) -> tuple[list[str], list[Any]]:
    """For each kind, a query of its first ``stop`` entries: (kind, entry_id, first, second).

    ``kinds`` maps each kind to the number of its entries that the groups leave, and of all its
    entries: where many are left, the index is walked in its order until there are enough; where
    few are, they are found by their keys and put in order.
    """
    by = {"name": f"sort_{language}", "-updated": "updated"}[sort]
    direction = "DESC" if sort == "-updated" else "ASC"
    second = f"sort_{language}, " if sort == "-updated" else ""
    order = f"ORDER BY {by} {direction}, {second}entry_id LIMIT %s"
    rows = (
        f"SELECT kind, entry_id, {by} AS first, sort_{language} AS second"
        " FROM directory_listed AS listed WHERE kind = %s AND "
    )
    walk = (
        f"SELECT kind, entry_id, {by} AS first, sort_{language} AS second, keys"
        " FROM directory_listed AS listed WHERE kind = %s"
        f" ORDER BY {by} {direction}, {second}entry_id OFFSET 0"
    )
    arms: list[str] = []
    parameters: list[Any] = []
    for kind, (left, total) in kinds.items():
        crowd, crowded = conditions(groups, "listed.crowd")
        if not groups:
            arms.append(f"({rows} {NO_KEYS_ASKED} {order})")
            parameters += [kind.number, stop]
        elif stop * total < left * left * WALK:
            # OFFSET keeps the planner from looking for the keys first.
            sql, keys = conditions(groups, "walked.keys")
            arms += [
                f"(SELECT kind, entry_id, first, second FROM ({walk}) AS walked"
                f" WHERE {sql} LIMIT %s)",
                f"({rows} {crowd} {order})",
            ]
            parameters += [kind.number, *keys, stop, kind.number, *crowded, stop]
        else:
            sql, keys = conditions(groups, "listed.keys")
            found = f"WITH found AS MATERIALIZED ({rows} (({sql}) OR ({crowd})))"
            arms.append(
                f"({found} SELECT * FROM found"
                f" ORDER BY first {direction}, second, entry_id LIMIT %s)"
            )
            parameters += [kind.number, *keys, *crowded, stop]
    return arms, parameters


def page(
    kinds: Mapping[Kind, tuple[int, int]],
    groups: Groups,
    sort: str,
    language: str,
    start: int,
    stop: int,
) -> list[tuple[int, int]]:
    """(kind's number, entry's id) from ``start`` to ``stop``, in order; one query.

    For ``kinds`` see ``ordered_arms``.
    """
    arms, parameters = ordered_arms(kinds, groups, sort, language, stop)
    if not arms:
        return []
    order = "first DESC, second" if sort == "-updated" else "first"
    # Of one arm no more is asked than it is ordered by, so that it is not put in order again.
    order += ", entry_id, kind" if len(arms) > 1 else ", entry_id"
    return fetch(
        f"SELECT kind, entry_id FROM ({' UNION ALL '.join(arms)}) AS found"
        f" ORDER BY {order} OFFSET %s LIMIT %s",
        [*parameters, start, stop - start],
    )


def first_of_each(
    kinds: Mapping[Kind, tuple[int, int]], groups: Groups, language: str, shown: int
) -> list[tuple[int, int]]:
    """(kind's number, entry's id) of the first entries of each kind, by name; one query."""
    arms, parameters = ordered_arms(kinds, groups, "name", language, shown)
    if not arms:
        return []
    return fetch(
        "SELECT kind, entry_id FROM (SELECT *, row_number() OVER (PARTITION BY kind"
        f" ORDER BY first, second, entry_id) AS place FROM ({' UNION ALL '.join(arms)}) AS found"
        ") AS placed WHERE place <= %s ORDER BY kind, place",
        [*parameters, shown],
    )


def page_of_matches(
    kinds: Sequence[Kind],
    groups: Groups,
    words: Words,
    sort: str,
    language: str,
    start: int,
    stop: int,
    is_bounded: bool,
) -> list[tuple[int, int]]:
    """(kind's number, entry's id) of the entries that match words, in order.

    By relevance, the best tier of ``words`` comes first, each by name. One query.
    """
    by = f"document.sort_{language}"
    columns = f", {by} AS second"
    if sort == "relevance" and not is_bounded:
        return first_of_tiers(kinds, groups, words, language, start, stop)
    if sort == "relevance":
        rank = words.rank
        sql, parameters = matching_rows(kinds, groups, words, f"{columns}, {rank.sql} AS first")
        parameters = [*rank.params, *parameters]
        order = "first, second"
    else:
        sql, parameters = matching_rows(kinds, groups, words, columns)
        order = "second"
    if sort == "-updated":
        sql = (
            f"SELECT listed.*, listed.sort_{language} AS second FROM ({sql}) AS matches"
            " JOIN directory_listed AS listed USING (kind, entry_id)"
        )
        order = "updated DESC, second"
        if not is_bounded:
            sql, parameters = newest_first(kinds, groups, words, language, stop, sql, parameters)
    return fetch(
        f"SELECT kind, entry_id FROM ({sql}) AS found"
        f" ORDER BY {order}, entry_id, kind OFFSET %s LIMIT %s",
        [*parameters, start, stop - start],
    )


def newest_first(
    kinds: Sequence[Kind],
    groups: Groups,
    words: Words,
    language: str,
    stop: int,
    every: str,
    parameters: list[Any],
) -> tuple[str, list[Any]]:
    """Of very many matches, which ``every`` gathers, no more than is wanted: the newest entries are
    looked at one by one, and only if that does not give enough, all matches are gathered."""
    sql, given = matching_rows(kinds, groups, words)
    found = "(SELECT count(*) FROM walked)"
    of_kind = (
        f"(SELECT kind, entry_id, updated, sort_{language} AS second FROM directory_listed"
        f" WHERE kind = %s ORDER BY updated DESC, sort_{language}, entry_id LIMIT %s)"
    )
    most = MOST_WALKED + stop
    # OFFSET keeps the planner from joining otherwise.
    return (
        "WITH walked AS MATERIALIZED (SELECT newest.* FROM (SELECT *"
        f" FROM ({' UNION ALL '.join(of_kind for _kind in kinds)}) AS of_kinds"
        " ORDER BY updated DESC, second, entry_id, kind LIMIT %s) AS newest CROSS JOIN LATERAL"
        f" ({sql} AND document.kind = newest.kind AND document.entry_id = newest.entry_id"
        f" OFFSET 0) AS matches LIMIT %s) SELECT * FROM walked WHERE {found} = %s UNION ALL"
        f" SELECT kind, entry_id, updated, second FROM ({every}) AS every WHERE {found} < %s",
        [
            *(one for kind in kinds for one in (kind.number, most)),
            *(most, *given, stop, stop, *parameters, stop),
        ],
    )


def first_of_tiers(
    kinds: Sequence[Kind], groups: Groups, words: Words, language: str, start: int, stop: int
) -> list[tuple[int, int]]:
    """From the best tier on, each by name. A tier is looked at only if those before it do not
    fill the page. One query."""
    by = f"document.sort_{language}"
    rank = words.rank
    near, given = first_by_name(kinds, by, NEAR * stop)
    tables = [f"near AS MATERIALIZED ({near})"]
    tiers = words.tiers
    for number, tier in enumerate(tiers):
        better: list[Any] = []
        where = ""
        if number:
            # Those of better tiers have a smaller rank; so said, the planner expects many.
            before = " + ".join(f"(SELECT count(*) FROM tier{n})" for n in range(number))
            where = f" AND ({rank.sql}) >= {number} AND {before} < %s"
            better = [*rank.params, stop]
        by_name = f", {by} AS second"
        sql, parameters = matching_rows(kinds, groups, words, by_name, tier)
        sql, parameters = sql + where, [*parameters, *better]
        if words.gathers and (number or not words.tiers_of_names):
            sql += f" ORDER BY {by}, document.entry_id LIMIT %s"
            tables.append(f"tier{number} AS MATERIALIZED ({sql})")
            given += [*parameters, stop]
            continue
        # No index gives the matches in the order of their names. From part to part of the alphabet
        # they are found wherever they are; not so those that only begin like a word, where they
        # would be gathered anew for each part.
        parts = (
            "SELECT found.* FROM unnest(%s::text[]) WITH ORDINALITY"
            f" AS part (sections, place) CROSS JOIN LATERAL ({sql}"
            " AND document.sections && part.sections::smallint[] OFFSET 0) AS found"
            " ORDER BY part.place, found.second, found.entry_id LIMIT %s"
        )
        in_parts = [parts_in_order(language), *parameters, stop]
        if groups:
            tables.append(f"tier{number} AS MATERIALIZED ({parts})")
            given += in_parts
            continue
        # What nearly all have is found among the first of all.
        of_near, _given = matching_rows(kinds, groups, words, by_name, tier, "near")
        tables += [
            f"near{number} AS MATERIALIZED ({of_near}{where}"
            f" ORDER BY {by}, document.entry_id LIMIT %s)",
            f"tier{number} AS MATERIALIZED (SELECT * FROM near{number}"
            f" WHERE (SELECT count(*) FROM near{number}) = %s UNION ALL (SELECT * FROM ({parts})"
            f" AS in_parts WHERE (SELECT count(*) FROM near{number}) < %s))",
        ]
        given += [*parameters, stop, stop, *in_parts, stop]
    arms = (f"SELECT {number} AS tier, * FROM tier{number}" for number in range(len(tiers)))
    return fetch(
        f"WITH {', '.join(tables)} SELECT kind, entry_id FROM ({' UNION ALL '.join(arms)})"
        " AS found ORDER BY tier, second, entry_id, kind OFFSET %s LIMIT %s",
        [*given, start, stop - start],
        is_planned_once=not words.gathers,
    )


def first_by_name(kinds: Sequence[Kind], by: str, most: int) -> tuple[str, list[Any]]:
    """A query of the first published documents of some kinds."""
    of_kinds, numbers = documents_of(kinds)
    return (
        "SELECT * FROM directory_document AS document"
        f" WHERE document.public AND {of_kinds}"
        f" ORDER BY {by}, document.entry_id LIMIT %s",
        [numbers, most],
    )


def fetch(
    sql: str, parameters: Sequence[Any], is_planned_once: bool = False
) -> list[tuple[int, int]]:
    sql = f"SELECT kind, entry_id FROM ({sql}) AS page"
    return rows_of(sql, parameters, is_planned_once=is_planned_once)


def keys_of(code: int, rows: Iterable[Any]) -> tuple[int, ...]:
    return tuple(key_of(code, row.pk) for row in rows)

"""Counting in the index: how many published entries each choice would give.

Counts come from the kept ones where no or one filter is in force, or a theme and a region; else
from the rows that all filters leave (``directory.selection``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model

from directory.index import ALL, DETAIL, MASK, SEAT, SHIFT
from directory.planned import rows_of
from directory.registry import Kind
from directory.sections import FIRST_SAMPLES
from directory.selection import (
    PLACE,
    Groups,
    are_kept,
    given_keys,
    matching_rows,
    some_rows,
)

if TYPE_CHECKING:
    from directory.search import Words

# How many choices of a facet are read of each kind, where only the largest are shown.
LARGEST = 40
# (facet, value, Italian label, English label, number)
Row = tuple[str, str, str, str, int | None]
SIZE, PAGE, TREE = "size", "page", ":tree"


@dataclass
class Statement:
    """One statement in the making: its common tables, its arms, and the parameters of both."""

    tables: list[str] = field(default_factory=list)
    arms: list[str] = field(default_factory=list)
    table_parameters: list[Any] = field(default_factory=list)
    arm_parameters: list[Any] = field(default_factory=list)
    # Whether rows are found alike, however many there are.
    is_alike: bool = False

    def table(self, sql: str, *parameters: Any) -> None:
        self.tables.append(sql)
        self.table_parameters += parameters

    def arm(self, sql: str, *parameters: Any) -> None:
        self.arms.append(f"({sql})")
        self.arm_parameters += parameters

    def sql(self) -> tuple[str, list[Any]]:
        tables = f"WITH {', '.join(self.tables)} " if self.tables else ""
        return (
            tables + " UNION ALL ".join(self.arms),
            [*self.table_parameters, *self.arm_parameters],
        )

    def rows(self) -> list[Any]:
        """What reads rows is planned by its values, since how many have them decides how they are
        best found; but for words that need no gathering. Kept counts are found alike for all."""
        if not self.arms:
            return []
        is_planned_once = not self.tables or self.is_alike
        return rows_of(*self.sql(), is_planned_once=is_planned_once)


@dataclass(frozen=True)
class Counted:
    """What one facet asks the index: the counts of a code under some groups."""

    name: str
    code: int
    model: type[Model] | None = None
    # The column of the model's table that is the choice's value.
    value: str = "slug"
    # Only the largest, or those whose names are sought, and the chosen ones.
    many: bool = False
    most: int = 12
    chosen: tuple[int, ...] = ()
    named: tuple[int, ...] | None = None
    # SQL over ``key``: the id in the model's table, and which keys of the code count.
    part: str = f"key & {MASK}"
    within: str = "true"

    @property
    def which(self) -> str:
        return f"key >= {self.code << SHIFT} AND key < {self.code + 1 << SHIFT} AND {self.within}"

    def only(self, keys: tuple[int, ...]) -> Counted:
        """Of these keys."""
        these = f"key = ANY('{{{','.join(map(str, keys))}}}'::bigint[])"
        return replace(self, named=keys, chosen=(), within=these)

    def labelled(self, counted: str) -> str:
        """From (key, n) to a row with the value and its labels."""
        if self.model is None:
            return f"SELECT %s, (key & {MASK})::text, '', '', n::bigint FROM ({counted}) AS counted"
        return (
            f"SELECT %s, label.{self.value}::text, coalesce(label.name_it, ''),"
            f" coalesce(label.name_en, ''), n::bigint FROM ({counted}) AS counted"
            f" JOIN {self.model._meta.db_table} AS label ON label.id = {self.part}"
        )


class Counting:
    """The counts of several facets, each under its own groups, in one statement."""

    def __init__(
        self,
        words: Words | None = None,
        all_groups: Groups | None = None,
        sort: str = "",
        language: str = "it",
        is_bounded: bool = True,
    ) -> None:
        """``sort``: by what a page is to be put in order, where ``add_page`` is to be called."""
        self.words = words
        self.all_groups = all_groups or {}
        self.sort, self.language = sort, language
        self.is_bounded = is_bounded
        self.statement = Statement()
        self.statement.is_alike = bool(words and not words.gathers)
        self.bases: dict[Any, str] = {}
        # Common table → the last code of keys that are counted in it.
        self.keyed: dict[str, int] = {}
        # Facet → the common tables it counts; and those for which they hold too much.
        self.asked: dict[str, set[str]] = defaultdict(set)
        self.uncounted: set[str] = set()

    def add(self, counted: Counted, kinds: Sequence[Kind], groups: Groups) -> None:
        """Ask for a facet's counts under the groups."""
        kept = [kind for kind in kinds if self.is_kept(kind, groups, counted.code)]
        rest = [kind for kind in kinds if kind not in kept]
        # A query of (key, n), with its parameters; and a query of its largest, where it has one.
        sources: list[tuple[str, list[Any], str]] = []
        pairs: list[list[int]] = [[]]
        if kept:
            given = given_keys(groups)
            pairs = [[kind.number for kind in kept for _key in given], given * len(kept)]
            everything = (
                "SELECT tally.key, tally.n FROM unnest(%s::smallint[], %s::bigint[])"
                " AS pair(kind, given) JOIN directory_tally AS tally"
                " ON tally.kind = pair.kind AND tally.given = pair.given"
                f" AND {counted.which}"
            )
            largest = (
                "SELECT largest.key, largest.n FROM unnest(%s::smallint[], %s::bigint[])"
                " AS pair(kind, given) CROSS JOIN LATERAL (SELECT key, n"
                " FROM directory_tally AS tally WHERE tally.kind = pair.kind"
                f" AND tally.given = pair.given AND key >> {SHIFT} = {counted.code}"
                f" ORDER BY n DESC, key LIMIT {LARGEST}) AS largest"
            )
            sources.append((everything, pairs, largest))
        if rest:
            sql, parameters = self.keys_of(rest, groups, counted)
            sources.append((sql, parameters, sql))
        union = " UNION ALL ".join(f"({sql})" for sql, _parameters, _largest in sources)
        parameters = [one for _sql, given, _largest in sources for one in given]
        if counted.many and len(sources) == 1 and len(pairs[0]) == 1 and counted.named is None:
            # Of one kind under one key: as many as are shown, and one that says there are more.
            first = sources[0][2].replace(f"LIMIT {LARGEST}", f"LIMIT {counted.most + 1}")
            union = f"({first}) UNION (SELECT key, n FROM ({union}) AS source WHERE key = ANY(%s))"
            parameters += [*parameters, list(counted.chosen)]
        elif counted.many and (kept or counted.named is not None):
            # The largest of one source may be small in another: the sum is of all sources.
            wanted, extra = self.wanted(counted, sources)
            union = f"SELECT key, n FROM ({union}) AS source WHERE {wanted}"
            parameters += extra
        # Of counted rows each key comes once.
        summed = f"SELECT key, sum(n) AS n FROM ({union}) AS source GROUP BY key" if kept else union
        if counted.many and self.words is not None and counted.named is None:
            # Counted rows stand in a common table.
            summed = (
                f"(SELECT key, n FROM ({summed}) AS sums ORDER BY n DESC, key LIMIT {LARGEST})"
                f" UNION (SELECT key, n FROM ({summed}) AS sums WHERE key = ANY(%s::bigint[]))"
            )
            parameters += [*parameters, list(counted.chosen)]
        elif counted.many:
            summed = (
                "SELECT key, n FROM (SELECT key, n, row_number() OVER (ORDER BY n DESC, key)"
                f" AS place FROM ({summed}) AS sums) AS ranked"
                f" WHERE place <= {LARGEST} OR key = ANY(%s)"
            )
            parameters.append(list(counted.chosen))
        self.statement.arm(counted.labelled(summed), counted.name, *parameters)

    def wanted(
        self, counted: Counted, sources: list[tuple[str, list[Any], str]]
    ) -> tuple[str, list[Any]]:
        """Which of many keys: the chosen, and those with the name sought or the largest."""
        if counted.named is not None:
            return "key = ANY(%s::bigint[])", [[*counted.named, *counted.chosen]]
        named = " UNION ALL ".join(
            f"(SELECT key FROM ({largest}) AS one ORDER BY n DESC, key LIMIT {LARGEST})"
            for _sql, _parameters, largest in sources
        )
        parameters = [one for _sql, given, _largest in sources for one in given]
        return (
            f"key = ANY(ARRAY({named}) || %s::bigint[])",
            [*parameters, list(counted.chosen)],
        )

    def add_total(self, name: str, kinds: Sequence[Kind], groups: Groups) -> None:
        """Ask for the number of entries of each kind; the values are the kinds' keys."""
        rest = []
        for kind in kinds:
            if self.is_kept(kind, groups, ALL):
                self.statement.arm(
                    "SELECT %s, %s, '', '', coalesce(sum(n), 0)::bigint FROM directory_tally"
                    f" WHERE kind = %s AND given = ANY(%s) AND key = {ALL}",
                    name,
                    kind.key,
                    kind.number,
                    given_keys(groups),
                )
            else:
                rest.append(kind)
        if rest:
            base = self.base_of(rest, groups, name)
            self.statement.arm(
                "SELECT %s, kind.key, '', '', told.n FROM"
                f" (SELECT kind, count(*) AS n FROM {base} GROUP BY kind) AS told"
                " JOIN directory_kind AS kind ON kind.id = told.kind",
                name,
            )

    def add_tree(self, name: str, vocabulary: type[Model]) -> None:
        """Ask for the whole vocabulary of a facet as a tree: each slug with its parent's, and its
        place in the order as the number."""
        table = vocabulary._meta.db_table
        self.statement.arm(
            "SELECT %s, term.slug::text, coalesce(parent.slug, ''), '',"
            ' row_number() OVER (ORDER BY term."order", term.id)'
            f" FROM {table} AS term LEFT JOIN {table} AS parent ON parent.id = term.parent_id",
            f"{name}{TREE}",
        )

    def add_distinct(self, counted: Counted, kinds: Sequence[Kind], groups: Groups) -> None:
        """Ask for counts by a part of keys, of which an entry may have several that are alike."""
        base = self.base_of(kinds, groups, counted.name)
        mapped = (
            f"SELECT {counted.part} AS key, count(DISTINCT entry_id) AS n FROM"
            f" (SELECT entry_id, unnest(keys) AS key FROM {base}) AS each"
            f" WHERE {counted.which} GROUP BY 1"
        )
        whole = replace(counted, part="key")
        self.statement.arm(whole.labelled(mapped), counted.name)

    def add_page(self, kinds: Sequence[Kind], groups: Groups, start: int, stop: int) -> bool:
        """Ask for a page of the entries that all filters leave, where their rows are read anyway;
        false where they are not."""
        if all(self.is_kept(kind, groups, ALL) for kind in kinds):
            return False
        base = self.base_of(kinds, groups, PAGE)
        order, parameters = self.order
        rows, few = base, "true"
        if self.words is not None:
            # Whether there are too many is known by then: so many are not put in order.
            few = f"(SELECT count(*) FROM {base}) <= {self.words.most}"
            rows = (
                f"(SELECT document.* FROM {base} JOIN directory_document AS document"
                f" ON document.ctid = {base}.place)"
            )
        self.statement.arm(
            "SELECT %s, kind || ':' || entry_id, '', '', row_number() OVER (ORDER BY"
            f" {order}, entry_id, kind) FROM {rows} AS document WHERE {few}"
            " ORDER BY 5 OFFSET %s LIMIT %s",
            PAGE,
            *parameters,
            start,
            stop - start,
        )
        return True

    @property
    def order(self) -> tuple[str, list[Any]]:
        """What rows called ``document`` are put in order by: of a common table, or with words of
        the documents."""
        if self.words is None:
            return {"name": "name", "-updated": "updated DESC, name"}[self.sort], []
        name = f"document.sort_{self.language}"
        if self.sort == "relevance":
            return f"{self.words.rank.sql}, {name}", list(self.words.rank.params)
        if self.sort == "name":
            return name, []
        updated = (
            "(SELECT updated FROM directory_listed AS listed"
            " WHERE (listed.kind, listed.entry_id) = (document.kind, document.entry_id))"
        )
        return f"{updated} DESC, {name}", []

    def columns_of(self, groups: Groups) -> str:
        """What the order of the page is told by, among the rows under all filters."""
        if groups != self.all_groups or not self.sort or self.words is not None:
            return ""
        return f", listed.sort_{self.language} AS name, listed.updated"

    def is_kept(self, kind: Kind, groups: Groups, code: int) -> bool:
        if self.words is not None or (DETAIL <= code < SEAT and not groups):
            return False
        return are_kept(kind, groups, code)

    def base_of(self, kinds: Sequence[Kind], groups: Groups, name: str) -> str:
        """The common table of the rows that the groups leave; ``name`` is the facet that asks."""
        # A group of one name may hold other keys: a network’s with the role and without it.
        sign = (self.words, tuple(kind.key for kind in kinds), frozenset(groups.items()))
        if sign not in self.bases:
            self.bases[sign] = base = f"base{len(self.bases)}"
            if self.words is not None and self.is_bounded:
                sql, parameters = self.bounded(base, self.words, kinds, groups)
                self.statement.arm(f"SELECT %s, '{base}', '', '', count(*) FROM {base}", SIZE)
            else:
                sql, parameters = matching_rows(kinds, groups, self.words, self.columns_of(groups))
            # Without a bound there may be very many, which are kept only for whoever asks twice.
            kept = " MATERIALIZED" if self.is_bounded else ""
            self.statement.table(f"{base} AS{kept} ({sql})", *parameters)
        self.asked[name].add(self.bases[sign])
        return self.bases[sign]

    def bounded(
        self, base: str, words: Words, kinds: Sequence[Kind], groups: Groups
    ) -> tuple[str, list[Any]]:
        """A query of so many rows that one knows whether there are too many to count.

        With a filter the first samples are looked at, and all only if those do not suffice. With
        two they seldom do, so all are looked at.

        Where all that begin like a word have to be gathered, that costs most: it is done only where
        those that have the words as they are written do not suffice; and where a word begins many
        others, the choices are to be those of all.
        """
        most = words.most + 1
        sql, parameters = matching_rows(kinds, groups, words, PLACE)
        if not words.gathers and not groups:
            return some_rows(kinds, words, most, words.anywhere)
        if len(groups) > 1 or (words.gathers and words.begins_many):
            return f"{sql} LIMIT {most}", parameters
        if not words.gathers:
            first = f"{sql} AND document.sections && %s::smallint[] LIMIT {most}"
            given = [*parameters, list(FIRST_SAMPLES)]
        elif groups:
            first, given = matching_rows(kinds, groups, words, PLACE, words.as_written)
            first += f" LIMIT {most}"
        else:
            first, given = some_rows(kinds, words, most, words.as_written)
        self.statement.table(f"{base}_first AS MATERIALIZED ({first})", *given)
        found = f"(SELECT count(*) FROM {base}_first)"
        return (
            f"SELECT * FROM {base}_first WHERE {found} = {most}"
            f" UNION ALL ({sql} AND {found} < {most} LIMIT {most})",
            parameters,
        )

    def keys_of(
        self, kinds: Sequence[Kind], groups: Groups, counted: Counted
    ) -> tuple[str, list[Any]]:
        """A query of (key, n) over the rows that the groups leave.

        The rows under all filters serve every facet that is not in force, and are read once;
        those under all but one serve one facet.
        """
        if groups == self.all_groups or self.words is not None:
            base = self.base_of(kinds, groups, counted.name)
            keys = f"{base}_keys"
            self.keyed[base] = max(counted.code, self.keyed.get(base, 0))
            return f"SELECT key, n FROM {keys} WHERE {counted.which}", []
        sql, parameters = matching_rows(kinds, groups, None)
        return (
            f"SELECT key, count(*) AS n FROM (SELECT {keys_up_to(counted.code)} AS key"
            f" FROM ({sql}) AS listed)"
            f" AS each WHERE {counted.which} GROUP BY key",
            parameters,
        )

    def finish(self) -> None:
        """The keys of common tables are counted up to the last code that is asked for: half of
        an entry's keys say what its places mean."""
        for base, last in self.keyed.items():
            self.statement.table(
                f"{base}_keys AS MATERIALIZED (SELECT key, count(*) AS n FROM"
                f" (SELECT {keys_up_to(last)} AS key FROM {base}) AS each GROUP BY key)"
            )

    def beside(self, words: Words) -> Counting:
        """Counts of other words, or of all that has them, in the same statement."""
        other = copy(self)
        other.words = words
        return other

    def rows(self) -> Iterator[Row]:
        """What was asked for. Words that match more entries than ``Words.most`` give choices
        without numbers, the commonest of those read first, and no more than one above it as a
        total."""
        self.finish()
        found = self.statement.rows()
        most = self.words.most if self.words is not None else 0
        large = {
            base
            for name, base, _it, _en, n in found
            if name == SIZE and n > most and self.is_bounded
        }
        self.uncounted = {name for name, bases in self.asked.items() if bases & large}
        if self.uncounted:
            found.sort(key=lambda row: -row[4])
        for name, value, label_it, label_en, n in found:
            if name != SIZE:
                yield name, value, label_it, label_en, None if name in self.uncounted else n


def keys_up_to(code: int) -> str:
    """SQL for the keys of a row up to the last of a code. They stand in order (``directory.index``
    and what documents add to them), so that the others are not even looked at."""
    return f"unnest(keys[1:width_bucket({(code + 1 << SHIFT) - 1}, keys)])"


def totals_of(name: str, countings: Sequence[Counting]) -> list[int]:
    """The sum of what each was asked under a name. One query for all."""
    arms, parameters = [], []
    for number, counting in enumerate(countings):
        sql, given = counting.statement.sql()
        arms.append(
            f"SELECT {number}, coalesce(sum(n), 0)::bigint"
            f" FROM ({sql}) AS counted (name, value, name_it, name_en, n) WHERE name = %s"
        )
        parameters += [*given, name]
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), parameters)
        found = dict(cursor.fetchall())
    return [found[number] for number in range(len(arms))]


def published_with(kind: Kind, given: int, keys: Sequence[int]) -> dict[int, int]:
    """How many published entries that have the key ``given`` have each of the keys. One query.

    For keys of which ``Group.has_counts`` says that counts are kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, n FROM directory_tally WHERE kind = %s AND given = %s AND key = ANY(%s)",
            [kind.number, given, list(keys)],
        )
        return dict(cursor.fetchall())


def published_among(kind: Kind, rows: Any, keys: Sequence[int]) -> dict[int, int]:
    """How many of some published entries have each of the keys. One query."""
    try:
        chosen, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            # Not beside each row, which would have to be kept together first.
            "SELECT key, count(*) FROM ("
            "SELECT unnest(coalesce(listed.crowd, listed.keys)) AS key"
            " FROM directory_listed AS listed"
            f" WHERE listed.kind = %s AND listed.entry_id IN ({chosen})"
            ") AS each_key WHERE key = ANY(%s) GROUP BY key",
            [kind.number, *params, list(keys)],
        )
        return dict(cursor.fetchall())

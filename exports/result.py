"""The whole of a listing as one query of records, in the listing's order.

The keys are put in order first and each record is read after, so that long texts are never sorted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from directory.listing import Listing
from directory.registry import Kind
from directory.selection import matching_rows
from exports.columns import BOOLEAN, LIST, TEXT, Column, columns_of, shared_columns
from places.languages import current

# A cell that begins so is a formula to a spreadsheet program, whoever wrote it (OWASP, “CSV
# injection”), full-width signs to some; an apostrophe before it makes it text.
STARTS_A_FORMULA = r"""E'=', E'+', E'-', E'@', E'\t', E'\r', E'\n', '＝', '＋', '－', '＠'"""

# From so many entries on, what many rows say is gathered for all entries at once.
MANY = 100_000


class Result:
    """What a listing found. ``is_flat``: as cells of a table; ``is_safe``: none is a formula."""

    def __init__(self, listing: Listing, *, is_flat: bool = False, is_safe: bool = True) -> None:
        self.listing = listing
        self.kinds = listing.set.kinds(listing.listed)
        self.is_flat = is_flat
        self.is_safe = is_safe

    @property
    def columns(self) -> Sequence[Column]:
        keys = [kind.key for kind in self.kinds] or [self.listing.listed[0].key]
        shared = set(shared_columns(keys))
        return [column for column in columns_of(keys[0]) if column.name in shared]

    def keys_in_order(self) -> tuple[str, list[Any], str]:
        """kind, entry_id and what they are ordered by; and the order."""
        listing, language = self.listing, current()
        groups = listing.set.groups()
        if listing.search is None:
            sort = f", listed.sort_{language} AS second, listed.updated AS changed"
            sql, parameters = matching_rows(self.kinds, groups, None, sort)
            order = "changed DESC, second" if listing.sort == "-updated" else "second"
            return sql, parameters, f"{order}, entry_id, kind"
        by = f", document.sort_{language} AS second"
        if listing.sort == "relevance":
            rank = listing.search.rank
            sql, parameters = matching_rows(
                self.kinds, groups, listing.search, f"{by}, {rank.sql} AS rank"
            )
            return sql, [*rank.params, *parameters], "rank, second, entry_id, kind"
        sql, parameters = matching_rows(self.kinds, groups, listing.search, by)
        if listing.sort == "-updated":
            sql = (
                "SELECT matches.*, listed.updated AS changed"
                f" FROM ({sql}) AS matches JOIN directory_listed AS listed USING (kind, entry_id)"
            )
            return sql, parameters, "changed DESC, second, entry_id, kind"
        return sql, parameters, "second, entry_id, kind"

    @property
    def at_once(self) -> bool:
        return not self.listing.is_counted or self.listing.total >= MANY

    def of_kind(self, kind: Kind, readings: str) -> str:
        """What is read of each ``record``, for the entries of a kind that ``found`` names."""
        how = {"is_flat": self.is_flat, "at_once": self.at_once}
        wanted = {column.name for column in self.columns}
        columns = [column for column in columns_of(kind.key) if column.name in wanted]
        said = ", ".join(column.sql(**how) for column in columns)
        joins = " ".join(dict.fromkeys(join for column in columns for join in column.joined(**how)))
        found = f"found.kind = {kind.number} AND entry.id = found.entry_id"
        table = f"{kind.model._meta.db_table} AS entry"
        start = f"found JOIN {table} ON {found}" if self.at_once else table
        end = "" if self.at_once else f" WHERE {found}"
        return (
            f"SELECT {readings} FROM {start} {joins}"
            f" CROSS JOIN LATERAL (SELECT {said}) AS record{end}"
        )

    def query(self, readings: dict[str, str]) -> tuple[str, list[Any]]:
        """``readings``: the names of what is read of each ``record``, and how."""
        keys, parameters, order = self.keys_in_order()
        said = ", ".join(f'{sql} AS "{name}"' for name, sql in readings.items())
        names = ", ".join(f'read."{name}"' for name in readings)
        if self.at_once:
            ordering = order.replace(" DESC", "").split(", ")
            kept = ", ".join(f'found.{one} AS "found {one}"' for one in ordering)
            order = re.sub(r"(\w+)( DESC)?(,|$)", r'"found \1"\2\3', order)
            records = " UNION ALL ".join(
                self.of_kind(kind, f"{kept}, {said}") for kind in self.kinds
            )
            return (
                f"WITH found AS MATERIALIZED ({keys})"
                f" SELECT {names} FROM ({records}) AS read ORDER BY {order}",
                parameters,
            )
        records = " UNION ALL ".join(self.of_kind(kind, said) for kind in self.kinds)
        by = ", ".join(f"found.{one}" for one in order.split(", "))
        # OFFSET keeps the two apart: first the order, then, one after another, the records.
        return (
            f"SELECT {names} FROM (SELECT * FROM ({keys}) AS keys ORDER BY {order} OFFSET 0)"
            f" AS found CROSS JOIN LATERAL ({records} OFFSET 0) AS read ORDER BY {by}",
            parameters,
        )

    def cells(self) -> tuple[str, list[Any]]:
        """Each column of each record, as cells."""
        return self.query({column.name: self.cell(column) for column in self.columns})

    def objects(self) -> tuple[str, list[Any]]:
        """Each record as the text of a JSON object."""
        return self.query({"object": "row_to_json(record)::text"})

    def cell(self, column: Column) -> str:
        name = f'record."{column.name}"'
        if column.kind == BOOLEAN:
            return f"{name}::text"
        if not self.is_safe or column.kind not in (TEXT, LIST):
            return name
        return (
            f"CASE WHEN left({name}, 1) IN ({STARTS_A_FORMULA}) THEN '''' || {name} ELSE {name} END"
        )


def records_of(kind: Kind, columns: Sequence[Column]) -> str:
    """A query of some columns of the entries of a kind, as JSON objects, in the order of the
    keys that are its one parameter."""
    how = {"is_flat": False, "at_once": False}
    said = ", ".join(column.sql(**how) for column in columns)
    joins = " ".join(dict.fromkeys(join for column in columns for join in column.joined(**how)))
    return (
        "SELECT row_to_json(record) FROM unnest(%s::bigint[]) WITH ORDINALITY"
        " AS wanted (entry_id, place)"
        f" JOIN {kind.model._meta.db_table} AS entry ON entry.id = wanted.entry_id {joins}"
        f" CROSS JOIN LATERAL (SELECT {said}) AS record ORDER BY wanted.place"
    )

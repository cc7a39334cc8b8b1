"""The values of entries as imports see them, read and written for many at once.

A value is what JSON can hold: texts, numbers, ``2013-06`` for a date, lists for what an entry
has several of. ``said`` below is a dictionary of such values by field.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from modeltranslation.manager import get_translatable_fields_for_model

from directory.dates import PartialDate
from directory.fitness import lacking_in
from directory.keys import address_key
from directory.slugs import LONGEST, NAMELESS
from places.languages import LANGUAGES
from places.slugs import slug_of

NAME_LISTS = ("other_names", "short_names", "former_names")
DATES = ("founded", "ended")
LISTS = frozenset((*NAME_LISTS, "themes", "places", "web_addresses", "identifiers", "sources"))
KEYS = frozenset(("city", "kind", "programme", "parent", "successor"))
TEXTS = (
    *("name", "summary", "description", "purpose", "vision", "story", "activities"),
    *("aim", "founding_act_title", "founding_act_text", "subtitle", "challenge", "context"),
)
PLAIN = (
    *("email", "email_public", "telephone", "telephone_public", "life", "internal_note"),
    *("kind", "city", "address", "address_public", "newsletter_url", "privacy_url"),
    *("cookie_url", "transparency_url", "ongoing", "geography", "programme", "follow_url"),
    *("parent", "successor"),
)
# What a field holds that nobody has filled in.
UNSAID: tuple[Any, ...] = ("", None, [], False, "unknown")


Written = dict[Any, list[dict[str, Any]]]
"""By model, the rows that were written, by column."""


class Entries:
    """Bulk access to one kind of entry; the caller holds the transaction."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.table = model._meta.db_table
        named = {each.name for each in model._meta.concrete_fields}
        self.texts = [f"{name}_{code}" for name in TEXTS for code in LANGUAGES if name in named]
        self.plain = [name for name in PLAIN if name in named]
        self.columns = [*self.texts, *self.plain, *NAME_LISTS]
        self.themes: Any = model._meta.get_field("themes").remote_field.through
        self._next_number: dict[str, int] = {}

    def _child(self, name: str) -> Any:
        return self.model._meta.get_field(name).related_model

    @staticmethod
    def _column(name: str) -> str:
        return f"{name}_id" if name in KEYS else name

    # ---------------------------------------------------------------- reading
    def lock(self, pks: Iterable[int]) -> dict[int, Any]:
        """Nobody changes these rows until the end of the transaction. Their ``updated``."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, updated FROM {self.table} WHERE id = ANY(%s) ORDER BY id"  # noqa: S608
                " FOR NO KEY UPDATE",
                [list(pks)],
            )
            return dict(cursor.fetchall())

    def read(self, pks: Iterable[int]) -> dict[int, dict[str, Any]]:
        """What the entries say in every field that an import can write. Six queries."""
        ids = list(pks)
        if not ids:
            return {}
        found: dict[int, dict[str, Any]] = {}
        selected = [self._column(name) for name in self.columns]
        for name in DATES:
            selected += [name, f"{name}_precision"]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {', '.join(selected)} FROM {self.table} WHERE id = ANY(%s)",  # noqa: S608
                [ids],
            )
            for pk, *row in cursor.fetchall():
                said: dict[str, Any] = {}
                for name, value in zip(self.columns, row, strict=False):
                    said[name] = json.loads(value) if name in NAME_LISTS else value
                    if said[name] is None and name not in KEYS:
                        said[name] = ""
                for place, name in enumerate(DATES):
                    date, precision = row[len(self.columns) + 2 * place :][:2]
                    partial = PartialDate.of(date, precision)
                    said[name] = partial.iso if partial else ""
                found[pk] = said
            self._read_lists(cursor, ids, found)
        return found

    def _read_lists(self, cursor: Any, ids: list[int], found: dict[int, dict[str, Any]]) -> None:
        for said in found.values():
            said |= {"themes": [], "places": [], "web_addresses": [], "identifiers": []}
            said["sources"] = []
        owner = f"{self.model._meta.model_name}_id"
        for name, query in (
            (
                "themes",
                f"SELECT {owner}, theme_id FROM {self.themes._meta.db_table}"  # noqa: S608
                f" WHERE {owner} = ANY(%s) ORDER BY theme_id",
            ),
            (
                "places",
                "SELECT entry_id, CASE WHEN country THEN 'country'"  # noqa: S608
                " WHEN city_id IS NOT NULL THEN 'city:' || city_id"
                " WHEN province_id IS NOT NULL THEN 'province:' || province_id"
                f" ELSE 'region:' || region_id END FROM {self.table}place"
                ' WHERE entry_id = ANY(%s) ORDER BY entry_id, "order", id',
            ),
            (
                "web_addresses",
                f"SELECT entry_id, url, kind FROM {self.table}webaddress"  # noqa: S608
                ' WHERE entry_id = ANY(%s) ORDER BY entry_id, "order", id',
            ),
            (
                "identifiers",
                f"SELECT entry_id, scheme || ':' || value FROM {self.table}identifier"  # noqa: S608
                " WHERE entry_id = ANY(%s) ORDER BY entry_id, scheme, value",
            ),
            (
                "sources",
                f"SELECT entry_id, coalesce(title_it, title_en, ''), url FROM {self.table}source"  # noqa: S608
                ' WHERE entry_id = ANY(%s) ORDER BY entry_id, "order", id',
            ),
        ):
            cursor.execute(query, [ids])
            for pk, *value in cursor.fetchall():
                found[pk][name].append(value if len(value) > 1 else value[0])

    # ---------------------------------------------------------------- writing
    def create(
        self, rows: Sequence[dict[str, Any]], status: str, now: Any, read_on: Any
    ) -> Written:
        """Make an entry of each ``said``, in order. All rows that were written, by model.

        One that says no ``slug`` is given a free one of its name; one that is not fit to be
        published (``directory.fitness``) is in review instead.
        """
        written: Written = {self.model: []}
        if not rows:
            return written
        ids = new_ids(self.table, len(rows))
        named = [said for said in rows if not said.get("slug")]
        free = iter(
            self._free_slugs([said.get("name_it") or said.get("name_en") or "" for said in named])
        )
        slugs = [said.get("slug") or next(free) for said in rows]
        statuses = [
            "in_review" if status == "published" and lacking_in(said) else status for said in rows
        ]
        written[self.model] = insert(
            self.model,
            [
                self._row(said)
                | {
                    "id": pk,
                    "slug": slug,
                    "status": its_own,
                    "published_at": now.isoformat() if its_own == "published" else None,
                    "created": now.isoformat(),
                    "updated": now.isoformat(),
                }
                for pk, slug, its_own, said in zip(ids, slugs, statuses, rows, strict=True)
            ],
        )
        self._read_marks(written[self.model])
        added = [(pk, name, said[name]) for pk, said in zip(ids, rows, strict=True) for name in LISTS & said.keys()]  # fmt: skip  # noqa: E501
        return written | self._add(added, read_on, {})

    def _read_marks(self, rows: list[dict[str, Any]]) -> None:
        """What the database found of their texts while it wrote them; versions hold it too."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, text_marks FROM {self.table} WHERE id = ANY(%s)",  # noqa: S608
                [[row["id"] for row in rows]],
            )
            marks = dict(cursor.fetchall())
        for row in rows:
            row["text_marks"] = json.loads(marks[row["id"]])

    def change(self, changes: dict[int, dict[str, Any]], now: Any, read_on: Any) -> None:
        """Give each entry the values; of lists they are the whole list."""
        if not changes:
            return
        names = sorted({name for said in changes.values() for name in said} - LISTS)
        names += [name for name in NAME_LISTS if any(name in said for said in changes.values())]
        columns = sorted({column for name in names for column in self._written(name)})
        columns.append("updated")
        rows = [
            self._row({name: value for name, value in said.items() if name in names})
            | {"updated": now.isoformat()}
            for said in changes.values()
        ]
        listed = ", ".join(columns)
        chosen = ", ".join(f"said.{column}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.table} AS entry SET ({listed}) = (SELECT {chosen}"  # noqa: S608
                " FROM jsonb_populate_record(entry, new.said) AS said)"
                " FROM unnest(%s::bigint[], %s::jsonb[]) AS new(pk, said) WHERE entry.id = new.pk",
                [list(changes), [json.dumps(row) for row in rows]],
            )
        lists = LISTS - set(NAME_LISTS)
        wanted = {pk: {n: v for n, v in said.items() if n in lists} for pk, said in changes.items()}
        if any(wanted.values()):
            self._change_lists(wanted, read_on)

    def _written(self, name: str) -> list[str]:
        """The columns that a field is written into, with the bare one of translated texts."""
        if name in DATES:
            return [name, f"{name}_precision"]
        if name in self.texts and name.endswith("_it"):
            return [name, name[:-3]]
        return [self._column(name)]

    def _row(self, said: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, value in said.items():
            if name in DATES:
                partial = PartialDate.parse(value or "")
                row[name] = partial.isoformat() if partial else None
                row[f"{name}_precision"] = partial.precision if partial else ""
            elif name in self.texts:
                row[name] = value
                if name.endswith("_it"):
                    row[name[:-3]] = value or ""
            elif name in self.plain or name in NAME_LISTS:
                row[self._column(name)] = value
        return row

    def _change_lists(self, wanted: dict[int, dict[str, Any]], read_on: Any) -> None:
        """Take out what is no longer in a list, add what is new; the rest is not touched."""
        now = self.read(wanted)
        added: list[tuple[int, str, list[Any]]] = []
        for pk, lists in wanted.items():
            for name, values in lists.items():
                there = {item(name, value) for value in now[pk][name]}
                new = [value for value in values if item(name, value) not in there]
                gone = there - {item(name, value) for value in values}
                if gone:
                    self._remove(pk, name, [v for v in now[pk][name] if item(name, v) in gone])
                if new:
                    added.append((pk, name, new))
        self._add(added, read_on, self._last_orders(added))

    def _remove(self, pk: int, name: str, values: list[Any]) -> None:
        owner = f"{self.model._meta.model_name}_id"
        with connection.cursor() as cursor:
            for value in values:
                if name == "themes":
                    where, said = f"{owner} = %s AND theme_id = %s", [pk, value]
                    table = self.themes._meta.db_table
                elif name == "places":
                    kind, _, place = value.partition(":")
                    where = "country" if kind == "country" else f"{kind}_id = %s"
                    where, said = f"entry_id = %s AND {where}", [pk, *([place] if place else [])]
                    table = f"{self.table}place"
                elif name == "identifiers":
                    where = "entry_id = %s AND scheme = %s AND value = %s"
                    said = [pk, value.partition(":")[0], value.partition(":")[2]]
                    table = f"{self.table}identifier"
                elif name == "web_addresses":
                    where, said = "entry_id = %s AND url = %s", [pk, value[0]]
                    table = f"{self.table}webaddress"
                else:
                    where = "entry_id = %s AND coalesce(title_it, title_en, '') = %s AND url = %s"
                    said = [pk, *value]
                    table = f"{self.table}source"
                cursor.execute(f"DELETE FROM {table} WHERE {where}", said)  # noqa: S608

    def _add(
        self,
        added: list[tuple[int, str, list[Any]]],
        read_on: Any,
        last: dict[tuple[str, int], int],
    ) -> Written:
        """Rows of lists, behind the ``last`` that is there."""
        rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        owner = f"{self.model._meta.model_name}_id"
        for pk, name, values in added:
            if name in NAME_LISTS:
                continue
            for value in values:
                if name == "themes":
                    rows[self.themes].append({owner: pk, "theme_id": value})
                    continue
                if name == "identifiers":
                    scheme, _, code = value.partition(":")
                    row = {"entry_id": pk, "scheme": scheme, "value": code}
                    rows[self._child(name)].append(row)
                    continue
                last[name, pk] = order = last.get((name, pk), -1) + 1
                row = {"entry_id": pk, "order": min(order, 32767)}
                if name == "places":
                    kind, _, place = value.partition(":")
                    row |= {"country": True} if kind == "country" else {f"{kind}_id": int(place)}
                elif name == "web_addresses":
                    row |= {"url": value[0], "kind": value[1]}
                else:
                    row |= {"title": value[0], "title_it": value[0], "url": value[1]}
                    row["read_on"] = read_on.isoformat() if read_on else None
                rows[self._child(name)].append(row)
        return {model: insert(model, new) for model, new in rows.items()}

    def _last_orders(self, added: list[tuple[int, str, list[Any]]]) -> dict[tuple[str, int], int]:
        last: dict[tuple[str, int], int] = {}
        with connection.cursor() as cursor:
            for name in ("places", "web_addresses", "sources"):
                pks = [pk for pk, listed, _values in added if listed == name]
                if pks:
                    cursor.execute(
                        'SELECT entry_id, max("order")'  # noqa: S608
                        f" FROM {self._child(name)._meta.db_table} WHERE entry_id = ANY(%s)"
                        " GROUP BY entry_id",
                        [pks],
                    )
                    last |= {(name, pk): order for pk, order in cursor.fetchall()}
        return last

    # ---------------------------------------------------------------- slugs
    def _free_slugs(self, names: list[str]) -> list[str]:
        """What ``directory.slugs.free_slug`` gives one by one, in two queries.

        A base that was numbered before in this run goes on from its last number.
        """
        bases = [slug_of(name)[:LONGEST].strip("-") or NAMELESS for name in names]
        history = self._child("former_slugs")._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT slug FROM {history} WHERE slug = ANY(%s)", [bases])  # noqa: S608
            taken = {slug for (slug,) in cursor.fetchall()} | {NAMELESS}
            often = {base for base, count in Counter(bases).items() if count > 1}
            numbered = [base for base in {*often, *taken} if base not in self._next_number]
            if numbered:
                cursor.execute(
                    f"SELECT slug FROM {history} WHERE slug LIKE ANY(%s)",  # noqa: S608
                    [[f"{base}-%" for base in numbered]],
                )
                taken |= {slug for (slug,) in cursor.fetchall()}
        slugs = []
        for base in bases:
            slug, number = base, 1
            if slug in taken:
                number = self._next_number.get(base, 2)
                while (slug := f"{base}-{number}") in taken:
                    number += 1
                self._next_number[base] = number + 1
            taken.add(slug)
            slugs.append(slug)
        return slugs


def item(name: str, value: Any) -> Any:
    """By what two rows of a list are the same."""
    if name == "web_addresses":
        return address_key(value[0])
    return tuple(value) if isinstance(value, list) else value


def missing(name: str, values: list[Any], there: list[Any]) -> list[Any]:
    known = {item(name, value) for value in there}
    return [value for value in values if item(name, value) not in known]


def same_value(name: str, one: Any, other: Any) -> bool:
    if name in LISTS and name not in NAME_LISTS:
        one, other = one or [], other or []
        return not missing(name, one, other) and not missing(name, other, one)
    return (one or "") == (other or "") if not isinstance(one, list) else one == (other or [])


def new_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [*cursor.fetchone(), count]
        )
        return [pk for (pk,) in cursor.fetchall()]


def insert(model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by column, by COPY, with their keys.

    Columns that a row leaves out have the model's default, or the database's.
    """
    if not rows:
        return []
    table = model._meta.db_table
    if "id" not in rows[0]:
        keys = new_ids(table, len(rows))
        rows = [{"id": key, **row} for key, row in zip(keys, rows, strict=True)]
    given = {column for row in rows for column in row}
    fields = [
        each
        for each in model._meta.concrete_fields
        if not each.generated and (each.column in given or not each.has_db_default())
    ]
    columns = [each.column for each in fields]
    listed = ", ".join(f'"{column}"' for column in columns)
    documents = {str(each.column) for each in fields if isinstance(each, models.JSONField)}

    def copied(row: dict[str, Any]) -> dict[str, Any]:
        return row | {
            column: json.dumps(row[column], ensure_ascii=False) for column in documents & row.keys()
        }

    otherwise = copied({column: standing(model)[column] for column in columns})
    statement = f"COPY {table} ({listed}) FROM STDIN"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            said = otherwise | copied(row)
            copy.write_row([said[column] for column in columns])
    return rows


@cache
def standing(model: Any) -> dict[str, Any]:
    """What a column holds where nothing is given."""
    return {
        each.column: _default(each) for each in model._meta.concrete_fields if not each.generated
    }


def _default(each: models.Field[Any, Any]) -> Any:
    if each.has_db_default():
        # A value; what is an expression is always given.
        return None if hasattr(each.db_default, "resolve_expression") else each.db_default
    value = each.get_default()
    bare = set(get_translatable_fields_for_model(each.model) or ())
    return "" if value is None and each.name in bare and not each.null else value

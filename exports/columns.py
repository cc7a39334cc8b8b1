"""What is public about an entry: the one definition for every format.

Each column has a stable English name and two readings in SQL: ``whole``, as JSON has it, with lists
of objects; and ``flat``, as one cell of a table. They read the row ``entry`` of the kind's table.
Ties name published entries only; e-mail, telephone and address are there only where they are
public. Partial dates are as long as they are precise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from directory.models import Entry
from directory.registry import Kind, kinds
from places.languages import LANGUAGES

TEXT, NUMBER, BOOLEAN, LIST = "text", "number", "boolean", "list"


@dataclass(frozen=True)
class Rows:
    """Rows of other tables that name the entry by ``key``; ``whole`` and ``flat`` gather them.

    They are read for one entry, or gathered for all entries at once and joined: the first is
    faster for some thousands of entries, the second for hundreds of thousands.
    """

    source: str
    key: str
    whole: str
    flat: str

    def of_one(self, *, is_flat: bool) -> str:
        gathered = self.flat if is_flat else self.whole
        return f"(SELECT {gathered} FROM {self.source} AND {self.key} = entry.id)"

    def of_all(self, name: str, *, is_flat: bool) -> str:
        gathered = self.flat if is_flat else self.whole
        return (
            f"LEFT JOIN (SELECT {self.key} AS entry_id, {gathered} AS gathered"
            f' FROM {self.source} GROUP BY 1) AS "{name}" ON "{name}".entry_id = entry.id'
        )


@dataclass(frozen=True)
class Column:
    """``kind``: of value; a list is one of objects or texts as JSON, and text when flat.
    ``joins``: what has to follow the entry's table, each once."""

    name: str
    whole: str = ""
    flat: str = ""
    kind: str = TEXT
    joins: tuple[str, ...] = ()
    rows: Rows | None = None
    # What each object of the list has; none where the list is of texts.
    members: tuple[str, ...] = ()

    def sql(self, *, is_flat: bool, at_once: bool) -> str:
        """The value, of the row ``entry`` and what is joined to it."""
        said = (is_flat and self.flat) or self.whole
        if self.rows:
            empty = "''" if is_flat else "'[]'"
            gathered = f'"{self.name}".gathered' if at_once else self.rows.of_one(is_flat=is_flat)
            said = f"coalesce({gathered}, {empty})"
        return f'{said} AS "{self.name}"'

    def joined(self, *, is_flat: bool, at_once: bool) -> Sequence[str]:
        if self.rows and at_once:
            return [self.rows.of_all(self.name, is_flat=is_flat)]
        return self.joins


def text(name: str, sql: str = "", *joins: str) -> Column:
    return Column(name, f"coalesce({sql or f'entry.{name}'}, '')", joins=joins)


def both(*names: str) -> list[Column]:
    """A translated text, as it was written in each language; nothing falls back."""
    return [text(f"{name}_{language}") for name in names for language in LANGUAGES]


def date(row: str, name: str) -> str:
    return (
        f"coalesce(to_char({row}.{name}, CASE {row}.{name}_precision WHEN 'year' THEN 'YYYY'"
        " WHEN 'month' THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END), '')"
    )


def partial(name: str, field: str = "") -> Column:
    return text(name, date("entry", field or name))


def names(name: str) -> Column:
    """A list of names that is on the row."""
    flat = (
        f"(SELECT coalesce(string_agg(one, '; '), '') FROM jsonb_array_elements_text(entry.{name})"
        " AS one)"
    )
    return Column(name, f"entry.{name}", flat, LIST)


def slug_of(name: str, table: str, key: str, only: str = "true") -> Column:
    """The slug of a row that the entry names; ``only`` those, said of ``one``."""
    one = f"of_{key}"
    only = only.replace("one.", f"{one}.")
    join = f"LEFT JOIN {table} AS {one} ON {one}.id = entry.{key} AND {only}"
    return text(name, f"{one}.slug", join)


def rows(name: str, source: str, key: str, said: dict[str, str], flat: str, order: str) -> Column:
    """A list of objects; ``source`` is what follows FROM, its WHERE too."""
    pairs = ", ".join(f"'{member}', {sql}" for member, sql in said.items())
    gathered = Rows(
        source,
        key,
        f"json_agg(json_build_object({pairs}) ORDER BY {order})",
        f"string_agg({flat}, '; ' ORDER BY {order})",
    )
    return Column(name, kind=LIST, rows=gathered, members=tuple(said))


def table_of(model: type[Entry], name: str) -> str:
    related: Any = model._meta.get_field(name).related_model
    return related._meta.db_table


def children(
    model: type[Entry], name: str, said: dict[str, str], flat: str, joins: str = ""
) -> Column:
    """A list that every entry has rows of, in its order."""
    source = f"{table_of(model, name)} AS one {joins} WHERE true"
    return rows(name, source, "one.entry_id", said, flat, 'one."order", one.id')


CITY = " LEFT JOIN places_city AS city ON city.id = one.city_id"
PUBLISHED = "status = 'published'"


def translations(*fields: str, row: str = "one") -> dict[str, str]:
    return {
        f"{field}_{language}": f"coalesce({row}.{field}_{language}, '')"
        for field in fields
        for language in LANGUAGES
    }


def either(field: str, row: str = "one") -> str:
    return f"coalesce(nullif({row}.{field}_it, ''), {row}.{field}_en, '')"


def address(kind: Kind, language: str) -> Column:
    with override(language):
        start = settings.BASE_URL + reverse(f"{kind.namespace}:list")
    quoted = start.replace("'", "''").replace("%", "%%")
    return text(f"url_{language}", f"'{quoted}' || entry.slug || '/'")


def places(model: type[Entry]) -> Column:
    source = (
        f"{table_of(model, 'places')} AS one {CITY}"
        " LEFT JOIN places_province AS province ON province.id = one.province_id"
        " LEFT JOIN places_region AS region ON region.id = one.region_id"
        " WHERE true"
    )
    kind = (
        "CASE WHEN one.country THEN 'country' WHEN city.id IS NOT NULL THEN 'city'"
        " WHEN province.id IS NOT NULL THEN 'province' ELSE 'region' END"
    )
    value = "coalesce(city.slug, lower(province.sigla), region.slug, 'italia')"
    said = {"type": kind, "slug": value}
    flat = f"{kind} || ':' || {value}"
    return rows("places", source, "one.entry_id", said, flat, 'one."order", one.id')


def first(model: type[Entry]) -> list[Column]:
    kind = kinds[str(model._meta.model_name)]
    through = model.themes.through._meta.db_table  # type: ignore[attr-defined]
    order = 'one."order", one.id'
    themes = Rows(
        f"{through} AS tie JOIN directory_theme AS one ON one.id = tie.theme_id WHERE true",
        f"tie.{kind.key}_id",
        f"json_agg(one.slug ORDER BY {order})",
        f"string_agg(one.slug, '; ' ORDER BY {order})",
    )
    return [
        text("type", f"'{kind.key}'"),
        text("slug"),
        *(address(kind, language) for language in LANGUAGES),
        *both("name"),
        names("other_names"),
        names("former_names"),
        names("short_names"),
        *both("summary", "description"),
        Column("themes", kind=LIST, rows=themes),
    ]


def former_slugs(model: type[Entry]) -> Column:
    """Which all lead to the entry still."""
    former = Rows(
        f"{table_of(model, 'former_slugs')} AS one JOIN {model._meta.db_table} AS own"
        " ON own.id = one.entry_id AND own.slug <> one.slug WHERE true",
        "one.entry_id",
        "json_agg(one.slug ORDER BY one.slug)",
        "string_agg(one.slug, '; ' ORDER BY one.slug)",
    )
    return Column("former_slugs", kind=LIST, rows=former)


def last(model: type[Entry]) -> list[Column]:
    return [
        text("email", "CASE WHEN entry.email_public THEN entry.email ELSE '' END"),
        text("telephone", "CASE WHEN entry.telephone_public THEN entry.telephone ELSE '' END"),
        children(
            model,
            "web_addresses",
            {"url": "one.url", "kind": "one.kind", **translations("label")},
            "one.url",
        ),
        rows(
            "identifiers",
            f"{table_of(model, 'identifiers')} AS one WHERE true",
            "one.entry_id",
            {"scheme": "one.scheme", "value": "one.value"},
            "one.scheme || ':' || one.value",
            "one.scheme, one.value",
        ),
        children(
            model,
            "milestones",
            {
                "date": date("one", "date"),
                **translations("text"),
                "city": "coalesce(city.slug, '')",
            },
            f"concat_ws(' ', nullif({date('one', 'date')}, ''), {either('text')})",
            CITY,
        ),
        children(
            model,
            "sources",
            {
                **translations("title"),
                "url": "one.url",
                "read_on": "coalesce(one.read_on::text, '')",
            },
            f"concat_ws(' ', {either('title')}, nullif(one.url, ''))",
        ),
        text("life"),
        slug_of("successor", model._meta.db_table, "successor_id", f"one.{PUBLISHED}"),
        text("checked_on", "coalesce(entry.checked_on::text, '')"),
        text("published_at", moment("published_at")),
        text("updated", moment("updated")),
        Column("invented", "entry.invented", kind=BOOLEAN),
        former_slugs(model),
    ]


def moment(name: str) -> str:
    """In universal time, to the second."""
    return (
        f"coalesce(to_char(entry.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')"
    )


SEAT = (
    "LEFT JOIN places_city AS seat ON seat.id = entry.city_id",
    "LEFT JOIN places_province AS seat_province ON seat_province.id = seat.province_id",
    "LEFT JOIN places_region AS seat_region ON seat_region.id = seat_province.region_id",
)


def position(*joins: str) -> list[Column]:
    """Of the city that is joined as ``seat``."""
    return [
        Column(name, f"seat.{name}", kind=NUMBER, joins=joins) for name in ("latitude", "longitude")
    ]


def first_city(model: type[Entry]) -> str:
    """The first city among the places, as ``seat``."""
    return (
        "LEFT JOIN places_city AS seat ON seat.id = (SELECT one.city_id"
        f" FROM {table_of(model, 'places')} AS one"
        " WHERE one.entry_id = entry.id AND one.city_id IS NOT NULL"
        ' ORDER BY one."order", one.id LIMIT 1)'
    )


def principles(model: type[Entry]) -> Column:
    lists = {
        f"items_{language}": f"to_json(array_remove(string_to_array("
        f"coalesce(one.items_{language}, ''), E'\\n'), ''))"
        for language in LANGUAGES
    }
    return children(
        model,
        "principles",
        {**translations("title"), **lists},
        f"concat_ws(': ', nullif({either('title')}, ''), replace({either('items')}, E'\\n', ', '))",
    )


SPAN = {"since": date("one", "since"), "until": date("one", "until")}


def memberships(name: str, other: str, table: str, own: str) -> Column:
    source = (
        f"networks_membership AS one JOIN {table} AS other"
        f" ON other.id = one.{other}_id AND other.{PUBLISHED}"
        " JOIN networks_membershiprole AS role ON role.id = one.role_id"
        " WHERE true"
    )
    said = {other: "other.slug", "role": "role.slug", **SPAN, "current": "one.current"}
    # By what is said, not by when it was written.
    order = 'role."order", role.id, one."order", other.slug, one.since'
    flat = "other.slug || ' (' || role.slug || ')'"
    return rows(name, source, f"one.{own}_id", said, flat, order)


ROLES = (
    "(SELECT coalesce(json_agg(role.slug ORDER BY role.\"order\", role.id), '[]')"
    " FROM projects_participation_roles AS tie"
    " JOIN projects_partnerrole AS role ON role.id = tie.partnerrole_id"
    " WHERE tie.participation_id = one.id)"
)


def participations(own: str) -> Column:
    """The projects in which an organization or a network takes part."""
    source = (
        "projects_participation AS one JOIN projects_project AS other"
        f" ON other.id = one.project_id AND other.{PUBLISHED} WHERE true"
    )
    said = {"project": "other.slug", "roles": ROLES, **SPAN, **translations("part")}
    order = "other.slug, one.id"
    return rows("projects", source, f"one.{own}_id", said, "other.slug", order)


def partners() -> Column:
    source = (
        "projects_participation AS one LEFT JOIN orgs_organization AS organization"
        " ON organization.id = one.organization_id"
        " LEFT JOIN networks_network AS network ON network.id = one.network_id"
        " WHERE (one.plain_name <> ''"
        f" OR organization.{PUBLISHED} OR network.{PUBLISHED})"
    )
    said = {
        "organization": "coalesce(organization.slug, '')",
        "network": "coalesce(network.slug, '')",
        "name": "one.plain_name",
        "roles": ROLES,
        **SPAN,
        **translations("part"),
    }
    flat = "coalesce(organization.slug, network.slug, one.plain_name)"
    return rows("partners", source, "one.project_id", said, flat, 'one."order", one.id')


def of_organization(model: type[Entry]) -> list[Column]:
    seat = {
        "city": "seat.slug",
        "city_istat": "seat.istat_code",
        "city_name": "seat.name_it",
        "province": "seat_province.sigla",
        "region": "seat_region.slug",
    }
    return [
        slug_of("kind", "orgs_organizationkind", "kind_id"),
        *(text(name, sql, *SEAT) for name, sql in seat.items()),
        *position(*SEAT),
        text("address", "CASE WHEN entry.address_public THEN entry.address ELSE '' END"),
        places(model),
        partial("founded"),
        partial("ended"),
        *both("purpose", "vision", "story", "activities"),
        principles(model),
        children(
            model,
            "figures",
            {
                **translations("label"),
                "value": "one.value",
                "qualifier": "one.qualifier",
                "year": "one.year",
            },
            f"concat_ws(' ', {either('label')}, one.value, '(' || one.year || ')')",
        ),
        *(text(f"{name}_url") for name in ("newsletter", "privacy", "cookie", "transparency")),
        slug_of("part_of", model._meta.db_table, "parent_id", f"one.{PUBLISHED}"),
        memberships("networks", "network", "networks_network", "organization"),
        participations("organization"),
    ]


def of_network(model: type[Entry]) -> list[Column]:
    return [
        *position(first_city(model)),
        places(model),
        partial("founded"),
        partial("ended"),
        *both("aim", "founding_act_title"),
        partial("founding_act_date"),
        *both("founding_act_text"),
        principles(model),
        memberships("members", "organization", "orgs_organization", "network"),
        participations("network"),
    ]


def of_project(model: type[Entry]) -> list[Column]:
    return [
        *both("subtitle"),
        partial("start", "founded"),
        partial("end", "ended"),
        Column("ongoing", "entry.ongoing", kind=BOOLEAN),
        text("geography"),
        *position(first_city(model)),
        places(model),
        *both("challenge", "context"),
        slug_of("programme", "projects_fundingprogramme", "programme_id"),
        text("follow_url"),
        partners(),
        children(
            model,
            "editions",
            {
                **translations("title"),
                "start": date("one", "start"),
                "end": date("one", "end"),
                "city": "coalesce(city.slug, '')",
                "address": "one.address",
            },
            f"concat_ws(' ', {either('title')}, nullif({date('one', 'start')}, ''))",
            CITY,
        ),
    ]


OWN: dict[str, Callable[[type[Entry]], list[Column]]] = {
    "organization": of_organization,
    "network": of_network,
    "project": of_project,
}


@cache
def columns_of(key: str) -> Sequence[Column]:
    model = kinds[key].model
    return [*first(model), *OWN[key](model), *last(model)]


def shared_columns(keys: Sequence[str]) -> Sequence[str]:
    """The names of the columns that all these kinds have, in the first one's order."""
    others = [{column.name for column in columns_of(key)} for key in keys[1:]]
    return [
        column.name
        for column in columns_of(keys[0])
        if all(column.name in names for names in others)
    ]

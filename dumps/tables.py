"""The tables of a dump: every field that is public, and no other.

``PRIVATE`` names the rest; a test holds that each field is on one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.db import models

from directory.entry_lists import (
    EntryPlace,
    Identifier,
    Milestone,
    Picture,
    Principles,
    Source,
    WebAddress,
)
from directory.models import Entry, Theme
from directory.registry import kinds
from dumps.columns import PUBLISHED, Column, columns_of, key_of, reference, source_of
from networks.models import Membership, MembershipRole, NetworkSource
from orgs.models import OrganizationFigure, OrganizationKind
from places.languages import LANGUAGES
from places.models import City, CityName, Province, Region
from projects.models import (
    Edition,
    FundingProgramme,
    Participation,
    PartnerRole,
    ProjectSource,
)

PLACE = ("name", "local_name", "population", "latitude", "longitude")
CITY = (
    *("slug", "istat_code", "catasto_code", "province", *PLACE, "former_sigla", "local_language"),
    *("area_km2", "is_province_capital", "is_region_capital", "geonames_id"),
)
WORD = ("slug", "name", "order")
ENTRY = (
    *("slug", "name", "other_names", "former_names", "short_names", "summary", "description"),
    *("email", "telephone", "founded", "ended", "life", "successor", "checked_on"),
    *("published_at", "updated", "invented"),
)
OWN = {
    "organization": (
        *("kind", "city", "address", "purpose", "vision", "story", "activities"),
        *("newsletter_url", "privacy_url", "cookie_url", "transparency_url", "parent"),
    ),
    "network": ("aim", "founding_act_title", "founding_act_date", "founding_act_text"),
    "project": (
        *("subtitle", "ongoing", "geography", "challenge", "context", "programme", "follow_url"),
    ),
}
# The lists that entries have, by what their rows are.
LISTS: dict[type[models.Model], tuple[str, ...]] = {
    EntryPlace: ("order", "city", "province", "region", "country"),
    WebAddress: ("order", "url", "kind", "label"),
    Milestone: ("order", "date", "text", "city"),
    Source: ("order", "title", "url", "read_on"),
    Identifier: ("scheme", "value"),
    Principles: ("order", "title", "items"),
    Picture: (*("order", "image", "width", "height", "widths", "alt", "decorative", "credit"),),
    OrganizationFigure: ("order", "label", "value", "qualifier", "year"),
    Edition: ("order", "title", "start", "end", "city", "address"),
}
TIE = ("since", "until", "order")


@dataclass(frozen=True)
class Table:
    """``order``: of the rows, in the database's terms and the same on every machine. ``key``: the
    columns that tell rows apart. ``fixed``: columns of the database that the file does not say."""

    name: str
    model: type[models.Model]
    columns: Sequence[Column]
    order: str
    key: tuple[str, ...] = ()
    only: str = "true"
    fixed: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def relation(self) -> str:
        return self.model._meta.db_table

    @property
    def joins(self) -> str:
        return " ".join(dict.fromkeys(join for each in self.columns for join in each.joins))

    def said(self) -> str:
        """The query of what the file holds."""
        columns = ", ".join(f'{each.said} AS "{each.name}"' for each in self.columns)
        return (
            f"SELECT {columns} FROM {self.relation} AS one {self.joins}"
            f" WHERE {self.only} ORDER BY {self.order}"
        )


def fields(model: type[models.Model], *names: str) -> list[Column]:
    return [column for name in names for column in columns_of(model, name)]


def by(sql: str) -> str:
    """Signs compared by their number: what a language puts first differs between machines."""
    return f'{sql} COLLATE "C"'


def territory() -> Iterator[Table]:
    yield Table(
        "regions",
        Region,
        fields(Region, "slug", "istat_code", *PLACE, "local_language", "macro_area"),
        by("one.istat_code"),
        ("slug",),
    )
    columns = fields(
        Province,
        "sigla",
        "istat_code",
        "uts_code",
        "region",
        *PLACE,
        "local_language",
        "former_siglas",
        "keys",
    )
    yield Table("provinces", Province, columns, by("one.istat_code"), ("sigla",))
    # The region and the two letters are the province's.
    repeated = {"region_id": "of_province.region_id", "sigla": "of_province.sigla"}
    cities = [
        replace(each, reads={**each.reads, **repeated}) if each.name == "province" else each
        for each in fields(City, *CITY)
    ]
    yield Table("cities", City, cities, by("one.istat_code"), ("slug",))
    columns = fields(
        CityName,
        *("city", "kind", "language", "name", "istat_code", "catasto_code", "sigla", "by_staff"),
    )
    key = ("city", "kind", "language", "name", "istat_code")
    order = ", ".join(
        by(sql) for sql in ("of_city.slug", *(f"one.{name}" for name in key if name != "city"))
    )
    yield Table("city_names", CityName, columns, order, key)


def words() -> Iterator[Table]:
    """In their order, which is kept where two have the same number."""
    order = 'one."order", one.id'
    yield Table("themes", Theme, fields(Theme, *WORD, "parent", "description"), order, ("slug",))
    yield former_slugs("theme", Theme)
    for name, model in (
        ("organization_kinds", OrganizationKind),
        ("membership_roles", MembershipRole),
        ("partner_roles", PartnerRole),
    ):
        yield Table(name, model, fields(model, *WORD), order, ("slug",))
    own = (*WORD, "description", "url")
    columns = fields(FundingProgramme, *own)
    yield Table("programmes", FundingProgramme, columns, order, ("slug",))


def former_slugs(name: str, model: type[models.Model]) -> Table:
    """Addresses that redirect; those of today are in the table of the rows themselves."""
    history: Any = model._meta.get_field("former_slugs").related_model
    owner = owned(name, model)
    columns = [owner, *columns_of(history, "slug")]
    only = f"{owner.said} IS NOT NULL AND one.slug <> {owner.said}"
    return Table(f"{name}_former_slugs", history, columns, by("one.slug"), ("slug",), only)


def owned(name: str, model: type[models.Model], column: str = "entry_id") -> Column:
    return reference(name, model, column)


def entries() -> Iterator[Table]:
    for kind in kinds.values():
        columns = fields(kind.model, *ENTRY, *OWN[kind.key])
        order, only = by("one.slug"), f"one.{PUBLISHED}"
        fixed = {"status": "'published'"}
        yield Table(plural(kind.key), kind.model, columns, order, ("slug",), only, fixed)
    for kind in kinds.values():
        yield former_slugs(kind.key, kind.model)
        yield themes_of(kind.key, kind.model)
        yield from lists_of(kind.key, kind.model)


def plural(key: str) -> str:
    return f"{key}s"


def themes_of(key: str, model: type[Entry]) -> Table:
    through: Any = model.themes.through  # type: ignore[attr-defined]
    columns = [owned(key, model, f"{key}_id"), reference("theme", Theme, "theme_id")]
    order = f"{by(columns[0].said)}, {by(columns[1].said)}"
    only = f"{columns[0].said} IS NOT NULL"
    return Table(f"{key}_themes", through, columns, order, (key, "theme"), only)


def lists_of(key: str, model: type[Entry]) -> Iterator[Table]:
    for relation in model._meta.related_objects:
        rows: Any = relation.related_model
        if getattr(rows, "belongs_to", None) != "entry":
            continue
        names = next(names for base, names in LISTS.items() if issubclass(rows, base))
        owner = owned(key, model)
        columns = [owner, *fields(rows, *names)]
        in_list = 'one."order", one.id' if "order" in names else "one.scheme, one.value"
        order = f"{by(owner.said)}, {in_list}"
        table = f"{key}_{relation.get_accessor_name()}"
        yield Table(table, rows, columns, order, only=f"{owner.said} IS NOT NULL")


def ties() -> Iterator[Table]:
    """Both of whose ends are public."""
    columns = [
        *fields(Membership, "network", "organization", "role", *TIE, "current"),
        source_of(NetworkSource, "network"),
    ]
    only = "of_network.id IS NOT NULL AND of_organization.id IS NOT NULL"
    order = f'{by("of_network.slug")}, one."order", one.id'
    key = ("network", "organization", "role", "since")
    yield Table("memberships", Membership, columns, order, key, only)
    partner = ("project", "organization", "network", "plain_name")
    columns = [
        *fields(Participation, *partner, *TIE, "part"),
        source_of(ProjectSource, "project"),
    ]
    only = (
        "of_project.id IS NOT NULL AND (of_organization.id IS NOT NULL"
        " OR of_network.id IS NOT NULL OR one.plain_name <> '')"
    )
    order = f'{by("of_project.slug")}, one."order", one.id'
    yield Table("participations", Participation, columns, order, partner, only)
    yield partner_roles(partner, only)


def partner_roles(partner: tuple[str, ...], only: str) -> Table:
    """A partner has no name of its own: it is its project and who it is."""
    through: Any = Participation.roles.through
    tie = "JOIN projects_participation AS tie ON tie.id = one.participation_id"
    who = [
        replace(each, said=each.said.replace("one.", "tie."),
                joins=(tie, *(join.replace("one.", "tie.") for join in each.joins)), reads={})
        for each in fields(Participation, *partner)
    ]  # fmt: skip
    tied = (
        "LEFT JOIN projects_participation AS tie ON tie.project_id = of_project.id"
        " AND tie.organization_id IS NOT DISTINCT FROM of_organization.id"
        " AND tie.network_id IS NOT DISTINCT FROM of_network.id"
        " AND tie.plain_name = coalesce(said.plain_name, '')"
    )
    last = who.pop()
    who.append(replace(last, reads={"participation_id": "tie.id"}, finds=(tied,), found="tie.id"))
    columns = [*who, reference("role", PartnerRole, "partnerrole_id")]
    order = f'{by("of_project.slug")}, tie."order", tie.id, {by("of_role.slug")}'
    only = only.replace("one.", "tie.")
    return Table("participation_roles", through, columns, order, (*partner, "role"), only)


@cache
def tables() -> Sequence[Table]:
    """In an order in which they can be loaded: what is named comes before what names it."""
    return [*territory(), *words(), *entries(), *ties()]


def named_in(model: type[models.Model] | None) -> tuple[str, str] | None:
    """The table of the dump that holds the rows of a model, and the column of their names."""
    found = next((each for each in tables() if each.model is model), None)
    return (found.name, key_of(found.model)) if found else None


# What a dump leaves out: what the public does not see, and what the database makes by itself.
PRIVATE = {
    *("id", "status", "internal_note", "checked_by", "created", "version"),
    *("email_public", "telephone_public", "address_public", "sort_it", "sort_en"),
    *("key", "loose_key"),
    # What staff keep of translations.
    *("text_marks", "text_times", "still_right"),
    *(f"{word}_{language}" for word in ("missing", "stale") for language in LANGUAGES),
}

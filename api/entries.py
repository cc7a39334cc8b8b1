"""Organizations, networks and projects: the listing's entries, a page at a time.

What a record holds is what files hold (``exports.columns``); which entries, what the pages' filters
say (``directory.listing``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import override

from api import asking, cursors
from api.problems import BadRequest
from directory.counting import Counting
from directory.listing import Listing
from directory.models import Theme
from directory.registry import Kind
from directory.selection import conditions, matching_rows
from exports.columns import Column, columns_of
from exports.result import records_of
from networks.models import Network
from orgs.models import Organization, OrganizationKind
from places.languages import LANGUAGES, current
from places.models import City
from projects.models import FundingProgramme, Project

SORTS = ("name", "-updated")
# Not of a listing here: a page is of other things, and what is relevant changes with each word.
OF_PAGES = ("page", "format", "sort")
# Columns that name other rows by slug, and the member that does where they hold objects.
EXPANDED: dict[str, tuple[tuple[str, type[Model]], ...]] = {
    "themes": (("", Theme),),
    "city": (("", City),),
    "kind": (("", OrganizationKind),),
    "programme": (("", FundingProgramme),),
    "part_of": (("", Organization),),
    "networks": (("network", Network),),
    "projects": (("project", Project),),
    "members": (("organization", Organization),),
    "partners": (("organization", Organization), ("network", Network)),
}


def listing_of(kind: Kind, data: QueryDict) -> Listing:
    """The pages' listing. ``BadRequest`` where a filter was not understood."""
    sort = asking.one(data, "sort") or SORTS[0]
    if sort not in SORTS:
        raise BadRequest(f"sort: {' or '.join(SORTS)}.")
    asked = data.copy()
    for name in OF_PAGES:
        asked.pop(name, None)
    asked["sort"] = sort
    listing = Listing(asked, [kind], kind.filterset)
    if listing.problems:
        found = listing.problems[0]
        raise BadRequest(f"{found.label}: {found.message}")
    return listing


def columns(kind: Kind, data: QueryDict) -> list[Column]:
    offered = {column.name: column for column in columns_of(kind.key)}
    names = asking.chosen(data, "fields", offered) or offered
    return [offered[name] for name in names]


def expandable(kind: Kind) -> list[str]:
    return [column.name for column in columns_of(kind.key) if column.name in EXPANDED]


def total(listing: Listing) -> int | None:
    """How many there are in all; None where words match more than are counted. One query."""
    groups = listing.set.groups()
    counting = Counting(listing.search, groups)
    counting.add_total("total", listing.listed, groups)
    found = [n for name, _value, _it, _en, n in counting.rows() if name == "total"]
    if any(n is None or (listing.search and n > listing.search.most) for n in found):
        return None
    return sum(n or 0 for n in found)


def keys(listing: Listing, cursor: str, size: int) -> tuple[list[int], str]:
    """The ids of a page, and the cursor of the next or nothing. One query."""
    (kind,) = listing.listed
    language = current()
    by_name = listing.sort == "name"
    if listing.search is None:
        sql, given = conditions(listing.set.groups(), "listed.keys")
        crowd, crowded = conditions(listing.set.groups(), "listed.crowd")
        rows = (
            f"SELECT listed.entry_id, listed.sort_{language} AS name, listed.updated"
            f" FROM directory_listed AS listed WHERE listed.kind = %s AND (({sql}) OR ({crowd}))"
        )
        parameters: list[Any] = [kind.number, *given, *crowded]
    else:
        rows, parameters = matching_rows(
            [kind],
            listing.set.groups(),
            listing.search,
            f", document.sort_{language} AS name, NULL::timestamptz AS updated"
            if by_name
            else f", document.sort_{language} AS name, (SELECT updated FROM directory_listed"
            " AS listed WHERE (listed.kind, listed.entry_id)"
            " = (document.kind, document.entry_id)) AS updated",
        )
    order = f"{kind.key} {listing.sort}"
    after = "true"
    if by_name:
        if place := cursors.read(cursor, order, str, int):
            after = "(name, entry_id) > (%s, %s)"
            parameters += place
        sorting = "name, entry_id"
    else:
        if place := cursors.read(cursor, order, str, str, int):
            moment, name, pk = place
            after = (
                "updated <= %s::timestamptz AND (updated < %s::timestamptz"
                " OR (name, entry_id) > (%s, %s))"
            )
            parameters += [moment, moment, name, pk]
        sorting = "updated DESC, name, entry_id"
    query = (
        f"SELECT entry_id, name, updated::text FROM ({rows}) AS found WHERE {after}"
        f" ORDER BY {sorting} LIMIT %s"
    )
    with connection.cursor() as database:
        database.execute(query, [*parameters, size + 1])
        found = database.fetchall()
    if len(found) <= size:
        return [pk for pk, _name, _updated in found], ""
    pk, name, updated = found[size - 1]
    place = [name, pk] if by_name else [updated, name, pk]
    return [row[0] for row in found[:size]], cursors.written(order, place)


def records(kind: Kind, ids: list[int], wanted: Sequence[Column]) -> list[dict[str, Any]]:
    """One query."""
    if not ids:
        return []
    with connection.cursor() as database:
        database.execute(records_of(kind, wanted), [ids])
        return [record for (record,) in database.fetchall()]


def expand(found: list[dict[str, Any]], names: Iterable[str]) -> None:
    """Puts rows in the place of their slugs. One query for each model that is named."""
    places: dict[type[Model], list[tuple[Any, Any]]] = defaultdict(list)
    for record in found:
        for name in names:
            if name not in record:
                continue
            value = record[name]
            for member, model in EXPANDED[name]:
                if member:
                    places[model] += [(one, member) for one in value]
                elif isinstance(value, list):
                    places[model] += [(value, place) for place in range(len(value))]
                else:
                    places[model].append((record, name))
    for model, named in places.items():
        rows = named_rows(model, {holder[place] for holder, place in named if holder[place]})
        for holder, place in named:
            holder[place] = rows.get(holder[place])


def named_rows(model: type[Model], slugs: set[str]) -> dict[str, dict[str, str]]:
    columns = ("slug", "name_it", "name_en")
    rows = model._default_manager.filter(slug__in=slugs).order_by().values_list(*columns)
    return {
        slug: {
            "slug": slug,
            "name_it": name_it or "",
            "name_en": name_en or "",
            **{f"url_{language}": page_of(model, slug, language) for language in LANGUAGES},
        }
        for slug, name_it, name_en in rows
    }


PAGES = {
    Theme: "theme",
    City: "city",
    Organization: "orgs:detail",
    Network: "networks:detail",
    Project: "projects:detail",
}


def page_of(model: type[Model], slug: str, language: str) -> str:
    """The row's page, or nothing where it has none."""
    if model not in PAGES:
        return ""
    with override(language):
        return settings.BASE_URL + reverse(PAGES[model], args=[slug])

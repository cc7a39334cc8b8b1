"""Ties between entries: memberships of organizations in networks, and parts taken in projects.

Both ends of a tie are published; a partner without an entry is named.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import QueryDict

from api import asking, cursors
from api.problems import BadRequest
from directory.registry import kinds
from exports.columns import PUBLISHED, ROLES, SPAN, translations

TYPES = ("membership", "participation")
ENDS = ("organization", "network", "project")


def said(members: dict[str, str]) -> str:
    return ", ".join(f"'{name}', {sql}" for name, sql in members.items())


MEMBERSHIP = {
    "type": "'membership'",
    "organization": "organization.slug",
    "network": "network.slug",
    "project": "''",
    "name": "''",
    "roles": "json_build_array(role.slug)",
    **SPAN,
    "current": "one.current",
    **dict.fromkeys(translations("part"), "''"),
}
PARTICIPATION = {
    "type": "'participation'",
    "organization": "coalesce(organization.slug, '')",
    "network": "coalesce(network.slug, '')",
    "project": "project.slug",
    "name": "one.plain_name",
    "roles": ROLES,
    **SPAN,
    "current": "''",
    **translations("part"),
}
ARMS = {
    "membership": f"""
SELECT 1 AS part, one.id, json_build_object({said(MEMBERSHIP)}) AS tie
FROM networks_membership AS one
JOIN orgs_organization AS organization
    ON organization.id = one.organization_id AND organization.{PUBLISHED}
JOIN networks_network AS network ON network.id = one.network_id AND network.{PUBLISHED}
JOIN networks_membershiprole AS role ON role.id = one.role_id
WHERE (1, one.id) > (%s, %s) AND {{only}} ORDER BY one.id LIMIT %s
""",
    "participation": f"""
SELECT 2 AS part, one.id, json_build_object({said(PARTICIPATION)}) AS tie
FROM projects_participation AS one
JOIN projects_project AS project ON project.id = one.project_id AND project.{PUBLISHED}
LEFT JOIN orgs_organization AS organization ON organization.id = one.organization_id
LEFT JOIN networks_network AS network ON network.id = one.network_id
WHERE (2, one.id) > (%s, %s) AND (one.plain_name <> ''
    OR organization.{PUBLISHED} OR network.{PUBLISHED}) AND {{only}} ORDER BY one.id LIMIT %s
""",
}


def page(data: QueryDict, cursor: str, size: int) -> tuple[list[dict[str, Any]], str]:
    """The oldest first. A query for each end that is asked for, and one for the ties."""
    wanted = asking.chosen(data, "type", TYPES) or list(TYPES)
    only, ids = [], []
    for end in ENDS:
        slugs = [value.strip() for value in data.getlist(end) if value.strip()]
        if slugs:
            only.append(f"one.{end}_id = ANY(%s)")
            ids.append(published(end, slugs))
            if end == "project":
                wanted = [one for one in wanted if one == "participation"]
    after = cursors.read(cursor, "ties", int, int) or [0, 0]
    arms, parameters = [], []
    for name in wanted:
        arms.append("(" + ARMS[name].format(only=" AND ".join(only) or "true") + ")")
        parameters += [*after, *ids, size + 1]
    if not arms:
        return [], ""
    query = f"SELECT * FROM ({' UNION ALL '.join(arms)}) AS ties ORDER BY part, id LIMIT %s"
    with connection.cursor() as database:
        database.execute(query, [*parameters, size + 1])
        found = database.fetchall()
    last = cursors.written("ties", list(found[size - 1][:2])) if len(found) > size else ""
    return [tie for _part, _id, tie in found[:size]], last


def published(end: str, slugs: list[str]) -> list[int]:
    """``BadRequest`` for one that is not there."""
    if any("\x00" in slug or len(slug) > 300 for slug in slugs):
        raise BadRequest(f"{end}: not understood.")
    rows = kinds[end].model._default_manager.published().filter(slug__in=slugs)
    found = dict(rows.order_by().values_list("slug", "pk"))
    for slug in slugs:
        if slug not in found:
            raise BadRequest(f"{end}: “{slug[:60]}” is not known.")
    return list(found.values())

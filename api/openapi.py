"""The API in OpenAPI 3.1, made of what answers: the columns of records, the filters of pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django_filters import Filter

from api import asking, entries
from api.ties import MEMBERSHIP, TYPES
from api.views import PLURALS
from api.vocabularies import VOCABULARIES, Vocabulary
from directory.registry import Kind, kinds
from exports.columns import BOOLEAN, LIST, NUMBER, Column, columns_of

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": STRING}
LINKS: Schema = {"type": "object", "additionalProperties": STRING}
# Members of objects in lists that are no texts.
MEMBERS: dict[str, Schema] = {
    "roles": TEXTS,
    "items_it": TEXTS,
    "items_en": TEXTS,
    "value": {"type": "integer"},
    "year": {"type": ["integer", "null"]},
}
# Parameters of pages that no list here has.
NOT_HERE = (*entries.OF_PAGES, "type")


def described(name: str) -> str:
    """What a filter of the pages means."""
    return {
        "q": _("Words; accents, case and elisions do not matter."),
        "region": _("Slug of a region."),
        "province": _("Two letters of a province."),
        "city": _("Slug of a city."),
        "where": _("Narrows what a place means: the seat, or where the organization acts."),
        "theme": _("Slug of a theme; a parent includes its children."),
        "kind": _("Slug of a kind of organization."),
        "network": _("Slug of a network."),
        "role": _("Slug of a role, together with a network."),
        "partner": _("Slug of an organization that takes part."),
        "programme": _("Slug of a funding programme."),
        "year": _("A year in which the project went on."),
        "life": _("Whether it goes on or has ended."),
        "organization": _("Slug of an organization."),
        "project": _("Slug of a project."),
        "type": _("Kind of tie."),
    }.get(name, "")


def document() -> Schema:
    paths: dict[str, Any] = {
        "/": operation("root", _("Where everything is"), [], ref("Root")),
    }
    schemas: dict[str, Schema] = {
        "Problem": problem_schema(),
        "Root": shaped({**attribution(), "links": LINKS}),
        "Tie": shaped({name: MEMBERS.get(name, STRING) for name in MEMBERSHIP}),
        "Ties": page_of("Tie"),
    }
    for plural, key in PLURALS.items():
        kind, name = kinds[key], key.capitalize()
        schemas[name] = record(kind)
        schemas[plural.capitalize()] = page_of(name, count={"type": ["integer", "null"]})
        listed = [*filters(kind), sorting(), *chosen(kind), *paging()]
        paths[f"/{plural}/"] = operation(
            f"list_{plural}", plural.capitalize(), listed, ref(plural.capitalize())
        )
        paths[f"/{plural}/{{slug}}/"] = operation(
            f"get_{key}", name, [slug(), *chosen(kind)], ref(name), 404, 410
        )
    for name, vocabulary in VOCABULARIES.items():
        schemas[f"{name.capitalize()}Page"] = page_of(name.capitalize())
        schemas[name.capitalize()] = term(vocabulary)
        listed = [*(repeated(one, described(one)) for one in vocabulary.filters), *paging()]
        paths[f"/{name}/"] = operation(
            f"list_{name}", name.capitalize(), listed, ref(f"{name.capitalize()}Page")
        )
        paths[f"/{name}/{{slug}}/"] = operation(
            f"get_{name}_by_slug", name.capitalize(), [slug()], ref(name.capitalize()), 404
        )
    ends = [repeated(end, described(end)) for end in ("organization", "network", "project")]
    kinds_of_tie = repeated("type", described("type"), {"type": "string", "enum": [*TYPES]})
    paths["/ties/"] = operation(
        "list_ties", _("Ties"), [*ends, kinds_of_tie, *paging()], ref("Ties")
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.SITE_NAME,
            "version": "1",
            "description": _(
                "Organizations, networks and projects for the common good in Italian cities. "
                "Read-only, without a key. An unknown parameter is ignored; a value that cannot "
                "be is answered by 400."
            ),
            "license": {"name": settings.LICENCE_NAME, "url": settings.LICENCE_URL},
        },
        "servers": [{"url": f"{settings.BASE_URL}/api/v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


# ------------------------------------------------------------------ parameters
def parameter(name: str, said: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": said, "schema": schema, **more}


def repeated(name: str, said: str, items: Schema = STRING) -> Schema:
    return parameter(name, said, {"type": "array", "items": items}, explode=True)


def filters(kind: Kind) -> list[Schema]:
    """The pages' own; several values of one mean any of them."""
    return [
        parameter(name, described(name), {"type": "string", "maxLength": 200})
        if name == "q"
        else repeated(name, described(name), values_of(each))
        for name, each in kind.filterset.base_filters.items()
        if name not in NOT_HERE and described(name)
    ]


def values_of(filter_of_pages: Filter) -> Schema:
    """The words that a filter takes, where they are few and no rows."""
    offered = getattr(filter_of_pages, "offered", None)
    return {"type": "string", "enum": [*offered]} if isinstance(offered, dict) else STRING


def sorting() -> Schema:
    schema = {"type": "string", "enum": [*entries.SORTS], "default": "name"}
    return parameter("sort", _("By name, or what changed last first."), schema)


def chosen(kind: Kind) -> list[Schema]:
    def names(offered: list[str]) -> Schema:
        return {"type": "array", "items": {"type": "string", "enum": offered}}

    fields = [column.name for column in columns_of(kind.key)]
    return [
        parameter("fields", _("Only these members of each record."), names(fields), explode=False),
        parameter(
            "expand",
            _("Names and addresses in the place of these members’ slugs."),
            names(entries.expandable(kind)),
            explode=False,
        ),
    ]


def paging() -> list[Schema]:
    size = {"type": "integer", "minimum": 1, "maximum": asking.MOST, "default": asking.PAGE_SIZE}
    return [
        parameter("page_size", _("How many in an answer."), size),
        parameter(
            "cursor", _("Where the answer begins: as “next” of the one before says."), STRING
        ),
    ]


def slug() -> Schema:
    schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
    said = _("The last part of its address on the pages.")
    return {"name": "slug", "in": "path", "required": True, "description": said, "schema": schema}


# ------------------------------------------------------------------ answers
def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(
    name: str, summary: str, parameters: list[Schema], answer: Schema, *more: int
) -> dict[str, Any]:
    problems = {
        304: _("Not changed since the ETag that was sent along."),
        400: _("A value was not understood."),
        404: _("There is nothing at this address."),
        410: _("The entry was archived."),
        429: _("Too many requests in this minute; Retry-After says when to come back."),
        503: _("The directory cannot be read just now."),
    }
    answers: dict[str, Any] = {
        "200": {
            "description": _("As asked."),
            "headers": {
                "ETag": {"schema": STRING},
                "RateLimit": {"schema": STRING},
                "RateLimit-Policy": {"schema": STRING},
            },
            "content": {"application/json": {"schema": answer}},
        }
    }
    if 410 in more:
        answers["301"] = {"description": _("The entry has another slug now.")}
    for status, said in problems.items():
        if status in (404, 410) and status not in more:
            continue
        answers[str(status)] = {"description": said}
        if status != 304:
            content = {"application/problem+json": {"schema": ref("Problem")}}
            answers[str(status)]["content"] = content
    told: dict[str, Any] = {"operationId": name, "summary": summary, "responses": answers}
    if parameters:
        told["parameters"] = parameters
    return {"get": told}


def shaped(properties: dict[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, **more}


def attribution() -> dict[str, Schema]:
    names = ("source", "publisher", "url", "licence", "licence_url", "territory")
    return dict.fromkeys(names, STRING)


def page_of(name: str, **more: Schema) -> Schema:
    properties = {
        **attribution(),
        **more,
        "next": {"type": ["string", "null"], "description": _("The next page.")},
        "results": {"type": "array", "items": ref(name)},
    }
    return shaped(properties, required=[*properties])


def problem_schema() -> Schema:
    properties = {
        **dict.fromkeys(("type", "title", "detail"), STRING),
        "status": {"type": "integer"},
    }
    return shaped(properties, required=[*properties])


NAMED = ("slug", "name_it", "name_en", "url_it", "url_en")


def record(kind: Kind) -> Schema:
    expandable = entries.expandable(kind)
    return shaped(
        {
            **{
                column.name: member(column, column.name in expandable)
                for column in columns_of(kind.key)
            },
            "licence": STRING,
        }
    )


def member(column: Column, is_expandable: bool) -> Schema:
    slug_or_row: Schema = {
        "oneOf": [STRING, shaped(dict.fromkeys(NAMED, STRING), required=[*NAMED]), {"type": "null"}]
    }
    if column.kind == NUMBER:
        return {"type": ["number", "null"]}
    if column.kind == BOOLEAN:
        return {"type": "boolean"}
    if column.kind != LIST:
        return slug_or_row if is_expandable else STRING
    if not column.members:
        return {"type": "array", "items": slug_or_row if is_expandable else STRING}
    expanded = {name for name, _model in entries.EXPANDED.get(column.name, ())}
    properties = {
        name: slug_or_row if name in expanded else MEMBERS.get(name, STRING)
        for name in column.members
    }
    return {"type": "array", "items": shaped(properties, required=[*properties])}


def term(vocabulary: Vocabulary) -> Schema:
    properties: dict[str, Schema] = {}
    for name, told in vocabulary.columns.items():
        if isinstance(told, tuple):
            each = shaped(dict.fromkeys(told, STRING), required=[*told])
            properties[name] = {"type": "array", "items": each}
            continue
        plain = told.rstrip("?")
        properties[name] = {"type": [plain, "null"] if told.endswith("?") else plain}
    return shaped(properties | {"licence": STRING}, required=[*properties])

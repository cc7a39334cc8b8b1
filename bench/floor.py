"""As little as can be: one query by an index, one string template. Nothing is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from html import escape
from string import Template
from typing import Any
from urllib.parse import parse_qs

import psycopg

PAGE = Template('<!doctype html><html lang="it"><title>Organizzazioni</title><ul>$rows</ul></html>')
ROW = Template('<li><a href="/$slug/">$name</a> $city<p>$summary</p></li>')
FIELDS = ("slug", "name", "city", "summary")
QUERY = """
SELECT entry.slug, entry.name_it, city.name_it, entry.summary_it
FROM orgs_organization AS entry JOIN places_city AS city ON city.id = entry.city_id
WHERE city.slug = %s AND entry.status = 'published' ORDER BY entry.sort_it, entry.id LIMIT 24
"""
database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    city = parse_qs(environ["QUERY_STRING"]).get("city", [""])[0]
    rows = database.execute(QUERY, [city], prepare=True).fetchall()
    told = "".join(ROW.substitute(dict(zip(FIELDS, map(escape, row), strict=True))) for row in rows)
    body = PAGE.substitute(rows=told).encode()
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]

"""The published organizations as a SQLite file for Datasette, with indexes and full text."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg

QUERY = """
SELECT entry.id, entry.slug, entry.name_it, entry.summary_it, entry.description_it,
       city.slug, region.slug, kind.slug, entry.life,
       (SELECT theme.slug FROM orgs_organization_themes AS tie
        JOIN directory_theme AS theme ON theme.id = tie.theme_id
        WHERE tie.organization_id = entry.id ORDER BY tie.id LIMIT 1)
FROM orgs_organization AS entry
LEFT JOIN places_city AS city ON city.id = entry.city_id
LEFT JOIN places_region AS region ON region.id = city.region_id
LEFT JOIN orgs_organizationkind AS kind ON kind.id = entry.kind_id
WHERE entry.status = 'published' ORDER BY entry.sort_it, entry.id
"""
COLUMNS = (
    "id INTEGER PRIMARY KEY, slug, name, summary, description, city, region, kind, life, theme"
)


def export(database: str, target: Path) -> None:
    """Whole or not at all."""
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    lite = sqlite3.connect(fresh)
    lite.execute("PRAGMA journal_mode = OFF")
    lite.execute("PRAGMA synchronous = OFF")
    lite.execute(f"CREATE TABLE organizations ({COLUMNS})")
    with psycopg.connect(database) as source, source.cursor("rows") as cursor:
        cursor.itersize = 10_000
        cursor.execute(QUERY)
        lite.executemany("INSERT INTO organizations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cursor)
    for column in ("city", "region", "kind", "theme"):
        lite.execute(f"CREATE INDEX by_{column} ON organizations ({column})")
    # Datasette knows a table's full text by this very spelling, with double quotes.
    lite.execute(
        "CREATE VIRTUAL TABLE organizations_fts USING fts5 (name, summary, description,"
        " content=\"organizations\", content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    lite.execute("INSERT INTO organizations_fts (organizations_fts) VALUES ('rebuild')")
    lite.execute("ANALYZE")
    lite.commit()
    lite.close()
    fresh.rename(target)

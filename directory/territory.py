"""The database view that says which places an entry is tied to, one view for each kind."""

from __future__ import annotations

from django.db import migrations

SEAT = """
SELECT 'seat-' || entry.id AS id, entry.id AS entry_id, 'seat' AS meaning,
       city.id AS city_id, city.province_id, city.region_id
FROM {table} AS entry JOIN places_city AS city ON city.id = entry.city_id
"""

# One arm for each width of place, so that each can use the index on its own column.
PLACES = """
SELECT 'place-' || place.id AS id, place.entry_id, 'reach' AS meaning,
       city.id AS city_id, city.province_id, city.region_id
FROM {places} AS place JOIN places_city AS city ON city.id = place.city_id
UNION ALL
SELECT 'place-' || place.id, place.entry_id, 'reach', NULL, province.id, province.region_id
FROM {places} AS place JOIN places_province AS province ON province.id = place.province_id
UNION ALL
SELECT 'place-' || place.id, place.entry_id, 'reach', NULL, NULL, place.region_id
FROM {places} AS place WHERE place.region_id IS NOT NULL
"""


def create_view(view: str, *arms: str) -> migrations.RunSQL:
    """The migration operation; each arm selects id, entry_id, meaning, city, province, region."""
    body = "UNION ALL".join(arms)
    return migrations.RunSQL(f"CREATE VIEW {view} AS {body}", f"DROP VIEW {view}")

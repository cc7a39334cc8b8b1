"""What is asked of whom. The names in the addresses are looked up in the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg

LISTS = "/it/organizzazioni/"
FACETS = [("_facet", "region"), ("_facet", "city"), ("_facet", "kind")]
# Said by about one entry in thirty, and by nearly all.
WORD, COMMON = "lavatoio", "comunità"
DETAILS = 40


@dataclass(frozen=True)
class Scene:
    """The same wish, as each target understands it; what a target cannot do is left out.

    ``wordless`` scenes have goals of their own; ``listing`` says that the goals of listings and
    of the map hold for it.
    """

    key: str
    title: str
    site: list[str]
    datasette: str = ""
    # Without facets.
    bare: str = ""
    plain: str = ""
    wordless: bool = True
    listing: bool = True
    small: bool = True


@dataclass(frozen=True)
class Facts:
    """Slugs that the scenes name."""

    city: str
    small_city: str
    theme: str
    region: str
    details: list[str] = field(default_factory=list)


def facts(address: str) -> Facts:
    with psycopg.connect(address) as connection:

        def column(query: str, *given: object) -> list[str]:
            return [row[0] for row in connection.execute(query, given).fetchall()]

        cities = column(
            "SELECT city.slug FROM orgs_organization AS entry"
            " JOIN places_city AS city ON city.id = entry.city_id"
            " WHERE entry.status = 'published' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 100"
        )
        themes = column(
            "SELECT theme.slug FROM orgs_organization_themes AS tie"
            " JOIN directory_theme AS theme ON theme.id = tie.theme_id"
            " WHERE theme.parent_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        details = column(
            "SELECT slug FROM orgs_organization WHERE status = 'published'"
            " ORDER BY md5(slug) LIMIT %s",
            DETAILS,
        )
    return Facts(cities[0], cities[-1], themes[0], "piemonte", details)


def scenes(known: Facts) -> list[Scene]:
    city, theme, region = known.city, known.theme, known.region

    def listed(**query: object) -> list[str]:
        return [f"{LISTS}?{urlencode(query)}" if query else LISTS]

    def datasette(**query: str) -> str:
        return urlencode([*query.items(), *FACETS])

    both = {"theme": theme, "region": region}
    return [
        Scene("unfiltered", "unfiltered", listed(), datasette(), plain="/"),
        Scene(
            "large city", f"one large city ({city})", listed(city=city),
            datasette(city=city), plain=f"/?city={city}",
        ),
        Scene(
            "small city", f"one middling city ({known.small_city})", listed(city=known.small_city),
            datasette(city=known.small_city), plain=f"/?city={known.small_city}",
        ),
        Scene(
            "theme", f"one theme ({theme})", listed(theme=theme),
            datasette(theme=theme), plain=f"/?theme={theme}",
        ),
        Scene(
            "theme + region", "theme + region", listed(**both),
            datasette(**both), plain=f"/?{urlencode(both)}",
        ),
        Scene(
            "word", f"one word ({WORD})", listed(q=WORD),
            datasette(_search=WORD), urlencode({"_search": WORD}), wordless=False,
        ),
        Scene(
            "common word", f"a very common word ({COMMON})", listed(q=COMMON),
            datasette(_search=COMMON), urlencode({"_search": COMMON}), wordless=False,
        ),
        Scene(
            "theme + region + word", "theme + region + word", listed(**both, q=WORD),
            datasette(**both, _search=WORD), urlencode({**both, "_search": WORD}), wordless=False,
        ),
        Scene("page 500", "page 500", listed(page=500), plain="/?page=500", small=False),
        Scene("map", "map", ["/it/mappa/"]),
        Scene("map, provinces", "map of a region", [f"/it/mappa/?region={region}"]),
        Scene("detail", "detail", [f"{LISTS}{slug}/" for slug in known.details], listing=False),
        Scene("city page", f"city page ({city})", [f"/it/citta/{city}/"], listing=False),
        Scene("home", "home", ["/it/"], listing=False),
        Scene(
            "suggestion", "suggestion",
            [f"/it/cerca/suggerimenti/?q={start}" for start in ("tor", "ort", "ban", "coo")],
            wordless=False, listing=False,
        ),
    ]  # fmt: skip


# Answered from the memory of the worker.
KEPT = ("unfiltered", "theme + region", "word", "detail")

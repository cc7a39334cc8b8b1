"""Every kind of public page and every state one can be in, beside the first content.

``set_up`` makes the entries that the first content does not have: too long, too many, over, in
one language, gone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from PIL import Image

from directory.pictures import check_and_encode, store
from orgs.models import Organization
from places.models import City
from tests import builders as make
from tests.addresses import NETWORK

LANGUAGES = ("it", "en")
LONG_NAME = "Associazione di promozione per l’autorappresentazione civica"
UNBROKEN = "Wohnungsbaugenossenschaftsverbandsversammlung"
MANY_MEMBERS = 200
MANY_THEMES = 40


@dataclass(frozen=True)
class Scene:
    """A page in a state: its path in each language, and the status it answers with."""

    it: str
    en: str
    status: int = 200
    facets_open: bool = False

    def path(self, language: str) -> str:
        return f"/{language}/{getattr(self, language)}"


def entry(kind: str, slug: str, status: int = 200) -> Scene:
    italian = {"organizations": "organizzazioni", "networks": "reti", "projects": "progetti"}[kind]
    return Scene(f"{italian}/{slug}/", f"{kind}/{slug}/", status)


def listing(query: str, **state: Any) -> Scene:
    return Scene(f"organizzazioni/?{query}", f"organizations/?{query}", **state)


KINDS_OF_PAGE = {
    "home": Scene("", ""),
    "organizations": Scene("organizzazioni/", "organizations/"),
    "organization": entry("organizations", "officina-comune"),
    "networks": Scene("reti/", "networks/"),
    "network": entry("networks", NETWORK),
    "projects": Scene("progetti/", "projects/"),
    "project": entry("projects", "co-city-beni-comuni"),
    "cities": Scene("citta/", "cities/"),
    "city": Scene("citta/torino/", "cities/torino/"),
    "regions": Scene("regioni/", "regions/"),
    "region": Scene("regioni/piemonte/", "regions/piemonte/"),
    "themes": Scene("temi/", "themes/"),
    "theme": Scene("temi/beni-comuni/", "themes/beni-comuni/"),
    "search": Scene("cerca/?q=prossimita", "search/?q=prossimita"),
    "map": Scene("mappa/", "map/"),
    "embed": Scene("incorpora/?city=torino", "embed/?city=torino"),
    "about": Scene("informazioni/", "about/"),
    "sources": Scene("fonti/", "sources/"),
    "privacy": Scene("privacy/", "privacy/"),
    "accessibility": Scene("accessibilita/", "accessibility/"),
    "components": Scene("componenti/", "components/"),
}
STATES = {
    "first page of many": listing("network=rete-grande"),
    "second page": listing("page=2"),
    "filtered": listing("city=torino&theme=beni-comuni"),
    "facets open": listing("city=torino&theme=beni-comuni", facets_open=True),
    "no results": listing("q=zzz&theme=beni-comuni&city=torino"),
    "map of a region": Scene("mappa/?region=piemonte", "map/?region=piemonte"),
    "map of a province": Scene("mappa/?province=TO", "map/?province=TO"),
    "map of nothing": Scene("mappa/?q=zzz", "map/?q=zzz"),
    "search without results": Scene("cerca/?q=zzz", "search/?q=zzz"),
    "not understood": listing("city=atlantide&theme=beni-comuni"),
    "city with a name in two languages": Scene("citta/bolzano/", "cities/bolzano/"),
    "around a city": Scene("citta/torino/intorno/", "cities/torino/nearby/"),
    "city without entries": Scene("citta/alagna-valsesia/", "cities/alagna-valsesia/"),
    "parent theme": Scene("temi/beni-comuni-e-citta/", "themes/beni-comuni-e-citta/"),
    "ended": entry("organizations", "casa-chiusa"),
    "ended, in a listing": listing("life=ended"),
    "Italian only": entry("organizations", "solo-italiano"),
    "English only": entry("organizations", "solo-inglese"),
    "no more than is needed": entry("organizations", "il-necessario"),
    "long names": entry("organizations", "nomi-lunghi"),
    "many themes": entry("organizations", "molti-temi"),
    "pictures": entry("organizations", "con-figure"),
    "many members": entry("networks", "rete-grande"),
    "more members": Scene("reti/rete-grande/?page=2", "networks/rete-grande/?page=2"),
    "everything long": entry("projects", "progetto-lungo"),
    "framed list": Scene("incorpora/elenco/?city=torino", "embed/list/?city=torino"),
    "framed map": Scene("incorpora/mappa/?region=piemonte", "embed/map/?region=piemonte"),
    "framed entry": Scene("incorpora/reti/rete-grande/", "embed/networks/rete-grande/"),
    "not found": Scene("organizzazioni/non-esiste/", "organizations/non-esiste/", 404),
    "past the end": Scene("organizzazioni/?page=99", "organizations/?page=99", 404),
    "gone": entry("organizations", "archiviata", 410),
    "broken": Scene("made-up/broken/", "made-up/broken/", 500),
    "database away": Scene("made-up/away/", "made-up/away/", 503),
    "too long": Scene("made-up/too-long/", "made-up/too-long/", 503),
}
ALL = KINDS_OF_PAGE | STATES
TORINO = "torino"


def set_up() -> None:
    """The entries that ``STATES`` are about. Needs the first content."""
    torino = City.objects.get(slug=TORINO)
    heir = make.make_organization("Casa aperta", name_en="Open house", city=torino)
    make.make_organization(
        "Casa chiusa",
        city=torino,
        summary_it="Ha chiuso nel 2019.",
        life="ended",
        ended="2019-06",
        successor=heir,
        checked_on="2026-11-22",
    )
    for language, slug in (("it", "solo-italiano"), ("en", "solo-inglese")):
        _in_one_language(language, slug, torino)
    make.make_organization("Il necessario", slug="il-necessario")
    make.make_organization("Archiviata", slug="archiviata", status="archived")
    make.make_organization("Bozza", slug="bozza", status="draft", summary_it="In lavorazione.")
    themes = [make.make_theme(f"Tema numero {n} di molti") for n in range(MANY_THEMES)]
    make.make_organization("Molti temi", city=torino, themes=themes, summary_it="Di tutto.")
    _with_pictures(torino)
    long = make.make_organization(
        LONG_NAME,
        name_en=UNBROKEN,
        slug="nomi-lunghi",
        city=torino,
        summary_it=LONG_NAME,
        summary_en=f"{UNBROKEN} {UNBROKEN}",
        description_it=f"https://{UNBROKEN * 3}.example",
        themes=[make.make_theme(LONG_NAME)],
        other_names=[UNBROKEN, LONG_NAME],
        email=f"{UNBROKEN}@{UNBROKEN}.example".lower(),
        email_public=True,
    )
    long.web_addresses.create(url=f"https://{UNBROKEN}.example/{UNBROKEN * 3}".lower())
    long.figures.create(label_it=LONG_NAME, value=123_456_789_012, qualifier="more_than")
    _large_network(long)


def _in_one_language(language: str, slug: str, city: City) -> None:
    texts = {
        f"{field}_{language}": text
        for field, text in {
            "summary": "A sentence",
            "description": "A paragraph with a [link](https://example.org/).",
            "purpose": "## A heading\n\n- one\n- two",
            "story": "A paragraph.",
        }.items()
    }
    names = {"name_it": slug.replace("-", " ")} if language == "it" else {"name_en": "English"}
    source = {f"title_{language}": "A source", "url": "https://example.org/"}
    made = make.make_organization("", slug=slug, city=city, sources=[source], **names, **texts)
    made.milestones.create(**{f"text_{language}": "It began"})
    made.principles.create(**{f"title_{language}": "Lenses", f"items_{language}": "one\ntwo"})


def _with_pictures(city: City) -> None:
    made = make.make_organization("Con figure", city=city, summary_it="Si vede.")
    for order, alt in enumerate(("La corte", "")):
        upload = io.BytesIO()
        Image.new("RGB", (900, 600), (90, 120, 150)).save(upload, "PNG")
        stored = store(check_and_encode(upload))
        made.pictures.create(
            image=stored.name,
            width=stored.width,
            height=stored.height,
            widths=stored.widths,
            alt_it=alt,
            decorative=not alt,
            credit="Chi l’ha fatta",
            order=order,
        )


def _large_network(long: Organization) -> None:
    network = make.make_network("Rete grande", summary_it="Con molte organizzazioni.")
    cities = list(City.objects.order_by("-population")[:30])
    roles = ("Aderente", "Promotore", "Sostenitore con un nome di ruolo lungo")
    now = timezone.now()
    members = make.make_many(
        Organization,
        (
            {
                "name_it": f"Membro numero {n}",
                "slug": f"membro-numero-{n}",
                "city": cities[n % len(cities)],
                "published_at": now,
                "updated": now,
            }
            for n in range(MANY_MEMBERS)
        ),
    )
    make.join_many(network, members, roles)
    make.join(long, network, LONG_NAME)
    project = make.make_project(
        LONG_NAME,
        slug="progetto-lungo",
        subtitle_it=LONG_NAME,
        summary_it=LONG_NAME,
        founded="2017",
        programme=make.make_programme(LONG_NAME),
        places=cities,
    )
    make.take_part(project, long, LONG_NAME, part_it=f"{UNBROKEN} {LONG_NAME}")
    make.take_part(project, network, "Promotore")
    make.take_part(project, UNBROKEN, "Sostenitore con un nome di ruolo lungo")
    for n in range(25):
        make.take_part(project, f"Un ente citato per nome {n}", "Promotore")


def draft() -> Organization:
    return Organization.objects.get(slug="bozza")

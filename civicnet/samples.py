"""What the page of components shows: entries that are in no table, and lists without a query.

The names are nobody's.
"""

from __future__ import annotations

import datetime
from collections import Counter
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from directory.listing import Chip, Choice, FacetView, Problem
from directory.models import Life, Status, Theme
from directory.registry import kind_of
from directory.social_cards import palette
from directory.theme_icons import ICONS
from directory.ties_map import Group, Node, Ties
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization, OrganizationKind
from places.languages import current, other, translated
from places.models import City, Region
from places.outline import outline
from projects.models import Edition, FundingProgramme, Participation, PartnerRole, Project

STEPS = ("-2", "-1", "0", "1", "2", "3", "4")


def invented(model: Any, lists: dict[str, list[Any]] | None = None, **fields: Any) -> Any:
    """An entry that is in no table, with its lists as if they had been prefetched."""
    made = model(pk=0, status=Status.PUBLISHED, updated=datetime.datetime.now(datetime.UTC))
    for name, value in fields.items():
        setattr(made, name, value)
    made._prefetched_objects_cache = {
        "themes": [],
        "places": [],
        "web_addresses": [],
        "identifiers": [],
    } | (lists or {})
    # Not as a method of its class: its page does not exist.
    made.get_absolute_url = lambda: "#" + made.slug
    return made


def examples() -> dict[str, Any]:
    """By the names that the samples use."""
    themes = [
        Theme(
            slug="beni-comuni-e-citta", name_it="Beni comuni e città", name_en="Commons and city"
        ),
        Theme(slug="ecologia", name_it="Ecologia", name_en="Ecology"),
        Theme(slug="salute-e-cura", name_it="Salute e cura", name_en="Health and care"),
    ]
    torino = City(slug="torino", name_it="Torino", name_en="Turin", sigla="TO")
    kind = OrganizationKind(
        slug="x", name_it="Associazione (esempio)", name_en="Association (example)"
    )
    network = invented(
        Network,
        {"themes": themes[:2]},
        slug="card_network",
        name_it="Rete delle fontane (esempio)",
        name_en="Network of fountains (example)",
        summary_it="Un esempio: chi cura le fontane di quartiere si scambia saperi e attrezzi.",
        summary_en="An example: those who look after fountains share what they know, and tools.",
        founded=datetime.date(2015, 1, 1),
        founded_precision="year",
        members_today=14,
        public_participations=[],
        first_picture=None,
    )
    organization = invented(
        Organization,
        {
            "themes": themes,
            "milestones": milestones(torino),
            "principles": principles(),
            "figures": figures(),
            "sources": read_sources(),
        },
        slug="card_organization",
        name_it="Officina dei mulini (esempio)",
        name_en="Workshop of the mills (example)",
        summary_it="Un esempio: ripara vecchi mulini con chi abita accanto.",
        summary_en="An example: it mends old mills with those who live beside them.",
        short_names=["ODM"],
        email="mulini@civicnet.example",
        email_public=True,
        city=torino,
        kind=kind,
        founded=datetime.date(2013, 6, 1),
        founded_precision="month",
        checked_on=datetime.date(2026, 11, 22),
        public_memberships=[SimpleNamespace(network=network)],
        public_participations=[],
        first_picture=None,
    )
    project = invented(
        Project,
        {"themes": themes[1:], "places": [SimpleNamespace(city=torino)]},
        slug="card_project",
        name_it="Cortili aperti (esempio)",
        name_en="Open courtyards (example)",
        summary_it="Un esempio: dieci cortili diventano luoghi di studio e di gioco.",
        summary_en="An example: ten courtyards become places to study and to play.",
        founded=datetime.date(2024, 3, 1),
        founded_precision="month",
        ongoing=True,
        programme=FundingProgramme(name_it="Programma (esempio)", name_en="Programme (example)"),
        first_partner=[SimpleNamespace(network_id=None, entry=organization)],
        partners_number=3,
        first_picture=None,
    )
    plain: dict[str, Any] = {
        "public_memberships": [],
        "public_participations": [],
        "first_picture": None,
    }
    long = invented(
        Organization,
        {"themes": themes * 3},
        slug="card_long",
        name_it="Coordinamento delle associazioni per la cura condivisa dei cortili (esempio)",
        name_en="Coordination of associations for the shared care of courtyards (example)",
        city=City(slug="roma", name_it="Roma", name_en="Rome", sigla="RM"),
        **plain,
    )
    pictured = invented(
        Organization,
        {"themes": themes[:1], "pictures": [drawn()]},
        slug="card_picture",
        name_it="Portici aperti (esempio)",
        name_en="Open porticoes (example)",
        summary_it="Un esempio: sotto i portici si legge, si gioca, si discute.",
        summary_en="An example: under the porticoes people read, play and talk things over.",
        city=torino,
        **plain | {"first_picture": drawn()},
    )
    foreign = invented(Organization, slug="card_foreign", **plain)
    texts = {
        "it": ("Casa dei mestieri (esempio)", "Un esempio: qui si impara un mestiere."),
        "en": ("House of trades (example)", "An example: here one learns a trade."),
    }
    language = other(current())
    for name, text in zip(("name", "summary"), texts[language], strict=True):
        setattr(foreign, f"{name}_{language}", text)
    ended = invented(
        Organization,
        slug="card_ended",
        name_it="Circolo del ponte (esempio)",
        name_en="Bridge club (example)",
        life=Life.ENDED,
        ended=datetime.date(2019, 1, 1),
        ended_precision="year",
        successor=organization,
        **plain,
    )
    chips = [
        Chip("theme", _("Theme"), str(themes[1].name), current(), ""),
        Chip("city", _("City"), str(torino.name), current(), ""),
    ]
    return {
        "colours": list(palette()),
        "steps": STEPS,
        "themes": [*[Theme(slug=slug, name=slug) for slug in ICONS], Theme(slug="x", name="…")],
        "tiles": tiles(),
        "organization": organization,
        "network": network,
        "project": project,
        "pictured": pictured,
        "map": tied(organization, pictured, long, foreign),
        "long": long,
        "foreign": foreign,
        "ended": ended,
        "ties": [SimpleNamespace(entry=network, memberships=memberships())],
        "partners": partners(organization, network),
        "related": [
            SimpleNamespace(
                project=project, partners=[organization], cities=[torino], themes=themes[:2]
            )
        ],
        "editions": editions(torino),
        "theme_boxes": [(themes[0], Counter(organization=12, project=3), themes[1:])],
        "regions": regions(),
        "still": [(45.07, 7.69, _("Turin (example)"), "", 3), (41.89, 12.48, _("Rome (example)"))],
        "counted": SimpleNamespace(problems=[], is_counted=True, total=1_234),
        "near": near(organization, network),
        "meanings": FacetView(
            "where",
            _("In that place, it…"),
            [
                Choice("seat", str(_("has its seat there")), current(), None, True),
                Choice("reach", str(_("acts there")), current(), None, False),
            ],
        ),
        "facet_open": facet("sample-open", chosen=True),
        "facet_closed": facet("sample-closed", chosen=False),
        "loosened": [(chips[0], 12, True), (chips[1], 3, True)],
        "listing": SimpleNamespace(
            chips=chips,
            query="",
            words="mulini",
            is_narrowed=True,
            listed=[kind_of(Organization)],
            is_counted=True,
            total=612,
            problems=[
                Problem(_("City"), _("“%(value)s” is not known.") % {"value": "Atlantide"}, "")
            ],
        ),
        **pages(),
    }


def milestones(city: City) -> list[Any]:
    rows = Organization._meta.get_field("milestones").related_model
    return [
        rows(
            date=datetime.date(2013, 6, 1),
            date_precision="month",
            text_it="Dodici vicini aprono il primo mulino.",
            text_en="Twelve neighbours open the first mill.",
            city=city,
        ),
        rows(
            date=datetime.date(2018, 1, 1),
            date_precision="year",
            text_it="Nasce la scuola.",
            text_en="The school is founded.",
        ),
    ]


def drawn() -> Any:
    """A picture of our own, among the static files."""
    return SimpleNamespace(
        image=SimpleNamespace(sources=[(static("img/example.webp"), 640)]),
        width=640,
        height=480,
        alt_it="Disegno di tre archi, con persone sotto ciascuno",
        alt_en="A drawing of three arches, with people under each",
        decorative=False,
        credit="civicnet",
    )


def tied(*organizations: Organization) -> Ties:
    """A drawing as on a network's page."""
    group = Group(str(_("Promoter (example)")), current())
    nodes = []
    for one in organizations:
        name, language = translated(one, "name")
        nodes.append(Node(name, "#" + one.slug, group, language, "organization"))
    return Ties(Node(str(_("Network (example)")), kind="network"), nodes)


def figures() -> list[Any]:
    rows = Organization._meta.get_field("figures").related_model
    return [
        rows(label_it="mulini riparati", label_en="mills mended", value=1_234, year=2024),
        rows(label_it="persone", label_en="people", value=90_000, qualifier="more_than"),
    ]


def read_sources() -> list[Any]:
    rows = Organization._meta.get_field("sources").related_model
    return [
        rows(
            pk=0,
            title_it="Lo statuto (esempio)",
            title_en="The statute (example)",
            url="https://civicnet.example/",
            read_on=datetime.date(2026, 11, 22),
        )
    ]


def principles() -> list[Any]:
    rows = Organization._meta.get_field("principles").related_model
    return [
        rows(
            title_it="Come si lavora",
            title_en="How the work is done",
            items_it="Si decide insieme\nChi ripara insegna",
            items_en="Decisions are taken together\nWhoever mends teaches",
        )
    ]


def memberships() -> list[Membership]:
    role = MembershipRole(name_it="Promotore (esempio)", name_en="Promoter (example)")
    since = {"since": datetime.date(2015, 1, 1), "since_precision": "year"}
    until = {"until": datetime.date(2019, 6, 1), "until_precision": "month"}
    return [
        Membership(role=role, **since, current=Membership.Current.YES),
        Membership(role=role, **since, **until, current=Membership.Current.NO),
    ]


def partners(*entries: Any) -> list[Participation]:
    role = PartnerRole(name_it="Capofila (esempio)", name_en="Lead (example)")
    rows: list[Any] = [Participation(organization=entries[0]), Participation(network=entries[1])]
    rows.append(Participation(plain_name=str(_("A parish (example)"))))
    rows[0].since, rows[0].since_precision = datetime.date(2024, 1, 1), "year"
    rows[0].part_it = "Cura il cantiere e la scuola di mestiere."
    rows[0].part_en = "It looks after the works and the school of trades."
    for row in rows:
        row.pk = 0
        row._prefetched_objects_cache = {"roles": [role] if row.organization else []}
    return rows


def editions(city: City) -> list[Edition]:
    return [
        Edition(
            title_it="Seconda edizione (esempio)",
            title_en="Second edition (example)",
            start=datetime.date(2025, 6, 13),
            start_precision="day",
            end=datetime.date(2025, 6, 15),
            end_precision="day",
            city=city,
        )
    ]


def regions() -> list[tuple[Region, int]]:
    """Every third region of the outline, with as many entries as give all its tints."""
    named = [
        Region(slug=f"esempio-{code}", istat_code=code, name_it=code, name_en=code)
        for code in sorted(outline().regions)[::3]
    ]
    for region in named:
        region.get_absolute_url = lambda: "#italy"  # type: ignore[method-assign]
    return [(region, 4**place) for place, region in enumerate(named)]


def near(*entries: Any) -> list[Any]:
    city = City(slug="moncalieri", name_it="Moncalieri", name_en="Moncalieri", sigla="TO")
    city.distance_km = 8.2  # type: ignore[attr-defined]
    return [SimpleNamespace(city=city, organizations=entries, more=3)]


def facet(name: str, *, chosen: bool) -> FacetView:
    choices = [
        Choice("ecologia", str(_("Ecology (example)")), current(), 7, chosen),
        Choice("cura", str(_("Care (example)")), current(), 3, False),
    ]
    return FacetView(name, _("Theme"), choices, more=True)


def tiles() -> list[SimpleNamespace]:
    """The alphabet: enough for every hue and shape."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [SimpleNamespace(slug=f"esempio-{one}", name_it=one, name_en=one) for one in letters]


def pages() -> dict[str, Any]:
    page = Paginator(range(200), 20).page(5)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "pages": list(numbers)}

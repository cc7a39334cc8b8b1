"""The page of components: each part of a page in every state, beside the template that makes it.

What is shown and what is printed beside it are one file of ``templates/civicnet/samples``. The
entries are invented and never saved; their lists stand where a query would have put them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from directory.listing import Chip, Choice, FacetView, Problem
from directory.models import Life, Status, Theme
from directory.social_cards import palette
from directory.theme_icons import ICONS
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization, OrganizationKind
from places.languages import current, other
from places.models import City
from projects.models import FundingProgramme, Project

GROUPS: list[tuple[Any, dict[str, Any]]] = [
    (
        _("Ground"),
        {
            "colours": _("Colours, in a table"),
            "type": _("Sizes of type"),
            "theme_icons": _("Icons of themes"),
            "placeholders": _("Placeholders of pictures"),
        },
    ),
    (
        _("Controls"),
        {
            "buttons": _("Buttons"),
            "links": _("Links"),
            "tags": _("Tags and badge"),
            "fields": _("Fields"),
            "field_error": _("Field with an error"),
            "facet_open": _("Facet, open"),
            "facet_closed": _("Facet, closed"),
            "chips": _("Filters in force"),
            "pagination": _("Pages"),
        },
    ),
    (
        _("Cards"),
        {
            "card_organization": _("Organization"),
            "card_network": _("Network, among other kinds"),
            "card_project": _("Project, among other kinds"),
            "card_long": _("Long name, many themes"),
            "card_foreign": _("Text in the other language only"),
            "card_ended": _("Ended, with nothing but a name"),
        },
    ),
    (
        _("Parts of an entry"),
        {
            "facts": _("Fact panel"),
            "timeline": _("Timeline"),
            "principles": _("Principles"),
            "ties": _("Ties"),
        },
    ),
    (
        _("Messages"),
        {
            "notices": _("Notices"),
            "empty": _("Nothing found"),
            "problems": _("A filter that was not understood"),
        },
    ),
]
STEPS = ("-2", "-1", "0", "1", "2", "3", "4")


@dataclass(frozen=True)
class Sample:
    name: str
    title: Any
    html: SafeString
    markup: str


class ComponentsView(TemplateView):
    """No query; not for search engines."""

    http_method_names = ["get", "head", "options"]
    template_name = "civicnet/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = examples()
        groups = [
            (title, [self.sample(name, label, shown) for name, label in names.items()])
            for title, names in GROUPS
        ]
        return super().get_context_data(groups=groups, **kwargs)

    def sample(self, name: str, title: Any, shown: dict[str, Any]) -> Sample:
        template: Any = get_template(f"civicnet/samples/{name}.html")
        html = template.render(shown, self.request)
        return Sample(name, title, html, template.template.source.strip())


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
    """What the samples show. The names are nobody's."""
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
        current_memberships=[SimpleNamespace(organization_id=n) for n in range(1, 15)],
        public_participations=[],
        first_picture=None,
    )
    organization = invented(
        Organization,
        {
            "themes": themes,
            "milestones": milestones(torino),
            "principles": principles(),
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
        public_participations=[SimpleNamespace(network_id=None, entry=organization)] * 3,
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
        Chip(_("Theme"), str(themes[1].name), current(), ""),
        Chip(_("City"), str(torino.name), current(), ""),
    ]
    return {
        "colours": list(palette()),
        "steps": STEPS,
        "themes": [*[Theme(slug=slug, name=slug) for slug in ICONS], Theme(slug="x", name="…")],
        "tiles": tiles(),
        "organization": organization,
        "network": network,
        "project": project,
        "long": long,
        "foreign": foreign,
        "ended": ended,
        "ties": [SimpleNamespace(entry=network, memberships=memberships())],
        "facet_open": facet("sample-open", chosen=True),
        "facet_closed": facet("sample-closed", chosen=False),
        "listing": SimpleNamespace(
            chips=chips,
            query="",
            words="mulini",
            is_narrowed=True,
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
    return [Membership(role=role, since=datetime.date(2015, 1, 1), since_precision="year")]


def facet(name: str, *, chosen: bool) -> FacetView:
    choices = [
        Choice("ecologia", str(_("Ecology (example)")), current(), 7, chosen),
        Choice("cura", str(_("Care (example)")), current(), 3, False),
    ]
    return FacetView(name, _("Theme"), choices, hidden=2)


def tiles() -> list[SimpleNamespace]:
    """The alphabet: enough for every hue and shape."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [SimpleNamespace(slug=f"esempio-{one}", name_it=one, name_en=one) for one in letters]


def pages() -> dict[str, Any]:
    page = Paginator(range(200), 20).page(5)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "pages": list(numbers)}

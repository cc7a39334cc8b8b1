"""Participations as the pages show them, and which other projects are related, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import models
from django.db.models import CharField, Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from directory.models import Theme
from directory.querysets import EntryQuerySet, Named, Said, names_under
from directory.registry import kind_of
from directory.ties_map import Group, Node, Ties
from places.languages import translated
from places.models import City
from projects.models import Participation, Project, ProjectPlace

MOST_RELATED = 6
MOST_CANDIDATES = 20


def first_partner() -> Said:
    """For cards of published projects: a list of the first public partner, or none."""
    rows = Participation.objects.with_public_partner().filter(project=OuterRef("pk")).in_order()
    text = CharField()
    columns = [
        "organization_id",
        "network_id",
        "plain_name",
        Coalesce("organization__name_it", "network__name_it", output_field=text),
        Coalesce("organization__name_en", "network__name_en", output_field=text),
    ]
    return Said(rows.rewrite(False)[:1], columns, partner)


def partner(
    organization: int | None,
    network: int | None,
    plain_name: str,
    name_it: str | None,
    name_en: str | None,
) -> SimpleNamespace:
    pk = organization or network
    entry = Named(pk, name_it, name_en) if pk else None
    return SimpleNamespace(network_id=network, plain_name=plain_name, entry=entry)


def partners_number() -> Coalesce:
    """For cards of published projects: how many public partners there are."""
    rows = Participation.objects.with_public_partner().filter(project=OuterRef("pk"))
    counted = rows.order_by().values("project").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


class Place(NamedTuple):
    """What a card says of a city, a province or a region."""

    name_it: str
    name_en: str | None
    sigla: str = ""
    uts_code: str = ""


def places() -> Said:
    """For cards: the places of intervention, each as its row has it."""
    rows: models.QuerySet = models.QuerySet(ProjectPlace)
    columns = [
        *("city__name_it", "city__name_en", "city__sigla"),
        *("province__name_it", "province__name_en", "province__sigla", "province__uts_code"),
        *("region__name_it", "region__name_en"),
    ]
    return Said(rows.filter(entry=OuterRef("pk")).order_by("order", "pk"), columns, place)


def place(*said: Any) -> SimpleNamespace:
    parts = {"city": said[:3], "province": said[3:7], "region": said[7:]}
    return SimpleNamespace(
        **{name: Place(*told) if told[0] else None for name, told in parts.items()}
    )


def projects_of_partner(partner: str) -> Said:
    """For cards of published organizations and networks, as ``public_participations``, each with
    its ``project``."""
    rows = Participation.objects.with_public_project().filter(**{partner: OuterRef("pk")})
    # A card names the one project, or counts them: their order does not matter.
    return Said(
        rows.order_by().rewrite(False),
        names_under("project"),
        lambda *said: SimpleNamespace(project=Named(*said)),
    )


def of_partner(partner: Any) -> list[Participation]:
    """The partner's public projects with its roles and part. Two queries.

    The partner itself is a page's own: public, or previewed by staff.
    """
    rows = partner.participations.with_public_project()
    return list(
        rows.select_related("project", "source")
        .prefetch_related("roles")
        .order_by("project__sort_it", "pk")
    )


def of_project(project: Project) -> list[Participation]:
    """The project's public partners with their roles and parts. Two queries.

    The project itself is a page's own: public, or previewed by staff.
    """
    rows = project.participations.with_public_partner().in_order()  # type: ignore[attr-defined]
    return list(
        rows.select_related(
            "organization__city", "organization__kind", "network", "source"
        ).prefetch_related("roles")
    )


@dataclass
class Related:
    """Another project, and what it has in common with the page's."""

    project: Project
    themes: list[Theme] = field(default_factory=list)
    cities: list[City] = field(default_factory=list)
    partners: list[Any] = field(default_factory=list)

    @property
    def weight(self) -> tuple[int, int, int]:
        return (len(self.partners), len(self.cities), len(self.themes))


def related_to(
    project: Project, themes: list[Theme], cities: list[City], ties: list[Participation]
) -> list[Related]:
    """Other projects with a theme, a city or a partner of this one: most in common first.

    Four queries: the candidates, capped for each reason, with themes, places and partners.
    """
    rows = Participation.objects.of_published().only("project", "organization", "network")
    there = ProjectPlace.objects.select_related("city__province", "province", "region")
    candidates = in_common_with(project, themes, cities, ties).prefetch_related(
        Prefetch("places", there), "themes", Prefetch("participations", rows, to_attr="public_ties")
    )
    found = [reasons(other, themes, cities, ties) for other in candidates]
    found.sort(key=lambda one: one.weight, reverse=True)
    return found[:MOST_RELATED]


@dataclass
class Around:
    """Who takes part in a project, and which other projects are related to it; ``map`` draws
    the partners."""

    project: Project
    partners: list[Participation]
    related: list[Related]

    def __bool__(self) -> bool:
        return bool(self.partners or self.related)

    @property
    def map(self) -> Ties:
        return map_of(self.project, self.partners)


def around(project: Project) -> Around:
    """Of a project that was loaded for its own page, with themes and places. Six queries."""
    partners = of_project(project)
    cities = [place.city for place in project.places.all() if place.city]  # type: ignore[attr-defined]
    return Around(
        project, partners, related_to(project, list(project.themes.all()), cities, partners)
    )


def map_of(project: Project, partners: list[Participation]) -> Ties:
    """By the first role of each. No query: ``of_project`` has loaded the rows."""
    name, language = translated(project, "name")
    return Ties(Node(name, language=language, kind="project"), list(map(node_of, partners)))


def node_of(row: Participation) -> Node:
    role = next(iter(row.roles.all()), None)
    group = Group(*translated(role, "name")) if role else None
    if row.entry is None:
        return Node(row.plain_name, group=group)
    name, language = translated(row.entry, "name")
    kind = kind_of(row.entry)
    return Node(
        name,
        row.entry.get_absolute_url(),
        group,
        language,
        kind.key,
        # Most partners are organizations; a network says that it is one, in shape and word.
        note=str(kind.label) if row.network else "",
        is_diamond=bool(row.network),
    )


def in_common_with(
    project: Project, themes: list[Theme], cities: list[City], ties: list[Participation]
) -> EntryQuerySet:
    """The latest projects that share a partner, a city or a theme; at most 20 for each."""
    others = Project.objects.published().exclude(pk=project.pk)
    organizations = [tie.organization_id for tie in ties if tie.organization_id]
    networks = [tie.network_id for tie in ties if tie.network_id]
    partnered = Participation.objects.filter(
        Q(organization__in=organizations) | Q(network__in=networks)
    )
    arms = [
        others.filter(pk__in=partnered.values("project")),
        others.in_place(*cities),
        others.about(*themes),
    ]
    pks = [arm.newest_first().values("pk")[:MOST_CANDIDATES] for arm in arms]
    wanted = Q()
    for found in pks:
        wanted |= Q(pk__in=found)
    return others.filter(wanted)


def reasons(
    other: Project, themes: list[Theme], cities: list[City], ties: list[Participation]
) -> Related:
    theirs = {(tie.organization_id, tie.network_id) for tie in other.public_ties}  # type: ignore[attr-defined]
    near = {place.city for place in other.places.all() if place.city}  # type: ignore[attr-defined]
    return Related(
        project=other,
        themes=[theme for theme in themes if theme in other.themes.all()],
        cities=[city for city in cities if city in near],
        partners=[
            tie.entry
            for tie in ties
            if tie.entry and (tie.organization_id, tie.network_id) in theirs
        ],
    )

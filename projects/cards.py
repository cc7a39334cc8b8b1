"""What the card of a project says, and those of its partners of their projects."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext

from directory.cards import city_and_sigla, tied_to
from directory.registry import kinds
from directory.templatetags.texts import period, province
from directory.writing import drawing, escape, named
from projects.models import Project

MOST_PLACES = 3


def line(project: Project, own: str) -> str:
    """Where it runs, and when."""
    told = project.__dict__.get("places_said")
    places = list(project.places.all()) if told is None else told  # type: ignore[attr-defined]
    said = ", ".join(place_of(place, own) for place in places[:MOST_PLACES])
    if (more := len(places) - MOST_PLACES) > 0:
        words = ngettext("and one more", "and %(number)s more", more)
        said += " " + words % {"n": more, "number": more}
    if project.founded_on or project.ended_on:
        said += " · " if said else ""
        said += period(project.founded_on, project.ended_on)
    if project.ongoing:
        said += ", " if said else ""
        said += gettext("ongoing")
    return said


def place_of(place: Any, own: str) -> str:
    if place.city:
        return city_and_sigla(place.city, own)
    if place.province:
        return province(place.province)
    return named(place.region, own) if place.region else gettext("the whole of Italy")


def partners(project: Project, own: str) -> str:
    """The first partner, and how many others there are."""
    first: list[Any] = project.first_partner  # type: ignore[attr-defined]
    if not first:
        return ""
    kind = kinds["network" if first[0].network_id else "organization"]
    said = named(first[0].entry, own) if first[0].entry else escape(first[0].plain_name)
    if (others := project.partners_number - 1) > 0:  # type: ignore[attr-defined]
        words = ngettext("and %(n)s other partner", "and %(n)s other partners", others)
        said += " " + words % {"n": others}
    return drawing(kind.icon) + said


def programme(project: Project, own: str) -> str:
    return named(project.programme, own) if project.programme else ""


def projects(partner: Any, own: str) -> str:
    """Of an organization or a network."""
    return tied_to(kinds["project"], partner.public_participations, "project", own)

"""What the card of an organization says in its line."""

from __future__ import annotations

from directory.cards import city_and_sigla
from directory.writing import attribute, escape
from orgs.models import Organization
from places.languages import translated


def line(organization: Organization, own: str) -> str:
    """Where it has its seat, and what it is."""
    said = []
    if organization.city:
        said.append(city_and_sigla(organization.city, own))
    if organization.kind:
        name, language = translated(organization.kind, "name", own)
        said.append(f"<span{attribute(language, own)}>{escape(name)}</span>")
    return " · ".join(said)

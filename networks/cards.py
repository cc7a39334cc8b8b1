"""What the card of a network says, and that of an organization of its networks."""

from __future__ import annotations

from django.utils.translation import ngettext

from directory.cards import tied_to
from directory.registry import kinds
from directory.templatetags.texts import when
from directory.writing import drawing, grouped
from networks.models import Network
from orgs.models import Organization


def line(network: Network, own: str) -> str:
    return when(network.founded_on)


def members(network: Network, own: str) -> str:
    """How many organizations are in it today."""
    number: int = network.members_today  # type: ignore[attr-defined]
    if not number:
        return ""
    said = ngettext("%(n)s organization today", "%(n)s organizations today", number)
    return drawing(kinds["organization"].icon) + said % {"n": grouped(number, own)}


def networks(organization: Organization, own: str) -> str:
    return tied_to(kinds["network"], organization.public_memberships, "network", own)  # type: ignore[attr-defined]

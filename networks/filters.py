"""The networks' own filters, and those that memberships give to organizations."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from directory.filters import EntryFilterSet, TermFacet
from directory.querysets import EntryQuerySet
from networks.models import Membership, MembershipRole, Network


class NetworkFilterSet(EntryFilterSet):
    pass


def published_networks() -> EntryQuerySet:
    return Network.objects.published()


class MembershipFacet(TermFacet):
    """The networks of an organization, by any membership."""

    def __init__(self) -> None:
        super().__init__(label=_("Network"), path="memberships__network", rows=published_networks)

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        return entries.filter(tied(network__in=chosen))

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        ties = {"memberships__network__status": "published"}
        if roles := self.cleaned("role"):
            ties["memberships__role__in"] = roles
        return super().arms(entries.filter(**ties))


class RoleFacet(TermFacet):
    """The role of a membership in one of the networks asked for: both speak of one tie."""

    needs = "network"

    def __init__(self) -> None:
        super().__init__(label=_("Role"), path="memberships__role", rows=MembershipRole.objects.all)

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        networks = self.cleaned("network")
        if not networks or self.ignored == "network":
            return entries
        return entries.filter(tied(network__in=networks, role__in=chosen))

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        return super().arms(entries.filter(memberships__network__in=self.cleaned("network")))


def tied(**ties: Any) -> Exists:
    return Exists(Membership.objects.filter(organization=OuterRef("pk"), **ties))

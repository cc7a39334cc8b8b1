from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.admin import EntryAdmin
from directory.editing_admin import both, section
from directory.proposal_list_admin import ProposalAdmin
from directory.row_admin import (
    IdentifierInline,
    MilestoneInline,
    PictureInline,
    PlaceInline,
    PrinciplesInline,
    RowInline,
    SourceInline,
    WebAddressInline,
)
from directory.vocabulary_admin import TermAdmin
from networks import models
from networks.forms import MembershipForm
from orgs.admin import OrganizationAdmin


@admin.register(models.MembershipRole)
class MembershipRoleAdmin(TermAdmin):
    pass


class MemberInline(RowInline):
    """Who belongs to this network."""

    model = models.Membership
    form = MembershipForm
    rows = (("organization", "role", "current"), ("since", "until", "source", "order"))
    autocomplete_fields = ("organization",)
    joins = ("organization__city", "role")

    def narrow(self, name: str, field: Any, owner: Any) -> None:
        if name == "source":
            field.queryset = owner.sources.all() if owner else models.NetworkSource.objects.none()


class MembershipInline(RowInline):
    """What networks this organization belongs to. The source is set at the network."""

    model = models.Membership
    form = MembershipForm
    rows = (("network", "role", "current"), ("since", "until"))
    autocomplete_fields = ("network",)
    joins = ("network", "organization", "role")


@admin.register(models.Network)
class NetworkAdmin(EntryAdmin):
    own_sections = (
        section(_("What it is for"), *both("aim")),
        section(
            _("Founding act"),
            *both("founding_act_title"),
            "founding_act_date",
            *both("founding_act_text"),
        ),
    )
    list_display = (
        *("named", "places_shown", "status_shown", "languages", "complete", "checked", "changed"),
    )
    list_prefetches = ("places__city", "places__province", "places__region")
    small_texts = (*EntryAdmin.small_texts, "aim")
    # Sources come last: a membership whose source goes with the same save loses it without harm.
    inlines = [
        MemberInline,
        PrinciplesInline.of(models.NetworkPrinciples),
        PlaceInline.of(models.NetworkPlace),
        WebAddressInline.of(models.NetworkWebAddress),
        MilestoneInline.of(models.NetworkMilestone),
        PictureInline.of(models.NetworkPicture),
        IdentifierInline.of(models.NetworkIdentifier),
        SourceInline.of(models.NetworkSource),
    ]


OrganizationAdmin.inlines.insert(0, MembershipInline)


@admin.register(models.NetworkProposal)
class NetworkProposalAdmin(ProposalAdmin):
    pass

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.admin import EntryAdmin
from directory.editing_admin import both, section
from directory.list_filters import TermFilter
from directory.proposal_list_admin import ProposalAdmin
from directory.row_admin import (
    IdentifierInline,
    MilestoneInline,
    PictureInline,
    PlaceInline,
    PrinciplesInline,
    SourceInline,
    TextRowInline,
    WebAddressInline,
)
from directory.vocabulary_admin import TermAdmin
from orgs import models
from orgs.filters import KIND


@admin.register(models.OrganizationKind)
class OrganizationKindAdmin(TermAdmin):
    pass


class FigureInline(TextRowInline):
    model = models.OrganizationFigure
    rows = (*both("label"), ("qualifier", "value", "year", "order"))


class KindFilter(TermFilter):
    code = KIND


@admin.register(models.Organization)
class OrganizationAdmin(EntryAdmin):
    own_sections = (
        section(_("Kind and seat"), ("kind", "parent"), ("city", "address", "address_public")),
        section(
            _("What it stands for and does"), *both("purpose", "vision", "story", "activities")
        ),
    )
    own_contacts = (("newsletter_url", "privacy_url"), ("cookie_url", "transparency_url"))
    autocomplete_fields = (*EntryAdmin.autocomplete_fields, "city", "parent")
    list_display = (
        *("named", "city", "kind", "status_shown", "languages", "complete", "checked", "changed"),
    )
    list_filter = (*EntryAdmin.list_filter, ("kind", KindFilter))
    list_select_related = ("city", "kind")
    inlines = [
        PlaceInline.of(models.OrganizationPlace),
        WebAddressInline.of(models.OrganizationWebAddress),
        PrinciplesInline.of(models.OrganizationPrinciples),
        FigureInline,
        MilestoneInline.of(models.OrganizationMilestone),
        PictureInline.of(models.OrganizationPicture),
        IdentifierInline.of(models.OrganizationIdentifier),
        SourceInline.of(models.OrganizationSource),
    ]


@admin.register(models.OrganizationProposal)
class OrganizationProposalAdmin(ProposalAdmin):
    list_display = (*ProposalAdmin.list_display[:1], "city", *ProposalAdmin.list_display[1:])
    list_select_related = (*ProposalAdmin.list_select_related, "entry__city", "entry__kind")
    list_filter = (
        *ProposalAdmin.list_filter,
        ("entry__city", admin.RelatedOnlyFieldListFilter),
        "entry__kind",
    )

    @admin.display(description=_("city"), ordering="entry__city__sort_it")
    def city(self, proposal: models.OrganizationProposal) -> str:
        return str(proposal.entry.city or "")

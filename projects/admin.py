from typing import Any

from django.contrib import admin
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from directory.admin import EntryAdmin
from directory.editing_admin import both, section
from directory.fields import ProtectedManyToManyField
from directory.list_filters import TermFilter
from directory.proposal_list_admin import ProposalAdmin
from directory.row_admin import (
    IdentifierInline,
    MilestoneInline,
    PictureInline,
    PlaceInline,
    SourceInline,
    TextRowInline,
    WebAddressInline,
)
from directory.vocabulary_admin import TermAdmin
from projects import models
from projects.filters import PROGRAMME


@admin.register(models.PartnerRole)
class PartnerRoleAdmin(TermAdmin):
    pass


@admin.register(models.FundingProgramme)
class FundingProgrammeAdmin(TermAdmin):
    fieldsets: Any = [
        (None, {"fields": (*both("name"), ("slug", "url", "order"), *both("description"))})
    ]


class ParticipationInline(TextRowInline):
    model = models.Participation
    rows = (
        ("organization", "network", "plain_name"),
        "roles",
        *both("part"),
        ("since", "until", "source", "order"),
    )
    autocomplete_fields = ("organization", "network")
    joins = ("organization__city", "network")
    prefetches = ("roles",)
    small_texts = ("part",)
    # Django asks for the very class of a field.
    formfield_overrides = {ProtectedManyToManyField: {"widget": CheckboxSelectMultiple}}

    def narrow(self, name: str, field: Any, owner: Any) -> None:
        if name == "source":
            field.queryset = owner.sources.all() if owner else models.ProjectSource.objects.none()


class EditionInline(TextRowInline):
    model = models.Edition
    rows = (*both("title"), ("start", "end", "city"), ("address", "order"))
    autocomplete_fields = ("city",)
    joins = ("city",)


class ProgrammeFilter(TermFilter):
    code = PROGRAMME


@admin.register(models.Project)
class ProjectAdmin(EntryAdmin):
    own_sections = (
        section(_("What kind of project"), *both("subtitle"), ("geography", "programme")),
        section(_("Why and where"), *both("challenge", "context")),
    )
    own_contacts = ("follow_url",)
    own_dates = ("ongoing",)
    list_display = (
        *("named", "places_shown", "programme", "status_shown", "languages", "complete"),
        *("checked", "changed"),
    )
    list_filter = (*EntryAdmin.list_filter, ("programme", ProgrammeFilter), "geography")
    list_select_related = ("programme",)
    list_prefetches = ("places__city", "places__province", "places__region")
    small_texts = (*EntryAdmin.small_texts, "challenge")
    # Sources come last: a partner whose source goes with the same save loses it without harm.
    inlines = [
        ParticipationInline,
        EditionInline,
        PlaceInline.of(models.ProjectPlace),
        WebAddressInline.of(models.ProjectWebAddress),
        MilestoneInline.of(models.ProjectMilestone),
        PictureInline.of(models.ProjectPicture),
        IdentifierInline.of(models.ProjectIdentifier),
        SourceInline.of(models.ProjectSource),
    ]


@admin.register(models.ProjectProposal)
class ProjectProposalAdmin(ProposalAdmin):
    list_filter = (*ProposalAdmin.list_filter, "entry__programme")

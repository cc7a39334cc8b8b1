"""Organizations: who they are, where they sit and act, what they stand for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.addresses import validate_web_address
from directory.completeness import Wish, filled
from directory.entry_lists import (
    EntryDetail,
    EntryPlace,
    Identifier,
    Milestone,
    Picture,
    Principles,
    Source,
    Territory,
    WebAddress,
)
from directory.models import ENTRY_COLUMNS, Entry, Term
from directory.proposals import Proposal, ProposedPicture
from directory.review import Review
from directory.slugs import FormerSlug
from places.models import City


class OrganizationKind(Term):
    class Meta(Term.Meta):
        verbose_name = _("kind of organization")
        verbose_name_plural = _("kinds of organization")


def address_field(label) -> models.CharField:
    return models.CharField(
        label, max_length=500, blank=True, default="", validators=[validate_web_address]
    )


class Organization(Entry):
    kind = models.ForeignKey(
        OrganizationKind,
        verbose_name=_("kind"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
    )
    city = models.ForeignKey(
        City,
        verbose_name=_("city of the seat"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
    )
    address = models.CharField(_("address of the seat"), max_length=300, blank=True, default="")
    address_public = models.BooleanField(_("address is public"), default=False)
    purpose = models.TextField(_("purpose"), blank=True, default="")
    vision = models.TextField(_("vision"), blank=True, default="")
    story = models.TextField(_("story"), blank=True, default="")
    activities = models.TextField(_("activities"), blank=True, default="")
    newsletter_url = address_field(_("newsletter sign-up address"))
    privacy_url = address_field(_("privacy policy address"))
    cookie_url = address_field(_("cookie policy address"))
    transparency_url = address_field(_("transparency address"))
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )

    searched_texts = ("purpose", "vision", "story", "activities")
    own_wishes = (
        Wish(_("city"), 10, filled("city"), "city"),
        Wish(_("kind"), 5, filled("kind"), "kind"),
    )
    card_columns = (
        *ENTRY_COLUMNS,
        "city__name_it",
        "city__name_en",
        "city__sigla",
        "kind__name_it",
        "kind__name_en",
    )
    card_said: dict[str, Any] = {}
    detail_joins = ("successor", "kind", "city__province", "city__region", "parent")

    class Meta(Entry.Meta):
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="orgs_organization_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")),
                violation_error_message=_("An organization cannot be part of itself."),
            ),
        ]
        indexes = [
            *Entry.Meta.indexes,
            # The views of territory find in it who sits where and is public, and read no row.
            models.Index(fields=["city", "id"], include=("status",), name="orgs_organization_seat"),
            *(
                models.Index(
                    fields=[f"{name}_url"],
                    name=f"orgs_organization_{name}",
                    condition=Q(**{f"{name}_url__gt": ""}),
                )
                for name in ("newsletter", "privacy", "cookie", "transparency")
            ),
        ]

    @property
    def public_address(self) -> str:
        return self.address if self.address_public else ""


class OrganizationSlug(FormerSlug):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="former_slugs")


class OrganizationTerritory(Territory):
    """Seats (``seat``) and places of intervention (``reach``)."""

    entry = models.ForeignKey(Organization, models.DO_NOTHING, related_name="territory")

    class Meta(Territory.Meta):
        db_table = "orgs_territory"


class OrganizationPlace(EntryPlace):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="places")

    class Meta(EntryPlace.Meta):
        verbose_name = _("place of intervention")
        verbose_name_plural = _("places of intervention")


class OrganizationWebAddress(WebAddress):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="web_addresses")


class OrganizationMilestone(Milestone):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="milestones")


class OrganizationSource(Source):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="sources")


class OrganizationIdentifier(Identifier):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="identifiers")


class OrganizationPrinciples(Principles):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="principles")


class OrganizationPicture(Picture):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="pictures")


class OrganizationProposal(Proposal):
    entry = models.ForeignKey(Organization, models.CASCADE, related_name="proposals")

    class Meta(Proposal.Meta):
        verbose_name = _("proposal for an organization")
        verbose_name_plural = _("proposals for organizations")


class OrganizationProposedPicture(ProposedPicture):
    proposal = models.ForeignKey(OrganizationProposal, models.CASCADE, related_name="pictures")


class OrganizationReview(Review):
    entry = models.OneToOneField(
        Organization, models.CASCADE, primary_key=True, related_name="review"
    )


class OrganizationFigure(EntryDetail):
    """A key figure. The year stays empty where the source says only "today"."""

    class Qualifier(models.TextChoices):
        ABOUT = "about", _("about")
        MORE_THAN = "more_than", _("more than")

    entry = models.ForeignKey(Organization, models.CASCADE, related_name="figures")
    label = models.CharField(_("label"), max_length=120)
    value = models.BigIntegerField(_("value"))
    qualifier = models.CharField(
        _("qualifier"), max_length=9, choices=Qualifier, blank=True, default=""
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)

    class Meta(EntryDetail.Meta):
        verbose_name = _("key figure")
        verbose_name_plural = _("key figures")

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"

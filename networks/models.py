"""Networks of organizations, and who belongs to them in which role since when."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Window
from django.utils.translation import gettext_lazy as _

from directory.completeness import PLACES, Wish, has_rows
from directory.dates import (
    PartialDateAttribute,
    partial_date_constraint,
    partial_date_field,
    period_constraint,
    precision_field,
)
from directory.entry_lists import (
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
from orgs.models import Organization


class MembershipRole(Term):
    class Meta(Term.Meta):
        verbose_name = _("membership role")
        verbose_name_plural = _("membership roles")


class Network(Entry):
    aim = models.TextField(_("aim"), blank=True, default="")
    founding_act_title = models.CharField(_("founding act"), max_length=200, blank=True, default="")
    founding_act_date = partial_date_field(_("date of the founding act"))
    founding_act_date_precision = precision_field()
    founding_act_text = models.TextField(_("what the founding act says"), blank=True, default="")

    searched_texts = ("aim", "founding_act_title", "founding_act_text")
    own_wishes = (
        PLACES,
        Wish(_("members"), 5, has_rows("memberships"), "memberships", is_list=True),
    )
    founding_act_on = PartialDateAttribute("founding_act_date")
    card_columns = (*ENTRY_COLUMNS, "founded", "founded_precision")
    card_said: dict[str, Any] = {}

    class Meta(Entry.Meta):
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            *Entry.Meta.constraints,
            partial_date_constraint("founding_act_date"),
        ]


class NetworkSlug(FormerSlug):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="former_slugs")


class NetworkTerritory(Territory):
    """A network's own places (``reach``) and its published current members' seats (``member``)."""

    entry = models.ForeignKey(Network, models.DO_NOTHING, related_name="territory")

    class Meta(Territory.Meta):
        db_table = "networks_territory"


class NetworkPlace(EntryPlace):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="places")


class NetworkWebAddress(WebAddress):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="web_addresses")


class NetworkMilestone(Milestone):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="milestones")


class NetworkSource(Source):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="sources")


class NetworkIdentifier(Identifier):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="identifiers")


class NetworkPrinciples(Principles):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="principles")


class NetworkPicture(Picture):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="pictures")


class NetworkProposal(Proposal):
    entry = models.ForeignKey(Network, models.CASCADE, related_name="proposals")

    class Meta(Proposal.Meta):
        verbose_name = _("proposal for a network")
        verbose_name_plural = _("proposals for networks")


class NetworkProposedPicture(ProposedPicture):
    proposal = models.ForeignKey(NetworkProposal, models.CASCADE, related_name="pictures")


class NetworkReview(Review):
    entry = models.OneToOneField(Network, models.CASCADE, primary_key=True, related_name="review")


class MembershipQuerySet(models.QuerySet):
    def current(self) -> MembershipQuerySet:
        return self.filter(current=Membership.Current.YES)

    def with_public_network(self) -> MembershipQuerySet:
        return self.filter(network__status="published")

    def with_public_organization(self) -> MembershipQuerySet:
        return self.filter(organization__status="published")

    def of_published(self) -> MembershipQuerySet:
        """Memberships of which both ends are public."""
        return self.with_public_network().with_public_organization()

    def by_role(self) -> MembershipQuerySet:
        return self.order_by("role__order", "role", "order", "organization__sort_it", "pk")

    def with_number_in_role(self) -> MembershipQuerySet:
        """``in_role``: how many of these rows have the same role, also beyond a slice."""
        return self.annotate(in_role=Window(Count("pk"), partition_by=F("role")))

    def numbers(self) -> dict[str, int]:
        """How many rows, organizations, and organizations today. One query."""
        organizations = Count("organization", distinct=True)
        today = Count("organization", distinct=True, filter=Q(current=Membership.Current.YES))
        return self.aggregate(rows=Count("pk"), total=organizations, current=today)


class MembershipManager(models.Manager.from_queryset(MembershipQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(
        self, network: str, organization: str, role: str, since: Any = None
    ) -> Membership:
        return self.get(
            network__slug=network, organization__slug=organization, role__slug=role, since=since
        )


class Membership(models.Model):
    """One role of one organization in one network.

    An organization may have several rows with different roles; counts count organizations.
    """

    class Current(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNSTATED = "unstated", _("not stated")

    network = models.ForeignKey(
        Network, models.CASCADE, related_name="memberships", verbose_name=_("network")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name=_("organization")
    )
    role = models.ForeignKey(
        MembershipRole, models.PROTECT, related_name="memberships", verbose_name=_("role")
    )
    since = partial_date_field(_("since"))
    since_precision = precision_field()
    until = partial_date_field(_("until"))
    until_precision = precision_field()
    current = models.CharField(
        _("current"), max_length=8, choices=Current, default=Current.UNSTATED
    )
    source = models.ForeignKey(
        NetworkSource,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("One of the network’s sources."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = MembershipManager()
    belongs_to = "network"
    since_on = PartialDateAttribute("since")
    until_on = PartialDateAttribute("until")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["order", "pk"]
        constraints = [
            partial_date_constraint("since"),
            partial_date_constraint("until"),
            period_constraint("since", "until"),
            models.UniqueConstraint(
                fields=["network", "organization", "role", "since"],
                name="networks_membership_once",
                nulls_distinct=False,
                violation_error_message=_("This membership is there already."),
            ),
            models.CheckConstraint(
                name="networks_membership_current_has_no_end",
                condition=~Q(current="yes") | Q(until__isnull=True),
                violation_error_message=_("A current membership has no end date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.role}"

    def natural_key(self) -> tuple[str, str, str, Any]:
        return (self.network.slug, self.organization.slug, self.role.slug, self.since)

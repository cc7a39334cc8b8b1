"""Projects: what is done, where and when, and which partner does which part."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.addresses import validate_web_address
from directory.completeness import PLACES, Wish, has_rows
from directory.dates import (
    PartialDateAttribute,
    partial_date_constraint,
    partial_date_field,
    period_constraint,
    precision_field,
)
from directory.entry_lists import (
    EntryDetail,
    EntryPlace,
    Identifier,
    Milestone,
    Picture,
    Source,
    Territory,
    WebAddress,
)
from directory.fields import ProtectedManyToManyField
from directory.models import ENTRY_COLUMNS, Entry, Term
from directory.proposals import Proposal, ProposedPicture
from directory.review import Review
from directory.slugs import FormerSlug
from networks.models import Network
from orgs.models import Organization
from places.models import City


class PartnerRole(Term):
    class Meta(Term.Meta):
        verbose_name = _("partner role")
        verbose_name_plural = _("partner roles")


class FundingProgramme(Term):
    description = models.TextField(_("description"), blank=True, default="")
    url = models.CharField(
        _("address"), max_length=500, blank=True, default="", validators=[validate_web_address]
    )

    class Meta(Term.Meta):
        verbose_name = _("funding programme")
        verbose_name_plural = _("funding programmes")


class Project(Entry):
    """``founded`` and ``ended`` are the start and the end of its period."""

    class Geography(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
        LOCAL = "local", _("local")
        PROVINCIAL = "provincial", _("provincial")
        REGIONAL = "regional", _("regional")
        NATIONAL = "national", _("national")
        EUROPEAN = "european", _("European")

    founded = partial_date_field(_("start"))
    ended = partial_date_field(_("end"))
    subtitle = models.CharField(_("subtitle"), max_length=300, blank=True, default="")
    ongoing = models.BooleanField(_("ongoing"), default=False)
    geography = models.CharField(
        _("geography of intervention"),
        max_length=13,
        choices=Geography,
        default=Geography.UNKNOWN,
    )
    challenge = models.TextField(_("social challenge"), blank=True, default="")
    context = models.TextField(_("context"), blank=True, default="")
    programme = models.ForeignKey(
        FundingProgramme,
        verbose_name=_("funding programme"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
    )
    follow_url = models.CharField(
        _("address to follow the project"),
        max_length=500,
        blank=True,
        default="",
        validators=[validate_web_address],
    )

    searched_texts = ("subtitle", "challenge", "context")
    own_wishes = (
        PLACES,
        Wish(_("partners"), 5, has_rows("participations"), "participations", is_list=True),
    )
    card_columns = (
        *ENTRY_COLUMNS,
        "founded",
        "founded_precision",
        "ended",
        "ended_precision",
        "ongoing",
        "programme__name_it",
        "programme__name_en",
    )
    card_said: dict[str, Any] = {}
    detail_joins = ("successor", "programme")
    lists_with_city = ("milestones", "editions")

    class Meta(Entry.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="projects_project_ongoing_has_no_end",
                condition=Q(ongoing=False) | Q(ended__isnull=True),
                violation_error_message=_("An ongoing project has no end date."),
            ),
            models.CheckConstraint(
                name="projects_project_geography_known",
                condition=Q(
                    geography__in=[
                        "unknown",
                        "neighbourhood",
                        "local",
                        "provincial",
                        "regional",
                        "national",
                        "european",
                    ]
                ),
            ),
        ]
        indexes = [
            *Entry.Meta.indexes,
            models.Index(
                fields=["follow_url"],
                name="projects_project_follow",
                condition=Q(follow_url__gt=""),
            ),
        ]


class ProjectSlug(FormerSlug):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="former_slugs")


class ProjectTerritory(Territory):
    """The places of intervention (``reach``)."""

    entry = models.ForeignKey(Project, models.DO_NOTHING, related_name="territory")

    class Meta(Territory.Meta):
        db_table = "projects_territory"


class ProjectPlace(EntryPlace):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="places")


class ProjectWebAddress(WebAddress):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="web_addresses")


class ProjectMilestone(Milestone):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="milestones")


class ProjectSource(Source):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="sources")


class ProjectIdentifier(Identifier):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="identifiers")


class ProjectPicture(Picture):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="pictures")


class ProjectProposal(Proposal):
    entry = models.ForeignKey(Project, models.CASCADE, related_name="proposals")

    class Meta(Proposal.Meta):
        verbose_name = _("proposal for a project")
        verbose_name_plural = _("proposals for projects")


class ProjectProposedPicture(ProposedPicture):
    proposal = models.ForeignKey(ProjectProposal, models.CASCADE, related_name="pictures")


class ProjectReview(Review):
    entry = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="review")


class ParticipationQuerySet(models.QuerySet):
    def with_public_project(self) -> ParticipationQuerySet:
        return self.filter(project__status="published")

    def with_public_partner(self) -> ParticipationQuerySet:
        """By public partners or by partners without an entry."""
        return self.filter(
            Q(organization__status="published")
            | Q(network__status="published")
            | Q(plain_name__gt="")
        )

    def of_published(self) -> ParticipationQuerySet:
        """Participations of which both ends are public."""
        return self.with_public_project().with_public_partner()

    def in_order(self) -> ParticipationQuerySet:
        return self.order_by("order", "pk")


class ParticipationManager(
    models.Manager.from_queryset(ParticipationQuerySet)  # type: ignore[misc]
):
    def get_by_natural_key(
        self, project: str, organization: str | None, network: str | None, plain_name: str
    ) -> Participation:
        return self.get(
            project__slug=project,
            organization__slug=organization,
            network__slug=network,
            plain_name=plain_name,
        )


class Participation(models.Model):
    """One partner of a project: an organization, a network or a plain name, and its part."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="participations", verbose_name=_("project")
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("organization"),
    )
    network = models.ForeignKey(
        Network,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("network"),
    )
    plain_name = models.CharField(
        _("name"),
        max_length=250,
        blank=True,
        default="",
        help_text=_("For a partner that has no entry."),
    )
    roles = ProtectedManyToManyField(
        PartnerRole, verbose_name=_("roles"), blank=True, related_name="participations"
    )
    part = models.TextField(_("part"), blank=True, default="", help_text=_("What it does."))
    since = partial_date_field(_("since"))
    since_precision = precision_field()
    until = partial_date_field(_("until"))
    until_precision = precision_field()
    source = models.ForeignKey(
        ProjectSource,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("One of the project’s sources."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = ParticipationManager()
    belongs_to = "project"
    since_on = PartialDateAttribute("since")
    until_on = PartialDateAttribute("until")

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["order", "pk"]
        constraints = [
            partial_date_constraint("since"),
            partial_date_constraint("until"),
            period_constraint("since", "until"),
            models.CheckConstraint(
                name="projects_participation_one_partner",
                condition=(
                    Q(organization__isnull=False, network=None, plain_name="")
                    | Q(organization=None, network__isnull=False, plain_name="")
                    | Q(organization=None, network=None, plain_name__gt="")
                ),
                violation_error_message=_(
                    "Choose exactly one: an organization, a network or a name."
                ),
            ),
            models.UniqueConstraint(
                fields=["project", "organization"],
                condition=Q(organization__isnull=False),
                name="projects_participation_organization_once",
                violation_error_message=_("This partner is there already."),
            ),
            models.UniqueConstraint(
                fields=["project", "network"],
                condition=Q(network__isnull=False),
                name="projects_participation_network_once",
                violation_error_message=_("This partner is there already."),
            ),
            models.UniqueConstraint(
                fields=["project", "plain_name"],
                condition=Q(plain_name__gt=""),
                name="projects_participation_name_once",
                violation_error_message=_("This partner is there already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner)

    @property
    def entry(self) -> Organization | Network | None:
        return self.organization or self.network

    @property
    def partner(self) -> Organization | Network | str:
        return self.entry or self.plain_name

    def natural_key(self) -> tuple[Any, ...]:
        return (
            self.project.slug,
            self.organization.slug if self.organization else None,
            self.network.slug if self.network else None,
            self.plain_name,
        )


class Edition(EntryDetail):
    """One occurrence of a project that comes in editions."""

    entry = models.ForeignKey(Project, models.CASCADE, related_name="editions")
    title = models.CharField(_("title"), max_length=200)
    start = partial_date_field(_("start"))
    start_precision = precision_field()
    end = partial_date_field(_("end"))
    end_precision = precision_field()
    city = models.ForeignKey(
        City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    address = models.CharField(_("address"), max_length=300, blank=True, default="")

    start_on = PartialDateAttribute("start")
    end_on = PartialDateAttribute("end")

    class Meta(EntryDetail.Meta):
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            partial_date_constraint("start"),
            partial_date_constraint("end"),
            period_constraint("start", "end"),
        ]

    def __str__(self) -> str:
        return self.title

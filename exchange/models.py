"""What was imported: each run, and each of its rows that wrote something or waits for staff."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from networks.models import Network
from orgs.models import Organization
from projects.models import Project


class Kind(models.TextChoices):
    ORGANIZATION = "organization", _("organizations")
    NETWORK = "network", _("networks")
    PROJECT = "project", _("projects")


MODELS: dict[str, Any] = {
    Kind.ORGANIZATION: Organization,
    Kind.NETWORK: Network,
    Kind.PROJECT: Project,
}


class SavedMapping(models.Model):
    """Which column says what, under a name, for files that come again."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    columns = models.JSONField(_("columns"), default=dict)

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="exchange_savedmapping_once")
        ]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One run over one file. A run that was cut off stays ``running`` until it is gone on with."""

    class State(models.TextChoices):
        RUNNING = "running", _("not finished")
        FINISHED = "finished", _("finished")
        UNDONE = "undone", _("taken back")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file_name = models.CharField(_("file"), max_length=300)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    source_title = models.CharField(_("source"), max_length=300)
    source_url = models.CharField(_("address of the source"), max_length=500, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    options = models.JSONField(_("options"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    counts = models.JSONField(_("counts"), default=dict)
    started = models.DateTimeField(_("started"), db_default=Now())
    finished = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.file_name}"

    @property
    def model(self) -> Any:
        return MODELS[self.kind]


class ImportedRowQuerySet(models.QuerySet):
    def waiting(self) -> ImportedRowQuerySet:
        return self.filter(outcome=ImportedRow.Outcome.UNCERTAIN)

    def wrote(self) -> ImportedRowQuerySet:
        """The rows whose effects are still there, the earliest first."""
        outcomes = (ImportedRow.Outcome.CREATED, ImportedRow.Outcome.UPDATED)
        return self.filter(outcome__in=outcomes).order_by("pk")

    def of_entries(self, kind: str, pks: list[int]) -> ImportedRowQuerySet:
        return self.filter(**{f"{kind}__in": pks})

    def same_words(self, digests: list[Any]) -> ImportedRowQuerySet:
        """Rows that said exactly this before, the earliest first; not those taken back."""
        undone = ImportedRow.Outcome.UNDONE
        return self.filter(digest__in=digests).exclude(outcome=undone).order_by("pk")


class ImportedRow(models.Model):
    """A row of a file as it was, what it wrote into which entry, and what stood there before.

    ``raw`` is a list of headers and cells, since the database does not keep a dictionary's order.
    Of rows that wrote nothing only those are kept that wait for a decision or were left out by
    one. What the import wrote last into a field tells what staff have edited since.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", _("made an entry")
        UPDATED = "updated", _("changed an entry")
        UNCERTAIN = "uncertain", _("to decide")
        LEFT_OUT = "left_out", _("left out by staff")
        UNDONE = "undone", _("taken back")

    run = models.ForeignKey(
        Import, models.CASCADE, related_name="imported", verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    digest = models.UUIDField(editable=False)
    outcome = models.CharField(_("what happened"), max_length=9, choices=Outcome)
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    network = models.ForeignKey(
        Network, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    raw = models.JSONField(_("the row as it was"), default=list)
    values = models.JSONField(_("values"), default=dict)
    before = models.JSONField(_("values before"), default=dict)
    why = models.JSONField(_("why"), default=list)
    candidates = models.JSONField(_("entries it may be"), default=list)
    stamp = models.DateTimeField(null=True, editable=False)
    stamp_before = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_on = models.DateTimeField(_("decided on"), null=True, blank=True)

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["run", "number"]
        indexes = [
            models.Index(fields=["digest"], name="exchange_row_digest"),
            models.Index(
                fields=["run", "number"],
                name="exchange_row_waiting",
                condition=Q(outcome="uncertain"),
            ),
            *(
                models.Index(
                    fields=[kind],
                    name=f"exchange_row_{kind}",
                    condition=Q(**{f"{kind}__isnull": False}),
                )
                for kind in Kind.values
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="exchange_row_one_entry_at_most",
                condition=(
                    Q(organization=None, network=None)
                    | Q(organization=None, project=None)
                    | Q(network=None, project=None)
                ),
            ),
        ]

    def __str__(self) -> str:
        names = (self.values.get("name_it"), self.values.get("name_en"))
        return next(filter(None, (*names, *(cell for _column, cell in self.raw))), str(self.number))

    @property
    def entry(self) -> Any:
        return self.organization or self.network or self.project

    @property
    def entry_id(self) -> int | None:
        return self.organization_id or self.network_id or self.project_id  # type: ignore[attr-defined]


KEPT_FOR = datetime.timedelta(days=1)
"""How long a table waits for the person who sent it."""


class SheetQuerySet(models.QuerySet):
    def of(self, user: Any) -> SheetQuerySet:
        """What this person sent, and nobody else sees, as long as it is kept."""
        return self.filter(user=user, created__gt=timezone.now() - KEPT_FOR)

    def waiting(self, kind: str) -> SheetQuerySet:
        return self.filter(kind=kind, written=None)

    def expired(self) -> SheetQuerySet:
        return self.filter(created__lte=timezone.now() - KEPT_FOR)


class Sheet(models.Model):
    """A table that a member of staff sent to the admin: what it would change, before it does.

    The file is read once and thrown away; what is kept are its rows and the values that they
    would write, for a day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file_name = models.CharField(_("file"), max_length=300)
    status = models.CharField(_("status of new entries"), max_length=9)
    headers = models.JSONField(_("columns"), default=list)
    left = models.JSONField(_("columns that are not imported"), default=list)
    created = models.DateTimeField(_("created"), db_default=Now())
    written = models.DateTimeField(_("imported on"), null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        indexes = [models.Index(fields=["created"], name="exchange_sheet_created")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def model(self) -> Any:
        return MODELS[self.kind]


class SheetRowQuerySet(models.QuerySet):
    def that_are(self, outcome: str) -> SheetRowQuerySet:
        return self.filter(outcome=outcome).order_by("number")

    def of_kind(self, model: Any) -> SheetRowQuerySet:
        """The rows of tables of a kind of entry."""
        kind = next(kind for kind, each in MODELS.items() if each is model)
        return self.filter(sheet__kind=kind)

    def to_write(self) -> SheetRowQuerySet:
        """What is left to write: all of it, or what an import that was cut off left."""
        outcomes = (SheetRow.Outcome.NEW, SheetRow.Outcome.CHANGED)
        return self.filter(outcome__in=outcomes, done=False).order_by("number")

    def made(self) -> Any:
        """The keys of the entries that are there by them."""
        done = self.filter(outcome=SheetRow.Outcome.NEW, done=True, entry__isnull=False)
        return done.values_list("entry", flat=True)

    def tally(self) -> dict[str, int]:
        """How many there are of each outcome. One query."""
        counted = self.order_by().values_list("outcome").annotate(models.Count("pk"))
        return dict.fromkeys(SheetRow.Outcome.values, 0) | dict(counted)


class SheetRow(models.Model):
    """One row of a table: the entry it is about, what it would write there, or why it cannot.

    ``version`` is that of the entry as the preview showed it: another one by the time of writing
    refuses the row.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        REFUSED = "refused", _("refused")
        UNCHANGED = "unchanged", _("unchanged")

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="rows", verbose_name=_("table"))
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("what happens"), max_length=9, choices=Outcome)
    entry = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(null=True)
    name = models.CharField(_("name"), max_length=250, blank=True)
    cells = models.JSONField(_("the row as it was"), default=list)
    values = models.JSONField(_("values"), default=dict)
    before = models.JSONField(_("values before"), default=dict)
    why = models.JSONField(_("why"), default=list)
    done = models.BooleanField(_("imported"), default=False, db_default=False)

    objects = SheetRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("row of a table")
        verbose_name_plural = _("rows of a table")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="exchange_sheetrow_once")
        ]
        indexes = [
            models.Index(fields=["sheet", "outcome", "number"], name="exchange_sheetrow_outcome")
        ]

    def __str__(self) -> str:
        return self.name or str(self.number)

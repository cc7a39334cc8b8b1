"""What is known of each web address that a published entry names."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from links.findings import Finding, Reason, Verdict

# An address is called broken when it failed on so many days in a row on which it was looked at.
DAYS_BEFORE_BROKEN = 3
# How long until it is looked at again: sooner while it is not known whether a failure stays.
AGAIN = timedelta(days=7)
AGAIN_AFTER_FAILURE = timedelta(hours=20)


LONGEST_UNSEEN = (F("checked_at").asc(nulls_first=True), F("pk").asc())


class Host(Func):
    """The host of an address, as ``links.rounds.host_of`` reads it."""

    template = "rtrim(lower(substring(%(expressions)s from '://(?:[^/?#@]*@)?([^/:?#]*)')), '.')"
    output_field = models.TextField()


class LinkQuerySet(models.QuerySet):
    def broken(self) -> LinkQuerySet:
        """Those that editors should see to."""
        return self.filter(failures__gte=DAYS_BEFORE_BROKEN, silenced=False)

    def failing(self) -> LinkQuerySet:
        """Not yet often enough to be called broken."""
        return self.filter(failures__gt=0, failures__lt=DAYS_BEFORE_BROKEN, silenced=False)

    def moved(self) -> LinkQuerySet:
        return self.filter(moved=True, silenced=False)

    def due(self, now: datetime) -> LinkQuerySet:
        """Those to look at, the longest not seen first."""
        first_failures = Q(failures__gt=0, failures__lt=DAYS_BEFORE_BROKEN)
        due = (
            Q(checked_at__isnull=True)
            | Q(checked_at__lte=now - AGAIN)
            | (first_failures & Q(checked_at__lte=now - AGAIN_AFTER_FAILURE))
        )
        return self.filter(due).longest_unseen()

    def longest_unseen(self) -> LinkQuerySet:
        return self.order_by(*LONGEST_UNSEEN)

    def some_of_each_host(self, most: int) -> LinkQuerySet:
        """Of the addresses at a host no more than so many, so that those of one that has thousands
        come before nobody else's."""
        place = Window(RowNumber(), partition_by=Host("url"), order_by=LONGEST_UNSEEN)
        return self.alias(place=place).filter(place__lte=most)


class Link(models.Model):
    """One web address, however many entries name it.

    What was found is written only when it is another than before; ``since`` says when it began.
    """

    url = models.CharField(_("address"), max_length=500, unique=True)
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict, default=Verdict.UNKNOWN)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason, blank=True, default="")
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    leads_to = models.TextField(_("leads to"), blank=True, default="")
    moved = models.BooleanField(_("moved for good"), default=False)
    since = models.DateTimeField(_("since"), null=True)
    failures = models.PositiveSmallIntegerField(_("days it failed"), default=0)
    failed_on = models.DateField(_("failed last on"), null=True)
    checked_at = models.DateTimeField(_("looked at"), null=True)
    silenced = models.BooleanField(
        _("silenced"),
        default=False,
        help_text=_("It works, or nothing can be done: do not list it as broken."),
    )
    silenced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("silenced by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    objects = LinkQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = _("checked address")
        verbose_name_plural = _("checked addresses")
        ordering = ["url"]
        constraints = [
            models.CheckConstraint(
                name="links_link_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(
                name="links_link_failures_have_a_day",
                condition=Q(failures=0, failed_on=None)
                | Q(failures__gt=0, failed_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["failures"], name="links_link_failing", condition=~Q(failures=0)),
            models.Index(fields=["checked_at"], name="links_link_checked"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_broken(self) -> bool:
        return self.failures >= DAYS_BEFORE_BROKEN and not self.silenced

    def take(self, finding: Finding, now: datetime, today: date) -> bool:
        """Write down what was found; whether anything but the time of looking is new.

        A day counts once, however often it was looked at. Whatever is no failure ends the row.
        """
        new = {
            "verdict": finding.verdict,
            "reason": finding.reason or "",
            "status": finding.status,
            "leads_to": finding.leads_to[:2000],
            "moved": finding.moved,
        }
        differs = self.since is None or any(
            getattr(self, name) != value for name, value in new.items()
        )
        if differs:
            self.since = now
            for name, value in new.items():
                setattr(self, name, value)
        before = (self.failures, self.failed_on)
        if finding.verdict != Verdict.FAILS:
            self.failures, self.failed_on = 0, None
        elif self.failed_on != today and self.failures < DAYS_BEFORE_BROKEN:
            self.failures, self.failed_on = self.failures + 1, today
        self.checked_at = now
        return differs or before != (self.failures, self.failed_on)


WRITTEN = (
    *("verdict", "reason", "status", "leads_to", "moved", "since"),
    *("failures", "failed_on", "checked_at"),
)


class Mention(models.Model):
    """An entry that names an address within a text, where no question to the database finds it:
    written by each round that reads the texts. ``kind`` is the entry's in the registry."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=20)
    entry = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["link", "kind", "entry"], name="links_mention_once")
        ]
        # A round compares the texts of some entries at a time.
        indexes = [models.Index(fields=["kind", "entry"], name="links_mention_entry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry}"

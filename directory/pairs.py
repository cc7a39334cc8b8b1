"""Two entries that may be one, that a person said are two, and that were made one.

No key ties these rows to entries, which rooms above hold: ``kind`` is the number of the kind in
``directory.registry``. Of a pair the lower key comes first, so that each pair stands once. What
names an entry that is deleted goes with it, by a trigger (``directory.called``).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from directory.registry import kind_of

Pair = tuple[int, int]


def pair_of(one: int, another: int) -> Pair:
    return (min(one, another), max(one, another))


class PairQuerySet(models.QuerySet):
    def of(self, kind: int, *entries: int) -> PairQuerySet:
        """The pairs that any of the entries is in."""
        return self.filter(Q(low__in=entries) | Q(high__in=entries), kind=kind)


class EntryPair(models.Model):
    kind = models.PositiveSmallIntegerField(editable=False)
    low = models.BigIntegerField(editable=False)
    high = models.BigIntegerField(editable=False)

    objects: ClassVar[Any] = PairQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        ordering = ["kind", "low", "high"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "low", "high"], name="%(class)s_once"),
            models.CheckConstraint(name="%(class)s_in_order", condition=Q(low__lt=F("high"))),
        ]
        indexes = [models.Index(fields=["kind", "high"], name="%(class)s_high")]

    def __str__(self) -> str:
        return f"{self.low} · {self.high}"

    def other_than(self, entry: int) -> int:
        return self.high if self.low == entry else self.low


class SuspectedQuerySet(PairQuerySet):
    def open(self) -> SuspectedQuerySet:
        """Those of which nobody said that they are two."""
        said = Distinction.objects.filter(
            kind=models.OuterRef("kind"), low=models.OuterRef("low"), high=models.OuterRef("high")
        )
        return self.filter(~models.Exists(said))


class SuspectedDouble(EntryPair):
    """Found by comparing all entries; ``why`` names the reasons, as ``directory.doubles`` does."""

    why = models.JSONField(_("why"), default=list, editable=False)

    objects: ClassVar[Any] = SuspectedQuerySet.as_manager()

    class Meta(EntryPair.Meta):
        verbose_name = _("suspected double")
        verbose_name_plural = _("suspected doubles")


class DistinctionQuerySet(PairQuerySet):
    def of_kind(self, kind: int) -> DistinctionQuerySet:
        """The latest first, with who said it."""
        return self.filter(kind=kind).select_related("by").order_by("-on", "-pk")


class Distinction(EntryPair):
    """A person said that two entries are two."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("said by"),
    )
    on = models.DateTimeField(_("said on"), db_default=Now())
    note = models.CharField(_("note"), max_length=500, blank=True, default="")

    objects: ClassVar[Any] = DistinctionQuerySet.as_manager()

    class Meta(EntryPair.Meta):
        verbose_name = _("no double")
        verbose_name_plural = _("no doubles")


class MergeQuerySet(models.QuerySet):
    def standing(self) -> MergeQuerySet:
        """Those that were not taken back."""
        return self.filter(undone_on=None)

    def that_took(self, model: Any, entry: int) -> Any:
        """The last by which an entry that is gone became part of another."""
        taken = self.standing().filter(kind=kind_of(model).number, lost=entry)
        return taken.order_by("-pk").first()

    def into(self, kind: int, entry: int) -> MergeQuerySet:
        """What was merged into an entry, the latest first."""
        return self.filter(kind=kind, kept=entry).select_related("by", "undone_by").order_by("-pk")


class Merge(models.Model):
    """Two entries that were made one, with every row of both as it was before and after."""

    kind = models.PositiveSmallIntegerField(editable=False)
    kept = models.BigIntegerField(editable=False)
    lost = models.BigIntegerField(editable=False)
    lost_name = models.CharField(_("merged entry"), max_length=250)
    lost_slugs = models.JSONField(default=list, editable=False)
    before = models.JSONField(default=dict, editable=False)
    after = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("merged by"),
    )
    on = models.DateTimeField(_("merged on"), db_default=Now())
    note = models.CharField(_("why"), max_length=500, blank=True, default="")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("taken back by"),
    )
    undone_on = models.DateTimeField(_("taken back on"), null=True)

    objects: ClassVar[Any] = MergeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["kind", "kept"], name="directory_merge_kept"),
            models.Index(fields=["kind", "lost"], name="directory_merge_lost"),
        ]

    def __str__(self) -> str:
        return self.lost_name

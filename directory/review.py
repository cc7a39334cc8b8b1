"""What is remembered of an entry on its way to the public, and no longer than that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def _somebody(label: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=label,  # type: ignore[arg-type]
        related_name="+",
    )


class Review(models.Model):
    """Who sent it to review, why it came back, the day on which it is to be published.

    The concrete model adds ``entry``, its primary key (related name ``review``). The row goes when
    the entry is published or archived; the note stays in the history of the entry.
    """

    sent_by = _somebody(_("sent to review by"))
    sent_at = models.DateTimeField(_("sent to review"), null=True)
    note = models.TextField(_("note"), blank=True, default="")
    note_by = _somebody(_("sent back by"))
    publish_on = models.DateField(_("to be published on"), null=True)
    publish_by = _somebody(_("to be published by"))

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("note of the review")
        verbose_name_plural = _("notes of the review")
        indexes = [
            models.Index(
                fields=["publish_on"],
                name="%(class)s_day",
                condition=models.Q(publish_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.entry)  # type: ignore[attr-defined]

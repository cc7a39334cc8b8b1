"""What part of the directory a person works on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.fields import ProtectedManyToManyField
from places.models import City, Province, Region


class EditingScope(models.Model):
    """The places and themes that somebody may edit; where none are chosen, all of them.

    With places and themes an entry must be in one of the places and about one of the themes. A
    place or theme that is chosen here cannot be deleted: that would widen the scope in silence.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="editing_scope",
        verbose_name=_("user"),
    )
    cities = ProtectedManyToManyField(City, verbose_name=_("cities"), blank=True, related_name="+")
    provinces = ProtectedManyToManyField(
        Province, verbose_name=_("provinces"), blank=True, related_name="+"
    )
    regions = ProtectedManyToManyField(
        Region, verbose_name=_("regions"), blank=True, related_name="+"
    )
    themes = ProtectedManyToManyField(
        "directory.Theme",
        verbose_name=_("themes"),
        blank=True,
        related_name="editing_scopes",
        help_text=_("A theme includes those below it."),
    )

    class Meta:
        verbose_name = _("what this person edits")
        verbose_name_plural = _("what this person edits")
        permissions = (
            ("translate_it", "Can write the Italian texts"),
            ("translate_en", "Can write the English texts"),
        )

    def __str__(self) -> str:
        return str(self.user)

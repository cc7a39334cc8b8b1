"""Words of vocabularies, which staff can extend, and the themes: the vocabulary of all kinds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.fields import slug_constraint, slug_field
from directory.querysets import ThemeQuerySet
from directory.slugs import FormerSlug
from places.addresses import address_of


class BySlug(models.Manager):
    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)


class ByAnySlug(models.Manager):
    """For models that keep their former slugs: a former one names the row too."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(former_slugs__slug=slug)


class ThemeManager(ByAnySlug.from_queryset(ThemeQuerySet)):  # type: ignore[misc]
    pass


class Term(models.Model):
    """A word of a vocabulary that staff can extend: a kind, a role, a programme."""

    slug = slug_field(help_text=_("Made from the Italian name; the same in both languages."))
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = BySlug()

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        constraints = [slug_constraint()]

    def __str__(self) -> str:
        return self.name or self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Theme(Term):
    """The directory's own classification, in two levels; a parent gathers its children."""

    description = models.TextField(_("description"), blank=True, default="")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent theme"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
    )

    objects = ThemeManager()  # type: ignore[misc]

    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(
                name="directory_theme_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")),
            ),
        ]

    def get_absolute_url(self) -> str:
        return address_of("theme", self.slug)

    def clean(self) -> None:
        if self.parent and (self.parent.parent_id or (self.pk and self.children.exists())):
            raise ValidationError({"parent": _("Themes have two levels only.")})


class ThemeSlug(FormerSlug):
    entry = models.ForeignKey(Theme, models.CASCADE, related_name="former_slugs")

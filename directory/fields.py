"""Model fields and database expressions that the three kinds of entry share."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from places.slugs import SLUG


class ProtectedManyToManyField(models.ManyToManyField):
    """A many-to-many whose target cannot be deleted while an entry uses it.

    Django's own intermediary model cascades, so deleting a theme would silently take it
    off its entries. The rule is set on that model; the database column is the same.
    """

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        through: Any = self.remote_field.through
        if hasattr(through, "_meta") and through._meta.auto_created:
            for field in through._meta.local_fields:
                if field.is_relation and field.name != cls._meta.model_name:
                    field.remote_field.on_delete = models.PROTECT

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ManyToManyField", args, kwargs


def slug_field(**options) -> models.CharField:
    return models.CharField(
        _("address name"),
        max_length=200,
        unique=True,
        validators=[
            RegexValidator(SLUG, _("Small ASCII letters and digits, joined by single hyphens."))
        ],
        **options,
    )


def slug_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="%(app_label)s_%(class)s_slug_ascii", condition=models.Q(slug__regex=SLUG)
    )

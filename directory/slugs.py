"""Address names: made from the Italian name, unique for ever, former ones kept.

Each sluggable model has a table of all slugs its rows ever had. A trigger fills it and
refuses a slug that once was another row's, however the row is written; the table's primary
key makes that safe against two writers at once.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.utils.translation import gettext_lazy as _

from places.slugs import slug_of

NAMELESS = "senza-nome"
LONGEST = 180


class FormerSlug(models.Model):
    """Every slug a row has or had; written by a trigger, never by the program."""

    slug = models.CharField(_("address name"), max_length=200, primary_key=True)

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("address name, present or former")
        verbose_name_plural = _("address names, present and former")

    def __str__(self) -> str:
        return self.slug


FUNCTION = """
CREATE FUNCTION public.civicnet_keep_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner bigint;
BEGIN
    EXECUTE format(
        'INSERT INTO public.%I (slug, entry_id) VALUES ($1, $2)'
        ' ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug RETURNING entry_id',
        TG_ARGV[0]
    ) INTO owner USING NEW.slug, NEW.id;
    IF owner <> NEW.id THEN
        RAISE unique_violation USING
            MESSAGE = format('slug %s is or was the slug of another row', NEW.slug),
            CONSTRAINT = TG_TABLE_NAME || '_slug_history';
    END IF;
    RETURN NULL;
END $$
"""


def create_function() -> migrations.RunSQL:
    return migrations.RunSQL(FUNCTION, "DROP FUNCTION public.civicnet_keep_slug()")


def keep_slugs(table: str, history: str) -> migrations.RunSQL:
    """The migration operation that puts the trigger on ``table``."""
    return migrations.RunSQL(
        f"CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF slug ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION public.civicnet_keep_slug('{history}')",
        f"DROP TRIGGER keep_slug ON {table}",
    )


def free_slug(model: type[models.Model], name: str, pk: int | None) -> str:
    """A slug for ``name`` that no other row has or had: numbered from 2 if need be.

    One query, unless it is contended.
    """
    base = slug_of(name)[:LONGEST].strip("-") or NAMELESS
    history: Any = model._meta.get_field("former_slugs").related_model
    taken = set(
        history._default_manager.filter(models.Q(slug=base) | models.Q(slug__startswith=f"{base}-"))
        .exclude(entry=pk)
        .values_list("slug", flat=True)
    )
    slug, number = base, 1
    while slug in taken or (base == NAMELESS and number == 1):
        number += 1
        slug = f"{base}-{number}"
    return slug

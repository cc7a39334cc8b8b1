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
CREATE OR REPLACE FUNCTION public.civicnet_keep_slug() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;

-- Of all rows that a statement wrote: of new ones there may be very many.
CREATE OR REPLACE FUNCTION public.civicnet_keep_slugs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept bigint;
    taken text;
BEGIN
    EXECUTE format(
        'INSERT INTO public.%I (slug, entry_id) SELECT slug, id FROM changed'
        ' ON CONFLICT (slug) DO NOTHING', TG_ARGV[0]);
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept < (SELECT count(*) FROM changed) THEN
        EXECUTE format(
            'SELECT slug FROM changed JOIN public.%I AS owned USING (slug)'
            ' WHERE owned.entry_id <> changed.id LIMIT 1', TG_ARGV[0]) INTO taken;
    END IF;
    IF taken IS NOT NULL THEN
        RAISE unique_violation USING
            MESSAGE = format('slug %s is or was the slug of another row', taken),
            CONSTRAINT = TG_TABLE_NAME || '_slug_history';
    END IF;
    RETURN NULL;
END $$;
"""
# A trigger that waits for a column is not shown all rows together.
TRIGGERS = """
CREATE TRIGGER keep_slugs AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_keep_slugs('{history}');
CREATE TRIGGER keep_slug AFTER UPDATE OF slug ON {table}
    FOR EACH ROW EXECUTE FUNCTION public.civicnet_keep_slug('{history}');
"""
# Where one trigger was called row by row for new rows too.
DIVIDE = f"""
DO $do$ DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT tgrelid::regclass AS written,
            split_part(encode(tgargs, 'escape'), chr(92), 1) AS history
        FROM pg_trigger WHERE tgname = 'keep_slug' AND tgtype & 4 > 0
    LOOP
        EXECUTE format('DROP TRIGGER keep_slug ON %s', one.written);
        EXECUTE format(
            $triggers${TRIGGERS.format(table="%1$s", history="%2$s")}$triggers$,
            one.written, one.history);
    END LOOP;
END $do$
"""  # noqa: S608


def create_function() -> migrations.RunSQL:
    return migrations.RunSQL(
        FUNCTION, "DROP FUNCTION public.civicnet_keep_slug(), public.civicnet_keep_slugs()"
    )


def keep_slugs(table: str, history: str) -> migrations.RunSQL:
    """The migration operation that puts the triggers on ``table``."""
    return migrations.RunSQL(
        TRIGGERS.format(table=table, history=history),
        f"DROP TRIGGER keep_slug ON {table}; DROP TRIGGER keep_slugs ON {table}",
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

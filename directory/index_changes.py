"""What migrations changed in the index after it was made."""

from __future__ import annotations

from django.db import migrations

from directory.index import KEEP, NO_KEYS_ASKED, PAIRS, SHIFT, TOGETHER, TOUCH
from places.languages import LANGUAGES

# What was kept of kinds without pairs of places goes, and comes again at the end.
COUNT_REGIONS = """
DO $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
BEGIN
    FOR one IN SELECT id, entries FROM public.directory_kind WHERE NOT place_pairs LOOP
        DELETE FROM public.directory_tally WHERE kind = one.id;
        DELETE FROM public.directory_listed WHERE kind = one.id;
        EXECUTE format(
            'INSERT INTO public.directory_touched SELECT $1, $2, id FROM public.%I'
            ' ON CONFLICT DO NOTHING', one.entries
        ) USING me, one.id;
        INSERT INTO public.directory_pending VALUES (me) ON CONFLICT DO NOTHING;
    END LOOP;
END $$
"""


def count_regions_of_all() -> list[migrations.RunSQL]:
    """Counts of pairs of a region and another place, for kinds that keep no other such pairs."""
    return [
        migrations.RunSQL(PAIRS, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_REGIONS, migrations.RunSQL.noop),
    ]


# Whoever commits meanwhile waits at the row of the stamp, and counts by the new rule.
COUNT_BOTH = f"""
UPDATE public.directory_stamp SET value = value + 1;
INSERT INTO public.directory_tally
SELECT listed.kind, told.given, told.key, count(*)
FROM public.directory_listed AS listed
JOIN public.directory_kind AS kind ON kind.id = listed.kind
CROSS JOIN LATERAL
    public.civicnet_pairs(coalesce(listed.crowd, listed.keys), kind.place_pairs) AS told
WHERE told.given >> {SHIFT} = {TOGETHER}
GROUP BY 1, 2, 3
ON CONFLICT (kind, given, key) DO UPDATE SET n = excluded.n
"""


def count_themes_in_regions() -> list[migrations.RunSQL]:
    """Counts given a theme and a region together."""
    return [
        migrations.RunSQL(PAIRS + ";" + KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_BOTH, migrations.RunSQL.noop),
    ]


# A page without filters is found by these: without keys they are a third as wide. They serve only
# who says so, since the planner would walk them for pages by keys too, and fetch each row.
NARROW = f"""
CREATE INDEX directory_listed_name_{{language}} ON public.directory_listed
    (kind, sort_{{language}}, entry_id) WHERE {NO_KEYS_ASKED}
"""


def add_narrow_indexes() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            NARROW.format(language=language),
            f"DROP INDEX public.directory_listed_name_{language}",
        )
        for language in LANGUAGES
    ]


def touch_drafts_too() -> migrations.RunSQL:
    """Whoever empties a table empties the index of its drafts too."""
    return migrations.RunSQL(TOUCH, migrations.RunSQL.noop)

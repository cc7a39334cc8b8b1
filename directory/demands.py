"""The database's demand that what is published has a summary and a source, besides its name.

The summary is a check of the row. The source stands in other rows, and no check can ask for it:
that is done by a keeper before all others, at the end of each transaction and for what
that touched: an entry that was written, and one that lost a source. Transactions pass there one at
a time, so two that each take one of an entry's last two sources cannot both pass.
``directory.fitness`` says the same to people beforehand, in sentences.
"""

from __future__ import annotations

from django.db import migrations

# A kind's table of sources is named after the kind's own.
FUNCTION = """
CREATE FUNCTION public.civicnet_demand_sources() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
    bare bigint;
BEGIN
    FOR one IN SELECT id, entries, entries || 'source' AS sources FROM public.directory_kind LOOP
        EXECUTE format($query$
            SELECT entry.id FROM public.directory_touched AS touched
            JOIN public.%I AS entry ON entry.id = touched.entry_id
            WHERE touched.transaction = $1 AND touched.kind = $2 AND entry.status = 'published'
                AND NOT EXISTS (SELECT FROM public.%I AS source WHERE source.entry_id = entry.id)
            LIMIT 1
        $query$, one.entries, one.sources) INTO bare USING me, one.id;
        IF bare IS NOT NULL THEN
            RAISE EXCEPTION 'row % of "%" is published and has no source', bare, one.entries
            USING ERRCODE = 'check_violation', TABLE = one.entries,
                CONSTRAINT = one.entries || '_published_has_source';
        END IF;
    END LOOP;
END $$
"""
# Before all others, since one of them may leave nothing of what was touched.
KEEPER = "INSERT INTO public.directory_keeper VALUES (-1, 'civicnet_demand_sources')"
NO_KEEPER = "DELETE FROM public.directory_keeper WHERE function = 'civicnet_demand_sources'"
# A source that is added takes nothing away, so loads and imports pay nothing here.
NOTE_LOSS = """
CREATE TRIGGER lose_source_update AFTER UPDATE ON public.{entries}source
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION public.civicnet_touch(
        '{kind}', 'entry_id', 'SELECT before.entry_id FROM changed JOIN before USING (id)'
    );
CREATE TRIGGER lose_source_delete AFTER DELETE ON public.{entries}source
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION public.civicnet_touch('{kind}', '', 'SELECT entry_id FROM changed');
CREATE TRIGGER lose_source_truncate AFTER TRUNCATE ON public.{entries}source
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_touch('{kind}', '', '')
"""
NO_NOTE = """
DROP TRIGGER lose_source_update ON public.{entries}source;
DROP TRIGGER lose_source_delete ON public.{entries}source;
DROP TRIGGER lose_source_truncate ON public.{entries}source
"""
# A text that is not there is empty or null, and a check that says null does not refuse.
TEXTS = """
ALTER TABLE public.{entries}
    ADD CONSTRAINT {entries}_published_has_summary CHECK (
        status <> 'published' OR coalesce(summary_it, '') > '' OR coalesce(summary_en, '') > ''
    )
"""
NO_TEXTS = """
ALTER TABLE public.{entries}
    DROP CONSTRAINT {entries}_published_has_summary
"""


def create_demand() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION public.civicnet_demand_sources()"),
        migrations.RunSQL(KEEPER, NO_KEEPER),
    ]


def demand(kind: int, entries: str) -> list[migrations.RunSQL]:
    """Of a kind, by its number and its table."""
    said = {"kind": kind, "entries": entries}
    return [
        migrations.RunSQL(do.format(**said), undo.format(**said))
        for do, undo in ((NOTE_LOSS, NO_NOTE), (TEXTS, NO_TEXTS))
    ]

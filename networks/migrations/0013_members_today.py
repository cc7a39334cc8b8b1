from django.db import migrations

from directory.index import sql_key

ORGANIZATION = 1
NETWORK, TIE, TODAY = 16, 48, 80
VIEW = """
CREATE OR REPLACE VIEW public.networks_organization_keys AS
SELECT membership.organization_id AS entry_id, told.key
FROM public.networks_membership AS membership
JOIN public.networks_network AS network
    ON network.id = membership.network_id AND network.status = 'published'
CROSS JOIN LATERAL (VALUES {keys}) AS told(key)
WHERE told.key IS NOT NULL
"""
KEYS = [
    f"({sql_key(NETWORK, 'membership.network_id')})",
    f"({sql_key(TIE, '(membership.network_id << 16) | membership.role_id')})",
]
IS_TODAY = sql_key(TODAY, "membership.network_id")
KEY_OF_TODAY = f"(CASE WHEN membership.current = 'yes' THEN {IS_TODAY} END)"
TOUCH = f"""
INSERT INTO public.directory_touched
    SELECT DISTINCT pg_current_xact_id()::text::bigint, {ORGANIZATION}, organization_id
    FROM public.networks_membership
    ON CONFLICT DO NOTHING;
INSERT INTO public.directory_pending VALUES (pg_current_xact_id()::text::bigint)
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """How many are in a network today is kept, so that its card counts nothing."""

    dependencies = [("networks", "0012_lately_checked"), ("directory", "0010_narrow_documents")]
    operations = [
        migrations.RunSQL(
            VIEW.format(keys=", ".join([*KEYS, KEY_OF_TODAY])), VIEW.format(keys=", ".join(KEYS))
        ),
        migrations.RunSQL(TOUCH, TOUCH),
    ]

from django.db import migrations

TABLE = """
CREATE UNLOGGED TABLE public.api_visit (
    visitor bytea NOT NULL,
    minute timestamptz NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (visitor, minute)
);
COMMENT ON TABLE public.api_visit IS
    'requests to the API by keyed digest of the address and minute, for an hour at most';
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(TABLE, "DROP TABLE public.api_visit")]

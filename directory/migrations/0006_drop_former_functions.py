from django.db import migrations

FORMER = "DROP FUNCTION IF EXISTS public.civicnet_call(), public.civicnet_raise_stamp()"


class Migration(migrations.Migration):
    """Only databases of before have them, and nothing calls them there."""

    dependencies = [("directory", "0005_rules_of_entries")]
    operations = [migrations.RunSQL(FORMER, migrations.RunSQL.noop)]

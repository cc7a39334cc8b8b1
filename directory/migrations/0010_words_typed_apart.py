from django.db import migrations

from directory.queries import QUERY


class Migration(migrations.Migration):
    """Words typed apart are not taken for the forms of one verb."""

    dependencies = [("directory", "0009_find_other_numbers")]
    operations = [migrations.RunSQL(QUERY, migrations.RunSQL.noop)]

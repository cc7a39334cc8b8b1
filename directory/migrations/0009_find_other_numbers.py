from django.db import migrations

from directory.queries import QUERY


class Migration(migrations.Migration):
    """A word finds its other number and gender where their stems differ."""

    dependencies = [("directory", "0008_take_longer_at_the_end")]
    operations = [migrations.RunSQL(QUERY, migrations.RunSQL.noop)]

from django.db import migrations

from directory.queries import QUERY


class Migration(migrations.Migration):
    """The letters of an acronym stand one after the other."""

    dependencies = [("directory", "0014_words_as_written")]
    operations = [migrations.RunSQL(QUERY, migrations.RunSQL.noop)]

from django.db import migrations

from directory.index_changes import add_narrow_indexes


class Migration(migrations.Migration):
    """A page far down walks rows of an index that does not hold the keys."""

    dependencies = [("directory", "0019_count_themes_in_regions")]
    operations = add_narrow_indexes()

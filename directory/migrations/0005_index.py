from django.db import migrations

from directory.index import create_index, watch
from directory.stamp import stop_raising


class Migration(migrations.Migration):
    """The index of what is published; its triggers raise the stamp in place of the former ones."""

    dependencies = [("directory", "0004_stamp")]
    operations = [
        *create_index(),
        *stop_raising(["places_region", "places_province", "places_city", "directory_theme"]),
        *(
            watch(table)
            for table in ("places_region", "places_province", "places_city", "directory_theme")
        ),
    ]

from django.db import migrations

from directory.index import create_index
from directory.slugs import keep_slugs
from directory.stamp import create_stamp
from directory.watching import watch

# What a visitor sees of these is on pages of entries too.
WATCHED = ("places_region", "places_province", "places_city", "directory_theme")


class Migration(migrations.Migration):
    """The index of what is published, and the stamp that rises with every change."""

    replaces = [
        ("directory", "0003_keep_theme_slugs"),
        ("directory", "0004_stamp"),
        ("directory", "0005_index"),
        ("directory", "0013_count_regions_of_networks"),
        ("directory", "0019_count_themes_in_regions"),
        ("directory", "0020_narrow_indexes"),
        ("directory", "0023_touch_drafts_too"),
    ]

    dependencies = [
        ("directory", "0002_tables"),
    ]

    operations = [
        keep_slugs("directory_theme", "directory_themeslug"),
        create_stamp(),
        *create_index(),
        *(watch(table) for table in WATCHED),
    ]

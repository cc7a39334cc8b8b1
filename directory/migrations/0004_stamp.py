from django.db import migrations

from directory.stamp import create_stamp, raise_with


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_keep_theme_slugs"),
        ("places", "0003_city_repeats_its_province"),
    ]
    operations = [
        *create_stamp(),
        *raise_with(["places_region", "places_province", "places_city", "directory_theme"]),
    ]

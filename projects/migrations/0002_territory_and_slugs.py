from django.db import migrations

from directory.slugs import keep_slugs
from directory.territory import PLACES, create_view


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_tables"), ("directory", "0001_text_search")]
    operations = [
        keep_slugs("projects_project", "projects_projectslug"),
        create_view(
            "projects_territory",
            PLACES.format(places="projects_projectplace"),
        ),
    ]

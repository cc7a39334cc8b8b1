from django.db import migrations

from directory.slugs import keep_slugs
from directory.territory import PLACES, SEAT, create_view


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_tables"), ("directory", "0001_text_search")]
    operations = [
        keep_slugs("orgs_organization", "orgs_organizationslug"),
        create_view(
            "orgs_territory",
            SEAT.format(table="orgs_organization"),
            PLACES.format(places="orgs_organizationplace"),
        ),
    ]

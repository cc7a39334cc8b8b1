from django.db import migrations

from directory.documents import add_texts

NETWORK_KIND = 2


class Migration(migrations.Migration):
    """What networks say includes the years in which they were founded and ended."""

    dependencies = [("networks", "0004_rules"), ("orgs", "0005_years_are_searched")]

    operations = [
        *add_texts(
            NETWORK_KIND, "networks", "network", "aim", "founding_act_title", "founding_act_text"
        ),
    ]

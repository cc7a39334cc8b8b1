from django.db import migrations

from directory.called_triggers import call_by_kind

ORGANIZATION = 1


class Migration(migrations.Migration):
    """The names of organizations and where they are, kept in half the time."""

    dependencies = [("orgs", "0024_counts_of_lists"), ("directory", "0024_rewriting")]
    operations = call_by_kind(ORGANIZATION, "orgs", "organization", "city_id")

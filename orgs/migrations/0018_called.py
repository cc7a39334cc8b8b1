from django.db import migrations

from directory.called import add_called

ORGANIZATION = 1


class Migration(migrations.Migration):
    """By what names organizations are called and where, which finds their likely doubles."""

    dependencies = [("orgs", "0017_time_texts"), ("directory", "0016_called")]
    operations = add_called(ORGANIZATION, "orgs", "organization", "city_id")

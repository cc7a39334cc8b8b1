from django.db import migrations

from directory.called_triggers import call_by_kind

NETWORK = 2


class Migration(migrations.Migration):
    """The names of networks and where they are, kept in half the time."""

    dependencies = [("networks", "0024_counts_of_lists"), ("directory", "0024_rewriting")]
    operations = call_by_kind(NETWORK, "networks", "network")

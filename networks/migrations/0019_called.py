from django.db import migrations

from directory.called import add_called

NETWORK = 2


class Migration(migrations.Migration):
    """By what names networks are called and where, which finds their likely doubles."""

    dependencies = [("networks", "0018_time_texts"), ("directory", "0016_called")]
    operations = add_called(NETWORK, "networks", "network")

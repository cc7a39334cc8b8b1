from django.db import migrations

from directory.called_triggers import call_by_kind

PROJECT = 3


class Migration(migrations.Migration):
    """The names of projects and where they are, kept in half the time."""

    dependencies = [("projects", "0026_counts_of_lists"), ("directory", "0024_rewriting")]
    operations = call_by_kind(PROJECT, "projects", "project")

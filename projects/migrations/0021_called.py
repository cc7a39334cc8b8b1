from django.db import migrations

from directory.called import add_called

PROJECT = 3


class Migration(migrations.Migration):
    """By what names projects are called and where, which finds their likely doubles."""

    dependencies = [("projects", "0020_time_texts"), ("directory", "0016_called")]
    operations = add_called(PROJECT, "projects", "project")

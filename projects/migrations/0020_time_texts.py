from django.db import migrations

from directory.translated_texts import time_texts

TEXTS = ("summary", "description", "subtitle", "challenge", "context")


class Migration(migrations.Migration):
    dependencies = [("projects", "0019_mark_texts")]
    operations = time_texts("projects_project", TEXTS)

from django.db import migrations

from directory.translated_texts import time_texts

TEXTS = ("summary", "description", "purpose", "vision", "story", "activities")


class Migration(migrations.Migration):
    dependencies = [("orgs", "0016_mark_texts")]
    operations = time_texts("orgs_organization", TEXTS)

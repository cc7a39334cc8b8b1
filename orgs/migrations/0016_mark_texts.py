from django.db import migrations

from directory.translated_texts import fill_marks

TEXTS = ("summary", "description", "purpose", "vision", "story", "activities")


class Migration(migrations.Migration):
    dependencies = [("directory", "0014_judge_texts"), ("orgs", "0015_translated_texts")]
    operations = fill_marks("orgs_organization", TEXTS)

from django.db import migrations

from directory.translated_texts import fill_marks

TEXTS = ("summary", "description", "subtitle", "challenge", "context")


class Migration(migrations.Migration):
    dependencies = [("directory", "0014_judge_texts"), ("projects", "0018_translated_texts")]
    operations = fill_marks("projects_project", TEXTS)

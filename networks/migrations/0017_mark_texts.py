from django.db import migrations

from directory.translated_texts import fill_marks

TEXTS = ("summary", "description", "aim", "founding_act_title", "founding_act_text")


class Migration(migrations.Migration):
    dependencies = [("directory", "0014_judge_texts"), ("networks", "0016_translated_texts")]
    operations = fill_marks("networks_network", TEXTS)

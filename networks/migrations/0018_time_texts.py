from django.db import migrations

from directory.translated_texts import time_texts

TEXTS = ("summary", "description", "aim", "founding_act_title", "founding_act_text")


class Migration(migrations.Migration):
    dependencies = [("networks", "0017_mark_texts")]
    operations = time_texts("networks_network", TEXTS)

from django.db import migrations

from directory.translated_texts import create_judging


class Migration(migrations.Migration):
    dependencies = [("directory", "0013_count_regions_of_networks")]
    operations = create_judging()

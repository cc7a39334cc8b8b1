from django.db import migrations

from directory.translated_texts import replace_judging


class Migration(migrations.Migration):
    dependencies = [("directory", "0020_narrow_indexes")]
    operations = replace_judging()

from django.db import migrations

from directory.translated_texts import create_judging


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_editing_scopes")]
    operations = create_judging()

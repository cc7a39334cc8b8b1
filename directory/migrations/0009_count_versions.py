from django.db import migrations

from directory.version_number import create_counting


class Migration(migrations.Migration):
    dependencies = [("directory", "0008_lexicon")]
    operations = create_counting()

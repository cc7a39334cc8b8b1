from django.db import migrations

from directory.lexicon import spell_lexicon


class Migration(migrations.Migration):
    """What is proposed for a misspelt word has its accents."""

    dependencies = [("directory", "0013_write_many_faster")]
    operations = [spell_lexicon()]

from django.db import migrations

from directory.lexicon import create_lexicon


class Migration(migrations.Migration):
    """The words there are, to propose one for a word that there is not."""

    dependencies = [("directory", "0007_documents"), ("places", "0001_text_functions")]
    operations = [create_lexicon()]

from django.db import migrations

from directory.lexemes import create_lexemes
from directory.rewriting import REWRITE


class Migration(migrations.Migration):
    """What words begin, so that a word that is only begun is asked for as whole ones."""

    dependencies = [("directory", "0010_words_typed_apart")]

    operations = [*create_lexemes(), migrations.RunSQL(REWRITE, migrations.RunSQL.noop)]

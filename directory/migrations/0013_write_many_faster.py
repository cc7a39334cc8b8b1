from django.db import migrations

from directory.called import FUNCTION_OF_WORDS
from directory.keys import CREATE
from directory.rewriting import REWRITE
from directory.slugs import DIVIDE, FUNCTION


class Migration(migrations.Migration):
    """Very many entries are written in less time. What is kept of each stays as it was."""

    dependencies = [("directory", "0012_samples_lie_together")]

    operations = [
        migrations.RunSQL([REWRITE, CREATE, FUNCTION_OF_WORDS], migrations.RunSQL.noop),
        migrations.RunSQL([FUNCTION, DIVIDE], migrations.RunSQL.noop),
    ]

from django.db import migrations

from directory.called import create_called
from directory.keys import CREATE


class Migration(migrations.Migration):
    """By what names entries are called and where, and which are to be compared with all others.

    The functions stay when this is taken back: what imports find with has indexes on them.
    """

    dependencies = [("directory", "0015_doubles"), ("places", "0001_text_functions")]
    operations = [
        migrations.RunSQL(CREATE, migrations.RunSQL.noop),
        *create_called(),
    ]

from django.db import migrations

from directory.index_changes import touch_drafts_too


class Migration(migrations.Migration):
    """Emptying the tables of entries leaves no document of a draft behind."""

    dependencies = [("directory", "0022_divide_documents")]
    operations = [touch_drafts_too()]

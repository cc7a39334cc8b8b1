from django.db import migrations

from directory.rewriting import create_rewriting


class Migration(migrations.Migration):
    """Where very much is touched at once, the index is written anew by several processes."""

    dependencies = [("directory", "0023_touch_drafts_too")]
    operations = create_rewriting()

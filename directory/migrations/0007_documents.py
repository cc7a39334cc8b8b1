from django.db import migrations

from directory.documents import create_documents


class Migration(migrations.Migration):
    """The documents that text search reads, and what keeps them."""

    dependencies = [("directory", "0006_kept_pictures")]
    operations = create_documents()

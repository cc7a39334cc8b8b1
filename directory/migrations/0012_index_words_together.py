from django.db import migrations

from directory.documents import keep_documents_anew


class Migration(migrations.Migration):
    """Documents of a long list, as an import writes them, go into the index together."""

    dependencies = [("directory", "0011_editing_scopes")]
    operations = keep_documents_anew()

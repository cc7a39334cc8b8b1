from django.db import migrations

from directory.documents import create_documents_anew


class Migration(migrations.Migration):
    """A column for the summary of each language, stems without places: the index says by itself
    in which language a summary matches, and rows are half as wide."""

    dependencies = [("directory", "0009_count_versions")]
    operations = create_documents_anew()

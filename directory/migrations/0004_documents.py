from django.db import migrations

from directory.documents import create_documents
from directory.lexicon import create_lexicon
from directory.rewriting import create_rewriting


class Migration(migrations.Migration):
    """The documents that text search reads, the words there are, and both written anew."""

    replaces = [
        ("directory", "0007_documents"),
        ("directory", "0008_lexicon"),
        ("directory", "0010_narrow_documents"),
        ("directory", "0012_index_words_together"),
        ("directory", "0022_divide_documents"),
        ("directory", "0024_rewriting"),
    ]

    dependencies = [
        ("directory", "0003_index"),
    ]

    operations = [
        *create_documents(),
        create_lexicon(),
        *create_rewriting(),
    ]

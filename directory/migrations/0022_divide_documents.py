from django.db import migrations

from directory.documents import divide_documents


class Migration(migrations.Migration):
    """Documents say in which part of the alphabet they are, so that a search for common words stops
    when it has enough. With 400,000 entries it takes a minute or two."""

    dependencies = [("directory", "0021_judge_texts_known_behind")]
    operations = divide_documents()

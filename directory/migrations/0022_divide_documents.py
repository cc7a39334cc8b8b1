from django.db import migrations

from directory.documents import divide_documents


class Migration(migrations.Migration):
    """Documents say in which part of the alphabet they are, so that a search for common words stops
    when it has enough. All are written anew, so it takes the longer the more there are; the public
    pages can be read meanwhile, and whoever writes waits."""

    dependencies = [("directory", "0021_judge_texts_known_behind")]
    operations = divide_documents()

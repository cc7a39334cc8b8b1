from django.db import migrations

from directory.index_changes import count_themes_in_regions


class Migration(migrations.Migration):
    """A listing of one theme in one region reads its counts, like one with a single filter."""

    dependencies = [("directory", "0018_judge_texts_of_lists")]
    operations = count_themes_in_regions()

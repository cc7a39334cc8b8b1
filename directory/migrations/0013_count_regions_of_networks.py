from django.db import migrations

from directory.index_changes import count_regions_of_all


class Migration(migrations.Migration):
    """The map of a region reads the number of networks in each of its provinces."""

    dependencies = [("directory", "0012_index_words_together")]
    operations = count_regions_of_all()

from django.db import migrations

from directory.watching import take_longer_at_the_end


class Migration(migrations.Migration):
    """A theme that very many entries have can be renamed from the admin, where statements may take
    no more than some seconds."""

    dependencies = [("directory", "0007_look_around_at_the_end")]

    operations = [take_longer_at_the_end()]

from django.db import migrations

from directory.marked_texts import create_judging


class Migration(migrations.Migration):
    dependencies = [("directory", "0017_marked_texts")]
    operations = create_judging()

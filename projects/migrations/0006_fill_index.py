from django.db import migrations


class Migration(migrations.Migration):
    """Everything is listed that was published before there was an index."""

    dependencies = [("projects", "0005_index")]
    operations = [
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

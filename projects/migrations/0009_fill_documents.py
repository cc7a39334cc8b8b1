from django.db import migrations


class Migration(migrations.Migration):
    """Everything is found that was written before there were documents."""

    dependencies = [("projects", "0008_texts")]
    operations = [
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_fill_documents"), ("directory", "0009_narrow_documents")]
    operations = [
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

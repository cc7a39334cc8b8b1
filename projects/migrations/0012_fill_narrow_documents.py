from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_count_versions"), ("directory", "0010_narrow_documents")]
    operations = [
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

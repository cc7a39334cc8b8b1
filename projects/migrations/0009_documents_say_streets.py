from django.db import migrations


class Migration(migrations.Migration):
    """All documents are written anew, with the streets of seats."""

    dependencies = [
        ("orgs", "0009_streets_are_searched"),
        ("projects", "0008_wrong_codes_are_found"),
    ]

    operations = [
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

from django.db import migrations

from directory.watching import look_around_at_the_end


class Migration(migrations.Migration):
    """Which entries a change touches by what is tied to it is asked at the end of a transaction;
    what two transactions at once left wrong before is written anew."""

    dependencies = [("directory", "0006_drop_former_functions")]

    operations = [
        *look_around_at_the_end(),
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

from django.db import migrations

from directory.demands import create_demand


class Migration(migrations.Migration):
    """Asked of no entry yet: each room says it of its own, when what lacks one is taken back."""

    dependencies = [("directory", "0020_narrow_indexes")]
    operations = create_demand()

from django.db import migrations

from directory.demands import create_demand


class Migration(migrations.Migration):
    """Asked once each kind has taken back what lacks one: theirs run before."""

    dependencies = [("directory", "0024_rewriting")]
    operations = create_demand()

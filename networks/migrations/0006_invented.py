from django.db import migrations, models


class Migration(migrations.Migration):
    """What was made up to try the site is marked, and found at once."""

    dependencies = [("networks", "0005_index")]
    operations = [
        migrations.AddField(
            model_name="network",
            name="invented",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="invented"
            ),
        ),
        migrations.AddIndex(
            model_name="network",
            index=models.Index(
                condition=models.Q(("invented", True)),
                fields=["id"],
                name="networks_network_fake",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("links", "0002_addresses_in_texts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(fields=["kind", "entry"], name="links_mention_entry"),
        ),
    ]

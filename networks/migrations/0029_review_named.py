from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0028_texts_in_order"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="networkreview",
            options={
                "default_permissions": (),
                "verbose_name": "note of the review",
                "verbose_name_plural": "notes of the review",
            },
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0026_fit_to_be_public"),
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

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0027_what_to_complete"),
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

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0030_texts_in_order"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="projectreview",
            options={
                "default_permissions": (),
                "verbose_name": "note of the review",
                "verbose_name_plural": "notes of the review",
            },
        ),
    ]

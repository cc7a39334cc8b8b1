from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0029_what_to_complete"),
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

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0028_texts_in_order"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="organizationreview",
            options={
                "default_permissions": (),
                "verbose_name": "note of the review",
                "verbose_name_plural": "notes of the review",
            },
        ),
    ]

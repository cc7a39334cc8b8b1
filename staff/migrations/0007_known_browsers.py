from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0006_seal_secrets"),
    ]

    operations = [
        migrations.AddField(
            model_name="failure",
            name="browser",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddIndex(
            model_name="failure",
            index=models.Index(
                condition=models.Q(("browser__isnull", False)),
                fields=["browser", "at"],
                name="staff_failure_browser",
            ),
        ),
    ]

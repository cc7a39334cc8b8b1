import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0007_known_browsers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResetMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(blank=True, max_length=254)),
                ("mailbox", models.BinaryField(max_length=16)),
                ("address", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tried_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["mailbox", "at"], name="staff_resetmail_mailbox"),
                    models.Index(fields=["address", "at"], name="staff_resetmail_address"),
                ],
            },
        ),
    ]

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is remembered of logins: failures, second factors, mails that reset a password."""

    replaces = [
        ("staff", "0003_failures"),
        ("staff", "0005_authenticator"),
        ("staff", "0006_seal_secrets"),
        ("staff", "0007_known_browsers"),
        ("staff", "0008_reset_mails"),
    ]

    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("staff", "0001_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Failure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.BinaryField(max_length=16)),
                ("address", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("browser", models.BinaryField(max_length=16, null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["account", "at"], name="staff_failure_account"),
                    models.Index(fields=["address", "at"], name="staff_failure_address"),
                    models.Index(
                        condition=models.Q(("browser__isnull", False)),
                        fields=["browser", "at"],
                        name="staff_failure_browser",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
            },
            bases=("otp_totp.totpdevice",),
        ),
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

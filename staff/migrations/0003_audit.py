import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("staff", "0004_events"),
    ]

    dependencies = [
        ("staff", "0002_logins"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("logged_in", "logged in"),
                            ("logged_out", "logged out"),
                            ("login_failed", "failed to log in"),
                            ("code_failed", "gave a wrong code"),
                            ("locked_out", "was locked out"),
                            ("let_in", "was let in again"),
                            ("factor_set", "set up a second factor"),
                            ("factor_removed", "removed the second factor"),
                            ("factor_reset", "reset a second factor"),
                            ("recovery_used", "used a recovery code"),
                            ("recovery_renewed", "made new recovery codes"),
                            ("password_set", "password set"),
                            ("rights_changed", "rights changed"),
                            ("published", "published"),
                            ("taken_back", "taken back from the public"),
                            ("archived", "archived"),
                            ("deleted", "deleted while public"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("by_name", models.CharField(max_length=150, verbose_name="who")),
                ("about", models.CharField(max_length=300, verbose_name="about")),
                ("kind", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of the audit",
                "verbose_name_plural": "lines of the audit",
                "ordering": ("-at", "-pk"),
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["-at", "-id"], name="staff_event_at")],
            },
        ),
    ]

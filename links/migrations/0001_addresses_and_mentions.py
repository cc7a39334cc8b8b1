import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("links", "0001_checked_addresses"),
        ("links", "0002_addresses_in_texts"),
        ("links", "0003_mentions_of_an_entry"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500, unique=True, verbose_name="address")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("works", "works"),
                            ("fails", "fails"),
                            ("unknown", "cannot be told"),
                        ],
                        default="unknown",
                        max_length=7,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("name", "no site has this name"),
                            ("connection", "the site cannot be reached"),
                            ("certificate", "the site’s certificate is not valid"),
                            ("encryption", "no secure connection with the site is possible"),
                            ("slow", "the site takes too long"),
                            ("answer", "the site hangs up or cannot be understood"),
                            ("status", "the site says that there is no such page, or fails"),
                            ("redirects", "it redirects without end"),
                            ("address", "it redirects to what is no web address"),
                            ("inner", "it leads to an address that is not on the open internet"),
                            ("wall", "the site lets no programs in"),
                            ("robots", "the site asks programs to stay away (robots.txt)"),
                            ("port", "its port is unusual and is not looked at"),
                        ],
                        default="",
                        max_length=11,
                        verbose_name="reason",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="status")),
                ("leads_to", models.TextField(blank=True, default="", verbose_name="leads to")),
                ("moved", models.BooleanField(default=False, verbose_name="moved for good")),
                ("since", models.DateTimeField(null=True, verbose_name="since")),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, verbose_name="days it failed"),
                ),
                ("failed_on", models.DateField(null=True, verbose_name="failed last on")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="looked at")),
                (
                    "silenced",
                    models.BooleanField(
                        default=False,
                        help_text="It works, or nothing can be done: do not list it as broken.",
                        verbose_name="silenced",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="note"),
                ),
                (
                    "silenced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="silenced by",
                    ),
                ),
            ],
            options={
                "verbose_name": "checked address",
                "verbose_name_plural": "checked addresses",
                "ordering": ["url"],
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("failures", 0), _negated=True),
                        fields=["failures"],
                        name="links_link_failing",
                    ),
                    models.Index(fields=["checked_at"], name="links_link_checked"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["works", "fails", "unknown"])),
                        name="links_link_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failed_on", None), ("failures", 0)),
                            models.Q(("failed_on__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="links_link_failures_have_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("entry", models.BigIntegerField()),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="links.link",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("link", "kind", "entry"), name="links_mention_once"
                    )
                ],
                "indexes": [models.Index(fields=["kind", "entry"], name="links_mention_entry")],
            },
        ),
    ]

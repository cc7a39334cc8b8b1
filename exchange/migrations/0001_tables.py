import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("exchange", "0001_imports"),
        ("exchange", "0003_keep_the_order_of_columns"),
        ("exchange", "0004_tables"),
    ]

    dependencies = [
        ("networks", "0001_tables"),
        ("orgs", "0001_tables"),
        ("projects", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organization", "organizations"),
                            ("network", "networks"),
                            ("project", "projects"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("file_name", models.CharField(max_length=300, verbose_name="file")),
                (
                    "file_digest",
                    models.CharField(max_length=64, verbose_name="SHA-256 of the file"),
                ),
                ("source_title", models.CharField(max_length=300, verbose_name="source")),
                (
                    "source_url",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="address of the source"
                    ),
                ),
                ("columns", models.JSONField(default=list, verbose_name="columns")),
                ("options", models.JSONField(default=dict, verbose_name="options")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "not finished"),
                            ("finished", "finished"),
                            ("undone", "taken back"),
                        ],
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                (
                    "started",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="started"
                    ),
                ),
                ("finished", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organization", "organizations"),
                            ("network", "networks"),
                            ("project", "projects"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
            ],
            options={
                "verbose_name": "saved mapping",
                "verbose_name_plural": "saved mappings",
                "ordering": ["kind", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "name"), name="exchange_savedmapping_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                ("digest", models.UUIDField(editable=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "made an entry"),
                            ("updated", "changed an entry"),
                            ("uncertain", "to decide"),
                            ("left_out", "left out by staff"),
                            ("undone", "taken back"),
                        ],
                        max_length=9,
                        verbose_name="what happened",
                    ),
                ),
                ("raw", models.JSONField(default=list, verbose_name="the row as it was")),
                ("values", models.JSONField(default=dict, verbose_name="values")),
                ("before", models.JSONField(default=dict, verbose_name="values before")),
                ("why", models.JSONField(default=list, verbose_name="why")),
                ("candidates", models.JSONField(default=list, verbose_name="entries it may be")),
                ("stamp", models.DateTimeField(editable=False, null=True)),
                ("stamp_before", models.DateTimeField(editable=False, null=True)),
                (
                    "decided_on",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided on"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="networks.network",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported",
                        to="exchange.import",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported row",
                "verbose_name_plural": "imported rows",
                "ordering": ["run", "number"],
                "indexes": [
                    models.Index(fields=["digest"], name="exchange_row_digest"),
                    models.Index(
                        condition=models.Q(("outcome", "uncertain")),
                        fields=["run", "number"],
                        name="exchange_row_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("organization__isnull", False)),
                        fields=["organization"],
                        name="exchange_row_organization",
                    ),
                    models.Index(
                        condition=models.Q(("network__isnull", False)),
                        fields=["network"],
                        name="exchange_row_network",
                    ),
                    models.Index(
                        condition=models.Q(("project__isnull", False)),
                        fields=["project"],
                        name="exchange_row_project",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("network", None), ("organization", None)),
                            models.Q(("organization", None), ("project", None)),
                            models.Q(("network", None), ("project", None)),
                            _connector="OR",
                        ),
                        name="exchange_row_one_entry_at_most",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organization", "organizations"),
                            ("network", "networks"),
                            ("project", "projects"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("file_name", models.CharField(max_length=300, verbose_name="file")),
                ("status", models.CharField(max_length=9, verbose_name="status of new entries")),
                ("headers", models.JSONField(default=list, verbose_name="columns")),
                (
                    "left",
                    models.JSONField(default=list, verbose_name="columns that are not imported"),
                ),
                (
                    "created",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="created"
                    ),
                ),
                ("written", models.DateTimeField(null=True, verbose_name="imported on")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "table",
                "verbose_name_plural": "tables",
                "default_permissions": (),
                "indexes": [models.Index(fields=["created"], name="exchange_sheet_created")],
            },
        ),
        migrations.CreateModel(
            name="SheetRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("changed", "changed"),
                            ("refused", "refused"),
                            ("unchanged", "unchanged"),
                        ],
                        max_length=9,
                        verbose_name="what happens",
                    ),
                ),
                ("entry", models.BigIntegerField(null=True)),
                ("version", models.PositiveIntegerField(null=True)),
                ("name", models.CharField(blank=True, max_length=250, verbose_name="name")),
                ("cells", models.JSONField(default=list, verbose_name="the row as it was")),
                ("values", models.JSONField(default=dict, verbose_name="values")),
                ("before", models.JSONField(default=dict, verbose_name="values before")),
                ("why", models.JSONField(default=list, verbose_name="why")),
                (
                    "done",
                    models.BooleanField(db_default=False, default=False, verbose_name="imported"),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="exchange.sheet",
                        verbose_name="table",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a table",
                "verbose_name_plural": "rows of a table",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["sheet", "outcome", "number"], name="exchange_sheetrow_outcome"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sheet", "number"), name="exchange_sheetrow_once"
                    )
                ],
            },
        ),
    ]

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("directory", "0002_themes"),
        ("directory", "0006_kept_pictures"),
        ("directory", "0011_editing_scopes"),
        ("directory", "0015_doubles"),
        ("directory", "0017_marked_texts"),
    ]

    dependencies = [
        ("directory", "0001_text_search"),
        ("places", "0003_city_repeats_its_province"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadedBundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "loaded bundle",
                "verbose_name_plural": "loaded bundles",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "key"), name="directory_loadedbundle_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        help_text="Made from the Italian name; the same in both languages.",
                        max_length=200,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*$",
                                "Small ASCII letters and digits, joined by single hyphens.",
                            )
                        ],
                        verbose_name="address name",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_it", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                (
                    "description_it",
                    models.TextField(blank=True, default="", null=True, verbose_name="description"),
                ),
                (
                    "description_en",
                    models.TextField(blank=True, default="", null=True, verbose_name="description"),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"parent": None},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="directory.theme",
                        verbose_name="parent theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["order", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="directory_theme_slug_ascii",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="directory_theme_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeSlug",
            fields=[
                (
                    "slug",
                    models.CharField(
                        max_length=200,
                        primary_key=True,
                        serialize=False,
                        verbose_name="address name",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="directory.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "address name, present or former",
                "verbose_name_plural": "address names, present and former",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="KeptPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "image",
                    models.FileField(
                        help_text="Accepted are JPEG, PNG and WebP pictures of at most 10 MB and 24 megapixels.",
                        max_length=200,
                        unique=True,
                        upload_to="",
                        verbose_name="picture",
                    ),
                ),
                ("widths", models.JSONField(default=list, editable=False)),
            ],
            options={
                "verbose_name": "kept picture",
                "verbose_name_plural": "kept pictures",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EditingScope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cities",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="places.city", verbose_name="cities"
                    ),
                ),
                (
                    "provinces",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="places.province", verbose_name="provinces"
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="places.region", verbose_name="regions"
                    ),
                ),
                (
                    "themes",
                    models.ManyToManyField(
                        blank=True,
                        help_text="A theme includes those below it.",
                        related_name="editing_scopes",
                        to="directory.theme",
                        verbose_name="themes",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editing_scope",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "what this person edits",
                "verbose_name_plural": "what this person edits",
                "permissions": (
                    ("translate_it", "Can write the Italian texts"),
                    ("translate_en", "Can write the English texts"),
                ),
            },
        ),
        migrations.CreateModel(
            name="SuspectedDouble",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.PositiveSmallIntegerField(editable=False)),
                ("low", models.BigIntegerField(editable=False)),
                ("high", models.BigIntegerField(editable=False)),
                ("why", models.JSONField(default=list, editable=False, verbose_name="why")),
            ],
            options={
                "verbose_name": "suspected double",
                "verbose_name_plural": "suspected doubles",
                "ordering": ["kind", "low", "high"],
                "abstract": False,
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "high"], name="suspecteddouble_high")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "low", "high"), name="suspecteddouble_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("low__lt", models.F("high"))),
                        name="suspecteddouble_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Distinction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.PositiveSmallIntegerField(editable=False)),
                ("low", models.BigIntegerField(editable=False)),
                ("high", models.BigIntegerField(editable=False)),
                (
                    "on",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="said on"
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="note"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="said by",
                    ),
                ),
            ],
            options={
                "verbose_name": "no double",
                "verbose_name_plural": "no doubles",
                "ordering": ["kind", "low", "high"],
                "abstract": False,
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "high"], name="distinction_high")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "low", "high"), name="distinction_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("low__lt", models.F("high"))),
                        name="distinction_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.PositiveSmallIntegerField(editable=False)),
                ("kept", models.BigIntegerField(editable=False)),
                ("lost", models.BigIntegerField(editable=False)),
                ("lost_name", models.CharField(max_length=250, verbose_name="merged entry")),
                ("lost_slugs", models.JSONField(default=list, editable=False)),
                ("before", models.JSONField(default=dict, editable=False)),
                ("after", models.JSONField(default=dict, editable=False)),
                (
                    "on",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="merged on",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="why"),
                ),
                ("undone_on", models.DateTimeField(null=True, verbose_name="taken back on")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="merged by",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["kind", "kept"], name="directory_merge_kept"),
                    models.Index(fields=["kind", "lost"], name="directory_merge_lost"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.PositiveSmallIntegerField(editable=False)),
                ("entry", models.BigIntegerField(editable=False)),
                ("list", models.CharField(editable=False, max_length=63)),
                ("row", models.BigIntegerField(editable=False)),
                ("text", models.CharField(editable=False, max_length=63)),
                ("language", models.CharField(editable=False, max_length=2)),
                ("mark", models.CharField(editable=False, max_length=7)),
                ("since", models.DateTimeField(editable=False)),
                ("agreed", models.TextField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "marked text of a list",
                "verbose_name_plural": "marked texts of lists",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["kind", "entry"], name="directory_markedtext_entry"),
                    models.Index(
                        condition=models.Q(("mark__in", ("missing", "copied"))),
                        fields=["kind", "language", "entry"],
                        name="directory_markedtext_missing",
                    ),
                    models.Index(
                        condition=models.Q(("mark", "stale")),
                        fields=["kind", "language", "entry"],
                        name="directory_markedtext_stale",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("list", "row", "text", "language"), name="directory_markedtext_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mark__in", ["missing", "copied", "stale"])),
                        name="directory_markedtext_mark_known",
                    ),
                ],
            },
        ),
    ]

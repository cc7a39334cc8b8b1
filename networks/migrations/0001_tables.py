import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import directory.addresses
import places.sorting


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("networks", "0001_networks"),
        ("networks", "0004_picture_files"),
        ("networks", "0006_invented"),
        ("networks", "0008_entry_version"),
        ("networks", "0010_find_addresses"),
        ("networks", "0011_drop_search_columns"),
        ("networks", "0012_lately_checked"),
        ("networks", "0014_may_be_published"),
        ("networks", "0015_proposals"),
        ("networks", "0016_translated_texts"),
        ("networks", "0020_lists_of_staff"),
        ("networks", "0021_reviews"),
        ("networks", "0023_cared_for"),
        ("networks", "0024_counts_of_lists"),
        ("networks", "0027_what_to_complete"),
        ("networks", "0029_review_named"),
    ]

    dependencies = [
        ("directory", "0002_tables"),
        ("orgs", "0001_tables"),
        ("places", "0003_city_repeats_its_province"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NetworkTerritory",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("meaning", models.CharField(max_length=6)),
            ],
            options={
                "db_table": "networks_territory",
                "abstract": False,
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MembershipRole",
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
            ],
            options={
                "verbose_name": "membership role",
                "verbose_name_plural": "membership roles",
                "ordering": ["order", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="networks_membershiprole_slug_ascii",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Network",
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
                        blank=True,
                        help_text="Left empty, it is made from the name. Former ones redirect.",
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
                (
                    "name",
                    models.CharField(blank=True, default="", max_length=250, verbose_name="name"),
                ),
                (
                    "name_it",
                    models.CharField(
                        blank=True, default="", max_length=250, null=True, verbose_name="name"
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        blank=True, default="", max_length=250, null=True, verbose_name="name"
                    ),
                ),
                (
                    "other_names",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One name on each line.",
                        verbose_name="other names",
                    ),
                ),
                (
                    "former_names",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One name on each line.",
                        verbose_name="former names",
                    ),
                ),
                (
                    "short_names",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One name on each line.",
                        verbose_name="short names and acronyms",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What it is and does, in at most 300 characters.",
                        validators=[django.core.validators.MaxLengthValidator(300)],
                        verbose_name="summary",
                    ),
                ),
                (
                    "summary_it",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What it is and does, in at most 300 characters.",
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(300)],
                        verbose_name="summary",
                    ),
                ),
                (
                    "summary_en",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What it is and does, in at most 300 characters.",
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(300)],
                        verbose_name="summary",
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True, default="", help_text="Markdown.", verbose_name="description"
                    ),
                ),
                (
                    "description_it",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Markdown.",
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Markdown.",
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="e-mail"
                    ),
                ),
                (
                    "email_public",
                    models.BooleanField(default=False, verbose_name="e-mail is public"),
                ),
                (
                    "telephone",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="telephone"
                    ),
                ),
                (
                    "telephone_public",
                    models.BooleanField(default=False, verbose_name="telephone is public"),
                ),
                (
                    "founded",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="founded",
                    ),
                ),
                (
                    "founded_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "ended",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="ended",
                    ),
                ),
                (
                    "ended_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "life",
                    models.CharField(
                        choices=[
                            ("unknown", "not known"),
                            ("active", "active"),
                            ("ended", "ended"),
                            ("merged", "merged into another"),
                        ],
                        default="unknown",
                        max_length=7,
                        verbose_name="life",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("archived", "archived"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                (
                    "internal_note",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Never public.",
                        verbose_name="internal note",
                    ),
                ),
                (
                    "checked_on",
                    models.DateField(
                        blank=True,
                        help_text="The day a person last checked this entry against its sources.",
                        null=True,
                        verbose_name="checked on",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="first published"),
                ),
                (
                    "created",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                (
                    "updated",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="updated",
                    ),
                ),
                (
                    "sort_it",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            places.sorting.Unaccented(
                                django.db.models.functions.comparison.Coalesce(
                                    django.db.models.functions.comparison.NullIf(
                                        "name_it", models.Value("")
                                    ),
                                    django.db.models.functions.comparison.NullIf(
                                        "name_en", models.Value("")
                                    ),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                )
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "sort_en",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            places.sorting.Unaccented(
                                django.db.models.functions.comparison.Coalesce(
                                    django.db.models.functions.comparison.NullIf(
                                        "name_en", models.Value("")
                                    ),
                                    django.db.models.functions.comparison.NullIf(
                                        "name_it", models.Value("")
                                    ),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                )
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("aim", models.TextField(blank=True, default="", verbose_name="aim")),
                ("aim_it", models.TextField(blank=True, default="", null=True, verbose_name="aim")),
                ("aim_en", models.TextField(blank=True, default="", null=True, verbose_name="aim")),
                (
                    "founding_act_title",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="founding act"
                    ),
                ),
                (
                    "founding_act_title_it",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        null=True,
                        verbose_name="founding act",
                    ),
                ),
                (
                    "founding_act_title_en",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        null=True,
                        verbose_name="founding act",
                    ),
                ),
                (
                    "founding_act_date",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="date of the founding act",
                    ),
                ),
                (
                    "founding_act_date_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "founding_act_text",
                    models.TextField(
                        blank=True, default="", verbose_name="what the founding act says"
                    ),
                ),
                (
                    "founding_act_text_it",
                    models.TextField(
                        blank=True, default="", null=True, verbose_name="what the founding act says"
                    ),
                ),
                (
                    "founding_act_text_en",
                    models.TextField(
                        blank=True, default="", null=True, verbose_name="what the founding act says"
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it merged into, or what followed it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="networks.network",
                        verbose_name="successor",
                    ),
                ),
                (
                    "themes",
                    models.ManyToManyField(
                        blank=True,
                        related_name="%(app_label)s",
                        to="directory.theme",
                        verbose_name="themes",
                    ),
                ),
                (
                    "invented",
                    models.BooleanField(
                        db_default=False, default=False, editable=False, verbose_name="invented"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        db_default=1, editable=False, verbose_name="version"
                    ),
                ),
                (
                    "missing_en",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="a text is missing in English",
                    ),
                ),
                (
                    "missing_it",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="a text is missing in Italian",
                    ),
                ),
                (
                    "stale_en",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="a text is out of date in English",
                    ),
                ),
                (
                    "stale_it",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="a text is out of date in Italian",
                    ),
                ),
                (
                    "still_right",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        verbose_name="translations that are still right",
                    ),
                ),
                (
                    "text_marks",
                    models.JSONField(
                        db_default={}, default=dict, editable=False, verbose_name="texts to write"
                    ),
                ),
                (
                    "text_times",
                    models.JSONField(
                        db_default={}, default=dict, editable=False, verbose_name="texts changed"
                    ),
                ),
            ],
            options={
                "verbose_name": "network",
                "verbose_name_plural": "networks",
                "ordering": ["sort_it", "pk"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        models.F("sort_it"),
                        models.F("id"),
                        condition=models.Q(("status", "published")),
                        name="networks_network_it",
                    ),
                    models.Index(
                        models.F("sort_en"),
                        models.F("id"),
                        condition=models.Q(("status", "published")),
                        name="networks_network_en",
                    ),
                    models.Index(
                        models.OrderBy(models.F("updated"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("status", "published")),
                        name="networks_network_new",
                    ),
                    models.Index(
                        condition=models.Q(("invented", True)),
                        fields=["id"],
                        name="networks_network_fake",
                    ),
                    models.Index(
                        models.OrderBy(models.F("checked_on"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("checked_on__isnull", False), ("status", "published")),
                        name="networks_network_seen",
                    ),
                    models.Index(
                        models.F("sort_it"),
                        models.F("id"),
                        condition=models.Q(("missing_it", True)),
                        name="networks_network_m_it",
                    ),
                    models.Index(
                        models.F("sort_it"),
                        models.F("id"),
                        condition=models.Q(("missing_en", True)),
                        name="networks_network_m_en",
                    ),
                    models.Index(
                        models.F("sort_it"),
                        models.F("id"),
                        condition=models.Q(("stale_it", True)),
                        name="networks_network_s_it",
                    ),
                    models.Index(
                        models.F("sort_it"),
                        models.F("id"),
                        condition=models.Q(("stale_en", True)),
                        name="networks_network_s_en",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("sort_it", "gin_trgm_ops"),
                        django.contrib.postgres.indexes.OpClass("sort_en", "gin_trgm_ops"),
                        django.contrib.postgres.indexes.OpClass("slug", "gin_trgm_ops"),
                        name="networks_network_part",
                    ),
                    models.Index(
                        models.OrderBy(models.F("checked_on"), nulls_first=True),
                        models.F("id"),
                        condition=models.Q(("status", "published")),
                        name="networks_network_wait",
                    ),
                    models.Index(
                        condition=models.Q(("status", "in_review")),
                        fields=["id"],
                        name="networks_network_rev",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(("name_it", ""), ("name_it__isnull", True), _connector="OR"),
                            models.Q(("name_en", ""), ("name_en__isnull", True), _connector="OR"),
                        ),
                        fields=["id"],
                        name="networks_network_lead",
                    ),
                    models.Index(
                        fields=["sort_it", "id"],
                        include=("status", "life"),
                        name="networks_network_all",
                    ),
                    models.Index(
                        condition=models.Q(("status", "published"), _negated=True),
                        fields=["id"],
                        name="networks_network_unp",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("status", "archived"), _negated=True),
                            models.Q(("life__in", ["ended", "merged"]), _negated=True),
                        ),
                        fields=["id"],
                        name="networks_network_care",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="networks_network_slug_ascii",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("founded__isnull", True), ("founded_precision", "")),
                            models.Q(("founded__isnull", False), ("founded_precision", "day")),
                            models.Q(
                                ("founded__isnull", False),
                                ("founded_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("founded__isnull", False),
                                ("founded_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_network_founded_precision",
                        violation_error_message="A date and its precision do not agree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended__isnull", True), ("ended_precision", "")),
                            models.Q(("ended__isnull", False), ("ended_precision", "day")),
                            models.Q(
                                ("ended__isnull", False),
                                ("ended_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("ended__isnull", False),
                                ("ended_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_network_ended_precision",
                        violation_error_message="A date and its precision do not agree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("founded__isnull", True),
                            ("ended__isnull", True),
                            ("ended__gte", models.F("founded")),
                            models.Q(
                                ("ended_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                ),
                            ),
                            models.Q(
                                ("ended_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("ended"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founded"), models.DateField()
                                        )
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_network_founded_before_ended",
                        violation_error_message="The end comes before the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("successor__isnull", True),
                            models.Q(("successor", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="networks_network_not_its_own_successor",
                        violation_error_message="An entry cannot be its own successor.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "in_review", "published", "archived"])
                        ),
                        name="networks_network_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("life__in", ["unknown", "active", "ended", "merged"])),
                        name="networks_network_life_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("founding_act_date__isnull", True),
                                ("founding_act_date_precision", ""),
                            ),
                            models.Q(
                                ("founding_act_date__isnull", False),
                                ("founding_act_date_precision", "day"),
                            ),
                            models.Q(
                                ("founding_act_date__isnull", False),
                                ("founding_act_date_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founding_act_date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("founding_act_date__isnull", False),
                                ("founding_act_date_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founding_act_date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("founding_act_date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_network_founding_act_date_precision",
                        violation_error_message="A date and its precision do not agree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            models.Q(("name_it__gt", ""), ("name_it__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            _connector="OR",
                        ),
                        name="networks_network_published_has_name",
                        violation_error_message="An entry needs a name to be published.",
                    ),
                ],
                "default_permissions": ("add", "change", "delete", "view", "publish"),
            },
        ),
        migrations.CreateModel(
            name="NetworkIdentifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("fiscal_code", "fiscal code"),
                            ("vat", "VAT number"),
                            ("runts", "RUNTS number"),
                            ("wikidata", "Wikidata"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="scheme",
                    ),
                ),
                ("value", models.CharField(max_length=100, verbose_name="value")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "verbose_name_plural": "identifiers",
                "ordering": ["scheme", "value"],
                "abstract": False,
                "indexes": [models.Index(fields=["value"], name="networkidentifier_value")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "scheme", "value"), name="networks_networkidentifier_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkMilestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "date",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "date_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("text_it", models.TextField(null=True, verbose_name="text")),
                ("text_en", models.TextField(null=True, verbose_name="text")),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["order", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date__isnull", True), ("date_precision", "")),
                            models.Q(("date__isnull", False), ("date_precision", "day")),
                            models.Q(
                                ("date__isnull", False),
                                ("date_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("date__isnull", False),
                                ("date_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("date"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_networkmilestone_date_precision",
                        violation_error_message="A date and its precision do not agree.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "image",
                    models.FileField(
                        help_text="Accepted are JPEG, PNG and WebP pictures of at most 10 MB and 24 megapixels.",
                        max_length=200,
                        upload_to="",
                        verbose_name="picture",
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("widths", models.JSONField(default=list, editable=False)),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What the picture shows, for those who do not see it.",
                        max_length=300,
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "alt_it",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What the picture shows, for those who do not see it.",
                        max_length=300,
                        null=True,
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "alt_en",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What the picture shows, for those who do not see it.",
                        max_length=300,
                        null=True,
                        verbose_name="alternative text",
                    ),
                ),
                (
                    "decorative",
                    models.BooleanField(
                        default=False,
                        help_text="It says nothing that the page does not.",
                        verbose_name="decorative",
                    ),
                ),
                (
                    "credit",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="credit"),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "ordering": ["order", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NetworkPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("country", models.BooleanField(default=False, verbose_name="the whole country")),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="places",
                        to="networks.network",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.province",
                        verbose_name="province",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "ordering": ["order", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("city__isnull", False),
                                ("country", False),
                                ("province", None),
                                ("region", None),
                            ),
                            models.Q(
                                ("city", None),
                                ("country", False),
                                ("province__isnull", False),
                                ("region", None),
                            ),
                            models.Q(
                                ("city", None),
                                ("country", False),
                                ("province", None),
                                ("region__isnull", False),
                            ),
                            models.Q(
                                ("city", None),
                                ("country", True),
                                ("province", None),
                                ("region", None),
                            ),
                            _connector="OR",
                        ),
                        name="networks_networkplace_one_place",
                        violation_error_message="Choose exactly one: a city, a province, a region or the whole country.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkPrinciples",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "title",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="title"),
                ),
                (
                    "title_it",
                    models.CharField(
                        blank=True, default="", max_length=200, null=True, verbose_name="title"
                    ),
                ),
                (
                    "title_en",
                    models.CharField(
                        blank=True, default="", max_length=200, null=True, verbose_name="title"
                    ),
                ),
                (
                    "items",
                    models.TextField(
                        help_text="One principle on each line, in order.", verbose_name="principles"
                    ),
                ),
                (
                    "items_it",
                    models.TextField(
                        help_text="One principle on each line, in order.",
                        null=True,
                        verbose_name="principles",
                    ),
                ),
                (
                    "items_en",
                    models.TextField(
                        help_text="One principle on each line, in order.",
                        null=True,
                        verbose_name="principles",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="principles",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of principles",
                "verbose_name_plural": "lists of principles",
                "ordering": ["order", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NetworkSlug",
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
                        to="networks.network",
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
            name="NetworkSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("title_it", models.CharField(max_length=300, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=300, null=True, verbose_name="title")),
                (
                    "url",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=500,
                        validators=[directory.addresses.validate_web_address],
                        verbose_name="address",
                    ),
                ),
                ("read_on", models.DateField(blank=True, null=True, verbose_name="read on")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["order", "pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["url"], name="networksource_url")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__iregex", "^https?://[^/\\s]+"), _connector="OR"
                        ),
                        name="networks_networksource_http",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="since",
                    ),
                ),
                (
                    "since_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "until",
                    models.DateField(
                        blank=True,
                        help_text="Year, month or day: 2013, 2013-06 or 2013-06-01.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
                (
                    "until_precision",
                    models.CharField(
                        blank=True,
                        choices=[("year", "year"), ("month", "month"), ("day", "day")],
                        default="",
                        editable=False,
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "current",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("unstated", "not stated")],
                        default="unstated",
                        max_length=8,
                        verbose_name="current",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="orgs.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="networks.membershiprole",
                        verbose_name="role",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="networks.network",
                        verbose_name="network",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="One of the network's sources.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="networks.networksource",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("since__isnull", True), ("since_precision", "")),
                            models.Q(("since__isnull", False), ("since_precision", "day")),
                            models.Q(
                                ("since__isnull", False),
                                ("since_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("since__isnull", False),
                                ("since_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_membership_since_precision",
                        violation_error_message="A date and its precision do not agree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("until__isnull", True), ("until_precision", "")),
                            models.Q(("until__isnull", False), ("until_precision", "day")),
                            models.Q(
                                ("until__isnull", False),
                                ("until_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            models.Q(
                                ("until__isnull", False),
                                ("until_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractDay(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    1,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_membership_until_precision",
                        violation_error_message="A date and its precision do not agree.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since__isnull", True),
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            models.Q(
                                ("until_precision", "year"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                ),
                            ),
                            models.Q(
                                ("until_precision", "month"),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractYear(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                ),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("until"), models.DateField()
                                        )
                                    ),
                                    django.db.models.functions.datetime.ExtractMonth(
                                        django.db.models.functions.comparison.Cast(
                                            models.F("since"), models.DateField()
                                        )
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="networks_membership_since_before_until",
                        violation_error_message="The end comes before the start.",
                    ),
                    models.UniqueConstraint(
                        fields=("network", "organization", "role", "since"),
                        name="networks_membership_once",
                        nulls_distinct=False,
                        violation_error_message="This membership is there already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("current", "yes"), _negated=True),
                            ("until__isnull", True),
                            _connector="OR",
                        ),
                        name="networks_membership_current_has_no_end",
                        violation_error_message="A current membership has no end date.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkWebAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "url",
                    models.CharField(
                        max_length=500,
                        validators=[directory.addresses.validate_web_address],
                        verbose_name="address",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("website", "website"),
                            ("social", "social network"),
                            ("other", "other"),
                        ],
                        default="website",
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "label",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="label"),
                ),
                (
                    "label_it",
                    models.CharField(
                        blank=True, default="", max_length=120, null=True, verbose_name="label"
                    ),
                ),
                (
                    "label_en",
                    models.CharField(
                        blank=True, default="", max_length=120, null=True, verbose_name="label"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="web_addresses",
                        to="networks.network",
                    ),
                ),
            ],
            options={
                "verbose_name": "web address",
                "verbose_name_plural": "web addresses",
                "ordering": ["order", "pk"],
                "abstract": False,
                "indexes": [models.Index(fields=["url"], name="networkwebaddress_url")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("url__iregex", "^https?://[^/\\s]+")),
                        name="networks_networkwebaddress_http",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "base_version",
                    models.PositiveIntegerField(
                        help_text="The number of the entry's version that was changed first.",
                        verbose_name="base version",
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("saves", models.PositiveIntegerField(default=1)),
                (
                    "why",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="why"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waiting"),
                            ("accepted", "accepted"),
                            ("partly", "partly accepted"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "answer",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="answer"),
                ),
                ("accepted", models.JSONField(default=list)),
                (
                    "made",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="made"),
                ),
                (
                    "changed",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed"),
                ),
                ("decided", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="networks.network",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal for a network",
                "verbose_name_plural": "proposals for networks",
                "ordering": ["-changed", "-pk"],
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("entry", "author"),
                        name="networks_networkproposal_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "accepted", "partly", "refused", "withdrawn"])
                        ),
                        name="networks_networkproposal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                models.Q(("decided", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="networks_networkproposal_decided_or_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkProposedPicture",
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
                        upload_to="",
                        verbose_name="picture",
                    ),
                ),
                ("widths", models.JSONField(default=list, editable=False)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="networks.networkproposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed picture",
                "verbose_name_plural": "proposed pictures",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="NetworkReview",
            fields=[
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent to review")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("publish_on", models.DateField(null=True, verbose_name="to be published on")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="review",
                        serialize=False,
                        to="networks.network",
                    ),
                ),
                (
                    "note_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent back by",
                    ),
                ),
                (
                    "publish_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to be published by",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent to review by",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("publish_on__isnull", False)),
                        fields=["publish_on"],
                        name="networkreview_day",
                    )
                ],
                "verbose_name": "note of the review",
                "verbose_name_plural": "notes of the review",
            },
        ),
    ]

from django.db import migrations, models

from directory.demands import demand_sources


class Migration(migrations.Migration):
    """What is published has a summary and a source; what has not goes back to review."""

    dependencies = [("directory", "0021_demand_sources"), ("orgs", "0023_seats")]

    operations = [
        *demand_sources(1, "orgs_organization"),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    ("summary_it__gt", ""),
                    ("summary_en__gt", ""),
                    _connector="OR",
                ),
                name="orgs_organization_published_has_summary",
                violation_error_message="An entry needs a summary to be published.",
            ),
        ),
    ]

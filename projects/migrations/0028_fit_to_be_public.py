from django.db import migrations

from directory.demands import demand, name_again, take_back


class Migration(migrations.Migration):
    """What is published has a summary and a source; what has not goes back to review first."""

    dependencies = [("directory", "0024_rewriting"), ("projects", "0027_call_by_kind")]
    # Before the demand of sources is there, so that no transaction in between is refused.
    run_before = [("directory", "0025_demand_sources")]
    operations = [
        take_back("projects_project"),
        *demand(3, "projects_project"),
        *name_again("projects", "project"),
    ]

from django.db import migrations

from directory.demands import demand, take_back


class Migration(migrations.Migration):
    """What is published has a summary and a source; what has not goes back to review first."""

    dependencies = [("directory", "0020_narrow_indexes"), ("orgs", "0023_seats")]
    # Before the demand of sources is there, so that no transaction in between is refused.
    run_before = [("directory", "0021_demand_sources")]
    operations = [take_back("orgs_organization"), *demand(1, "orgs_organization")]

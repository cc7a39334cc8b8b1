from django.db import migrations

from directory.demands import demand, name_again, take_back


class Migration(migrations.Migration):
    """What is published has a summary and a source; what has not goes back to review first."""

    dependencies = [("directory", "0024_rewriting"), ("networks", "0025_call_by_kind")]
    # Before the demand of sources is there, so that no transaction in between is refused.
    run_before = [("directory", "0025_demand_sources")]
    operations = [
        take_back("networks_network"),
        *demand(2, "networks_network"),
        *name_again("networks", "network"),
    ]

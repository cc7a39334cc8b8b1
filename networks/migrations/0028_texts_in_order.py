from django.db import migrations

from directory.documents import say_texts_anew


class Migration(migrations.Migration):
    """What networks say, in an order of its own: the places of words do not depend on a plan."""

    dependencies = [("networks", "0027_what_to_complete"), ("directory", "0025_demand_sources")]
    operations = [
        *say_texts_anew(
            2,
            "networks",
            "network",
            *("aim", "founding_act_title", "founding_act_text"),
        ),
    ]

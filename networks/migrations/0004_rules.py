from django.db import migrations

from directory.called import add_called
from directory.called_triggers import call_by_kind
from directory.demands import demand
from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists
from directory.translated_texts import time_texts
from directory.version_number import count_versions

NETWORK = 2
TEXTS = ("summary", "description", "aim", "founding_act_title", "founding_act_text")
LISTS = (
    ("networks_networkwebaddress", "entry_id", {"label": NAMED}),
    ("networks_networkmilestone", "entry_id", {"text": WRITTEN}),
    ("networks_networksource", "entry_id", {"title": QUOTED}),
    ("networks_networkprinciples", "entry_id", {"title": NAMED, "items": WRITTEN}),
    ("networks_networkpicture", "entry_id", {"alt": WRITTEN}),
)


class Migration(migrations.Migration):
    """What the database keeps and demands of networks: versions, texts, names, sources."""

    replaces = [
        ("networks", "0009_count_versions"),
        ("networks", "0017_mark_texts"),
        ("networks", "0018_time_texts"),
        ("networks", "0019_called"),
        ("networks", "0022_mark_texts_of_lists"),
        ("networks", "0025_call_by_kind"),
        ("networks", "0026_fit_to_be_public"),
    ]

    dependencies = [
        ("directory", "0005_rules_of_entries"),
        ("networks", "0003_index"),
    ]

    operations = [
        *count_versions(["networks_network"]),
        *time_texts("networks_network", TEXTS),
        *mark_lists(NETWORK, *LISTS),
        *add_called(NETWORK, "networks", "network"),
        *call_by_kind(NETWORK, "networks", "network"),
        *demand(NETWORK, "networks_network"),
    ]

from django.db import migrations

from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists

NETWORK = 2
LISTS = (
    ("networks_networkwebaddress", "entry_id", {"label": NAMED}),
    ("networks_networkmilestone", "entry_id", {"text": WRITTEN}),
    ("networks_networksource", "entry_id", {"title": QUOTED}),
    ("networks_networkprinciples", "entry_id", {"title": NAMED, "items": WRITTEN}),
    ("networks_networkpicture", "entry_id", {"alt": WRITTEN}),
)


class Migration(migrations.Migration):
    """What lacks a text or has left one behind, of those that are there and from now on."""

    dependencies = [("networks", "0021_reviews"), ("directory", "0018_judge_texts_of_lists")]
    operations = list(mark_lists(NETWORK, *LISTS))

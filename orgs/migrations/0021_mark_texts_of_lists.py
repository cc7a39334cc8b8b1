from django.db import migrations

from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists

ORGANIZATION = 1
LISTS = (
    ("orgs_organizationwebaddress", "entry_id", {"label": NAMED}),
    ("orgs_organizationmilestone", "entry_id", {"text": WRITTEN}),
    ("orgs_organizationsource", "entry_id", {"title": QUOTED}),
    ("orgs_organizationprinciples", "entry_id", {"title": NAMED, "items": WRITTEN}),
    ("orgs_organizationpicture", "entry_id", {"alt": WRITTEN}),
    ("orgs_organizationfigure", "entry_id", {"label": NAMED}),
)


class Migration(migrations.Migration):
    """What lacks a text or has left one behind, of those that are there and from now on."""

    dependencies = [("orgs", "0020_reviews"), ("directory", "0018_judge_texts_of_lists")]
    operations = list(mark_lists(ORGANIZATION, *LISTS))

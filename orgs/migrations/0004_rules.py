from django.db import migrations

from directory.called import add_called
from directory.called_triggers import call_by_kind
from directory.demands import demand
from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists
from directory.translated_texts import time_texts
from directory.version_number import count_versions

ORGANIZATION = 1
TEXTS = ("summary", "description", "purpose", "vision", "story", "activities")
LISTS = (
    ("orgs_organizationwebaddress", "entry_id", {"label": NAMED}),
    ("orgs_organizationmilestone", "entry_id", {"text": WRITTEN}),
    ("orgs_organizationsource", "entry_id", {"title": QUOTED}),
    ("orgs_organizationprinciples", "entry_id", {"title": NAMED, "items": WRITTEN}),
    ("orgs_organizationpicture", "entry_id", {"alt": WRITTEN}),
    ("orgs_organizationfigure", "entry_id", {"label": NAMED}),
)


class Migration(migrations.Migration):
    """What the database keeps and demands of organizations: versions, texts, names, sources."""

    replaces = [
        ("orgs", "0009_count_versions"),
        ("orgs", "0016_mark_texts"),
        ("orgs", "0017_time_texts"),
        ("orgs", "0018_called"),
        ("orgs", "0021_mark_texts_of_lists"),
        ("orgs", "0025_call_by_kind"),
        ("orgs", "0026_fit_to_be_public"),
    ]

    dependencies = [
        ("directory", "0005_rules_of_entries"),
        ("orgs", "0003_index"),
    ]

    operations = [
        *count_versions(["orgs_organization"]),
        *time_texts("orgs_organization", TEXTS),
        *mark_lists(ORGANIZATION, *LISTS),
        *add_called(ORGANIZATION, "orgs", "organization"),
        *call_by_kind(ORGANIZATION, "orgs", "organization", "city_id"),
        *demand(ORGANIZATION, "orgs_organization"),
    ]

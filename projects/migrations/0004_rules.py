from django.db import migrations

from directory.called import add_called
from directory.called_triggers import call_by_kind
from directory.demands import demand
from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists
from directory.translated_texts import time_texts
from directory.version_number import count_versions

PROJECT = 3
TEXTS = ("summary", "description", "subtitle", "challenge", "context")
LISTS = (
    ("projects_projectwebaddress", "entry_id", {"label": NAMED}),
    ("projects_projectmilestone", "entry_id", {"text": WRITTEN}),
    ("projects_projectsource", "entry_id", {"title": QUOTED}),
    ("projects_projectpicture", "entry_id", {"alt": WRITTEN}),
    ("projects_edition", "entry_id", {"title": NAMED}),
    ("projects_participation", "project_id", {"part": WRITTEN}),
)


class Migration(migrations.Migration):
    """What the database keeps and demands of projects: versions, texts, names, sources."""

    replaces = [
        ("projects", "0011_count_versions"),
        ("projects", "0019_mark_texts"),
        ("projects", "0020_time_texts"),
        ("projects", "0021_called"),
        ("projects", "0024_mark_texts_of_lists"),
        ("projects", "0027_call_by_kind"),
        ("projects", "0028_fit_to_be_public"),
    ]

    dependencies = [
        ("directory", "0005_rules_of_entries"),
        ("projects", "0003_index"),
    ]

    operations = [
        *count_versions(["projects_project"]),
        *time_texts("projects_project", TEXTS),
        *mark_lists(PROJECT, *LISTS),
        *add_called(PROJECT, "projects", "project"),
        *call_by_kind(PROJECT, "projects", "project"),
        *demand(PROJECT, "projects_project"),
    ]

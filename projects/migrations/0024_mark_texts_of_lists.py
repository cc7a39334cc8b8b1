from django.db import migrations

from directory.marked_texts import NAMED, QUOTED, WRITTEN, mark_lists

PROJECT = 3
LISTS = (
    ("projects_projectwebaddress", "entry_id", {"label": NAMED}),
    ("projects_projectmilestone", "entry_id", {"text": WRITTEN}),
    ("projects_projectsource", "entry_id", {"title": QUOTED}),
    ("projects_projectpicture", "entry_id", {"alt": WRITTEN}),
    ("projects_edition", "entry_id", {"title": NAMED}),
    ("projects_participation", "project_id", {"part": WRITTEN}),
)


class Migration(migrations.Migration):
    """What lacks a text or has left one behind, of those that are there and from now on."""

    dependencies = [("projects", "0023_reviews"), ("directory", "0018_judge_texts_of_lists")]
    operations = list(mark_lists(PROJECT, *LISTS))

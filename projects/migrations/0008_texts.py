from django.db import migrations

from directory.documents import add_texts, watch_words
from directory.index import Touch, watch

PROJECT = 3
# The programme, the editions, and the partners that have no entry.
OTHERS = """
(SELECT programme.name_{code} FROM public.projects_fundingprogramme AS programme
 WHERE programme.id = entry.programme_id),
(SELECT string_agg(edition.title_{code}, E'\\n') FROM public.projects_edition AS edition
 WHERE edition.entry_id = entry.id),
(SELECT string_agg(part.plain_name, E'\\n') FROM public.projects_participation AS part
 WHERE part.project_id = entry.id)
"""
OF_PROGRAMME = (
    "SELECT id FROM public.projects_project WHERE programme_id IN (SELECT id FROM changed)"
)


class Migration(migrations.Migration):
    """What projects say, and that everything published or written before is found."""

    dependencies = [
        ("projects", "0007_invented"),
        ("directory", "0007_documents"),
        ("orgs", "0007_texts"),
        ("networks", "0007_texts"),
    ]
    operations = [
        *add_texts(
            PROJECT,
            "projects",
            "project",
            *("subtitle", "challenge", "context"),
            italian=OTHERS.format(code="it"),
            english=OTHERS.format(code="en"),
        ),
        *watch_words(PROJECT, "projects", "project"),
        watch(
            "projects_fundingprogramme",
            Touch(PROJECT, OF_PROGRAMME, "name_it,name_en"),
            name="projects_words",
        ),
        watch(
            "projects_edition",
            Touch(PROJECT, "SELECT entry_id FROM changed"),
            name="projects_words",
        ),
    ]

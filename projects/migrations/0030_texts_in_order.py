from django.db import migrations

from directory.documents import say_texts_anew

# The programme, the editions, and the partners that have no entry.
OTHERS = """
(SELECT programme.name_{code} FROM public.projects_fundingprogramme AS programme
 WHERE programme.id = entry.programme_id),
(SELECT string_agg(edition.title_{code}, E'\\n' ORDER BY edition.id)
 FROM public.projects_edition AS edition WHERE edition.entry_id = entry.id),
(SELECT string_agg(part.plain_name, E'\\n' ORDER BY part.id)
 FROM public.projects_participation AS part WHERE part.project_id = entry.id)
"""


class Migration(migrations.Migration):
    """What projects say, in an order of its own: the places of words do not depend on a plan."""

    dependencies = [("projects", "0029_what_to_complete"), ("directory", "0025_demand_sources")]
    operations = [
        *say_texts_anew(
            3,
            "projects",
            "project",
            *("subtitle", "challenge", "context"),
            italian=OTHERS.format(code="it"),
            english=OTHERS.format(code="en"),
        ),
    ]

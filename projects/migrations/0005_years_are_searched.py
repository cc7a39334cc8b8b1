from django.db import migrations

from directory.documents import add_texts

PROJECT = 3
# The programme, the editions with their years, and the partners that have no entry.
OTHERS = """
(SELECT programme.name_{code} FROM public.projects_fundingprogramme AS programme
 WHERE programme.id = entry.programme_id),
(SELECT string_agg(concat_ws(' ', edition.title_{code}, to_char(edition.start, 'YYYY')), E'\\n'
     ORDER BY edition.id)
 FROM public.projects_edition AS edition WHERE edition.entry_id = entry.id),
(SELECT string_agg(part.plain_name, E'\\n' ORDER BY part.id)
 FROM public.projects_participation AS part WHERE part.project_id = entry.id)
"""


class Migration(migrations.Migration):
    """What projects say includes the years in which they and their editions began, and in which
    they ended; and all documents are written with the years of their entries."""

    dependencies = [("networks", "0005_years_are_searched"), ("projects", "0004_rules")]

    operations = [
        *add_texts(
            PROJECT,
            "projects",
            "project",
            *("subtitle", "challenge", "context"),
            italian=OTHERS.format(code="it"),
            english=OTHERS.format(code="en"),
        ),
        migrations.RunSQL("SELECT public.civicnet_touch_all()", migrations.RunSQL.noop),
    ]

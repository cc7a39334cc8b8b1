from django.db import migrations

from directory.documents import add_texts

ORGANIZATION = 1
NAME_OF_KIND = (
    "(SELECT kind.name_{code} FROM public.orgs_organizationkind AS kind"
    " WHERE kind.id = entry.kind_id)"
)


class Migration(migrations.Migration):
    """What organizations say includes the years in which they were founded and ended. The
    documents are written with it by a migration of the projects, after all three kinds say so."""

    dependencies = [("orgs", "0004_rules")]

    operations = [
        *add_texts(
            ORGANIZATION,
            "orgs",
            "organization",
            *("purpose", "vision", "story", "activities"),
            italian=NAME_OF_KIND.format(code="it"),
            english=NAME_OF_KIND.format(code="en"),
        ),
    ]

from django.db import migrations

from directory.documents import add_texts, words_of_street

ORGANIZATION = 1
NAME_OF_KIND = (
    "(SELECT kind.name_{code} FROM public.orgs_organizationkind AS kind"
    " WHERE kind.id = entry.kind_id)"
)
STREET = (
    f"CASE WHEN entry.address_public AND entry.address <> ''"
    f" THEN {words_of_street('entry.address')} END"
)


class Migration(migrations.Migration):
    """What organizations say includes the street of their seat, where it is public. The documents
    are written with it by a migration of the projects, as before."""

    dependencies = [("orgs", "0008_wrong_codes_are_found")]

    operations = [
        *add_texts(
            ORGANIZATION,
            "orgs",
            "organization",
            *("purpose", "vision", "story", "activities"),
            italian=NAME_OF_KIND.format(code="it"),
            english=NAME_OF_KIND.format(code="en"),
            facts=STREET,
        ),
    ]

from django.db import migrations

from directory.documents import add_texts, watch_words
from directory.index import Touch, watch

ORGANIZATION = 1
KIND = "(SELECT kind.name_{code} FROM public.orgs_organizationkind AS kind WHERE kind.id = entry.kind_id)"
OF_KIND = "SELECT id FROM public.orgs_organization WHERE kind_id IN (SELECT id FROM changed)"


class Migration(migrations.Migration):
    """What organizations say: their texts, and the name of their kind."""

    dependencies = [("orgs", "0006_invented"), ("directory", "0007_documents")]
    operations = [
        *add_texts(
            ORGANIZATION,
            "orgs",
            "organization",
            *("purpose", "vision", "story", "activities"),
            italian=KIND.format(code="it"),
            english=KIND.format(code="en"),
        ),
        *watch_words(ORGANIZATION, "orgs", "organization"),
        watch(
            "orgs_organizationkind",
            Touch(ORGANIZATION, OF_KIND, "name_it,name_en"),
            name="orgs_words",
        ),
    ]

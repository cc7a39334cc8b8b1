from django.db import migrations

from directory.documents import say_texts_anew

KIND = (
    "(SELECT kind.name_{code} FROM public.orgs_organizationkind AS kind"
    " WHERE kind.id = entry.kind_id)"
)


class Migration(migrations.Migration):
    """What organizations say, in an order of its own: the places of words do not depend on a plan."""

    dependencies = [("orgs", "0027_what_to_complete"), ("directory", "0025_demand_sources")]
    operations = [
        *say_texts_anew(
            1,
            "orgs",
            "organization",
            *("purpose", "vision", "story", "activities"),
            italian=KIND.format(code="it"),
            english=KIND.format(code="en"),
        ),
    ]

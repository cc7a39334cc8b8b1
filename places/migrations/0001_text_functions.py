from typing import ClassVar

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# PostgreSQL calls unaccent() merely stable, because its dictionary could be changed; an index or
# a generated column needs a function that is immutable, so this one names the dictionary.
CREATE = """
CREATE FUNCTION public.civicnet_unaccent(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, $1) $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = []

    operations: ClassVar = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(CREATE, "DROP FUNCTION public.civicnet_unaccent(text)"),
    ]

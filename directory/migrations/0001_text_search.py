from django.db import migrations

from directory.slugs import create_function

CREATE = """
CREATE TEXT SEARCH CONFIGURATION public.civicnet_{code} (COPY = pg_catalog.{language});
ALTER TEXT SEARCH CONFIGURATION public.civicnet_{code}
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.{language}_stem;
"""
DROP = "DROP TEXT SEARCH CONFIGURATION public.civicnet_{code}"


def configuration(code: str, language: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        CREATE.format(code=code, language=language), DROP.format(code=code, language=language)
    )


class Migration(migrations.Migration):
    """Text search without accents in both languages, and the function that keeps slugs."""

    dependencies = [("places", "0001_text_functions")]
    operations = [
        configuration("it", "italian"),
        configuration("en", "english"),
        create_function(),
    ]

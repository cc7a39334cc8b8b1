from typing import ClassVar

from django.db import migrations

# The names in one language that came with the territory and were stored without it: the files had
# no other that the column lacked. No entry's words change with it, so that none is written anew.
FRENCH = """
ALTER TABLE public.places_cityname DISABLE TRIGGER USER;
UPDATE public.places_cityname SET language = 'fr'
WHERE language = '' AND kind IN ('local', 'common') AND NOT by_staff;
ALTER TABLE public.places_cityname ENABLE TRIGGER USER;
"""
UNKNOWN = FRENCH.replace("= 'fr'", "= '_'").replace("= ''", "= 'fr'").replace("= '_'", "= ''")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0004_more_languages")]

    operations: ClassVar = [migrations.RunSQL(FRENCH, UNKNOWN)]

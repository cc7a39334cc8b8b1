from typing import ClassVar

from django.db import migrations

# By the region's code. No entry's words change with it, so that none is written anew.
LANGUAGE = "CASE {code} WHEN '02' THEN 'fr' WHEN '06' THEN 'sl' ELSE 'de' END"
LANGUAGES = f"""
ALTER TABLE public.places_region DISABLE TRIGGER USER;
ALTER TABLE public.places_province DISABLE TRIGGER USER;
UPDATE public.places_region SET local_language = {LANGUAGE.format(code="istat_code")}
WHERE local_name <> '';
UPDATE public.places_province AS province
SET local_language = {LANGUAGE.format(code="region.istat_code")}
FROM public.places_region AS region
WHERE region.id = province.region_id AND province.local_name <> '';
ALTER TABLE public.places_region ENABLE TRIGGER USER;
ALTER TABLE public.places_province ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0008_local_languages")]

    operations: ClassVar = [migrations.RunSQL(LANGUAGES, migrations.RunSQL.noop)]

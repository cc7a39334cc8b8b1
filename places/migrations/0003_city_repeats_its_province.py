from typing import ClassVar

from django.db import migrations

# A city carries its province's region and two letters, so that lists, filters and labels need no
# join; this foreign key makes it impossible for them to differ.
CREATE = """
ALTER TABLE places_city ADD CONSTRAINT places_city_repeats_its_province
FOREIGN KEY (province_id, region_id, sigla) REFERENCES places_province (id, region_id, sigla)
ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0002_places")]

    operations: ClassVar = [
        migrations.RunSQL(
            CREATE, "ALTER TABLE places_city DROP CONSTRAINT places_city_repeats_its_province"
        )
    ]

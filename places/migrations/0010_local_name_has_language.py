from typing import ClassVar

from django.db import migrations, models

HAS_LANGUAGE = models.Q(
    models.Q(("local_language", ""), ("local_name", "")),
    models.Q(
        models.Q(("local_name", ""), _negated=True),
        ("local_language__in", ["fr", "de", "sl", "lld"]),
    ),
    _connector="OR",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0009_local_names_are_french_german_slovene")]

    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=HAS_LANGUAGE, name="places_province_local_name_has_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=HAS_LANGUAGE, name="places_region_local_name_has_language"
            ),
        ),
    ]

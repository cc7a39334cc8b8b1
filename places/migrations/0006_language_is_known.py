from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0005_names_are_french")]

    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="cityname",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "language__in",
                        [
                            *("", "it", "en", "fr", "de", "sl", "lld", "fur", "sc", "oc", "frp"),
                            *("ca", "sq", "hr", "el"),
                        ],
                    )
                ),
                name="places_cityname_language_known",
            ),
        ),
    ]

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0003_city_repeats_its_province")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="cityname",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[
                    ("it", "Italian"),
                    ("en", "English"),
                    ("fr", "French"),
                    ("de", "German"),
                    ("sl", "Slovene"),
                    ("lld", "Ladin"),
                    ("fur", "Friulian"),
                    ("sc", "Sardinian"),
                    ("oc", "Occitan"),
                    ("frp", "Franco-Provençal"),
                    ("ca", "Catalan"),
                    ("sq", "Albanian"),
                    ("hr", "Croatian"),
                    ("el", "Greek"),
                ],
                default="",
                max_length=3,
                verbose_name="language",
            ),
        ),
    ]

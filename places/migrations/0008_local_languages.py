from typing import ClassVar

from django.db import migrations, models

LANGUAGE = models.CharField(
    blank=True,
    choices=[("fr", "French"), ("de", "German"), ("sl", "Slovene"), ("lld", "Ladin")],
    default="",
    max_length=3,
    verbose_name="local language",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("places", "0007_printed_apostrophes")]

    operations: ClassVar = [
        migrations.AddField(model_name="province", name="local_language", field=LANGUAGE.clone()),
        migrations.AddField(model_name="region", name="local_language", field=LANGUAGE.clone()),
    ]

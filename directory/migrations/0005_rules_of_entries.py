from django.db import migrations

from directory import marked_texts, translated_texts
from directory.called import create_called
from directory.demands import create_demand
from directory.keys import CREATE, DROP
from directory.version_number import create_counting


class Migration(migrations.Migration):
    """What the triggers on the tables of each kind of entry call: versions, texts, names, sources."""

    replaces = [
        ("directory", "0009_count_versions"),
        ("directory", "0014_judge_texts"),
        ("directory", "0016_called"),
        ("directory", "0018_judge_texts_of_lists"),
        ("directory", "0021_judge_texts_known_behind"),
        ("directory", "0025_demand_sources"),
    ]

    dependencies = [
        ("directory", "0004_documents"),
    ]

    operations = [
        *create_counting(),
        *translated_texts.create_judging(),
        *marked_texts.create_judging(),
        migrations.RunSQL(CREATE, DROP),
        *create_called(),
        *create_demand(),
    ]

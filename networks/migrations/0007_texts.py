from django.db import migrations

from directory.documents import add_texts, watch_words

NETWORK = 2


class Migration(migrations.Migration):
    dependencies = [("networks", "0006_invented"), ("directory", "0007_documents")]
    operations = [
        *add_texts(
            NETWORK,
            "networks",
            "network",
            *("aim", "founding_act_title", "founding_act_text"),
        ),
        *watch_words(NETWORK, "networks", "network"),
    ]

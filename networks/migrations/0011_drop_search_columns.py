from django.db import migrations


class Migration(migrations.Migration):
    """Words are searched in directory_document; what a row can say by itself is not enough."""

    dependencies = [
        ("networks", "0010_find_addresses"),
        ("directory", "0010_narrow_documents"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="network",
            name="networks_network_qit",
        ),
        migrations.RemoveIndex(
            model_name="network",
            name="networks_network_qen",
        ),
        migrations.RemoveField(
            model_name="network",
            name="search_en",
        ),
        migrations.RemoveField(
            model_name="network",
            name="search_it",
        ),
    ]

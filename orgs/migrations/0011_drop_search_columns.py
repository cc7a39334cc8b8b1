from django.db import migrations


class Migration(migrations.Migration):
    """Words are searched in directory_document; what a row can say by itself is not enough."""

    dependencies = [
        ("orgs", "0010_find_addresses"),
        ("directory", "0010_narrow_documents"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="organization",
            name="orgs_organization_qit",
        ),
        migrations.RemoveIndex(
            model_name="organization",
            name="orgs_organization_qen",
        ),
        migrations.RemoveField(
            model_name="organization",
            name="search_en",
        ),
        migrations.RemoveField(
            model_name="organization",
            name="search_it",
        ),
    ]

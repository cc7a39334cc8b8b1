from django.db import migrations


class Migration(migrations.Migration):
    """Words are searched in directory_document; what a row can say by itself is not enough."""

    dependencies = [
        ("projects", "0013_find_addresses"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="project",
            name="projects_project_qit",
        ),
        migrations.RemoveIndex(
            model_name="project",
            name="projects_project_qen",
        ),
        migrations.RemoveField(
            model_name="project",
            name="search_en",
        ),
        migrations.RemoveField(
            model_name="project",
            name="search_it",
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was made up to try the site is marked, and found at once."""

    dependencies = [("projects", "0006_fill_index")]
    operations = [
        migrations.AddField(
            model_name="project",
            name="invented",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="invented"
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("invented", True)),
                fields=["id"],
                name="projects_project_fake",
            ),
        ),
    ]

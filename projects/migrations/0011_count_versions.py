from django.db import migrations

from directory.version_number import count_versions


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_count_versions"), ("projects", "0010_entry_version")]
    operations = count_versions(["projects_project"])

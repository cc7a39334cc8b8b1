from django.db import migrations

from directory.slugs import keep_slugs


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_themes")]
    operations = [keep_slugs("directory_theme", "directory_themeslug")]

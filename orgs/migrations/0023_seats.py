from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0022_cared_for")]

    operations = [
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["city", "id"], name="orgs_organization_seat"),
        ),
    ]

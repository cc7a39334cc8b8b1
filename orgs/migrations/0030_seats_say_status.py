from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0029_review_named")]

    operations = [
        migrations.RemoveIndex(model_name="organization", name="orgs_organization_seat"),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                fields=["city", "id"], include=("status",), name="orgs_organization_seat"
            ),
        ),
    ]

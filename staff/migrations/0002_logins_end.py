from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0001_user"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="logins_ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]

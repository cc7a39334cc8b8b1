from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0003_stamp"),
    ]

    operations = [
        migrations.AlterField(
            model_name="networkpicture",
            name="image",
            field=models.FileField(
                help_text="Accepted are JPEG, PNG and WebP pictures of at most 10 MB and 24 megapixels.",
                max_length=200,
                upload_to="",
                verbose_name="picture",
            ),
        ),
    ]

from typing import Any

from django.db import migrations

from directory.codes import bring_into_form


def bring(apps: Any, editor: Any) -> None:
    bring_into_form(apps.get_model("networks", "networkidentifier")._default_manager.all())


class Migration(migrations.Migration):
    """Codes from before there was one form, with spaces or “IT” before them, were found by no
    search and seen by no double."""

    dependencies = [("networks", "0006_printed_apostrophes")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]

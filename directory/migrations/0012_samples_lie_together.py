from django.db import migrations

from directory.rewriting import REWRITE

# Where there are entries: minutes for hundreds of thousands, in which visitors read the former rows.
ANEW = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM public.directory_document) THEN
        PERFORM public.civicnet_rewrite();
    END IF;
END $$
"""


class Migration(migrations.Migration):
    """The documents of a sample lie together, so that a search reads few pages of them."""

    dependencies = [("directory", "0011_lexemes")]

    operations = [
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]

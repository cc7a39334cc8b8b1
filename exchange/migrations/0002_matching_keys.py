"""Find what an imported row may be already: names and addresses, reduced, with indexes."""

from django.db import migrations

TABLES = ("orgs_organization", "networks_network", "projects_project")


def index(table: str, expression: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE INDEX {name} ON {table} (({expression}))", f"DROP INDEX {name}"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_rules_of_entries"),
        ("exchange", "0001_tables"),
    ]
    operations = [
        *(
            index(
                table, f"public.civicnet_name_key(name_{language})", f"exchange_{table}_{language}"
            )
            for table in TABLES
            for language in ("it", "en")
        ),
        *(
            index(
                f"{table}webaddress",
                "public.civicnet_address_key(url)",
                f"exchange_{table}_address",
            )
            for table in TABLES
        ),
    ]

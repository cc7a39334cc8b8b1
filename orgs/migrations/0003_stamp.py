from django.db import migrations

from directory.stamp import raise_with

# Every table whose rows a visitor can see.
TABLES = [
    "orgs_organization",
    "orgs_organization_themes",
    "orgs_organizationfigure",
    "orgs_organizationidentifier",
    "orgs_organizationkind",
    "orgs_organizationmilestone",
    "orgs_organizationpicture",
    "orgs_organizationplace",
    "orgs_organizationprinciples",
    "orgs_organizationsource",
    "orgs_organizationwebaddress",
]


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_territory_and_slugs"), ("directory", "0004_stamp")]
    operations = raise_with(TABLES)

from django.db import migrations

from directory.stamp import raise_with

# Every table whose rows a visitor can see.
TABLES = [
    "projects_edition",
    "projects_fundingprogramme",
    "projects_participation",
    "projects_participation_roles",
    "projects_partnerrole",
    "projects_project",
    "projects_project_themes",
    "projects_projectidentifier",
    "projects_projectmilestone",
    "projects_projectpicture",
    "projects_projectplace",
    "projects_projectsource",
    "projects_projectwebaddress",
]


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_territory_and_slugs"), ("directory", "0004_stamp")]
    operations = raise_with(TABLES)

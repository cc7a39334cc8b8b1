from django.db import migrations

from directory.stamp import raise_with

# Every table whose rows a visitor can see.
TABLES = [
    "networks_membership",
    "networks_membershiprole",
    "networks_network",
    "networks_network_themes",
    "networks_networkidentifier",
    "networks_networkmilestone",
    "networks_networkpicture",
    "networks_networkplace",
    "networks_networkprinciples",
    "networks_networksource",
    "networks_networkwebaddress",
]


class Migration(migrations.Migration):
    dependencies = [("networks", "0002_territory_and_slugs"), ("directory", "0004_stamp")]
    operations = raise_with(TABLES)

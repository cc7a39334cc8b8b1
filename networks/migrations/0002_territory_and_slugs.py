from django.db import migrations

from directory.slugs import keep_slugs
from directory.territory import PLACES, create_view

MEMBERS = """
SELECT 'member-' || membership.id AS id, membership.network_id AS entry_id, 'member' AS meaning,
       city.id AS city_id, city.province_id, city.region_id
FROM networks_membership AS membership
JOIN orgs_organization AS member
    ON member.id = membership.organization_id AND member.status = 'published'
JOIN places_city AS city ON city.id = member.city_id
WHERE membership.current = 'yes'
"""


class Migration(migrations.Migration):
    dependencies = [("networks", "0001_tables"), ("directory", "0001_text_search")]
    operations = [
        keep_slugs("networks_network", "networks_networkslug"),
        create_view(
            "networks_territory",
            PLACES.format(places="networks_networkplace"),
            MEMBERS,
        ),
    ]

from django.db import migrations

from directory.documents import add_texts, watch_words
from directory.index import add_keys, add_kind, own_keys, place_keys, sql_key
from directory.watching import Touch, watch, watch_lists

ORGANIZATION, NETWORK_KIND = 1, 2
# A network, a role in it, and whether it is so today.
NETWORK, TIE, TODAY = 16, 48, 80
SHOWN = [
    "networks_membershiprole",
    "networks_networkidentifier",
    "networks_networkmilestone",
    "networks_networkpicture",
    "networks_networkprinciples",
    "networks_networksource",
    "networks_networkwebaddress",
]
OF_THEME = (
    "SELECT network_id FROM networks_network_themes WHERE theme_id IN (SELECT id FROM changed)"
)
# A network is where its members sit.
OF_CITY = (
    "SELECT entry_id FROM networks_networkplace WHERE city_id IN (SELECT id FROM changed)"
    " UNION SELECT network_id FROM networks_membership AS membership"
    " JOIN orgs_organization AS member ON member.id = membership.organization_id"
    " WHERE member.city_id IN (SELECT id FROM changed)"
)
OF_PROVINCE = (
    "SELECT entry_id FROM networks_networkplace WHERE province_id IN (SELECT id FROM changed)"
)
OF_MEMBER = (
    "SELECT network_id FROM networks_membership WHERE organization_id IN (SELECT id FROM changed)"
)
MEMBERS = (
    "SELECT organization_id FROM networks_membership WHERE network_id IN (SELECT id FROM changed)"
)
KEYS = ", ".join(
    (
        f"({sql_key(NETWORK, 'membership.network_id')})",
        f"({sql_key(TIE, '(membership.network_id << 16) | membership.role_id')})",
        f"(CASE WHEN membership.current = 'yes' THEN {sql_key(TODAY, 'membership.network_id')} END)",
    )
)
# A draft network is nobody's key.
MEMBERSHIPS = f"""
SELECT membership.organization_id AS entry_id, told.key
FROM public.networks_membership AS membership
JOIN public.networks_network AS network
    ON network.id = membership.network_id AND network.status = 'published'
CROSS JOIN LATERAL (VALUES {KEYS}) AS told(key)
WHERE told.key IS NOT NULL
"""


class Migration(migrations.Migration):
    """Which keys networks have, and organizations from them, what they say, and what touches them."""

    replaces = [
        ("networks", "0003_stamp"),
        ("networks", "0005_index"),
        ("networks", "0007_texts"),
        ("networks", "0013_members_today"),
        ("networks", "0028_texts_in_order"),
    ]

    dependencies = [
        ("directory", "0004_documents"),
        ("networks", "0002_territory_and_slugs"),
        ("orgs", "0003_index"),
    ]

    operations = [
        add_kind(NETWORK_KIND, "network", "networks_network", place_pairs=False),
        *add_keys(
            NETWORK_KIND,
            "networks_network_keys",
            *place_keys("networks_territory"),
            *own_keys(
                "networks_network", "networks_territory", "networks_network_themes", "network_id"
            ),
        ),
        *add_keys(ORGANIZATION, "networks_organization_keys", MEMBERSHIPS),
        watch(
            "networks_network",
            Touch(NETWORK_KIND, "SELECT id FROM changed"),
            Touch(ORGANIZATION, MEMBERS, "status"),
        ),
        *watch_lists(NETWORK_KIND, ["networks_network_themes"], "network_id"),
        *watch_lists(NETWORK_KIND, ["networks_networkplace"], "entry_id"),
        watch(
            "networks_membership",
            Touch(NETWORK_KIND, "SELECT network_id FROM changed"),
            Touch(ORGANIZATION, "SELECT organization_id FROM changed"),
        ),
        *(watch(table) for table in SHOWN),
        watch(
            "orgs_organization", Touch(NETWORK_KIND, OF_MEMBER, "city_id,status"), name="networks"
        ),
        watch("directory_theme", Touch(NETWORK_KIND, OF_THEME, "parent_id"), name="networks"),
        watch(
            "places_city", Touch(NETWORK_KIND, OF_CITY, "province_id,region_id"), name="networks"
        ),
        watch("places_province", Touch(NETWORK_KIND, OF_PROVINCE, "region_id"), name="networks"),
        *add_texts(
            NETWORK_KIND, "networks", "network", "aim", "founding_act_title", "founding_act_text"
        ),
        *watch_words(NETWORK_KIND, "networks", "network"),
    ]

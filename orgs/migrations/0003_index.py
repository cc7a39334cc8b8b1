from django.db import migrations

from directory.documents import add_texts, watch_words
from directory.index import add_keys, add_kind, own_keys, place_keys, sql_key
from directory.watching import Touch, watch, watch_lists

ORGANIZATION = 1
KIND = 8
# Lists that say which keys an organization has; what the others say stands on its page only.
LISTS = ["orgs_organization_themes", "orgs_organizationplace"]
SHOWN = [
    "orgs_organizationfigure",
    "orgs_organizationidentifier",
    "orgs_organizationkind",
    "orgs_organizationmilestone",
    "orgs_organizationpicture",
    "orgs_organizationprinciples",
    "orgs_organizationsource",
    "orgs_organizationwebaddress",
]
OF_THEME = (
    "SELECT organization_id FROM orgs_organization_themes"
    " WHERE theme_id IN (SELECT id FROM changed)"
)
OF_CITY = (
    "SELECT id FROM orgs_organization WHERE city_id IN (SELECT id FROM changed)"
    " UNION SELECT entry_id FROM orgs_organizationplace"
    " WHERE city_id IN (SELECT id FROM changed)"
)
OF_PROVINCE = (
    "SELECT entry_id FROM orgs_organizationplace WHERE province_id IN (SELECT id FROM changed)"
)
OF_KIND = "SELECT id FROM public.orgs_organization WHERE kind_id IN (SELECT id FROM changed)"
NAME_OF_KIND = (
    "(SELECT kind.name_{code} FROM public.orgs_organizationkind AS kind"
    " WHERE kind.id = entry.kind_id)"
)


class Migration(migrations.Migration):
    """Which keys organizations have and what they say, and which tables touch them."""

    replaces = [
        ("orgs", "0003_stamp"),
        ("orgs", "0005_index"),
        ("orgs", "0007_texts"),
        ("orgs", "0028_texts_in_order"),
    ]

    dependencies = [
        ("directory", "0004_documents"),
        ("orgs", "0002_territory_and_slugs"),
    ]

    operations = [
        add_kind(ORGANIZATION, "organization", "orgs_organization"),
        *add_keys(
            ORGANIZATION,
            "orgs_organization_keys",
            *place_keys("orgs_territory"),
            *own_keys(
                "orgs_organization", "orgs_territory", "orgs_organization_themes", "organization_id"
            ),
            f"SELECT id, {sql_key(KIND, 'kind_id')} FROM public.orgs_organization"
            " WHERE kind_id IS NOT NULL",
        ),
        watch("orgs_organization", Touch(ORGANIZATION, "SELECT id FROM changed")),
        *watch_lists(ORGANIZATION, LISTS[:1], "organization_id"),
        *watch_lists(ORGANIZATION, LISTS[1:], "entry_id"),
        *(watch(table) for table in SHOWN),
        watch("directory_theme", Touch(ORGANIZATION, OF_THEME, "parent_id"), name="organizations"),
        watch(
            "places_city",
            Touch(ORGANIZATION, OF_CITY, "province_id,region_id"),
            name="organizations",
        ),
        watch(
            "places_province", Touch(ORGANIZATION, OF_PROVINCE, "region_id"), name="organizations"
        ),
        *add_texts(
            ORGANIZATION,
            "orgs",
            "organization",
            *("purpose", "vision", "story", "activities"),
            italian=NAME_OF_KIND.format(code="it"),
            english=NAME_OF_KIND.format(code="en"),
        ),
        *watch_words(ORGANIZATION, "orgs", "organization"),
        watch(
            "orgs_organizationkind",
            Touch(ORGANIZATION, OF_KIND, "name_it,name_en"),
            name="orgs_words",
        ),
    ]

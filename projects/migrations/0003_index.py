from django.db import migrations

from directory.documents import add_texts, watch_words
from directory.index import add_keys, add_kind, own_keys, place_keys, sql_key
from directory.watching import Touch, watch, watch_lists

PROJECT = 3
NETWORK, PROGRAMME, PERIOD, PARTNER = 16, 9, 10, 64 + 17
SHOWN = [
    "projects_edition",
    "projects_fundingprogramme",
    "projects_participation_roles",
    "projects_partnerrole",
    "projects_projectidentifier",
    "projects_projectmilestone",
    "projects_projectpicture",
    "projects_projectsource",
    "projects_projectwebaddress",
]
OF_THEME = (
    "SELECT project_id FROM projects_project_themes WHERE theme_id IN (SELECT id FROM changed)"
)
OF_CITY = "SELECT entry_id FROM projects_projectplace WHERE city_id IN (SELECT id FROM changed)"
OF_PROVINCE = (
    "SELECT entry_id FROM projects_projectplace WHERE province_id IN (SELECT id FROM changed)"
)
OF_PARTNER = (
    "SELECT project_id FROM projects_participation"
    " WHERE organization_id IN (SELECT id FROM changed)"
)
OF_NETWORK = (
    "SELECT project_id FROM projects_participation WHERE network_id IN (SELECT id FROM changed)"
)
# The first and the last year, 9999 while it goes on; a start alone is its year, an end alone too.
YEARS = """
SELECT id, {key} FROM (
    SELECT id, extract(year FROM coalesce(founded, ended))::bigint AS first, CASE
        WHEN ended IS NOT NULL THEN extract(year FROM ended)
        WHEN ongoing THEN 9999
        ELSE extract(year FROM founded)
    END::bigint AS last
    FROM public.projects_project WHERE founded IS NOT NULL OR ended IS NOT NULL
) AS period
""".format(key=sql_key(PERIOD, "(first * 10000 + last)"))
# A draft partner is nobody's key.
PARTNERS = f"""
SELECT part.project_id, {sql_key(PARTNER, "partner.id")}
FROM public.projects_participation AS part
JOIN public.orgs_organization AS partner
    ON partner.id = part.organization_id AND partner.status = 'published'
"""
NETWORKS = f"""
SELECT part.project_id, {sql_key(NETWORK, "network.id")}
FROM public.projects_participation AS part
JOIN public.networks_network AS network
    ON network.id = part.network_id AND network.status = 'published'
"""
# The programme, the editions, and the partners that have no entry.
OTHERS = """
(SELECT programme.name_{code} FROM public.projects_fundingprogramme AS programme
 WHERE programme.id = entry.programme_id),
(SELECT string_agg(edition.title_{code}, E'\\n' ORDER BY edition.id)
 FROM public.projects_edition AS edition WHERE edition.entry_id = entry.id),
(SELECT string_agg(part.plain_name, E'\\n' ORDER BY part.id)
 FROM public.projects_participation AS part WHERE part.project_id = entry.id)
"""
OF_PROGRAMME = (
    "SELECT id FROM public.projects_project WHERE programme_id IN (SELECT id FROM changed)"
)


class Migration(migrations.Migration):
    """Which keys projects have and what they say, and which tables touch them."""

    replaces = [
        ("projects", "0003_stamp"),
        ("projects", "0005_index"),
        ("projects", "0006_fill_index"),
        ("projects", "0008_texts"),
        ("projects", "0009_fill_documents"),
        ("projects", "0012_fill_narrow_documents"),
        ("projects", "0030_texts_in_order"),
    ]

    dependencies = [
        ("directory", "0004_documents"),
        ("networks", "0003_index"),
        ("projects", "0002_territory_and_slugs"),
    ]

    operations = [
        add_kind(PROJECT, "project", "projects_project"),
        *add_keys(
            PROJECT,
            "projects_project_keys",
            *place_keys("projects_territory"),
            *own_keys(
                "projects_project", "projects_territory", "projects_project_themes", "project_id"
            ),
            f"SELECT id, {sql_key(PROGRAMME, 'programme_id')} FROM public.projects_project"
            " WHERE programme_id IS NOT NULL",
            YEARS,
            PARTNERS,
            NETWORKS,
        ),
        watch("projects_project", Touch(PROJECT, "SELECT id FROM changed")),
        *watch_lists(PROJECT, ["projects_project_themes", "projects_participation"], "project_id"),
        *watch_lists(PROJECT, ["projects_projectplace"], "entry_id"),
        *(watch(table) for table in SHOWN),
        watch("orgs_organization", Touch(PROJECT, OF_PARTNER, "status"), name="projects"),
        watch("networks_network", Touch(PROJECT, OF_NETWORK, "status"), name="projects"),
        watch("directory_theme", Touch(PROJECT, OF_THEME, "parent_id"), name="projects"),
        watch("places_city", Touch(PROJECT, OF_CITY, "province_id,region_id"), name="projects"),
        watch("places_province", Touch(PROJECT, OF_PROVINCE, "region_id"), name="projects"),
        *add_texts(
            PROJECT,
            "projects",
            "project",
            *("subtitle", "challenge", "context"),
            italian=OTHERS.format(code="it"),
            english=OTHERS.format(code="en"),
        ),
        *watch_words(PROJECT, "projects", "project"),
        watch(
            "projects_fundingprogramme",
            Touch(PROJECT, OF_PROGRAMME, "name_it,name_en"),
            name="projects_words",
        ),
        watch(
            "projects_edition",
            Touch(PROJECT, "SELECT entry_id FROM changed"),
            name="projects_words",
        ),
    ]

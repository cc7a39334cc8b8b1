"""The words of addresses, in both languages. The one table; not gettext, since it is a contract."""

from django.utils.functional import lazy

from places.languages import current

SEGMENTS = {
    "organizations": ("organizzazioni", "organizations"),
    "networks": ("reti", "networks"),
    "projects": ("progetti", "projects"),
    "cities": ("citta", "cities"),
    "near": ("intorno", "nearby"),
    "regions": ("regioni", "regions"),
    "themes": ("temi", "themes"),
    "search": ("cerca", "search"),
    "suggestions": ("cerca/suggerimenti", "search/suggestions"),
    "map": ("mappa", "map"),
    "about": ("informazioni", "about"),
    "sources": ("fonti", "sources"),
    "privacy": ("privacy", "privacy"),
    "accessibility": ("accessibilita", "accessibility"),
    "embed": ("incorpora", "embed"),
    "embed_list": ("incorpora/elenco", "embed/list"),
    "embed_map": ("incorpora/mappa", "embed/map"),
    "embed_organization": ("incorpora/organizzazioni", "embed/organizations"),
    "embed_network": ("incorpora/reti", "embed/networks"),
    "embed_project": ("incorpora/progetti", "embed/projects"),
    "components": ("componenti", "components"),
}


def in_active_language(name: str, rest: str) -> str:
    italian, english = SEGMENTS[name]
    return f"{english if current() == 'en' else italian}/{rest}"


def segment(name: str, rest: str = "") -> str:
    """A route for ``path()`` inside ``i18n_patterns``: the word follows the active language."""
    return lazy(in_active_language, str)(name, rest)

"""What a page says of itself to programs: schema.org, as JSON-LD in the page's head.

Made of what the page has loaded already: no query. A preview of a draft says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from directory.entry_lists import WebAddress
from directory.models import Entry
from directory.registry import Kind, kind_of
from exports.identities import uri
from places.languages import LANGUAGES, current, translated
from places.models import City

Node = dict[str, Any]
# Kinds of organization that are not there for profit and belong to no public body.
NON_GOVERNMENTAL = {
    "associazione",
    "bene-comune-urbano",
    "collettivo",
    "confederazione-di-volontariato",
    "coordinamento",
    "fondazione",
    "movimento",
}
TYPES = {"organization": "Organization", "network": "Organization", "project": "Project"}
# A text may end no script, and a line end of JavaScript is none of JSON.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def written(nodes: list[Node]) -> str:
    """For inside a ``script`` element."""
    said = {"@context": "https://schema.org", "@graph": nodes}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)


def page_data(context: Mapping[str, Any]) -> str:
    """Of the page with this context; nothing where it says nothing."""
    for name, describe in PAGES.items():
        if name in context:
            nodes = describe(context)
            return written(nodes) if nodes else ""
    return ""


def known(**said: Any) -> Node:
    """Without what is empty; ``type``, ``id`` as JSON-LD writes them."""
    return {
        f"@{name}" if name in ("type", "id") else name: value
        for name, value in said.items()
        if value not in (None, "", [], {})
    }


def here(path: str) -> str:
    return settings.BASE_URL + path


def named(row: Any) -> str:
    return translated(row, "name")[0]


# ------------------------------------------------------------------ entries
def of_entry(context: Mapping[str, Any]) -> list[Node]:
    entry: Entry = context["entry"]
    # Later pages of an entry have only what goes on there.
    if not entry.is_published or context.get("content"):
        return []
    kind = kind_of(entry)
    page = here(entry.get_absolute_url())
    thing = {**described(entry, kind, page), **OWN[kind.key](entry)}
    return [
        known(
            type="WebPage",
            id=page,
            url=page,
            name=named(entry),
            inLanguage=current(),
            dateModified=entry.updated.isoformat(timespec="seconds"),
            license=settings.LICENCE_URL,
            mainEntity={"@id": thing["@id"]},
        ),
        thing,
        breadcrumbs(trail(entry, kind), named(entry), page),
    ]


def described(entry: Entry, kind: Kind, page: str) -> Node:
    """What all kinds say."""
    rows: Any = entry
    addresses = [one for one in rows.web_addresses.all() if one.kind != WebAddress.Kind.OTHER]
    own = next((one.url for one in addresses if one.kind == WebAddress.Kind.WEBSITE), "")
    codes = {one.scheme: one.value for one in rows.identifiers.all()}
    same = [one.url for one in addresses if one.url != own]
    if wikidata := codes.get("wikidata"):
        same.append(f"http://www.wikidata.org/entity/{wikidata}")
    picture = entry.first_picture
    other = [getattr(entry, f"name_{code}") for code in LANGUAGES]
    alternatives = [*other, *entry.short_names, *entry.other_names, *entry.former_names]
    return known(
        type=TYPES[kind.key],
        id=uri(kind.key, entry.slug),
        name=named(entry),
        alternateName=[one for one in dict.fromkeys(alternatives) if one and one != named(entry)],
        description=translated(entry, "summary")[0],
        url=own or page,
        mainEntityOfPage=page,
        sameAs=same,
        image=here(picture.image.url) if picture else "",
        email=entry.public_email,
        telephone=entry.public_telephone,
        foundingDate=entry.founded_on.iso if entry.founded_on else "",
        dissolutionDate=entry.ended_on.iso if entry.ended_on else "",
        taxID=codes.get("fiscal_code"),
        vatID=codes.get("vat"),
        keywords=[named(theme) for theme in entry.themes.all()],
        areaServed=[place(one) for one in rows.places.all()],
    )


def place(row: Any) -> Node:
    """Of a place of intervention."""
    territory = row.territory
    if territory is None:
        return known(type="Country", name=_("Italy"))
    kind = "City" if isinstance(territory, City) else "AdministrativeArea"
    return known(type=kind, name=named(territory))


def of_organization(entry: Any) -> Node:
    kind = entry.kind.slug if entry.kind else ""
    parent = entry.parent if entry.parent and entry.parent.is_published else None
    return known(
        type="NGO" if kind in NON_GOVERNMENTAL else TYPES["organization"],
        address=postal(entry.city, entry.public_address),
        parentOrganization=parent and reference(parent),
    )


def postal(city: City | None, street: str) -> Node:
    if city is None:
        return known(type="PostalAddress", streetAddress=street) if street else {}
    return known(
        type="PostalAddress",
        streetAddress=street,
        addressLocality=named(city),
        addressRegion=city.sigla,
        addressCountry="IT",
    )


def reference(entry: Entry) -> Node:
    kind = kind_of(entry)
    return known(
        type=TYPES[kind.key],
        id=uri(kind.key, entry.slug),
        name=named(entry),
        url=here(entry.get_absolute_url()),
    )


def of_network(_entry: Any) -> Node:
    return {}


def of_project(entry: Any) -> Node:
    return known(event=[event(one, entry) for one in entry.editions.all() if one.start_on])


def event(edition: Any, project: Entry) -> Node:
    """An edition of which at least the year is known, as precisely as it is."""
    address = postal(edition.city, edition.address)
    return known(
        type="Event",
        name=translated(edition, "title")[0],
        startDate=edition.start_on.iso,
        endDate=edition.end_on.iso if edition.end_on else "",
        location=known(type="Place", name=named(edition.city) if edition.city else "",
                       address=address) if address else None,
        organizer={"@id": uri(kind_of(project).key, project.slug)},
        url=here(project.get_absolute_url()),
    )  # fmt: skip


OWN: dict[str, Callable[[Any], Node]] = {
    "organization": of_organization,
    "network": of_network,
    "project": of_project,
}


# ------------------------------------------------------------------ where a page is
Trail = list[tuple[str, str]]


def trail(entry: Any, kind: Kind) -> Trail:
    """The names and paths that stand above an entry's name."""
    found = [(capfirst(str(kind.label_plural)), reverse(f"{kind.namespace}:list"))]
    city = getattr(entry, "city", None)
    return [*found, (named(city), city.get_absolute_url())] if city else found


def breadcrumbs(steps: Iterable[tuple[str, str]], last: str, page: str) -> Node:
    found = [(_("Home"), here(reverse("home"))), *((name, here(path)) for name, path in steps)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate([*found, (last, page)], 1)
        ],
    }


def of_city(context: Mapping[str, Any]) -> list[Node]:
    city = context["city"]
    steps = [(_("Cities"), reverse("cities")), (named(city.region), city.region.get_absolute_url())]
    return gathered(city, steps, context)


def of_region(context: Mapping[str, Any]) -> list[Node]:
    return gathered(context["region"], [(_("Regions"), reverse("regions"))], context)


def of_theme(context: Mapping[str, Any]) -> list[Node]:
    theme = context["theme"]
    steps = [(_("Themes"), reverse("themes"))]
    if theme.parent:
        steps.append((named(theme.parent), theme.parent.get_absolute_url()))
    return gathered(theme, steps, context)


def gathered(subject: Any, steps: Trail, context: Mapping[str, Any]) -> list[Node]:
    """A page that gathers all kinds: where it is, and the entries it shows."""
    groups = context.get("groups")
    if groups is None:
        return []
    shown = [entry for group in groups for entry in group.entries]
    page = here(subject.get_absolute_url())
    return [breadcrumbs(steps, named(subject), page), *item_list(shown)]


# ------------------------------------------------------------------ lists
def of_listing(context: Mapping[str, Any]) -> list[Node]:
    return item_list(context.get("entries") or ())


def item_list(entries: Iterable[Entry]) -> list[Node]:
    """The entries that a page shows, in its order: name and address."""
    own = current()
    starts: dict[str, str] = {}
    items = []
    for number, entry in enumerate(entries, 1):
        namespace = entry._meta.app_label
        if namespace not in starts:
            starts[namespace] = here(reverse(f"{namespace}:list"))
        address = f"{starts[namespace]}{entry.slug}/"
        name = translated(entry, "name", own)[0]
        items.append({"@type": "ListItem", "position": number, "name": name, "url": address})
    return [{"@type": "ItemList", "itemListElement": items}] if items else []


def of_home(_context: Mapping[str, Any]) -> list[Node]:
    """The site and how it is searched."""
    target = f"{here(reverse('search'))}?q={{search_term_string}}"
    site = known(
        type="WebSite",
        id=here("/#site"),
        url=here(reverse("home")),
        name=settings.SITE_NAME,
        inLanguage=current(),
        license=settings.LICENCE_URL,
    )
    site["potentialAction"] = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": target},
        "query-input": "required name=search_term_string",
    }
    if settings.PUBLISHER:
        site["publisher"] = known(type="Organization", name=settings.PUBLISHER)
    return [site]


# By what a page's context has; the first that is there.
PAGES: dict[str, Callable[[Mapping[str, Any]], list[Node]]] = {
    "listing": of_listing,
    "entry": of_entry,
    "city": of_city,
    "region": of_region,
    "theme": of_theme,
    "featured": of_home,
}

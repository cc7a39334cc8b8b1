"""Small rows with honest defaults: tests name only what they are about.

What is published gets what the database demands of it, where a test does not say it. The codes of
places are none of Istat's, so that they stand beside the real territory too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from directory.dates import PartialDate
from directory.models import Entry, Theme
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization, OrganizationKind
from places.models import City, Province, Region
from places.slugs import slug_of
from projects.models import FundingProgramme, Participation, PartnerRole, Project
from staff.models import User

numbers = itertools.count(1)
SUMMARIES = {"summary_it": "Che cosa fa.", "summary_en": "What it does."}
SOURCE = {"title_it": "Statuto"}


def make_region(name: str = "Piemonte", **fields: Any) -> Region:
    defaults = {
        "istat_code": f"{21 + next(numbers) % 79}",
        "name_it": name,
        "macro_area": "north-west",
        "latitude": 45.0,
        "longitude": 9.0,
    }
    region, _ = Region.objects.get_or_create(slug=slug_of(name), defaults=defaults | fields)
    return region


def make_province(sigla: str = "TO", region: Region | None = None, **fields: Any) -> Province:
    defaults = {
        "istat_code": f"{200 + next(numbers) % 800}",
        "uts_code": "000",
        "name_it": f"Provincia {sigla}",
        "region": region or make_region(),
        "latitude": 45.0,
        "longitude": 9.0,
    }
    province, _ = Province.objects.get_or_create(sigla=sigla, defaults=defaults | fields)
    return province


def make_city(name: str = "Torino", province: Province | None = None, **fields: Any) -> City:
    province = province or make_province()
    number = next(numbers)
    defaults = {
        "istat_code": f"9{number:05}",
        "catasto_code": f"Z{number % 1000:03}",
        "name_it": name,
        "province": province,
        "region": province.region,
        "sigla": province.sigla,
        "latitude": 45.0,
        "longitude": 9.0,
    }
    city, _ = City.objects.get_or_create(slug=slug_of(name), defaults=defaults | fields)
    return city


def make_theme(name: str = "Beni comuni", parent: Theme | None = None, **fields: Any) -> Theme:
    slug = slug_of(name)
    theme, _ = Theme.objects.get_or_create(
        slug=slug, defaults={"name_it": name, "parent": parent} | fields
    )
    return theme


def make_kind(name: str = "Associazione", **fields: Any) -> OrganizationKind:
    return OrganizationKind.objects.get_or_create(
        slug=slug_of(name), defaults={"name_it": name} | fields
    )[0]


def make_role(name: str = "Aderente", **fields: Any) -> MembershipRole:
    return MembershipRole.objects.get_or_create(
        slug=slug_of(name), defaults={"name_it": name} | fields
    )[0]


def make_partner_role(name: str = "Capofila", **fields: Any) -> PartnerRole:
    return PartnerRole.objects.get_or_create(
        slug=slug_of(name), defaults={"name_it": name} | fields
    )[0]


def make_programme(name: str = "Urbact", **fields: Any) -> FundingProgramme:
    return FundingProgramme.objects.get_or_create(
        slug=slug_of(name), defaults={"name_it": name} | fields
    )[0]


def make_entry(model: type[Entry], name: str, fields: dict[str, Any]) -> Any:
    """Published, unless a status is given, and then with a summary and a source; whatever has
    another status says only what is given.

    ``themes`` and ``places`` may be lists, and ``sources`` one of rows by field: where it is empty,
    the test writes a source before the transaction ends.
    """
    themes, places = fields.pop("themes", ()), fields.pop("places", ())
    for key in ("founded", "ended"):
        if isinstance(written := fields.get(key), str):
            date = PartialDate.parse(written)
            fields |= {key: date, f"{key}_precision": date.precision if date else ""}
    fields = {"status": "published"} | fields
    if name:
        fields = {"name_it": name} | fields
    cited = fields.pop("sources", [SOURCE] if fields["status"] == "published" else [])
    with transaction.atomic(savepoint=False):
        entry = model._default_manager.create(**with_summary(fields))
        _cite(model, [(entry, source) for source in cited])
    entry.themes.set(themes)
    for order, place in enumerate(places):
        kind = place._meta.model_name if place else "country"
        entry.places.create(order=order, **{kind: place or True})
    return entry


def make_many(model: type[Entry], rows: Iterable[dict[str, Any]]) -> list[Any]:
    """Thousands of entries in two queries. Of the rows each says its slug; the rest is as above."""
    stated = ({"status": "published"} | row for row in rows)
    with transaction.atomic(savepoint=False):
        made = model._default_manager.bulk_create(model(**with_summary(row)) for row in stated)
        _cite(model, [(entry, SOURCE) for entry in made if entry.is_published])
    return made


def with_summary(fields: dict[str, Any]) -> dict[str, Any]:
    """What is published has one, if only in the one language of its name."""
    if fields["status"] != "published" or any(fields.get(name) for name in SUMMARIES):
        return fields
    language = "it" if fields.get("name_it") else "en"
    return fields | {f"summary_{language}": SUMMARIES[f"summary_{language}"]}


def _cite(model: type[Entry], cited: list[tuple[Any, dict[str, Any]]]) -> None:
    """In bulk, which neither signals nor leaves versions."""
    sources = model._meta.get_field("sources").related_model
    sources._default_manager.bulk_create(sources(entry=entry, **row) for entry, row in cited)


def make_organization(name: str = "L'asilo", **fields: Any) -> Organization:
    return make_entry(Organization, name, fields)


def make_network(name: str = "Rete", **fields: Any) -> Network:
    return make_entry(Network, name, fields)


def make_project(name: str = "Co-City", **fields: Any) -> Project:
    return make_entry(Project, name, fields)


def fit(entry: Any) -> Any:
    """Give it what it lacks to be published, besides its name."""
    if not (entry.summary_it or entry.summary_en):
        type(entry)._default_manager.filter(pk=entry.pk).update(summary_it=SUMMARIES["summary_it"])
        entry.refresh_from_db()
    if not entry.sources.exists():
        entry.sources.create(**SOURCE)
    return entry


def join(organization: Organization, network: Network, role: str = "Aderente", **fields: Any):
    if isinstance(since := fields.get("since"), str):
        date = PartialDate.parse(since)
        fields |= {"since": date, "since_precision": date.precision if date else ""}
    return Membership.objects.create(
        organization=organization,
        network=network,
        role=make_role(role),
        **{"current": "yes"} | fields,
    )


def join_many(network: Network, members: list[Organization], roles: Sequence[str]) -> None:
    """Hundreds in one query, each with one of the roles in turn and since another year."""
    words = [make_role(role) for role in roles]
    Membership.objects.bulk_create(
        Membership(
            organization=member,
            network=network,
            role=words[number % len(words)],
            since=date(1990 + number % 30, 1, 1),
            since_precision="year",
            current="yes",
        )
        for number, member in enumerate(members)
    )


def take_part(project: Project, partner: Any, *roles: str, **fields: Any) -> Participation:
    key = "plain_name" if isinstance(partner, str) else partner._meta.model_name
    row = Participation.objects.create(project=project, **{key: partner}, **fields)
    row.roles.set([make_partner_role(role) for role in roles])
    return row


def make_editor(name: str = "editor", **fields: Any) -> User:
    return User.objects.create_user(
        name, password="a long enough password", **{"is_staff": True, "is_superuser": True} | fields
    )

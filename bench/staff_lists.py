"""How long the lists of staff take with 100,000 invented entries.

    python -m bench.staff_lists [--number N] [--times N] [--work] [--plans PAGE]

makes the database of ``make bench`` unless it is there, and asks for each page as one who may do
everything, with Django's test client, the pages in turns. What is said of each is the smallest and
the middle of its times, how many queries it asked, how long PostgreSQL worked on them and how many
buffers it looked at. ``--work`` asks a copy with much to do (``bench.staff_work``): every worklist,
the first page for each role, and the other pages that grow with the directory. ``--plans`` says
instead how it found what one page shows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from typing import Any

import django

from bench import database, staff_work
from civicnet.embedded import EmbeddedServer

USER = "bench"
ORGANIZATIONS = "/admin/orgs/organization/"
PAGES = {
    "the first page": "/admin/",
    "list of organizations": ORGANIZATIONS,
    "its page 500": f"{ORGANIZATIONS}?p=500",
    "what was not checked for a year": f"{ORGANIZATIONS}?work=unchecked",
    "sorted by the day of the last check": f"{ORGANIZATIONS}?o=-7",
    "one theme": f"{ORGANIZATIONS}?theme={{theme}}",
    "a region": f"{ORGANIZATIONS}?place=region-{{region}}",
    "a city": f"{ORGANIZATIONS}?place=city-{{city}}",
    "a region and a theme": f"{ORGANIZATIONS}?place=region-{{region}}&theme={{theme}}",
    "a search for two words": f"{ORGANIZATIONS}?q=orti+urbani",
    "a search for a word in every sixth entry": f"{ORGANIZATIONS}?q=orti",
    "nothing stale in English": f"{ORGANIZATIONS}?work=stale-en",
    "a text is missing in English": f"{ORGANIZATIONS}?work=missing-en",
    "no theme": f"{ORGANIZATIONS}?work=no-theme",
    "no picture": f"{ORGANIZATIONS}?work=no-picture",
    "drafts": f"{ORGANIZATIONS}?status__exact=draft",
    "with counts beside every choice": f"{ORGANIZATIONS}?_facets=True",
    "the same in a region": f"{ORGANIZATIONS}?_facets=True&place=region-{{region}}",
    "the same of drafts": f"{ORGANIZATIONS}?_facets=True&status__exact=draft",
    "the same of what was not checked": f"{ORGANIZATIONS}?_facets=True&work=unchecked",
    "the same of a search for two words": f"{ORGANIZATIONS}?_facets=True&q=orti+urbani",
    "the same of a word in every sixth entry": f"{ORGANIZATIONS}?_facets=True&q=orti",
    "an autocomplete": "/admin/autocomplete/?term=orti&app_label=orgs&model_name=organization"
    "&field_name=parent",
}


# Each with its own part of the first page.
ROLES = ("editor", "translator_it", "translator_en", "reviewer", "manager")


def client(role: str = "", name: str = "") -> Any:
    """Who may do everything, or somebody with one role."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from staff.models import User

    user, _is_new = User.objects.get_or_create(
        username=name or role or USER, defaults={"is_staff": True, "is_superuser": not role}
    )
    user.groups.set(Group.objects.filter(name=role))
    asking = Client(headers={"host": "127.0.0.1"})
    asking.force_login(user)
    return asking


def client_of_a_region() -> Any:
    """An editor of a region and a theme."""
    from directory.scope import EditingScope
    from directory.vocabulary import Theme
    from places.models import Region
    from staff.models import User

    name = "editor of a region"
    asking = client("editor", name)
    scope, _is_new = EditingScope.objects.get_or_create(user=User.objects.get(username=name))
    scope.regions.set(Region.objects.filter(slug="piemonte"))
    scope.themes.set(Theme.objects.filter(parent=None).order_by("order", "pk")[:1])
    return asking


Asked = dict[str, tuple[Any, str]]
"""By its name who asks for a page, and its address."""


def tidy_pages() -> Asked:
    asking = client()
    return {name: (asking, page) for name, page in addresses().items()}


def work_pages() -> Asked:
    """In the copy in which there is much to do."""
    from django.db.models import Count
    from django.urls import reverse

    from directory.vocabulary import Theme
    from directory.worklists import worklists_for
    from networks.models import Network
    from orgs.models import Organization, OrganizationKind
    from staff.models import User

    def at(model: Any, page: str, *args: Any) -> str:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)

    def choices(term: str, room: str, model: str, field: str) -> str:
        said = f"term={term}&app_label={room}&model_name={model}&field_name={field}"
        return f"/admin/autocomplete/?{said}"

    everything = client()
    pages: Asked = {"the first page": (everything, "/admin/")}
    pages |= {f"the first page: {role}": (client(role), "/admin/") for role in ROLES}
    pages["the first page: an editor of a region and a theme"] = (client_of_a_region(), "/admin/")
    for one in worklists_for(Organization, User.objects.get(username=USER)):
        pages[f"work: {one.label}"] = (everything, f"{ORGANIZATIONS}?work={one.slug}")
    network = Network.objects.annotate(n=Count("memberships")).latest("n").pk
    theme, kind = Theme.objects.order_by("order", "pk")[0].pk, OrganizationKind.objects.all()[0].pk
    entry = Organization.objects.published().order_by("pk")[0].pk
    pages |= {
        name: (everything, page)
        for name, page in {
            "with counts beside every choice": f"{ORGANIZATIONS}?_facets=True",
            "the same of drafts": f"{ORGANIZATIONS}?_facets=True&status__exact=draft",
            "proposals": "/admin/orgs/organizationproposal/",
            "suspected doubles": at(Organization, "suspected"),
            "what was deleted": at(Organization, "recover"),
            "history of an entry": at(Organization, "history", entry),
            "form of an organization": at(Organization, "change", entry),
            "form of the largest network": at(Network, "change", network),
            "before deleting it": at(Network, "delete", network),
            "before deleting a theme": at(Theme, "delete", theme),
            "before deleting a kind": at(OrganizationKind, "delete", kind),
            "checked addresses": "/admin/links/link/",
            "preview of a table of 10,000 rows": reverse("exchange:table", args=[1]),
            "choosing a city": choices("to", "orgs", "organization", "city"),
            "choosing a theme": choices("a", "orgs", "organization", "themes"),
            "choosing an organization, one letter": choices("o", "orgs", "organization", "parent"),
            "choosing a member": choices("orti", "networks", "membership", "organization"),
        }.items()
    }
    return pages


def addresses() -> dict[str, str]:
    from directory.models import Theme
    from places.models import City, Region

    given = {
        "region": Region.objects.get(slug="piemonte").pk,
        "city": City.objects.get(slug="torino").pk,
        "theme": Theme.objects.filter(parent=None).order_by("order", "pk")[0].slug,
    }
    return {name: page.format(**given) for name, page in PAGES.items()}


def measure(pages: Asked, times: int) -> None:
    from django.db import connection

    from bench.inside import Looker

    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(times + 1):
        for name, (asking, page) in pages.items():
            start = time.perf_counter()
            answer = asking.get(page)
            if turn:  # The first fills what a process keeps for good.
                taken[name].append((time.perf_counter() - start) * 1000)
            if answer.status_code != 200:
                sys.exit(f"bench: {answer.status_code} for {page}")
    load = os.getloadavg()[0]
    print("| page | smallest | median | queries | in PostgreSQL | buffers |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (asking, page) in pages.items():
        looker = Looker()
        with connection.execute_wrapper(looker):
            asking.get(page)
        said = [one for one in looker.statements if "SAVEPOINT" not in one["sql"]]
        worked = sum(one["milliseconds"] for one in said)
        buffers = sum(one["buffers"] for one in said)
        print(
            f"| {name} | {min(taken[name]):.0f} | {statistics.median(taken[name]):.0f}"
            f" | {len(said)} | {worked:.0f} | {buffers:,} |"
        )
    print(f"\nMilliseconds; {times} times each; load average {load:.1f}.")


def plans(asking: Any, page: str) -> None:
    from django.db import connection

    from bench.inside import Looker

    asking.get(page)
    looker = Looker()
    with connection.execute_wrapper(looker):
        asking.get(page)
    for one in looker.statements:
        print(f"{one['milliseconds']:.1f} ms\n{one['sql']}\n{one['plan']}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.staff_lists")
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--work", action="store_true")
    parser.add_argument("--plans", metavar="PAGE")
    arguments = parser.parse_args()
    database.VAR.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(database.VAR, settings=database.MEMORY)
    server.acquire()
    try:
        address = database.have(server, arguments.number)
        if arguments.work:
            address = staff_work.have(server, arguments.number)
        os.environ.update(database.environment(address, SECOND_FACTOR="optional"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "civicnet.settings"
        database.manage(address, "collectstatic", "--no-input", "-v0")
        django.setup()
        pages = work_pages() if arguments.work else tidy_pages()
        if arguments.plans and arguments.plans not in pages:
            parser.error(f"there is no page {arguments.plans!r}, but: {'; '.join(pages)}")
        if arguments.plans:
            plans(*pages[arguments.plans])
        else:
            measure(pages, arguments.times)
    finally:
        server.release()


if __name__ == "__main__":
    main()

"""The web addresses within the Markdown of published entries, in both languages.

A field of addresses is asked when it is needed (``links.addresses``); a text has to be read as the
page reads it. So each round reads all texts, and keeps which entries name what (``Mention``). What
is shown is compared with the texts of that moment: a corrected text names nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import models, transaction

from directory.markup import outside_addresses
from directory.models import Entry
from directory.registry import Kind, kinds
from links.batches import BATCH
from links.models import Link, Mention

LONGEST = 500
# Whose texts are read at a time: long ones are some megabytes together.
ENTRIES = 500
# Shown as they are, without Markdown.
PLAIN = frozenset({"summary"})


@cache
def texts_of(kind: type[Entry]) -> tuple[str, ...]:
    """The long texts of an entry, each in each language."""
    return tuple(
        each.name
        for each in kind._meta.concrete_fields
        if isinstance(each, models.TextField)
        and (language := getattr(each, "language", ""))
        and each.name.removesuffix(f"_{language}") not in PLAIN
    )


def read_texts() -> None:
    """Have the mentions as the texts are now, and a row for each address that is new.

    In the order of their keys, some entries at a time: each of the steps takes three queries, and
    up to five more where something is new.
    """
    Mention.objects.exclude(kind__in=list(kinds)).delete()
    for kind in kinds.values():
        mentions, last = Mention.objects.filter(kind=kind.key), 0
        while rows := _after(kind, last):
            before, last = last, rows[-1][0]
            found = {(url, pk) for pk, *texts in rows for url in _named(texts)}
            _keep(kind, found, mentions.filter(entry__gt=before, entry__lte=last))
        mentions.filter(entry__gt=last).delete()


def _after(kind: Kind, key: int) -> list[tuple[Any, ...]]:
    """The next published entries in whose texts there is an address. One query, which the
    database need not remember until the next."""
    names = texts_of(kind.model)
    has_address = models.Q()
    for name in names:
        has_address |= models.Q(**{f"{name}__contains": "://"})
    rows: models.QuerySet = models.QuerySet(kind.model)
    rows = rows.filter(has_address, status="published", pk__gt=key).order_by("pk")
    return list(rows.values_list("pk", *names)[:ENTRIES])


def _named(texts: Iterable[str]) -> set[str]:
    found: set[str] = set().union(*(outside_addresses(text) for text in texts if text))
    return {url for url in found if len(url) <= LONGEST}


@transaction.atomic
def _keep(kind: Kind, found: set[tuple[str, int]], mentions: models.QuerySet) -> None:
    """What these entries name, in place of what they named before."""
    known = {
        (url, entry): pk for pk, url, entry in mentions.values_list("pk", "link__url", "entry")
    }
    if gone := [pk for key, pk in known.items() if key not in found]:
        Mention.objects.filter(pk__in=gone).delete()
    if not (new := sorted(found - known.keys())):
        return
    urls = sorted({url for url, _entry in new})
    add_links(urls)
    numbers = dict(Link.objects.filter(url__in=urls).values_list("url", "pk"))
    Mention.objects.bulk_create(
        [Mention(link_id=numbers[url], kind=kind.key, entry=entry) for url, entry in new],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def add_links(urls: Iterable[str]) -> None:
    """Rows for those that have none."""
    links = [Link(url=url) for url in urls]
    Link.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)


def uses_in_texts(urls: Iterable[str]) -> Iterator[tuple[str, type[Entry], int, str]]:
    """Address, kind, key and name of the published entries whose texts name the addresses. One
    query, and one for each kind of which there are such entries."""
    wanted: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    mentions = Mention.objects.filter(link__url__in=list(urls))
    for url, kind, entry in mentions.values_list("link__url", "kind", "entry"):
        wanted[kind][entry].add(url)
    for key, named in wanted.items():
        if key not in kinds:
            continue
        model = kinds[key].model
        rows: models.QuerySet = models.QuerySet(model)
        rows = rows.filter(pk__in=list(named), status="published").order_by("pk")
        columns = ("pk", "name_it", "name_en", "slug", *texts_of(model))
        for pk, italian, english, slug, *texts in rows.values_list(*columns):
            there = set().union(*(outside_addresses(text) for text in texts if text))
            for url in sorted(named[pk] & there):
                yield url, model, pk, italian or english or slug


def mentioning(kind: type[Entry], urls: models.QuerySet) -> models.QuerySet:
    """The keys of entries of a kind that named any of the addresses when the texts were read."""
    keys = [key for key, each in kinds.items() if each.model is kind]
    named = Mention.objects.filter(kind__in=keys, link__url__in=urls)
    return named.order_by().values("entry")

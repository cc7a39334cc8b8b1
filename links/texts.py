"""The web addresses within the Markdown of published entries, in both languages.

A field of addresses is asked when it is needed (``links.addresses``); a text has to be read as the
page reads it. So each round reads all texts, and keeps which entries name what (``Mention``). What
is shown is compared with the texts of that moment: a corrected text names nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from django.db import models, transaction

from directory.markup import outside_addresses
from directory.models import Entry
from directory.registry import Kind, kinds
from links.models import Link, Mention

BATCH = 2000
LONGEST = 500
# Shown as they are, without Markdown.
PLAIN = frozenset({"summary"})

Found = set[tuple[str, str, int]]
"""An address, the kind and the key of an entry that names it."""


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


def named_in_texts() -> Found:
    """A query for each kind, over the published entries in whose texts there is an address."""
    return {
        (url, kind.key, pk)
        for kind in kinds.values()
        for pk, urls in _read(kind)
        for url in urls
        if len(url) <= LONGEST
    }


def _read(kind: Kind) -> Iterator[tuple[int, set[str]]]:
    names = texts_of(kind.model)
    has_address = models.Q()
    for name in names:
        has_address |= models.Q(**{f"{name}__contains": "://"})
    rows: models.QuerySet = models.QuerySet(kind.model)
    rows = rows.filter(has_address, status="published").order_by()
    for pk, *texts in rows.values_list("pk", *names).iterator(BATCH):
        yield pk, set().union(*(outside_addresses(text) for text in texts if text))


@transaction.atomic
def keep(found: Found) -> None:
    """The mentions as they are now; the addresses have rows already."""
    known = {
        (url, kind, entry): pk
        for pk, url, kind, entry in Mention.objects.values_list("pk", "link__url", "kind", "entry")
    }
    gone = [pk for key, pk in known.items() if key not in found]
    Mention.objects.filter(pk__in=gone).delete()
    new = sorted(found - known.keys())
    wanted = {url for url, _kind, _entry in new}
    numbers = dict(Link.objects.filter(url__in=wanted).values_list("url", "pk"))
    Mention.objects.bulk_create(
        (
            Mention(link_id=numbers[url], kind=kind, entry=entry)
            for url, kind, entry in new
            if url in numbers
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


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

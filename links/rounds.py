"""A round over the web addresses: which are due, looking at them, writing down what is new."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from links.addresses import new_in_fields, no_longer_named
from links.batches import BATCH, batches
from links.checking import Checker
from links.findings import Finding, Verdict
from links.models import WRITTEN, Link
from links.network import Network
from links.texts import add_links, read_texts

MINUTES = 10
# Hosts that are looked at side by side; each of them one request at a time.
HOSTS_AT_A_TIME = 8
# What one host gets in a round, so that none fills it alone.
MOST_FOR_A_HOST = 50
MOST_IN_A_ROUND = 5000
# If nearly all hosts are away, it is this machine that is.
HOSTS_TO_JUDGE_BY = 5
SHARE_AWAY = 0.8
# After so many addresses it is seen: where nothing is let out, no job waits for ten minutes.
ENOUGH_TO_SEE_IT = 100
NOT_CONNECTED = frozenset({"name", "connection", "encryption", "certificate"})


class NetworkAway(Exception):
    """Hardly any host could be reached, so what was found says nothing about them."""


@dataclass
class Round:
    looked_at: int = 0
    changed: int = 0
    broken: int = 0
    left: int = 0

    def __str__(self) -> str:
        return (
            f"{self.looked_at} looked at, {self.changed} of them with news, "
            f"{self.broken} broken in all, {self.left} left for the next round"
        )


def agent() -> str:
    """How the site names itself to others, and where they read who it is."""
    return f"civicnet-links (+{settings.BASE_URL}/)"


def look_around(
    *, minutes: float = MINUTES, everything: bool = False, checker: Checker | None = None
) -> Round:
    """Look at the addresses that are due, for so many minutes.

    The database is asked before and after, never while a host is waited for. Eleven queries to
    gather the addresses of fields, one for those that are gone, for the texts some for each 500
    entries (``read_texts``), two for those that are due, two for each 2,000 that were looked at.
    """
    gather()
    links = Link.objects.longest_unseen() if everything else Link.objects.due(timezone.now())
    some = links.some_of_each_host(MOST_FOR_A_HOST)[:MOST_IN_A_ROUND]
    due = dict(some.values_list("url", "failures"))
    failing = {host_of(url) for url, failures in due.items() if failures}
    if due and len({host_of(url) for url in due} - failing) < HOSTS_TO_JUDGE_BY:
        due |= dict.fromkeys(some_that_worked(), 0)
    until = time.monotonic() + minutes * 60
    found: dict[str, Finding] = {}
    # Of hosts that were away before it says nothing that they are away.
    telling: dict[str, Finding] = {}
    for url, said in look(due, checker or Checker(Network(agent())), until):
        found[url] = said
        if host_of(url) not in failing:
            telling[url] = said
        if len(telling) == ENOUGH_TO_SEE_IT and seems_away(telling):
            break
    if seems_away(telling):
        raise NetworkAway("hardly any host could be reached; nothing was written")
    changed = keep(found, timezone.now())
    left = Link.objects.due(timezone.now()).count()
    return Round(len(found), changed, Link.objects.broken().count(), left)


def some_that_worked() -> list[str]:
    """To tell whether it is this machine that is away, where all that is due failed before."""
    worked = Link.objects.filter(verdict=Verdict.WORKS).longest_unseen().some_of_each_host(1)
    return list(worked[:HOSTS_TO_JUDGE_BY].values_list("url", flat=True))


def gather() -> None:
    """Have a row for each address that a published entry names, and forget the others.

    However many there are, memory holds some thousand at a time: what is new and what is gone the
    database finds out by itself.
    """
    for new in batches(new_in_fields()):
        add_links(new)
    read_texts()
    for gone in batches(no_longer_named().values_list("pk", flat=True).iterator(BATCH)):
        Link.objects.filter(pk__in=gone).delete()


def look(urls: Iterable[str], checker: Checker, until: float) -> Iterator[tuple[str, Finding]]:
    """Whoever stops reading, or is stopped, waits for what is being asked and for no more."""
    is_left = Event()
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[host_of(url)].append(url)

    def at_host(urls: list[str]) -> list[tuple[str, Finding]]:
        found = []
        for url in urls[:MOST_FOR_A_HOST]:
            if is_left.is_set() or time.monotonic() >= until:
                break
            found.append((url, checker.check(url)))
        return found

    with ThreadPoolExecutor(HOSTS_AT_A_TIME) as hosts:
        try:
            for done in as_completed([hosts.submit(at_host, urls) for urls in by_host.values()]):
                yield from done.result()
        finally:
            is_left.set()


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def seems_away(found: dict[str, Finding]) -> bool:
    away: dict[str, bool] = {}
    for url, finding in found.items():
        host = host_of(url)
        away[host] = away.get(host, True) and (finding.reason or "") in NOT_CONNECTED
    return len(away) >= HOSTS_TO_JUDGE_BY and sum(away.values()) > SHARE_AWAY * len(away)


def keep(found: dict[str, Finding], now: datetime) -> int:
    """Write down what is new, and of the rest only that it was looked at; how many are new."""
    urls, changed = sorted(found), 0
    today = timezone.localdate(now)
    for start in range(0, len(urls), BATCH):
        links = Link.objects.filter(url__in=urls[start : start + BATCH])
        new: list[Link] = []
        same: list[Link] = []
        for link in links:
            (new if link.take(found[link.url], now, today) else same).append(link)
        Link.objects.bulk_update(new, WRITTEN, batch_size=500)
        Link.objects.filter(pk__in=[link.pk for link in same]).update(checked_at=now)
        changed += len(new)
    return changed

"""The jobs, and running those that are due.

A job runs in one process at a time, however many ask: it holds an advisory lock of the database
for as long as it runs, which the database gives back even when the process is killed.
"""

from __future__ import annotations

import enum
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from clock.models import Run

log = logging.getLogger("civicnet.clock")

# Locks of this number are the clock's; the job is the second number.
LOCK = 0x_C1_0C
# A job that failed is tried again after this, or earlier if it runs more often anyway.
AFTER_FAILURE = timedelta(hours=1)
# Timers are a little early or late: what would be due so soon does not wait for the next of them.
EARLY = timedelta(minutes=1)


@dataclass(frozen=True)
class Job:
    """``run`` does the work and gives a sentence on what it did; what it raises is a failure.

    It commits what it does by itself, and leaves nothing half done when it is stopped.
    """

    name: str
    run: Callable[[], str]
    every: timedelta


class End(enum.Enum):
    DONE = "done"
    FAILED = "failed"
    ELSEWHERE = "running elsewhere"


@dataclass(frozen=True)
class Outcome:
    job: Job
    end: End
    said: str = ""


jobs: dict[str, Job] = {}


def register(name: str, run: Callable[[], str], *, every: timedelta) -> None:
    """For a room that is ready. ``every`` is the time from one start to the next."""
    jobs[name] = Job(name, run, every)


def is_due(job: Job, last: Run | None, now: datetime) -> bool:
    if last is None:
        return True
    wait = job.every if last.succeeded else min(job.every, AFTER_FAILURE)
    return last.began + wait <= now + EARLY


def run_due(names: Iterable[str] = ()) -> Iterator[Outcome]:
    """Run what is due, the jobs that run most often first; named jobs run whether due or not.

    One query for the clock, and three for each job that runs. A failure stops no other job.
    """
    named = set(names)
    wanted = [jobs[name] for name in named] if named else list(jobs.values())
    for job in sorted(wanted, key=lambda job: (job.every, job.name)):
        with held(job) as ours:
            # Asked only with the lock: whoever had it before may have just done the job.
            last = Run.objects.filter(job=job.name).first() if ours else None
            if not ours:
                yield Outcome(job, End.ELSEWHERE)
            elif named or is_due(job, last, timezone.now()):
                yield _run(job)


def _run(job: Job) -> Outcome:
    began = timezone.now()
    kept, _created = Run.objects.update_or_create(
        job=job.name, defaults={"began": began, "ended": None, "succeeded": False}
    )
    try:
        said = job.run()
    except Exception as error:
        # Any failure: the next job has nothing to do with it.
        log.exception("job failed", extra={"job": job.name})
        return Outcome(job, End.FAILED, type(error).__name__)
    _forget_a_lost_connection()
    Run.objects.filter(pk=kept.pk).update(ended=timezone.now(), succeeded=True)
    return Outcome(job, End.DONE, said)


@contextmanager
def held(job: Job) -> Iterator[bool]:
    """Whether the job's lock is ours; given back at the end."""
    key = _key(job.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", key)
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            _give_back(key)


def _key(name: str) -> list[int]:
    return [LOCK, zlib.crc32(name.encode()) - 2**31]


def _give_back(key: list[int]) -> None:
    if _forget_a_lost_connection():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", key)


def _forget_a_lost_connection() -> bool:
    """A job may lose the connection, and with it the lock; the next statement opens another."""
    if connection.connection is None:
        return True
    if lost := not connection.is_usable():
        connection.close()
    return lost

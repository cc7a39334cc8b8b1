"""What waits for a clock: each job when it is due, whatever becomes of the others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from clock import jobs
from clock.jobs import Job, held
from clock.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Iterator[list[str]]:
    """Three jobs that say when they run; the second fails."""
    ran: list[str] = []

    def job(name: str, every: timedelta, error: Exception | None = None) -> None:
        def run() -> str:
            ran.append(name)
            if error:
                raise error
            return f"{name} said"

        jobs.register(name, run, every=every)

    registered = dict(jobs.jobs)
    jobs.jobs.clear()
    job("nightly", timedelta(days=1))
    job("often", timedelta(0))
    job("broken", timedelta(hours=6), ValueError("with a password in it"))
    yield ran
    jobs.jobs.clear()
    jobs.jobs.update(registered)


def run(*names: str, **options: object) -> tuple[str, str]:
    """What the command printed, and how it failed, if it did."""
    out, failed = io.StringIO(), ""
    try:
        call_command("run_due", *names, stdout=out, **options)
    except CommandError as error:
        failed = str(error)
    return out.getvalue(), failed


def earlier(name: str, **ago: int) -> None:
    Run.objects.filter(job=name).update(began=timezone.now() - timedelta(**ago))


def test_a_failing_job_stops_no_other_and_the_status_says_so(done):
    printed, failed = run()
    assert done == ["often", "broken", "nightly"]
    assert failed == "1 of the jobs failed; the log says why"
    assert printed.splitlines() == [
        "often: done (often said)",
        "broken: failed (ValueError)",
        "nightly: done (nightly said)",
    ]
    assert dict(Run.objects.values_list("job", "succeeded")) == {
        "often": True,
        "broken": False,
        "nightly": True,
    }


def test_a_job_runs_again_when_its_time_has_come(done):
    run()
    done.clear()
    assert run() == ("often: done (often said)\n", "")
    earlier("nightly", hours=23)
    earlier("broken", minutes=58)
    run()
    assert done == ["often", "often"]
    earlier("nightly", hours=24)
    # What failed is tried again sooner than what succeeded.
    earlier("broken", minutes=60)
    done.clear()
    run()
    assert done == ["often", "broken", "nightly"]


def test_a_timer_that_comes_a_little_early_leaves_nothing_for_the_next(done):
    """As one of every five minutes with a random delay does."""
    jobs.register("mails", lambda: done.append("mails") or "", every=timedelta(minutes=5))
    run("mails")
    earlier("mails", minutes=4, seconds=30)
    run()
    assert done.count("mails") == 2
    earlier("mails", minutes=3, seconds=30)
    run()
    assert done.count("mails") == 2


def test_named_jobs_run_whether_due_or_not(done):
    run()
    done.clear()
    printed, _failed = run("nightly")
    assert (done, printed) == (["nightly"], "nightly: done (nightly said)\n")
    assert "no such job: nobody" in run("nobody")[1]


def test_the_list_runs_nothing(done):
    printed, _failed = run(list=True)
    assert "nightly: every 1 day, 0:00:00" in printed
    assert done == []
    assert not Run.objects.exists()


def test_what_another_process_is_doing_is_left_to_it(done):
    settings = connection.get_connection_params()
    for unused in ("cursor_factory", "context", "prepare_threshold"):
        settings.pop(unused, None)
    with psycopg.connect(**settings, autocommit=True) as other:
        taken = other.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", jobs._key("nightly"))
        assert taken.fetchone() == (True,)
        printed, _failed = run("nightly", "often")
        assert done == ["often"]
        assert "nightly: running elsewhere" in printed
        assert not Run.objects.filter(job="nightly").exists()
        other.execute("SELECT pg_advisory_unlock_all()")
    run("nightly")
    assert done == ["often", "nightly"]


def test_the_lock_is_given_back_also_after_a_failure():
    job = Job("one", str, timedelta(0))
    with pytest.raises(ValueError, match="no"), held(job):
        raise ValueError("no")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)


def test_what_the_rooms_hang_on_the_clock(settings, tmp_path):
    assert {"check_links", "clear_sessions", "delete_orphan_pictures"} <= set(jobs.jobs)
    settings.MEDIA_ROOT = str(tmp_path)
    gone = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=gone)
    Session.objects.create(
        session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1)
    )
    printed, failed = run("clear_sessions", "delete_orphan_pictures")
    assert failed == ""
    assert "0 pictures and 0 cards deleted" in printed
    assert [one.session_key for one in Session.objects.all()] == ["new"]

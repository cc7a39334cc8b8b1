"""What `make bench` makes of its figures: ratios round by round, and plain words for goals."""

from __future__ import annotations

from typing import Any

import pytest

from bench import report
from bench.client import Job


def job(target: str, scene: str, *rounds: float) -> Job:
    """Milliseconds, one request in each round."""
    return Job(target, scene, 0, ["/"], rounds=[[one / 1000] for one in rounds])


def run(**changes: Any) -> report.Run:
    looked = {"queries": 9, "buffers": 40, "worst": {"plan": "Seq Scan on everything"}}
    made: dict[str, Any] = {
        "number": 400_000,
        "small": 4_000,
        "jobs": [
            job(report.FLOOR, "small city", 1, 2, 1),
            job(report.EMPTY, "one", 1, 2, 1),
            job(report.SITE, "unfiltered", 10, 20, 10),
            job(report.SMALL, "unfiltered", 10, 10, 5),
            job(report.CACHED, "unfiltered", 1, 2, 2),
            job(report.DATASETTE, "large city", 20, 40, 5),
            job(report.DATASETTE, "unfiltered", 500, 500, 500),
        ],
        "titles": {"unfiltered": "unfiltered"},
        "wordless": ["unfiltered"],
        "looked": {"unfiltered": looked},
        "published": {"with": 70.0, "without": 10.0, "seen": True},
        "memory": [90.0, 140.0],
        "left_out": ["map"],
        "too_slow": [(report.SITE, "common word")],
        "load": [(1.0, 1.0, 1.0)],
        "date": "1 January 2026",
    }
    return report.Run(**made | changes)


def verdicts(of: report.Run) -> dict[tuple[str, str], str]:
    return {(goal.what, goal.scene): goal.verdict for goal in report.goals(of)}


def test_a_round_is_compared_with_the_same_round():
    mine, theirs = job("a", "s", 10, 100, 10), job("b", "s", 5, 50, 1)
    assert report.ratios(mine, theirs) == pytest.approx([2, 2, 10])
    assert report.ratio(mine, theirs) == pytest.approx(2)
    assert report.ratio(mine, None) is None


def test_goals_are_met_or_missed_by_so_much_and_peers_are_taken_at_their_best():
    found = verdicts(run())
    assert found["÷ Datasette's best filtered page", "unfiltered"] == "met"
    assert found["400,000 entries ÷ 4,000", "unfiltered"] == "missed by 1.33 ×"
    assert found["civicnet, kept ÷ the empty view", "unfiltered"] == "met"
    assert found["queries", "unfiltered"] == "missed by 1.12 ×"
    assert found["buffers", "unfiltered"] == "met"
    assert found["milliseconds more for publishing", "publishing"] == "missed by 1.20 ×"
    assert found["megabytes of a worker", "the largest"] == "met"


def test_each_page_is_compared_with_the_same_one_and_a_search_with_and_without_facets():
    jobs = [
        job(report.SITE, "unfiltered", 10),
        job(report.SITE, "map", 10),
        job(report.SITE, "word", 30),
        job(report.PLAIN, "unfiltered", 50),
        job(report.PLAIN, "large city", 5),
        job(report.DATASETTE, "word", 1000),
        job(report.BARE, "word", 10),
    ]
    found = verdicts(run(jobs=jobs, wordless=["unfiltered", "map"]))
    assert found["÷ the plain Django list", "unfiltered"] == "missed by 2.00 ×"
    assert found["÷ the plain Django list", "map"] == "missed by 2.00 ×"
    assert found["÷ Datasette's search with three facets", "word"] == "met"
    assert found["÷ Datasette's search without facets", "word"] == "missed by 60.0 ×"


def test_the_page_shows_the_plan_of_what_missed_what_was_left_out_and_what_was_before():
    before = {"scenes": {"civicnet|unfiltered": {"ratio": 1234.0, "buffers": 98765}}}
    page = report.page(run(before=before))
    assert "Seq Scan on everything" in page
    assert "Left out, since the site has no such address: map." in page
    assert "took more than 20 seconds:** common word (civicnet)" in page
    assert "1,234" in page
    assert "98,765" in page
    looked = {"queries": 8, "buffers": 40, "worst": {"plan": "Seq Scan on everything"}}
    few = [one for one in run().jobs if one.target != report.SMALL]
    assert "Seq Scan" not in report.page(run(looked={"unfiltered": looked}, jobs=few))

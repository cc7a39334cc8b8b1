"""RESULTS.md: the figures, the goals, and by how much and with which plan goals were missed."""

from __future__ import annotations

import functools
import platform
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.client import Job
from bench.database import SECONDS

SITE, SMALL, CACHED, CONFIRMED = "civicnet", "civicnet, few", "civicnet, kept", "civicnet, 304"
FLOOR, EMPTY, PLAIN, DATASETTE, NGINX = "floor", "empty view", "plain Django", "Datasette", "nginx"
BARE = "Datasette without facets"
SLUGS = "plain Django, no choice of cities"
PEERS = (FLOOR, EMPTY, PLAIN, SLUGS, DATASETTE, BARE, NGINX)
QUERIES, BUFFERS, PUBLISHING, MEGABYTES = 8, 1000, 50, 150
LONGEST_PLAN = 60  # lines
# Why goals are missed, by hand: as of the run that it names.
REASONS = Path(__file__).with_name("reasons.md")


@dataclass
class Run:
    """All that one run found."""

    number: int
    small: int
    jobs: list[Job]
    titles: dict[str, str]
    wordless: list[str]
    looked: dict[str, Any]
    published: dict[str, Any]
    memory: list[float]
    left_out: list[str]
    too_slow: list[tuple[str, str]]
    load: list[tuple[float, float, float]]
    date: str
    loading: str = "–"
    before: dict[str, Any] = field(default_factory=dict)

    def job(self, target: str, scene: str) -> Job | None:
        found = [job for job in self.jobs if (job.target, job.scene) == (target, scene)]
        return found[0] if found else None


def milliseconds(job: Job, share: float = 0.5) -> float:
    taken = sorted(one for each in job.rounds for one in each)
    return 1000 * taken[min(len(taken) - 1, int(len(taken) * share))]


def ratios(one: Job, other: Job) -> list[float]:
    """Round by round, since what else the machine does changes."""
    pairs = zip(one.rounds, other.rounds, strict=True)
    return [statistics.median(mine) / statistics.median(theirs) for mine, theirs in pairs]


def ratio(one: Job | None, other: Job | None) -> float | None:
    return statistics.median(ratios(one, other)) if one and other else None


def figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def summary(run: Run) -> dict[str, Any]:
    """What a later run shows as its column of before."""
    floor = run.job(FLOOR, "small city")
    return {
        "number": run.number,
        "date": run.date,
        "scenes": {
            f"{job.target}|{job.scene}": {
                "p50": milliseconds(job),
                "ratio": ratio(job, floor),
                **{
                    key: run.looked[job.scene][key]
                    for key in ("queries", "buffers")
                    if job.target == SITE and job.scene in run.looked
                },
            }
            for job in run.jobs
        },
        "published": run.published,
        "memory": run.memory,
    }


# ------------------------------------------------------------------ the goals
@dataclass(frozen=True)
class Goal:
    """``found`` must be at most ``most``."""

    what: str
    scene: str
    found: float | None
    most: float

    @property
    def is_met(self) -> bool:
        return self.found is not None and self.found <= self.most

    @property
    def verdict(self) -> str:
        if self.found is None:
            return "not measured"
        return "met" if self.is_met else f"missed by {figure(self.found / self.most)} ×"


def goals(run: Run) -> list[Goal]:
    found: list[Goal] = []

    def fastest(target: str, scenes: tuple[str, ...]) -> Job | None:
        there = [job for scene in scenes if (job := run.job(target, scene))]
        return min(there, key=milliseconds, default=None)

    def against(what: str, target: str, other: Callable[[str], Job | None], scenes, most: float):
        for scene in scenes:
            if job := run.job(target, scene):
                found.append(Goal(what, scene, ratio(job, other(scene)), most))

    best = fastest(DATASETTE, ("large city", "small city", "theme", "theme + region"))
    quick = [scene for scene in run.wordless if run.job(SITE, scene)]
    against("÷ Datasette's best filtered page", SITE, lambda _scene: best, quick, 1)
    list_of = {scene: run.job(PLAIN, scene) or run.job(PLAIN, "unfiltered") for scene in quick}
    against("÷ the plain Django list", SITE, list_of.get, quick, 0.1)
    for target, what in ((DATASETTE, "with three facets"), (BARE, "without facets")):
        search = f"÷ Datasette's search {what}"
        of_scene = functools.partial(run.job, target)
        against(search, SITE, of_scene, ("word", "theme + region + word"), 0.05)
        against(search, SITE, of_scene, ("common word",), 0.1)
    for target in (CACHED, CONFIRMED):
        kept = [job.scene for job in run.jobs if job.target == target]
        against(f"{target} ÷ the empty view", target, lambda _s: run.job(EMPTY, "one"), kept, 1.5)
    few = [job.scene for job in run.jobs if job.target == SMALL]
    of_few = f"{run.number:,} entries ÷ {run.small:,}"
    against(of_few, SITE, lambda scene: run.job(SMALL, scene), few, 1.5)
    for scene, told in run.looked.items():
        if run.job(SITE, scene) and scene not in ("detail", "city page", "home", "suggestion"):
            found.append(Goal("queries", scene, told["queries"], QUERIES))
            if scene in run.wordless:
                found.append(Goal("buffers", scene, told["buffers"], BUFFERS))
    more = run.published["with"] - run.published["without"]
    found.append(Goal("milliseconds more for publishing", "publishing", more, PUBLISHING))
    if run.memory:
        found.append(Goal("megabytes of a worker", "the largest", max(run.memory), MEGABYTES))
    return [*found, *not_measured(run)]


# ------------------------------------------------------------------ the page
def not_measured(run: Run) -> list[Goal]:
    """What is too slow to be measured misses whatever goal it has."""
    return [
        Goal("answers at all", scene, None, SECONDS) for of, scene in run.too_slow if of == SITE
    ]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def scene_rows(run: Run, target: str) -> list[list[str]]:
    floor = run.job(FLOOR, "small city")
    rows = []
    for job in run.jobs:
        if job.target != target:
            continue
        looked = run.looked.get(job.scene, {}) if target == SITE else {}
        earlier = run.before.get("scenes", {}).get(f"{target}|{job.scene}", {})
        spread = ratios(job, floor) if floor else []
        rows.append(
            [
                run.titles.get(job.scene, job.scene),
                figure(milliseconds(job)),
                figure(milliseconds(job, 0.95)),
                f"{figure(statistics.median(spread))}"
                f" ({figure(min(spread))}–{figure(max(spread))})",
                figure(job.rate),
                str(looked.get("queries", "–")),
                f"{looked['buffers']:,}" if looked else "–",
                figure(earlier.get("ratio")),
                f"{earlier['buffers']:,}" if "buffers" in earlier else "–",
            ]
        )
    return rows


def page(run: Run) -> str:
    head = ["scene", "p50 ms", "p95 ms", "÷ floor (range)", "req/s", "queries", "buffers"]
    head += ["before: ÷ floor", "before: buffers"]
    every = goals(run)
    missed = [goal for goal in every if goal.found is not None and not goal.is_met]
    load = ", ".join(f"{one[0]:.1f}" for one in run.load)
    reasons = [REASONS.read_text().strip()] if REASONS.exists() else []
    parts = [
        "# What `make bench` found",
        f"{run.date}; {run.number:,} invented entries beside the first content."
        f" {platform.system()} {platform.machine()}, {cores()} processors, Python"
        f" {platform.python_version()}. Load average at the start, in the middle and at the end:"
        f" {load}. Other work may run on the machine: **read the ratios**, which are taken round by"
        " round within one run, not the milliseconds.",
        "The floor is one query by an index and a string template, without counts. The empty view"
        " is `SELECT 1` under the site's middleware. Datasette has the same organizations in SQLite"
        " with indexes and full text, immutable, with three facets, searches also without; no"
        " facet suggestions, nothing cut short by a time limit; its theme is an organization's"
        " first one. The plain Django list counts no choices and offers, as django-filter makes it,"
        " every city; the goal is set beside it, and the same list without that choice is shown."
        " Each page is measured beside the same one of it, the map beside its unfiltered one. nginx"
        " serves the stored page. One process"
        " each (the site: two workers where pages are kept), one connection; `req/s` with four."
        " Queries and buffers (8 kB) are exact: of every statement of one request, by `EXPLAIN"
        " (ANALYZE, BUFFERS)`.",
        *reasons,
        "## civicnet, nothing cached",
        table(head, scene_rows(run, SITE)),
    ]
    if run.left_out:
        parts.append(f"Left out, since the site has no such address: {', '.join(run.left_out)}.")
    if run.too_slow:
        told = ", ".join(f"{run.titles.get(scene, scene)} ({of})" for of, scene in run.too_slow)
        parts.append(
            f"**Not measured, since a statement took more than {SECONDS} seconds:** {told}."
        )
    parts += ["## From the worker's memory", table(head[:5], cut(scene_rows(run, CACHED)))]
    parts += [
        "## Confirmed by the browser's ETag (304)",
        table(head[:5], cut(scene_rows(run, CONFIRMED))),
    ]
    parts += [
        f"## civicnet with {run.small:,} entries",
        table(head[:5], cut(scene_rows(run, SMALL))),
    ]
    for peer in PEERS:
        if rows := scene_rows(run, peer):
            parts += [f"## {peer[0].upper()}{peer[1:]}", table(head[:5], cut(rows))]
    stored = ratio(run.job(CACHED, "unfiltered"), run.job(NGINX, "stored page"))
    parts += [
        "## Loading, publishing, memory, nginx",
        f"`make_directory {run.number}` took {run.loading}. Publishing one entry takes"
        f" {figure(run.published['with'])} ms, and {figure(run.published['without'])} ms without"
        " any trigger (medians); afterwards it is in its city's list, in the counts and at its"
        " address, in every worker:"
        f" {'yes, each time' if run.published['seen'] else '**no**'}. Workers have"
        f" {', '.join(figure(one) for one in run.memory) or '–'} MB after all of this. A kept"
        f" listing takes {figure(stored)} × as long as the same page from nginx.",
        "## Goals",
        f"{sum(goal.is_met for goal in every)} of {len(every)} met.",
        table(
            ["goal", "scene", "found", "at most", "verdict"],
            [
                [
                    goal.what,
                    run.titles.get(goal.scene, goal.scene),
                    figure(goal.found),
                    f"{goal.most:g}",
                    goal.verdict,
                ]
                for goal in every
            ],
        ),
    ]
    slow = dict.fromkeys(goal.scene for goal in missed if goal.scene in run.looked)
    if slow:
        parts.append("## The slowest statement of each scene that missed a goal")
    for scene in slow:
        worst = run.looked[scene]["worst"]
        if worst and worst["plan"]:
            lines = worst["plan"].splitlines()
            more = (
                [f"… {len(lines) - LONGEST_PLAN} more lines"] if len(lines) > LONGEST_PLAN else []
            )
            plan = "\n".join([*(line[:160] for line in lines[:LONGEST_PLAN]), *more])
            parts.append(f"### {run.titles.get(scene, scene)}\n\n```\n{plan}\n```")
    return "\n\n".join(parts) + "\n"


def cut(rows: list[list[str]]) -> list[list[str]]:
    return [row[:5] for row in rows]


def cores() -> int:
    import os

    return os.cpu_count() or 1

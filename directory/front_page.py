"""What a member of staff sees first: what waits, what needs work, what others lately did.

All worklists of all kinds are counted in one query, for accounts with places or themes in one for
each kind. Each count stops at a thousand, which is shown as “more than 1,000”: to know that there
is much takes no longer than to know that there is some.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.urls import reverse
from reversion.models import Revision, Version

from directory.known_keys import IsAmong, keys_of
from directory.models import Entry
from directory.proposal_answers import answers_to
from directory.registry import Kind, kinds
from directory.roles import has_scope, within_scope
from directory.told import told
from directory.worklists import COUNTED_AT_MOST, Part, Worklist, counted, held_rows, worklists_for

LATELY = 12
# Of a change of many entries at once: it is said of how many up to here.
ENTRIES_COUNTED = 100


@dataclass(frozen=True)
class Cell:
    """A worklist's count for one kind; nothing where the kind cannot be in it."""

    kind: Kind
    address: str = ""
    count: int | None = None
    is_more: bool = False


@dataclass(frozen=True)
class Row:
    worklist: Worklist
    cells: list[Cell]


@dataclass(frozen=True)
class Change:
    """One act of writing: ``more`` is how many entries it changed besides the one that is named."""

    when: datetime
    who: Any
    why: str
    name: str
    kind: Kind
    address: str
    more: int
    is_many: bool


def work_for(user: Any, seen: Iterable[Kind]) -> dict[str, list[Row]]:
    """By part, each worklist with its count for each of the kinds. One query; for whom places or
    themes are set, two for each kind: what is theirs, and what of it is in each."""
    columns = list(seen)
    if has_scope(user):
        counts: dict[tuple[str, str], int] = {}
        for kind in columns:
            theirs = {
                (worklist.slug, kind.key): worklist.rows(held_rows(kind.model), user)
                for worklist in worklists_for(kind.model, user)
            }
            every = kind.model._default_manager.all()
            keys = keys_of(within_scope(user, every))
            counts |= counted(theirs, among=every.filter(IsAmong("pk", keys)))
    else:
        counts = counted(
            {
                (worklist.slug, kind.key): worklist.rows(kind.model._default_manager.all(), user)
                for kind in columns
                for worklist in worklists_for(kind.model, user)
            }
        )
    found: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for kind in columns:
        for worklist in worklists_for(kind.model, user):
            if worklist.slug not in found[worklist.part]:
                cells = [_cell(worklist, one, counts) for one in columns]
                found[worklist.part][worklist.slug] = Row(worklist, cells)
    return {part: sorted(found[part].values(), key=lambda row: row.worklist.place) for part in Part}


def _cell(worklist: Worklist, kind: Kind, counts: dict[tuple[str, str], int]) -> Cell:
    count = counts.get((worklist.slug, kind.key))
    if count is None:
        return Cell(kind)
    options = kind.model._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    is_more = count > COUNTED_AT_MOST
    return Cell(kind, f"{address}?work={worklist.slug}", min(count, COUNTED_AT_MOST), is_more)


# ------------------------------------------------------------------ lately changed
def lately_changed(seen: Iterable[Kind]) -> list[Change]:
    """The last acts of writing to entries of the kinds, by people and by commands.

    One query for them, one for what they name, and one for each kind, for what is still there.
    Versions that only keep what was there before have neither name nor reason, and are left out.
    """
    by_type = {ContentType.objects.get_for_model(kind.model).pk: kind for kind in seen}
    mine = Version.objects.filter(revision=OuterRef("pk"), content_type__in=list(by_type))
    acts = (
        Revision.objects.filter(Exists(mine))
        .exclude(user=None, comment="")
        .annotate(versions=ArraySubquery(mine.order_by("pk").values("pk")[: ENTRIES_COUNTED + 1]))
        .select_related("user")
        .order_by("-pk")[: 4 * LATELY]
    )
    acts = one_of_each_deed(acts)[:LATELY]
    named = Version.objects.defer("serialized_data").in_bulk([act.versions[0] for act in acts])
    there = _still_there(named.values(), by_type)
    changes = []
    for act in acts:
        version = named[act.versions[0]]
        kind = by_type[version.content_type_id]
        address = ""
        if int(version.object_id) in there[kind.model]:
            options = kind.model._meta
            name = f"admin:{options.app_label}_{options.model_name}_history"
            address = reverse(name, args=[version.object_id])
        more = len(act.versions) - 1
        changes.append(
            Change(
                when=act.date_created,
                who=act.user,
                why=told(act.comment),
                name=version.object_repr,
                kind=kind,
                address=address,
                more=min(more, ENTRIES_COUNTED - 1),
                is_many=more >= ENTRIES_COUNTED,
            )
        )
    return changes


def one_of_each_deed(acts: Iterable[Any]) -> list[Any]:
    """What was written in batches, one after the other, is one: by the same person and for the same
    reason, each of several entries. The newest stands for all, with the versions of all."""
    told: list[Any] = []
    for act in acts:
        last = told[-1] if told else None
        if (
            last is not None
            and min(len(last.versions), len(act.versions)) > 1
            and (last.user_id, last.comment) == (act.user_id, act.comment)
        ):
            last.versions += act.versions
        else:
            told.append(act)
    return told


def _still_there(
    versions: Iterable[Any], by_type: dict[int, Kind]
) -> defaultdict[type[Entry], set[int]]:
    keys: defaultdict[type[Entry], list[int]] = defaultdict(list)
    for version in versions:
        keys[by_type[version.content_type_id].model].append(int(version.object_id))
    there: defaultdict[type[Entry], set[int]] = defaultdict(set)
    for model, pks in keys.items():
        rows: Any = model._default_manager
        there[model] = set(rows.filter(pk__in=pks).values_list("pk", flat=True))
    return there


def front_page(request: Any, site: Any) -> dict[str, Any]:
    """The context of the page, of the kinds that the user may see."""
    seen = [
        kind
        for kind in kinds.values()
        if site.get_model_admin(kind.model).has_view_or_change_permission(request)
    ]
    return {
        "seen": seen,
        "work": work_for(request.user, seen) if seen else {},
        "answers": answers_to(request.user, seen),
        "counted_at_most": COUNTED_AT_MOST,
        "lately": lately_changed(seen) if seen else [],
    }

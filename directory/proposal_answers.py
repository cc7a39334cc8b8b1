"""What reviewers said lately of somebody's proposals: shown to their author on the first page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import timezone

from directory.registry import Kind
from directory.roles import may_publish

LATELY = timedelta(days=30)
SHOWN = 5


@dataclass(frozen=True)
class Answer:
    """What became of a proposal; ``said`` are the reviewer's words, if there are any."""

    when: datetime
    state: str
    state_label: Any
    name: str
    kind: Kind
    address: str
    reviewer: str
    said: str


def answers_to(user: Any, seen: Iterable[Kind]) -> list[Answer]:
    """The newest first. A query for each kind of which they may not publish all themselves."""
    found = [
        _answer(kind, proposal)
        for kind in seen
        if not may_publish(user, kind.model)
        for proposal in _of(kind).answered_to(user, timezone.now() - LATELY)[:SHOWN]
    ]
    return sorted(found, key=lambda answer: answer.when, reverse=True)[:SHOWN]


def _of(kind: Kind) -> Any:
    model: Any = kind.model
    proposals = model._meta.get_field("proposals").related_model
    return proposals.objects.select_related("entry", "reviewer")


def _answer(kind: Kind, proposal: Any) -> Answer:
    options = kind.model._meta
    page = f"admin:{options.app_label}_{options.model_name}_proposal"
    return Answer(
        when=proposal.decided,
        state=proposal.state,
        state_label=proposal.get_state_display(),
        name=str(proposal.entry),
        kind=kind,
        address=reverse(page, args=[quote(proposal.entry_id), proposal.pk]),
        reviewer=proposal.reviewer_name,
        said=proposal.answer,
    )

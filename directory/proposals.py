"""A proposed version of a published entry: what somebody who may not publish wants different.

Abstract, like the lists of an entry: each room declares its own in a few lines. A proposal holds
only what it would change (``directory.changes``); the entry, its history and the public page know
nothing of it until a reviewer accepts.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.picture_field import PictureField

# What is decided stays to be read for half a year, and then goes with its pictures.
KEPT_FOR = timedelta(days=180)


class ProposalQuerySet(models.QuerySet):
    def waiting(self) -> ProposalQuerySet:
        return self.filter(state=Proposal.State.OPEN)

    def of_author(self, user: Any) -> ProposalQuerySet:
        return self.filter(author=user.pk)

    def seen_by(self, user: Any, entries: Any) -> ProposalQuerySet:
        """Those of the entries, and the user's own."""
        return self.filter(Q(author=user.pk) | Q(entry__in=entries.order_by().values("pk")))

    def with_people(self) -> ProposalQuerySet:
        return self.select_related("author", "reviewer")

    def with_number(self, number: int) -> Any:
        return self.filter(pk=number).first() if number < 2**63 else None

    def answered_to(self, user: Any, since: Any) -> ProposalQuerySet:
        """The user's own that somebody else decided, the latest first."""
        own = self.of_author(user).filter(decided__gte=since)
        return own.exclude(state=Proposal.State.WITHDRAWN).order_by("-decided", "-pk")

    def decided_before(self, moment: Any) -> ProposalQuerySet:
        return self.exclude(state=Proposal.State.OPEN).filter(decided__lt=moment)


class Proposal(models.Model):
    """One for each entry and author while it waits.

    The concrete model adds ``entry``, a cascading foreign key with the related name ``proposals``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("partly accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    base_version = models.PositiveIntegerField(
        _("base version"), help_text=_("The number of the entry’s version that was changed first.")
    )
    # Of each changed field and row what it was when the author changed it, and what it would be.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    saves = models.PositiveIntegerField(default=1)
    why = models.CharField(_("why"), max_length=500, blank=True, default="")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="")
    # Which of the changed fields and rows were accepted.
    accepted = models.JSONField(default=list)
    made = models.DateTimeField(_("made"), default=timezone.now)
    changed = models.DateTimeField(_("changed"), default=timezone.now)
    decided = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-changed", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "author"],
                condition=Q(state="open"),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_state_known",
                condition=Q(state__in=["open", "accepted", "partly", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_decided_or_open",
                condition=Q(state="open", decided=None) | (~Q(state="open") & ~Q(decided=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}"  # type: ignore[attr-defined]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def was_put_aside(self) -> bool:
        """Nothing of it was accepted, so that it can wait again."""
        return self.state in (self.State.REFUSED, self.State.WITHDRAWN)

    def keep(self, change: Any, why: str, pictures: dict[str, list[int]]) -> None:
        """What its author saved; pictures that it names no more go with their files."""
        change.write(self)
        self.why = why.replace("\x00", "").strip()[:500]
        self.changed = timezone.now()
        self.save()
        mine: Any = self.pictures  # type: ignore[attr-defined]
        mine.exclude(image__in=pictures).delete()
        there = set(mine.values_list("image", flat=True))
        mine.bulk_create(
            mine.model(proposal=self, image=name, widths=widths)
            for name, widths in pictures.items()
            if name not in there
        )

    def decide(
        self, state: str, reviewer: Any = None, answer: str = "", accepted: Any = ()
    ) -> None:
        self.state, self.decided = state, timezone.now()
        self.reviewer, self.answer, self.accepted = reviewer, answer, sorted(accepted)
        self.save(update_fields=["state", "decided", "reviewer", "answer", "accepted"])

    def open_again(self) -> bool:
        """Whether it waits again, as it was before it was put aside: of one author only one does.
        The caller holds the entry's row."""
        rows = type(self).objects.waiting().filter(entry=self.entry_id)  # type: ignore[attr-defined]
        if self.author and rows.of_author(self.author).exists():
            return False
        self.state, self.decided = self.State.OPEN, None
        self.reviewer, self.answer = None, ""
        self.save(update_fields=["state", "decided", "reviewer", "answer"])
        return True

    def split(
        self, change: Any, chosen: set[str], rest: set[str], reviewer: Any, answer: str
    ) -> None:
        """What was accepted becomes a proposal of its own, which its author finds decided; the rest
        stays open in this one."""
        now = timezone.now()
        kind: Any = type(self)
        taken = kind(
            entry_id=self.entry_id,  # type: ignore[attr-defined]
            author=self.author,
            base_version=self.base_version,
            saves=self.saves,
            why=self.why,
            state=self.State.ACCEPTED,
            reviewer=reviewer,
            answer=answer,
            accepted=sorted(chosen),
            made=self.made,
            changed=self.changed,
            decided=now,
        )
        change.part(chosen).write(taken)
        taken.save()
        change.part(rest).write(self)
        self.saves += 1
        self.save(update_fields=["before", "after", "saves"])

    @property
    def author_name(self) -> str:
        return _named(self.author)

    @property
    def reviewer_name(self) -> str:
        return _named(self.reviewer)


def forget(model: Any) -> int:
    """Delete what was decided long ago, of one kind of entry; pictures that only it had go too.

    The rows are held first: what somebody opens again at this moment stays.
    """
    proposals = model._meta.get_field("proposals").related_model.objects
    with transaction.atomic():
        old = proposals.decided_before(timezone.now() - KEPT_FOR).order_by("pk")
        held = [one.pk for one in old.select_for_update(of=("self",)).only("pk")]
        gone = proposals.filter(pk__in=held).delete()[1]
    return gone.get(proposals.model._meta.label, 0)


def _named(user: Any) -> str:
    return (user.get_full_name() or str(user)) if user else "–"


class ProposedPicture(models.Model):
    """A picture that a proposal would add; its files go when the proposal goes, unless an entry
    or a version has them by then.

    The concrete model adds ``proposal``, a cascading foreign key with the related name
    ``pictures``.
    """

    image = PictureField(_("picture"), max_length=200)
    widths = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("proposed picture")
        verbose_name_plural = _("proposed pictures")

    def __str__(self) -> str:
        return str(self.image)

"""Ties between entries in a table: memberships and partners, each by slug, with its roles.

A tie that the cell still names stays as it is, with its dates, its part and its source; one that
it no longer names goes; a new one states nothing but its role. A value is a list of texts that
name keys: ``12:3`` (another entry and a role), ``organization:12:3+4``, ``name:3:A plain name``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from exchange.cleaning import BETWEEN_NAMES, Unreadable
from exchange.sheet_columns import Refused, Text
from networks.models import Membership, MembershipRole, Network
from orgs.models import Organization
from projects.models import Participation, PartnerRole, Project

COLUMNS: dict[Any, dict[str, str]] = {
    Organization: {"networks": "memberships"},
    Network: {"members": "memberships"},
    Project: {"partners": "participations"},
}
"""By kind, the column and the relation that it is about."""
PARTNERS: dict[str, Any] = {"organization": Organization, "network": Network}


class Others:
    """Entries of other kinds, and roles, by key and by slug; read once for a table."""

    def __init__(self) -> None:
        self.slugs: dict[tuple[Any, int], str] = {}
        self.keys: dict[tuple[Any, str], int] = {}
        for model in (MembershipRole, PartnerRole):
            self._know(model, model.objects.values_list("pk", "slug"))

    def _know(self, model: Any, rows: Iterable[tuple[int, str]]) -> None:
        for pk, slug in rows:
            self.slugs[model, pk] = slug
            self.keys[model, slug] = pk

    def expect(self, model: Any, pks: Iterable[int]) -> None:
        rows = model._default_manager.filter(pk__in=set(pks)).order_by()
        self._know(model, rows.values_list("pk", "slug"))

    def seek(self, model: Any, slugs: Iterable[str]) -> None:
        rows = model._default_manager.filter(slug__in=set(slugs)).order_by()
        self._know(model, rows.values_list("pk", "slug"))

    def key(self, model: Any, slug: str, said: str) -> int:
        if (pk := self.keys.get((model, slug.strip().casefold()))) is None:
            entry = model in PARTNERS.values()
            raise Refused("no_entry" if entry else "unknown_word", said)
        return pk

    def slug(self, model: Any, pk: str) -> str:
        return self.slugs.get((model, int(pk)), "")


class Ties(Text):
    """What all cells of such a column have in common."""

    empty: Any = []

    def __init__(self, others: Others) -> None:
        super().__init__(str)
        self.others = others

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        parts = (part.strip() for part in BETWEEN_NAMES.split(value))
        return list(dict.fromkeys(self.one(part) for part in parts if part))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(self.said(each) for each in value or ())

    def one(self, text: str) -> str:
        raise NotImplementedError

    def said(self, value: str) -> str:
        raise NotImplementedError

    def meant(self, value: str) -> tuple[Any, int] | None:
        """The entry that a value names, if it names one."""
        raise NotImplementedError

    def slugs(self, cell: str) -> Iterable[tuple[Any, str]]:
        """The slugs that a cell may name."""
        raise NotImplementedError


class MembershipsOf(Ties):
    """``slug of the other:slug of the role``."""

    def __init__(self, others: Others, other: Any) -> None:
        super().__init__(others)
        self.other = other

    def one(self, text: str) -> str:
        slug, _colon, role = text.partition(":")
        if not role.strip():
            raise Refused("no_role", text)
        pk = self.others.key(self.other, slug, text)
        return f"{pk}:{self.others.key(MembershipRole, role, text)}"

    def said(self, value: str) -> str:
        other, _, role = value.partition(":")
        return f"{self.others.slug(self.other, other)}:{self.others.slug(MembershipRole, role)}"

    def meant(self, value: str) -> tuple[Any, int] | None:
        return self.other, int(value.partition(":")[0])

    def slugs(self, cell: str) -> Iterable[tuple[Any, str]]:
        for part in BETWEEN_NAMES.split(cell):
            yield self.other, part.partition(":")[0].strip().casefold()


class PartnersOf(Ties):
    """``organization:slug:roles``, ``network:slug:roles``, or ``name:A plain name:roles``; the
    roles with a plus between."""

    def one(self, text: str) -> str:
        kind, _, rest = text.partition(":")
        said, _, roles = rest.rpartition(":") if ":" in rest else (rest, "", "")
        kind, said = kind.strip(), said.strip()
        if not said or kind not in (*PARTNERS, "name"):
            raise Refused("no_partner", text)
        wanted = filter(None, (role.strip() for role in roles.split("+")))
        keys = sorted(self.others.key(PartnerRole, role, text) for role in wanted)
        joined = "+".join(map(str, keys))
        if kind == "name":
            if len(said) > 250:
                raise Unreadable("too_long")
            return f"name:{joined}:{said}"
        return f"{kind}:{self.others.key(PARTNERS[kind], said, text)}:{joined}"

    def said(self, value: str) -> str:
        kind, one, other = value.split(":", 2)
        roles = one if kind == "name" else other
        shown = "+".join(self.others.slug(PartnerRole, pk) for pk in roles.split("+") if pk)
        if kind == "name":
            return f"name:{other}:{shown}"
        slug = self.others.slug(PARTNERS[kind], one)
        return f"{kind}:{slug}:{shown}" if shown else f"{kind}:{slug}"

    def meant(self, value: str) -> tuple[Any, int] | None:
        kind, one, _other = value.split(":", 2)
        return None if kind == "name" else (PARTNERS[kind], int(one))

    def slugs(self, cell: str) -> Iterable[tuple[Any, str]]:
        for part in BETWEEN_NAMES.split(cell):
            kind, _, rest = part.strip().partition(":")
            if kind in PARTNERS:
                yield PARTNERS[kind], rest.partition(":")[0].strip().casefold()


def widgets_of(model: Any, others: Others) -> dict[str, Ties]:
    """By the name of the column."""
    if model is Organization:
        return {"networks": MembershipsOf(others, Network)}
    if model is Network:
        return {"members": MembershipsOf(others, Organization)}
    return {"partners": PartnersOf(others)}


# ------------------------------------------------------------------ reading and writing
def read(model: Any, pks: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """The ties of entries: one query, two for projects."""
    said: dict[int, dict[str, list[str]]] = {
        pk: {name: [] for name in COLUMNS[model].values()} for pk in pks
    }
    for row, owner, value in _rows(model, list(said)):
        del row
        listed = next(iter(said[owner].values()))
        if value not in listed:
            listed.append(value)
    return said


def _rows(model: Any, pks: list[int]) -> Iterable[tuple[int, int, str]]:
    """The key of each row, its entry, and what it says."""
    if model is Project:
        rows = Participation.objects.filter(project__in=pks).in_order().prefetch_related("roles")
        for row in rows.defer("part_it", "part_en"):
            roles = "+".join(map(str, sorted(role.pk for role in row.roles.all())))
            if row.plain_name:
                said = f"name:{roles}:{row.plain_name}"
            elif row.organization_id:  # type: ignore[attr-defined]
                said = f"organization:{row.organization_id}:{roles}"  # type: ignore[attr-defined]
            else:
                said = f"network:{row.network_id}:{roles}"  # type: ignore[attr-defined]
            yield row.pk, row.project_id, said  # type: ignore[attr-defined]
        return
    mine, other = ("organization", "network") if model is Organization else _NETWORK
    rows = Membership.objects.filter(**{f"{mine}__in": pks}).order_by("order", "pk")
    for pk, owner, one, role in rows.values_list("pk", f"{mine}_id", f"{other}_id", "role_id"):
        yield pk, owner, f"{one}:{role}"


_NETWORK = ("network", "organization")


def change(model: Any, changes: dict[int, dict[str, list[str]]]) -> None:
    """Give each entry the ties; the caller holds the transaction and keeps the versions."""
    if not changes:
        return
    there: defaultdict[int, dict[str, list[int]]] = defaultdict(dict)
    for pk, owner, value in _rows(model, list(changes)):
        there[owner].setdefault(value, []).append(pk)
    gone: list[int] = []
    new: list[tuple[int, str]] = []
    for owner, said in changes.items():
        wanted = next(iter(said.values()))
        gone += [pk for value, pks in there[owner].items() if value not in wanted for pk in pks]
        new += [(owner, value) for value in wanted if value not in there[owner]]
    if model is Project:
        _change_partners(gone, new)
        return
    mine, other = ("organization", "network") if model is Organization else _NETWORK
    Membership.objects.filter(pk__in=gone).delete()
    Membership.objects.bulk_create(
        Membership(**{f"{mine}_id": owner, f"{other}_id": int(one), "role_id": int(role)})
        for owner, value in new
        for one, _, role in [value.partition(":")]
    )


def _change_partners(gone: list[int], new: list[tuple[int, str]]) -> None:
    """A partner whose roles alone are others keeps its row."""
    rows = {_partner(row): row for row in Participation.objects.filter(pk__in=gone)}
    for owner, value in new:
        kind, one, other = value.split(":", 2)
        roles, who = (one, other) if kind == "name" else (other, one)
        row = rows.pop((owner, kind, who), None)
        if row is None:
            column = "plain_name" if kind == "name" else f"{kind}_id"
            row = Participation.objects.create(project_id=owner, **{column: who})
        row.roles.set([int(role) for role in roles.split("+") if role])
    Participation.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()


def _partner(row: Any) -> tuple[int, str, str]:
    if row.plain_name:
        return row.project_id, "name", row.plain_name
    if row.organization_id:
        return row.project_id, "organization", str(row.organization_id)
    return row.project_id, "network", str(row.network_id)

"""Who may do what with entries: the rights of each role, and the questions that pages ask.

A role is a group with the name that ``staff.roles`` knows. ``migrate`` makes the groups and gives
them what is said here; ``make_roles`` does the same, and takes away what is not said here. A
superuser may do everything.

Nobody writes what is public, or what will be on a day that is set, without the right to publish:
their changes to a published entry are proposals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, models, transaction

from directory.models import Entry, Status, Term
from directory.registry import kinds
from directory.scope import EditingScope
from places.languages import LANGUAGES
from places.models import City, Province, Region
from staff.models import Event, User
from staff.roles import EDITOR, LABELS, MANAGER, REVIEWER, TRANSLATOR_EN, TRANSLATOR_IT

Rights = dict[str, tuple[str, ...]]
"""Of a model: what each role may do with its rows."""

LOOK: Rights = dict.fromkeys(LABELS, ("view",))
ENTRY: Rights = LOOK | {
    EDITOR: ("view", "add", "change"),
    REVIEWER: ("view", "add", "change", "delete", "publish"),
}
KEPT: Rights = LOOK | {MANAGER: ("view", "add", "change", "delete")}
"""A vocabulary, and what else is the managers' to keep."""

_granted: dict[type[models.Model], Rights] = {
    City: LOOK,
    Province: LOOK,
    Region: LOOK,
    User: {MANAGER: ("view", "add", "change")},
    Event: {MANAGER: ("view",)},
    EditingScope: {
        TRANSLATOR_IT: ("translate_it",),
        TRANSLATOR_EN: ("translate_en",),
        MANAGER: KEPT[MANAGER],
    },
}


def grant(model: type[models.Model], rights: Rights) -> None:
    """For a room that is ready. Entries and vocabularies need no word: they get theirs."""
    _granted[model] = rights


# ------------------------------------------------------------------ the groups
def rights_to(model: type[models.Model]) -> Rights:
    if model in _granted:
        return _granted[model]
    if issubclass(model, Entry):
        return ENTRY
    return KEPT if issubclass(model, Term) else {}


def _wanted(config: AppConfig) -> Iterator[tuple[str, str]]:
    """Each role with the codename of each right that it has in an app."""
    for model in config.get_models():
        for role, actions in rights_to(model).items():
            for action in actions:
                own = action in dict(model._meta.permissions)
                codename = action if own else get_permission_codename(action, model._meta)
                yield role, codename


def give(config: AppConfig, using: str = DEFAULT_DB_ALIAS, registry: Any = apps) -> None:
    """Make the groups, and give them what they lack of an app. Four queries."""
    wanted = list(_wanted(config))
    if not wanted:
        return
    group: Any = registry.get_model("auth", "Group")
    permission: Any = registry.get_model("auth", "Permission")
    groups = group.objects.using(using)
    with transaction.atomic(using=using):
        groups.bulk_create((group(name=role) for role in LABELS), ignore_conflicts=True)
        keys = dict(groups.filter(name__in=LABELS).values_list("name", "pk"))
        rights = permission.objects.using(using).filter(content_type__app_label=config.label)
        numbers = dict(rights.values_list("codename", "pk"))
        pairs = group.permissions.through
        pairs.objects.using(using).bulk_create(
            (
                pairs(group_id=keys[role], permission_id=numbers[codename])
                for role, codename in wanted
                if codename in numbers
            ),
            ignore_conflicts=True,
        )


def give_after_migrating(sender: Any, using: str, apps: Any = apps, **said: Any) -> None:
    """By then the app's permissions are there: Django's own receiver comes before this one. After a
    flush there is no state of migrations, and the apps are those that run."""
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return
    give(sender, using, apps)


@transaction.atomic
def make_roles() -> dict[str, int]:
    """The groups as they are meant, and how many rights each has."""
    from django.contrib.auth.models import Group

    wanted: set[tuple[str, str, str]] = set()
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
        give(config)
        wanted |= {(role, config.label, codename) for role, codename in _wanted(config)}
    counts = {}
    for group in Group.objects.filter(name__in=LABELS):
        for right in group.permissions.select_related("content_type"):
            if (group.name, right.content_type.app_label, right.codename) not in wanted:
                group.permissions.remove(right)
        counts[group.name] = group.permissions.count()
    return counts


# ------------------------------------------------------------------ scope
def _scope_of(user: Any) -> dict[str, list[models.Model]]:
    """What is chosen, by field; empty for everything. Read once for each user of a request, who is
    wrapped in a lazy object with a ``__dict__`` of its own."""
    if not hasattr(user, "_scope"):
        scope = EditingScope.objects.filter(user=user.pk).first()
        names = [each.name for each in EditingScope._meta.many_to_many] if scope else []
        user._scope = {name: list(getattr(scope, name).all()) for name in names}
    return user._scope


def within_scope(user: Any, entries: Any) -> Any:
    """Those of a queryset that are the user's to work on, whatever they may do with them."""
    if user.is_superuser:
        return entries
    scope = _scope_of(user)
    places = [place for name in ("cities", "provinces", "regions") for place in scope.get(name, ())]
    return entries.for_editors_of(places, scope.get("themes", []))


def has_scope(user: Any) -> bool:
    """Whether places or themes are set for the user, so that not all entries are theirs."""
    return not user.is_superuser and any(_scope_of(user).values())


def _in_scope(user: Any, entry: Entry) -> bool:
    """Asked of the database once for each entry that a request holds."""
    if user.is_superuser or entry._state.adding or not any(_scope_of(user).values()):
        return True
    known = entry.__dict__.setdefault("_in_scope", {})
    if user.pk not in known:
        rows: Any = type(entry)._default_manager.filter(pk=entry.pk)
        known[user.pk] = within_scope(user, rows).exists()
    return known[user.pk]


# ------------------------------------------------------------------ the questions
def _may(user: Any, action: str, model: type[models.Model]) -> bool:
    options = model._meta
    return user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


def may_edit(user: Any, entry: Entry) -> bool:
    """Whether the entry is theirs to work on, by hand or by a proposal; see ``may_write``."""
    return _may(user, "change", type(entry)) and _in_scope(user, entry)


def may_edit_any(user: Any) -> bool:
    """Whether there is a kind of which they may edit entries."""
    return any(_may(user, "change", kind.model) for kind in kinds.values())


def may_publish(user: Any, what: type[Entry] | Entry) -> bool:
    """Of a model: entries of that kind at all; of an entry: this one."""
    if isinstance(what, Entry):
        return _may(user, "publish", type(what)) and _in_scope(user, what)
    return _may(user, "publish", what)


def may_publish_any(user: Any) -> bool:
    """Whether there is a kind of which they may publish entries."""
    return any(may_publish(user, kind.model) for kind in kinds.values())


def languages_of(user: Any) -> tuple[str, ...]:
    """The languages in which they may write texts of entries."""
    if may_edit_any(user):
        return tuple(LANGUAGES)
    options = EditingScope._meta.app_label
    return tuple(code for code in LANGUAGES if user.has_perm(f"{options}.translate_{code}"))


def may_translate(user: Any, entry: Entry) -> bool:
    """Whether the texts in their languages are theirs to work on, by hand or by a proposal."""
    if may_edit(user, entry):
        return True
    sees = _may(user, "view", type(entry)) and not entry._state.adding
    return sees and bool(languages_of(user)) and _in_scope(user, entry)


def may_write(user: Any, entry: Entry) -> bool:
    """Whether what they change of this entry is written at once.

    All of it for whoever may edit, the texts in their languages for whoever translates.
    """
    if not may_translate(user, entry):
        return False
    return may_publish(user, entry) or not (entry.status == Status.PUBLISHED or _has_its_day(entry))


def _has_its_day(entry: Entry) -> bool:
    """Whether it will be public without being looked at again."""
    if "_has_its_day" not in entry.__dict__:
        kind: Any = type(entry)
        reviews = kind._meta.get_field("review").related_model
        waiting = reviews._default_manager.filter(entry=entry.pk, publish_on__isnull=False)
        entry.__dict__["_has_its_day"] = entry.pk is not None and waiting.exists()
    return entry.__dict__["_has_its_day"]

from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        from clock.jobs import register
        from directory import upkeep, workflow
        from directory.fixtures import LOADED
        from directory.merging import on_merge
        from directory.roles import give_after_migrating, may_publish_any
        from directory.told import known
        from staff.door import require_second_factor_for

        register("delete_orphan_pictures", delete_orphan_pictures, every=timedelta(days=1))
        register("forget_proposals", forget_proposals, every=timedelta(days=1))
        register("refresh_lexicon", refresh_lexicon, every=timedelta(days=1))
        register("find_doubles", compare_what_changed, every=timedelta(minutes=15))
        register("publish_due", publish_what_is_due, every=timedelta(minutes=10))
        known(LOADED)
        upkeep.register_worklists()
        workflow.register_worklists()
        on_merge(workflow.leave_behind)
        require_second_factor_for(may_publish_any)
        post_migrate.connect(give_after_migrating, dispatch_uid="directory.roles")


def delete_orphan_pictures() -> str:
    from directory.picture_field import delete_orphans
    from directory.social_cards import delete_old_files

    pictures, cards = len(list(delete_orphans())), len(list(delete_old_files()))
    return f"{pictures} pictures and {cards} cards deleted"


def forget_proposals() -> str:
    from directory.proposals import forget
    from directory.registry import kinds

    gone = sum(forget(kind.model) for kind in kinds.values())
    return f"{gone} proposals deleted that were decided long ago"


def refresh_lexicon() -> str:
    from directory.lexicon import refresh

    return f"{refresh()} words"


def compare_what_changed() -> str:
    from directory.doubles import find_doubles

    return find_doubles()


def publish_what_is_due() -> str:
    from directory.workflow import publish_due

    return str(publish_due())

"""What the groups that the program makes are called. What each may do is said by the rooms above.

A group's name in the database is its key here.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

EDITOR = "editor"
TRANSLATOR_IT = "translator_it"
TRANSLATOR_EN = "translator_en"
REVIEWER = "reviewer"
MANAGER = "manager"

LABELS: dict[str, Any] = {
    EDITOR: _("Editing"),
    TRANSLATOR_IT: _("Translation into Italian"),
    TRANSLATOR_EN: _("Translation into English"),
    REVIEWER: _("Review"),
    MANAGER: _("Management"),
}


def role_label(group: Any) -> str:
    """In the language of the page; a group that somebody made bears the name they gave it."""
    return str(LABELS.get(group.name, group.name))

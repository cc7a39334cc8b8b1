"""The form of an entry, for several people at a time: its versions have numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from directory.history import versions_of
from directory.told import told
from staff.collision_admin import ShowsBoth
from staff.collisions import Seen


class KeepsApart(ShowsBoth):
    """Saving takes one query more; a collision as many as opening the form."""

    def edition(self, request: HttpRequest, row: Any) -> Any:
        """What the number says that a form carries; other mixins have more to count."""
        return row.version

    def edition_shown(self, request: HttpRequest, row: Any, seen: Seen) -> Any:
        return self.edition(request, row)

    def last_saved(self, row: Any) -> dict[str, Any]:
        version = versions_of(row).first()
        if version is None:
            return {}
        said = version.revision
        return {"by": said.user, "at": said.date_created, "why": told(said.comment)}

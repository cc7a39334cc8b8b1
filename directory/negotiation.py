"""Which form of an entry a program asks for by ``Accept``; a browser asks for the page."""

from __future__ import annotations

from django.http import HttpRequest

from directory.registry import documents

PAGE = "text/html"


def preferred(request: HttpRequest) -> str:
    """The name of the document that is wanted rather than the page, or nothing.

    Who takes anything gets the page, and who takes nothing that there is, too.
    """
    offered = {one.media_type: one.name for one in documents.values() if one.is_negotiated}
    accepted = request.headers.get("Accept", "")
    if not any(media_type in accepted for media_type in offered):
        return ""
    return offered.get(request.get_preferred_type([PAGE, *offered]) or PAGE, "")

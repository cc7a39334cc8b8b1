"""What an answer says where an entry's address is another than it was."""

from __future__ import annotations

from django.http import HttpResponsePermanentRedirect


def moved_to(address: str) -> HttpResponsePermanentRedirect:
    """For good, as far as anybody knows. But a merge is taken back and a name is given back: a
    browser that kept this would never ask again."""
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = "no-cache"
    return response

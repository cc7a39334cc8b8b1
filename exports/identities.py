"""Addresses that name things, whatever language their pages are in: ``/id/organization/l-asilo``.

They stay when pages move. Asking for one leads (303) to a page or to a file about the thing.
"""

from __future__ import annotations

from django.conf import settings

ROOT = "/id/"


def uri(kind: str, name: str) -> str:
    """Of an entry (by its kind's key), theme, place, role … and its slug."""
    return f"{settings.BASE_URL}{ROOT}{kind}/{name}"

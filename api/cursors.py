"""Where a page of an answer ended, so that the next begins there whatever was added meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from api.problems import BadRequest


def written(order: str, place: list[Any]) -> str:
    """``order`` names what the values of ``place`` are, one type for each: see ``read``."""
    told = json.dumps([order, *place], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(cursor: str, order: str, *types: type) -> list[Any] | None:
    """The place, or None at the beginning. ``BadRequest`` for what is not of this order."""
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        named, *place = told
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadRequest("cursor: this is none of ours.") from error
    fits = len(place) == len(types) and all(
        type(value) is wanted for value, wanted in zip(place, types, strict=False)
    )
    if named != order or not fits or not all(is_sane(value) for value in place):
        raise BadRequest("cursor: it belongs to another list or another order.")
    return place


def is_sane(value: Any) -> bool:
    if isinstance(value, int):
        return 0 <= value < 2**63
    return "\x00" not in value and value.isprintable()

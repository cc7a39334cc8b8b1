"""The parameters that every list of the API has."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from api.problems import BadRequest

PAGE_SIZE, MOST = 25, 100
MOST_DIGITS = 3


def one(data: QueryDict, name: str) -> str:
    """The value of a parameter that is given once."""
    values = {value.strip() for value in data.getlist(name)}
    if len(values) > 1:
        raise BadRequest(f"{name}: one value only.")
    return next(iter(values), "")


def page_size(data: QueryDict) -> int:
    if "page_size" not in data:
        return PAGE_SIZE
    asked = one(data, "page_size")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS
    if not is_number or not 1 <= int(asked) <= MOST:
        raise BadRequest(f"page_size: a number from 1 to {MOST}.")
    return int(asked)


def chosen(data: QueryDict, name: str, offered: Collection[str]) -> list[str]:
    """Names, each in a parameter of its own or with commas between them; none is empty."""
    asked = [part.strip() for value in data.getlist(name) for part in value.split(",")]
    asked = [part for part in asked if part]
    if unknown := [part for part in asked if part not in offered]:
        raise BadRequest(f"{name}: “{unknown[0][:60]}” is none of {', '.join(offered)}.")
    return list(dict.fromkeys(asked))

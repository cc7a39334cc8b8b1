"""The log says what happened, and nothing with which somebody could be known or robbed."""

from __future__ import annotations

import json
import logging

import pytest

from civicnet.logs import JSONFormatter


def written(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": message, "args": args, **extra})
    return json.loads(JSONFormatter().format(record))


@pytest.mark.parametrize(
    "rest",
    ["MQ/c8x2b1-0f9e8d7c/", "MQ/c8x2b1-0f9e8d7c", "MQ//c8x2b1-0f9e8d7c/", "MQ/set-password/"],
)
def test_the_link_that_resets_a_password_is_not_written(rest: str) -> None:
    line = written(
        "Not Found: %s", f"/admin/password-reset/{rest}", path=f"/admin/password-reset/{rest}"
    )
    assert line["path"] == "/admin/password-reset/…"
    assert line["message"] == "Not Found: /admin/password-reset/…"


@pytest.mark.parametrize(
    "path", ["/admin/password-reset/", "/admin/password-reset/sent/", "/it/reti/", "/admin/orgs/1/"]
)
def test_every_other_path_is_written_whole(path: str) -> None:
    assert written("request", path=path)["path"] == path

"""The first content as files: few records are read one by one, many at once."""

from __future__ import annotations

import pytest

from exports import result as results
from tests.files import LISTS, body, read


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["organization", "network", "project"])
def test_both_ways_to_read_say_the_same(client, content, monkeypatch, kind):
    one_by_one = [body(read(client, LISTS[kind], form)) for form in ("csv", "json", "geojson")]
    assert len(one_by_one[0].splitlines()) > 1
    monkeypatch.setattr(results, "MANY", 0)
    assert [body(read(client, LISTS[kind], form)) for form in ("csv", "json", "geojson")] == (
        one_by_one
    )

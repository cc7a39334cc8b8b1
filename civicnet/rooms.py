"""The rooms of the house: the packages at the top, but for those that try it and measure it."""

from __future__ import annotations

from pathlib import Path

AROUND = {"tests", "bench"}


def rooms(root: Path) -> list[str]:
    names = (path.parent.name for path in root.glob("*/__init__.py"))
    return sorted(name for name in names if name not in AROUND)

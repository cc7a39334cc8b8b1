"""The Nu HTML checker finds nothing to say about any page in any state."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import builders as make
from tests import scenes

pytestmark = pytest.mark.java

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tests" / "npm"
INSTALLED = ROOT / "var" / "npm"
JAR = INSTALLED / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.fixture(scope="module")
def checker() -> Path:
    """The checker in the version, and with the digest, that ``tests/npm`` names."""
    lock = (PINNED / "package-lock.json").read_text()
    marker = INSTALLED / "installed.json"
    if not (JAR.exists() and marker.exists() and marker.read_text() == lock):
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PINNED / name, INSTALLED / name)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=INSTALLED,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"npm could not install the checker:\n{done.stderr}")
        marker.write_text(lock)
    return JAR


def check(jar: Path, *arguments: Any) -> list[str]:
    """Errors, warnings and remarks alike."""
    done = subprocess.run(
        ["java", "-Xmx512m", "-jar", jar, "--format", "json", "--stdout", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stdout)["messages"]
    return [
        f"{one['url'].rpartition('/')[2]}:{one.get('lastLine')}: {one['message']}"
        f" {one.get('extract', '')}"
        for one in messages
    ]


def test_every_page_in_every_state_is_valid(stage, checker, tmp_path):
    visitor, editor = Client(raise_request_exception=False), Client()
    for language in scenes.LANGUAGES:
        for name, scene in scenes.ALL.items():
            answer = visitor.get(scene.path(language))
            assert answer.status_code == scene.status, name
            (tmp_path / f"{name}.{language}.html").write_bytes(answer.content)
        editor.force_login(make.make_editor(f"editor-{language}", language=language))
        preview = reverse("admin:orgs_organization_preview", args=[scenes.draft().pk])
        (tmp_path / f"preview.{language}.html").write_bytes(editor.get(preview).content)
    assert check(checker, "--skip-non-html", *sorted(tmp_path.glob("*.html"))) == []


def test_drawings_kept_as_files_are_valid(checker):
    drawings = sorted((ROOT / "static").rglob("*.svg"))
    assert drawings
    assert check(checker, "--svg", *drawings) == []

"""Promises of the project about itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db.models import Field, ForeignObjectRel

from civicnet.rooms import rooms
from clock.jobs import jobs

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named() -> None:
    for path in ROOT.glob("*/migrations/0*.py"):
        assert "_auto_" not in path.name, path
        assert path.stem[5:], path
        assert path.stem != "0001_initial", f"{path} says nothing about its purpose"


def test_no_module_is_longer_than_500_lines() -> None:
    """Longer ones have two purposes. Tests and migrations may be: they are lists."""
    modules = [path for room in (*rooms(ROOT), "bench") for path in (ROOT / room).rglob("*.py")]
    written = [path for path in modules if path.parent.name != "migrations"]
    assert len(written) > 200
    for path in written:
        assert len(path.read_text().splitlines()) <= 500, path.relative_to(ROOT)


def test_rooms_import_only_from_below() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def floors() -> list[str]:
    """Every room, the lowest first, as the layers say."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (layers,) = [one["layers"] for one in contract["tool"]["importlinter"]["contracts"]]
    assert sorted(layers) == rooms(ROOT)
    return layers[::-1]


def test_no_relation_points_to_a_room_above() -> None:
    """import-linter does not see ForeignKey("networks.Network")."""
    floor = {room: number for number, room in enumerate(floors())}
    seen = 0
    for model in apps.get_models(include_auto_created=True):
        own = model._meta.app_label
        if own not in floor:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or isinstance(field, ForeignObjectRel):
                continue
            target = getattr(field, "related_model", None)
            if target is None or target._meta.app_label not in floor:
                continue
            seen += 1
            assert floor[target._meta.app_label] <= floor[own], f"{model.__name__}.{field.name}"
    assert seen > 20


def test_the_rooms_are_installed_in_order() -> None:
    from django.conf import settings

    installed = settings.INSTALLED_APPS
    assert [name for name in installed if name in floors()] == floors()
    assert installed.index("modeltranslation") < installed.index(
        "civicnet.apps.CivicnetAdminConfig"
    )


@pytest.mark.parametrize("name", ["production", "demo", "dev"])
def test_requirements_are_pinned_and_name_no_index(name: str) -> None:
    pins = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "--hash=sha256:" in pins
    for line in pins.splitlines():
        assert "://" not in line, line
        assert not line.startswith(("-", "#")), line
        assert " @ " not in line, line


def test_the_sets_of_requirements_agree() -> None:
    def pinned(name: str) -> dict[str, str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        return dict(line.split(" ")[0].split("==") for line in lines if "==" in line)

    production, demo, dev = pinned("production"), pinned("demo"), pinned("dev")
    assert production.items() <= demo.items() <= dev.items()


def test_the_python_that_makes_the_environment_can_and_is_another_if_one_says_so() -> None:
    def chosen(*said: str) -> str:
        show = "--eval=which:;@echo $(PYTHON)"
        command = ["make", "--no-print-directory", show, "which", *said]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    able = "import sys, ensurepip, venv; assert sys.version_info >= (3, 11)"
    subprocess.run([chosen(), "-c", able], check=True)
    assert chosen("PYTHON=python3.99") == "python3.99"


# ------------------------------------------------------------------ what the documents say
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/*.md"))]


def headings(document: Path) -> set[str]:
    """The names that links give to headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_the_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text()):
        path, _, heading = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        assert not heading or heading in headings(file), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_of_the_documents_exist(document: Path) -> None:
    """As they are typed: within backquotes, or in a line that is set in."""
    text = document.read_text()
    typed = [*re.findall(r"^    .+$", text, re.M), *re.findall(r"`[^`]+`", text)]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    for one in typed:
        for name in re.findall(r"(?:^    |`)(?:civicnet|\S*manage\.py) ([a-z]\w+)", one):
            assert name in get_commands(), one
        for name in re.findall(r"(?:^    |`)make ([a-z-]+)", one):
            assert name in targets, one


def test_the_guide_for_operators_names_each_job() -> None:
    text = (ROOT / "docs" / "operate.md").read_text()
    table = re.search(r"^\| job \|.+?\n\n", text, re.M | re.S)
    assert table
    assert sorted(re.findall(r"^\| `(\w+)`", table[0], re.M)) == sorted(jobs)

"""Pictures of entries: uploaded in the admin, shown on the page, gone when they are deleted."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from civicnet.media import serve_media
from directory.models import KeptPicture
from directory.storage import AtomicFileSystemStorage
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from staff.models import User
from tests import builders as make
from tests.admin_form import errors, submit, with_row, with_rows

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def upload(size=(1000, 500), kind="JPEG") -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(output, kind)
    return SimpleUploadedFile("Mario Rossi.jpg", output.getvalue())


def make_one(model, **values):
    return make.make_entry(model, "Prova", {"status": "published", **values})


def change(entry) -> str:
    opts = entry._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[entry.pk])


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def add(client, entry, **values):
    row = {"image": upload(), "alt_it": "Una piazza", **values}
    return submit(client, change(entry), **with_row(client, change(entry), "pictures", **row))


def saved(response) -> None:
    if response.status_code != 302:
        raise AssertionError(errors(response))


def test_pictures_are_kept_by_the_storage_that_writes_whole_files():
    assert isinstance(storages["default"], AtomicFileSystemStorage)


@every_kind
def test_an_upload_is_on_the_page_in_three_widths(client, editor, model, media, rf):
    entry = make_one(model)
    saved(add(client, entry, alt_en="A square", credit="Comune"))
    row = entry.pictures.get()
    assert (row.width, row.height, row.widths) == (1000, 500, [400, 800, 1000])
    assert len(files(media)) == 3
    with override("it"):
        address = entry.get_absolute_url()
    page = Client().get(address).content.decode()
    drawn = re.search(rf'<img src="{row.image.url}"[^>]*>', page).group()
    assert f"{row.image.url.replace('-1000.', '-400.')} 400w" in drawn
    assert 'width="1000" height="500"' in drawn
    assert 'alt="Una piazza"' in drawn
    for url, width in row.image.sources:
        answer = serve_media(rf.get(url), url.removeprefix("/media/"))
        assert Image.open(io.BytesIO(answer.getvalue())).width == width


def test_a_refused_file_says_why_and_saves_nothing(client, editor, media):
    entry = make_one(Organization)
    svg = SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    said = errors(add(client, entry, image=svg))
    assert "Accepted are JPEG, PNG and WebP" in said
    assert not entry.pictures.exists()
    assert files(media) == []


def test_an_error_elsewhere_writes_no_file(client, editor, media):
    entry = make_one(Organization)
    row = with_row(client, change(entry), "pictures", image=upload(), alt_it="a")
    errors(submit(client, change(entry), **row, email="not an address"))
    assert files(media) == []


@pytest.mark.parametrize("blank", ["alt_it", "alt_it and image"])
def test_a_picture_needs_words_or_to_be_decorative(client, editor, media, blank):
    entry = make_one(Organization)
    if blank == "alt_it":
        assert "decorative" in errors(add(client, entry, alt_it=""))
        saved(add(client, entry, alt_it="", decorative="on"))
        assert entry.pictures.get().decorative
    else:
        errors(add(client, entry, image="", credit="x"))
        assert not entry.pictures.exists()


def test_several_pictures_in_one_save(client, editor, media):
    entry = make_one(Organization)
    rows = [{"image": upload(), "alt_it": str(number)} for number in range(3)]
    saved(submit(client, change(entry), **with_rows(client, change(entry), "pictures", *rows)))
    assert [row.alt_it for row in entry.pictures.all()] == ["0", "1", "2"]
    assert len(files(media)) == 9


def test_files_stay_as_long_as_a_version_names_them(
    client, editor, media, django_capture_on_commit_callbacks
):
    entry = make_one(Organization)
    saved(add(client, entry))
    before = files(media)
    with django_capture_on_commit_callbacks(execute=True):
        saved(submit(client, change(entry), **{"pictures-0-alt_it": "Un’altra piazza"}))
    assert files(media) == before
    with django_capture_on_commit_callbacks(execute=True):
        saved(submit(client, change(entry), **{"pictures-0-image": upload((300, 300))}))
    assert len(files(media)) == len(before) + 1
    with django_capture_on_commit_callbacks(execute=True):
        saved(submit(client, change(entry), **{"pictures-0-DELETE": "on"}))
    assert len(files(media)) == len(before) + 1
    with django_capture_on_commit_callbacks(execute=True):
        KeptPicture.objects.all().delete()
    assert files(media) == []


def test_files_go_with_the_entry_and_its_versions(
    client, editor, media, django_capture_on_commit_callbacks
):
    entry = make_one(Organization)
    saved(add(client, entry))
    KeptPicture.objects.all().delete()
    assert files(media)
    with django_capture_on_commit_callbacks(execute=True):
        entry.delete()
    assert files(media) == []


def test_a_full_disk_is_a_sentence_and_other_pages_live(client, editor, media, monkeypatch):
    """On a disk of 64 kB where one can be mounted, else as if it were full."""
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "civicnet-test", str(media)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        monkeypatch.setattr(AtomicFileSystemStorage, "has_room_for", lambda self, size: False)
    try:
        entry = make_one(Organization)
        assert "no room left" in errors(add(client, entry))
        assert not entry.pictures.exists()
        assert files(media) == []
        assert Client().get(entry.get_absolute_url()).status_code == 200
    finally:
        if mounted:
            subprocess.run(["umount", str(media)], check=True)

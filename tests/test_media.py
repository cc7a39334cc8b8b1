"""Serving pictures without a web server in front."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import RequestFactory
from PIL import Image

from civicnet.media import serve_media
from directory.pictures import check_and_encode, store


@pytest.fixture
def stored(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    upload = io.BytesIO()
    Image.new("RGB", (500, 400)).save(upload, "PNG")
    return store(check_and_encode(upload))


def answer(path, method="get"):
    return serve_media(getattr(RequestFactory(), method)("/media/"), path)


def test_a_picture_is_kept_for_good(stored):
    response = answer(stored.name)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    content = response.getvalue()
    assert len(content) == int(response.headers["Content-Length"])
    assert Image.open(io.BytesIO(content)).size == (500, 400)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "../settings.py",
        "pictures",
        "pictures/",
        "pictures/ab/",
        "pictures/ab/../../../settings.py",
        "/etc/passwd",
        "pictures/ab/.0123.part",
        "pictures/ab/one.webp",
        "pictures/ab/one.svg",
        "pictures/ab/" + "ab" * 16 + "-400.webp",
        "pictures/ab/" + "ab" * 16 + "-400.webp/",
        "pictures/ab/" + "ab" * 16 + "-400.webp\n",
        "pictures/ab/" + "ab" * 16 + "-400.webp\x00",
        "pictures/cd/" + "ab" * 16 + "-400.webp",
        "pictures/AB/" + "AB" * 16 + "-400.webp",
        "pictures/ab/" + "ab" * 16 + "-٤.webp",
        "pictures\\ab\\" + "ab" * 16 + "-400.webp",
    ],
)
def test_all_else_is_not_found(stored, path):
    for name in ("pictures/ab/one.webp", "pictures/ab/one.svg", "pictures/ab/.0123.part"):
        default_storage.save(name, ContentFile(b"<svg/>"))
    with pytest.raises(Http404):
        answer(path)


def test_a_folder_with_the_name_of_a_picture_is_not_found(stored):
    default_storage.save(f"{stored.name[:-9]}-1.webp/a", ContentFile(b"a"))
    with pytest.raises(Http404):
        answer(f"{stored.name[:-9]}-1.webp")


def test_nothing_can_be_sent_there(stored):
    assert answer(stored.name, "post").status_code == 405

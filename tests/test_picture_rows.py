"""Rows and the picture files they name: whatever happens, no row names a missing file."""

import io
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from PIL import Image

from directory import picture_field
from directory.picture_field import PictureField, delete_orphans, orphans
from directory.pictures import EncodedPicture, check_and_encode, store
from directory.storage import TEMPORARY_SUFFIX, AtomicFileSystemStorage

NOW = timedelta(0)


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "directory.storage.AtomicFileSystemStorage"},
    }
    return AtomicFileSystemStorage()


def upload(colour=(255, 0, 0), size=(1000, 500), name="Mario Rossi, via Roma 1.jpg"):
    output = io.BytesIO()
    Image.new("RGB", size, colour).save(output, "JPEG")
    return SimpleUploadedFile(name, output.getvalue(), "image/jpeg")


def encoded(**options):
    return check_and_encode(upload(**options))


def files(storage):
    return sorted(
        path.relative_to(storage.location).as_posix()
        for path in Path(storage.location).rglob("*")
        if path.is_file()
    )


def files_of(row):
    return sorted(f"{row.image.name.rpartition('-')[0]}-{width}.webp" for width in row.widths)


class PictureRow(models.Model):
    image = PictureField()
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = models.JSONField(default=list, editable=False)
    alt = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.alt


def make_models():
    class Album(models.Model):
        class Meta:
            app_label = "directory"
            db_table = "test_album"

        def __str__(self):
            return ""

    class Photo(PictureRow):
        album = models.ForeignKey(Album, models.CASCADE, null=True)

        class Meta:
            app_label = "directory"
            db_table = "test_photo"

    class Drawing(PictureRow):
        class Meta:
            app_label = "directory"
            db_table = "test_drawing"

    return Album, Photo, Drawing


@pytest.fixture
def tables(db, monkeypatch):
    """Two models that have pictures, and one that has the first of them."""
    with isolate_apps("directory") as registry:
        monkeypatch.setattr(picture_field, "apps", registry)
        made = make_models()
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        yield made


@pytest.fixture
def committed_photos(django_db_setup, django_db_blocker, monkeypatch):
    """A table that other processes see. Dropped in the end, not flushed with all others."""
    with isolate_apps("directory") as registry, django_db_blocker.unblock():
        monkeypatch.setattr(picture_field, "apps", registry)
        made = make_models()
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        try:
            yield made[1]
        finally:
            with connection.schema_editor() as editor:
                for model in reversed(made):
                    editor.delete_model(model)
            connection.close()


@pytest.fixture
def photos(tables):
    return tables[1]


@pytest.fixture
def form(photos):
    return forms.modelform_factory(photos, fields=["image", "alt"])


# ------------------------------------------------------------------ from the form to the row
def test_an_upload_is_written_when_the_row_is(form, photos, storage):
    filled = form({"alt": "una piazza"}, {"image": upload()})
    assert filled.is_valid(), filled.errors
    assert isinstance(filled.cleaned_data["image"], EncodedPicture)
    row = filled.save(commit=False)
    assert files(storage) == []
    row.save()
    row = photos.objects.get()
    assert (row.width, row.height, row.widths) == (1000, 500, [400, 800, 1000])
    assert files(storage) == files_of(row)
    assert "Rossi" not in "".join(files(storage))
    assert row.image.url == f"/media/{row.image.name}"
    assert row.image.sources[0] == (row.image.url.replace("-1000.", "-400."), 400)
    assert row.image.srcset.count(", ") == 2
    assert row.image.srcset.endswith(f"{row.image.url} 1000w")


def test_other_changes_leave_the_picture(form, photos, storage, django_capture_on_commit_callbacks):
    form({"alt": "prima"}, {"image": upload()}).save()
    before = files(storage)
    row = photos.objects.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        changed = form({"alt": "dopo"}, {}, instance=row)
        assert changed.changed_data == ["alt"]
        changed.save()
    assert callbacks == []
    assert photos.objects.get().alt == "dopo"
    assert files(storage) == before == files_of(photos.objects.get())


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (upload(name="a.jpg" * 100), ""),
        (SimpleUploadedFile("a.jpg", b""), "The file is empty."),
        (SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg"), "not a picture"),
        (None, "required"),
    ],
)
def test_a_form_says_why_a_file_is_refused(form, storage, file, sentence):
    from django.utils.translation import override

    with override("en"):
        filled = form({}, {"image": file} if file else {})
        assert sentence in str(filled.errors.get("image", ""))
        assert filled.is_valid() is (not sentence)
    assert files(storage) == []


def test_a_full_disk_is_said_in_the_form(form, storage, monkeypatch):
    monkeypatch.setattr(AtomicFileSystemStorage, "has_room_for", lambda self, size: False)
    filled = form({}, {"image": upload()})
    assert not filled.is_valid()
    assert filled.errors.as_data()["image"][0].code == "disk_full"
    assert files(storage) == []


def test_the_file_dialog_offers_what_is_accepted(form):
    drawn = str(form()["image"])
    assert 'accept="image/jpeg,image/png,image/webp"' in drawn
    assert "checkbox" not in drawn


def test_rows_can_be_made_without_a_form(photos, storage):
    row = photos.objects.create(image=encoded(), alt="a")
    assert (row.width, row.height, row.widths) == (1000, 500, [400, 800, 1000])
    assert files(storage) == files_of(photos.objects.get())


@pytest.mark.parametrize("file", [upload(), ContentFile(b"<svg/>", "a.webp")])
def test_nothing_unchecked_gets_into_a_row(photos, storage, file):
    with pytest.raises(TypeError):
        photos.objects.create(image=file)
    row = photos(image="pictures/ab/name-1.webp")
    with pytest.raises(TypeError):
        row.image.save("a.webp", file)
    with pytest.raises(TypeError):
        row.image.delete()
    assert files(storage) == []


def test_a_stored_name_is_loaded_as_it_is(photos, storage):
    """As from a fixture: the file is there already."""
    stored = store(encoded(), storage=storage)
    row = photos(image=stored.name, width=1000, height=500, widths=stored.widths)
    row.save_base(raw=True)
    assert files(storage) == files_of(photos.objects.get())


def test_migrations_do_not_name_the_field():
    assert PictureField().deconstruct()[1] == "django.db.models.FileField"


# ------------------------------------------------------------------ replaced and deleted
def test_a_replaced_picture_goes_once_the_change_is_committed(
    form, photos, storage, django_capture_on_commit_callbacks
):
    row = form({}, {"image": upload()}).save()
    old = files_of(row)
    with django_capture_on_commit_callbacks(execute=True):
        filled = form({}, {"image": upload(size=(300, 300))}, instance=photos.objects.get())
        filled.save()
        new = files_of(photos.objects.get())
        assert files(storage) == sorted(old + new)
    assert files(storage) == new
    assert len(new) == 1


def test_a_picture_set_twice_replaces_the_one_that_was_stored(
    photos, storage, django_capture_on_commit_callbacks
):
    row = photos.objects.create(image=encoded())
    with django_capture_on_commit_callbacks(execute=True):
        row.image = encoded(size=(300, 300))
        row.image = encoded(size=(500, 500))
        row.save()
    assert files(storage) == files_of(photos.objects.get())
    assert photos.objects.get().widths == [400, 500]


def test_files_go_with_their_row_and_with_its_owner(
    tables, storage, django_capture_on_commit_callbacks
):
    albums, photos, _drawings = tables
    album = albums.objects.create()
    photos.objects.create(image=encoded(), album=album)
    photos.objects.create(image=encoded())
    with django_capture_on_commit_callbacks(execute=True):
        album.delete()
        assert len(files(storage)) == 6
    assert files(storage) == files_of(photos.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        photos.objects.all().delete()
    assert files(storage) == []


@pytest.mark.parametrize("copies_in", ["photos", "drawings"])
def test_files_stay_while_a_copy_of_the_row_names_them(
    tables, storage, copies_in, django_capture_on_commit_callbacks
):
    _albums, photos, drawings = tables
    row = photos.objects.create(image=encoded())
    copies = {"photos": photos, "drawings": drawings}[copies_in]
    copies.objects.create(
        image=row.image.name, width=row.width, height=row.height, widths=row.widths
    )
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert files(storage) == files_of(copies.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        copies.objects.get().delete()
    assert files(storage) == []


def replaced(photos):
    row = photos.objects.get()
    row.image = encoded(size=(300, 300))
    row.save()


def deleted(photos):
    photos.objects.get().delete()


def added(photos):
    photos.objects.create(image=encoded(size=(300, 300)))


@pytest.mark.parametrize(("change", "left_over"), [(replaced, 1), (deleted, 0), (added, 1)])
def test_a_rollback_keeps_the_old_files_and_leaves_only_orphans(
    committed_photos, storage, change, left_over
):
    kept = files_of(committed_photos.objects.create(image=encoded()))
    with transaction.atomic():
        change(committed_photos)
        transaction.set_rollback(True)
    assert len(files(storage)) == len(kept) + left_over
    assert len(list(delete_orphans(NOW))) == left_over
    assert files(storage) == kept == files_of(committed_photos.objects.get())


def test_a_file_that_cannot_be_deleted_does_not_undo_the_change(
    committed_photos, storage, monkeypatch
):
    row = committed_photos.objects.create(image=encoded())

    def stubborn(self, name):
        raise PermissionError(name)

    monkeypatch.setattr(AtomicFileSystemStorage, "delete", stubborn)
    row.delete()
    assert not committed_photos.objects.exists()
    assert len(list(orphans(NOW))) == 3


# ------------------------------------------------------------------ orphans
def age(storage, name, hours):
    then = time.time() - hours * 3600
    os.utime(storage.path(name), (then, then))


def test_orphans_are_old_files_that_no_row_names(tables, storage):
    _albums, photos, drawings = tables
    named = [photos.objects.create(image=encoded()), drawings.objects.create(image=encoded())]
    old, young = store(encoded(), storage=storage), store(encoded(), storage=storage)
    for name in files(storage):
        age(storage, name, 0 if name.startswith(young.name.rpartition("-")[0]) else 2)
    for name in (f"pictures/ab/.0{TEMPORARY_SUFFIX}", f"pictures/ab/.1{TEMPORARY_SUFFIX}"):
        Path(storage.path(name)).parent.mkdir(exist_ok=True)
        Path(storage.path(name)).write_bytes(b"half")
    age(storage, f"pictures/ab/.0{TEMPORARY_SUFFIX}", 2)
    strange = storage.save("pictures/ab/readme.txt", ContentFile(b"not ours"))
    age(storage, strange, 2)

    doomed = {old.name.replace("-1000.", f"-{width}.") for width in old.widths}
    doomed.add(f"pictures/ab/.0{TEMPORARY_SUFFIX}")
    assert set(orphans()) == doomed
    before = set(files(storage))

    said = io.StringIO()
    call_command("delete_orphan_pictures", "--dry-run", stdout=said)
    assert set(said.getvalue().split("\n")[:4]) == doomed
    assert "4 would be deleted" in said.getvalue()
    assert set(files(storage)) == before

    call_command("delete_orphan_pictures", stdout=said)
    assert "4 were deleted" in said.getvalue()
    assert set(files(storage)) == before - doomed
    assert {name for row in named for name in files_of(row)} <= before - doomed


def test_nothing_is_an_orphan_where_nothing_is(tables):
    assert list(orphans(NOW)) == []


def test_a_row_that_appears_while_orphans_are_sought_keeps_its_files(photos, storage, monkeypatch):
    """Files are listed first. Rows read first would not know it, and its files would be old."""
    stored = store(encoded(), storage=storage)
    before = picture_field._files_before

    def then_a_row_appears(*arguments):
        yield from before(*arguments)
        photos(image=stored.name, width=1, height=1, widths=stored.widths).save()

    monkeypatch.setattr(picture_field, "_files_before", then_a_row_appears)
    assert list(orphans(NOW)) == []


WRITER = """
import os, sys
sys.path.insert(0, {root!r})
from django.conf import settings
import dj_database_url
settings.configure(
    DATABASES={{"default": dj_database_url.parse({database!r})}}, MEDIA_ROOT={media!r},
    STORAGES={{"default": {{"BACKEND": "directory.storage.AtomicFileSystemStorage"}}}},
)
import django
django.setup()
from django.db import models, transaction
from directory.picture_field import PictureField
from directory.pictures import EncodedPicture

class Photo(models.Model):
    image = PictureField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = models.JSONField(default=list)
    alt = models.CharField(max_length=100, default="")

    class Meta:
        app_label = "directory"
        db_table = "test_photo"

while True:
    picture = EncodedPicture(1000, 500, dict.fromkeys((400, 800, 1000), b"x" * 50_000))
    with transaction.atomic():
        row = Photo.objects.create(image=picture)
    with transaction.atomic():
        row.image = picture
        row.save()
    with transaction.atomic():
        row.delete()
    Photo.objects.create(image=picture)
    print("ready", flush=True)
"""


def test_kills_leave_no_row_without_its_files(committed_photos, storage):
    kills = 10
    offsets = random.Random(1)
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    script = WRITER.format(
        root=str(Path(__file__).parent.parent),
        database=urlunsplit(address._replace(path=f"/{name}")),
        media=storage.location,
    )
    over = 0
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(offsets.uniform(0, 0.1))
            writer.kill()
        there = set(files(storage))
        named = {name for row in committed_photos.objects.all() for name in files_of(row)}
        assert named <= there
        over += there != named
        for name in there:
            if not name.rpartition("/")[2].startswith("."):
                assert Path(storage.path(name)).stat().st_size == 50_000
    assert committed_photos.objects.count() > 0
    assert over > kills // 4  # or this test would say nothing
    list(delete_orphans(NOW))
    assert set(files(storage)) == {
        name for row in committed_photos.objects.all() for name in files_of(row)
    }

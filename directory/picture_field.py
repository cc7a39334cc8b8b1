"""A model field for a picture and its form field: checked on upload, written with the row.

Rows and files cannot be changed in one step, so a row is always the later one: files are written
before the row that names them, and deleted after the change that stopped naming them is
committed. What a rollback or a kill leaves over is no more than files without a row, which
``delete_orphans`` removes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, default_storage
from django.db import models, transaction
from django.db.models.fields.files import FieldFile, FileDescriptor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.pictures import (
    ACCEPTED,
    CONTENT_TYPES,
    FILE_NAME,
    FOLDER,
    EncodedPicture,
    StoredPicture,
    check_and_encode,
    delete_files,
    name_for_width,
    new_name,
    sources,
    store,
)

# No request that writes a picture takes longer than this from its first file to its commit.
UNFINISHED = timedelta(hours=1)


class PictureFormField(forms.FileField):
    """Gives the EncodedPicture of an upload; nothing is written yet.

    A StoredPicture, which no browser can send, is taken as it is.
    """

    def __init__(self, *, storage: Storage = default_storage, **options: Any) -> None:
        self.storage = storage
        # The sentence about an empty file is ours; a name that is not kept may be of any length.
        super().__init__(**{**options, "allow_empty_file": True, "max_length": None})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(CONTENT_TYPES)}

    def to_python(self, data: Any) -> Any:
        if isinstance(data, StoredPicture):
            return data
        file = super().to_python(data)
        if file is None:
            return None
        encoded = check_and_encode(file)
        has_room_for = getattr(self.storage, "has_room_for", None)
        if has_room_for and not has_room_for(encoded.size):
            raise ValidationError(
                _("There is no room left to store pictures. Please tell those who run the site."),
                code="disk_full",
            )
        return encoded


class PictureFile(FieldFile):
    """The value of a PictureField. ``url`` is the largest file's."""

    encoded: EncodedPicture | None = None
    stored: StoredPicture | None = None
    replaced: tuple[str, list[int]] | None = None

    @property
    def sources(self) -> list[tuple[str, int]]:
        picture: Any = self.instance
        return sources(self.name, picture.widths, self.storage)

    @property
    def srcset(self) -> str:
        return ", ".join(f"{url} {width}w" for url, width in self.sources)

    def save(self, name: str | None, content: Any, save: bool = True) -> None:
        raise TypeError("Assign what check_and_encode() returns, and save the row.")

    def delete(self, save: bool = True) -> None:
        raise TypeError("Delete the row; its files go with it.")


class PictureDescriptor(FileDescriptor):
    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, EncodedPicture | StoredPicture):
            value = self._pending(instance, value)
        super().__set__(instance, value)

    def _pending(self, instance: Any, given: EncodedPicture | StoredPicture) -> PictureFile:
        if isinstance(given, StoredPicture):
            picture = PictureFile(instance, self.field, given.name)
            picture.stored = given
        else:
            picture = PictureFile(instance, self.field, new_name(given.width))
            picture.encoded = given
        before = instance.__dict__.get(self.field.attname)
        if isinstance(before, PictureFile) and (before.encoded or before.stored):
            picture.replaced = before.replaced
        elif before:
            picture.replaced = (str(before), list(instance.widths))
        return picture


class PictureField(models.FileField):
    """Holds the name of the largest file. Takes what ``check_and_encode`` or ``store`` returns.

    The model has the fields ``width``, ``height`` and ``widths`` (a JSON list), declared after
    this one: they are filled when the row is saved. In a ModelForm, the admin's included, it is
    an upload. For migrations it is a FileField, so that they outlive this module.
    """

    attr_class = PictureFile
    descriptor_class = PictureDescriptor
    description = _("Picture")

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        options.setdefault("help_text", ACCEPTED)
        super().__init__(verbose_name, **options)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs

    def contribute_to_class(  # type: ignore[override]  # the stubs of both parents disagree
        self, cls: type[models.Model], name: str, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        if not cls._meta.abstract:
            # A signal, because rows that go with their entry are deleted without their delete().
            models.signals.post_delete.connect(self._row_deleted, sender=cls)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": PictureFormField, "storage": self.storage, **kwargs}
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        instance: Any = model_instance
        picture = getattr(instance, self.attname)
        if picture.encoded:
            picture.stored = store(picture.encoded, picture.name, self.storage)
        if stored := picture.stored:
            instance.width, instance.height = stored.width, stored.height
            instance.widths = stored.widths
            picture.name, picture.encoded, picture.stored = stored.name, None, None
            if picture.replaced:
                self._delete_after_commit(instance, *picture.replaced)
                picture.replaced = None
        elif picture and not picture._committed:
            raise TypeError("A PictureField takes what check_and_encode() returns, not a file.")
        return picture

    def _row_deleted(self, instance: Any, **kwargs: Any) -> None:
        if picture := getattr(instance, self.attname):
            self._delete_after_commit(instance, picture.name, list(instance.widths))

    def _delete_after_commit(self, instance: models.Model, name: str, widths: list[int]) -> None:
        # Not a partial, which has no name for Django's log.
        def delete() -> None:
            self._delete_unnamed(name, widths)

        # Robust: the change is made, and a file that cannot be deleted is an orphan.
        transaction.on_commit(delete, using=instance._state.db, robust=True)

    def _delete_unnamed(self, name: str, widths: list[int]) -> None:
        """Unless another row, a copy, or a version has it. A query for each picture model."""
        if not any(
            model._base_manager.filter(**{field: name}).exists() for model, field in _all_fields()
        ):
            delete_files(name, widths, self.storage)


def _all_fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, PictureField):
                yield model, field.name


def _stem(name: str) -> str:
    return name_for_width(name, 0)


def orphans(
    older_than: timedelta = UNFINISHED, storage: Storage = default_storage
) -> Iterator[str]:
    """Files that no row names, and temporary ones whose writer is gone.

    Files are listed before rows are read: a row that appears between has younger files.
    """
    before = timezone.now() - older_than
    old = list(_files_before(before, storage))
    named = {
        _stem(name)
        for model, field in _all_fields()
        for name in model._base_manager.values_list(field, flat=True).iterator()
    }
    yield from (name for name in old if _stem(name) not in named)
    if stale_temporaries := getattr(storage, "stale_temporaries", None):
        yield from stale_temporaries(older_than)


def _files_before(before: Any, storage: Storage) -> Iterator[str]:
    if not storage.exists(FOLDER):
        return
    for folder in storage.listdir(FOLDER)[0]:
        for file in storage.listdir(f"{FOLDER}/{folder}")[1]:
            name = f"{FOLDER}/{folder}/{file}"
            with suppress(FileNotFoundError):  # deleted since it was listed
                if FILE_NAME.fullmatch(name) and storage.get_modified_time(name) < before:
                    yield name


def delete_orphans(
    older_than: timedelta = UNFINISHED, storage: Storage = default_storage
) -> Iterator[str]:
    """Delete them one by one, giving the name of each."""
    for name in orphans(older_than, storage):
        storage.delete(name)
        yield name

"""The columns of staff's tables: what a cell says of an entry, and which entry a row means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from tablib import Dataset

from directory.slugs import slug_of
from exchange import sheet_ties
from exchange.entries import Entries
from exchange.models import MODELS
from exchange.sheet_columns import Column, Line, Refused, Text, Ties, blank, columns_of, typed
from exchange.tables import Row
from exchange.why import sentence_later

ABOUT_THE_ROW = ("slug", "version")


class Known(Column):
    """What a row is known by; never written."""

    def get_value(self, instance: Line) -> Any:
        return getattr(instance, str(self.attribute))

    def save(self, instance: Line, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        return


class SheetResource(Resource):
    """Reads and writes tables of one kind of entry. Saving a row is planning it."""

    class Meta:
        import_id_fields = ("slug",)
        instance_loader_class = BaseInstanceLoader
        skip_diff = True
        store_instance = True
        use_transactions = False

    def __init__(self, kind: str, *, empties: bool = False) -> None:
        super().__init__()
        self.kind, self.model = kind, MODELS[kind]
        self.ties = Ties(self.model)
        self.entries = Entries(self.model)
        self.fields = {
            name: Known(attribute=name, column_name=name, widget=Text(str))
            for name in ABOUT_THE_ROW
        }
        self.fields |= columns_of(self.model, self.ties)
        self.others = sheet_ties.Others()
        self.tied = sheet_ties.widgets_of(self.model, self.others)
        for column, name in sheet_ties.COLUMNS[self.model].items():
            widget = self.tied[column]
            self.fields[column] = Column(attribute=name, column_name=column, widget=widget)
        for each in self.fields.values():
            each.empties = empties
        self._lines: dict[str, Line] = {}
        self._blank = blank(self.model)
        self._blank |= {name: [] for name in sheet_ties.COLUMNS[self.model].values()}
        self._numbers: list[int] = []

    @classmethod
    def get_db_connection_name(cls) -> str:
        return "default"

    # ---------------------------------------------------------------- taking out
    def table(self, pks: list[int]) -> Dataset:
        """The entries in this order. Eight queries."""
        known = self._read(pks)
        return self.export([known[pk] for pk in pks if pk in known])

    def _read(self, pks: list[int]) -> dict[int, Line]:
        said = self.entries.read(pks)
        self.ties.expect(said.values())
        for pk, ties in sheet_ties.read(self.model, said).items():
            said[pk] |= ties
        self.expect_ties(said.values())
        rows = self.model._default_manager.filter(pk__in=said).order_by()
        return {
            pk: Line(said[pk], pk, slug, version)
            for pk, slug, version in rows.values_list("pk", "slug", "version")
        }

    def expect_ties(self, values: Iterable[dict[str, Any]]) -> None:
        """The slugs of the entries that ties name. A query for each kind of them."""
        wanted: dict[Any, set[int]] = {}
        for said in values:
            for column, name in sheet_ties.COLUMNS[self.model].items():
                for value in said.get(name, ()):
                    if meant := self.tied[column].meant(value):
                        wanted.setdefault(meant[0], set()).add(meant[1])
        for model, pks in wanted.items():
            self.others.expect(model, pks)

    # ---------------------------------------------------------------- bringing back
    def plan(self, headers: list[str], rows: list[Row]) -> Any:
        """What each row would do: the result of an import that saves nothing."""
        dataset = Dataset(headers=[*headers, *({"slug"} - {*headers})])
        width = dataset.width or len(dataset.headers)
        self._numbers = [row.number for row in rows]
        for row in rows:
            cells = row.cells[: len(headers)]
            dataset.append([*map(typed, cells), *[""] * (width - len(cells))])
        result = self.import_data(dataset)
        for failed in result.base_errors:
            raise failed.error
        return result

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """All entries that the slugs mean, and all that the cells may be tied to."""
        slugs = {slug for slug in dataset["slug"] if slug}
        former = self.model._meta.get_field("former_slugs").related_model
        by_slug: dict[str, int] = {}
        for some in batches(sorted(slugs), 1000):
            found = former._default_manager.filter(slug__in=some)
            by_slug |= dict(found.values_list("slug", "entry_id"))
        lines: dict[int, Line] = {}
        for pks in batches(sorted(set(by_slug.values())), 1000):
            lines |= self._read(pks)
        self._lines = {slug: lines[pk] for slug, pk in by_slug.items() if pk in lines}
        words: set[str] = set()
        for name in ("city", "places", "parent", "successor"):
            if name in dataset.headers:
                for cell in dataset[name]:
                    words |= {part.strip().casefold() for part in cell.split(";")}
        self.ties.seek(words - {""})
        wanted: dict[Any, set[str]] = {}
        for column, widget in self.tied.items():
            for cell in dataset[column] if column in dataset.headers else ():
                for model, slug in widget.slugs(cell):
                    wanted.setdefault(model, set()).add(slug)
        for model, slugs in wanted.items():
            for some in batches(sorted(slugs), 1000):
                self.others.seek(model, some)

    def line(self, slug: str) -> Line | None:
        """The entry that the table means by a slug, present or former."""
        return self._lines.get(slug)

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        line = self._lines.get(row["slug"])
        if line is None:
            return Line(dict(self._blank), slug=row["slug"]), True
        # Twice the same entry in one table: each row is looked at by itself.
        return Line(line.now, line.pk, line.slug, line.version), False

    def after_init_instance(self, instance: Line, new: bool, row: Any, **kwargs: Any) -> None:
        instance.number = self._numbers[kwargs["row_number"] - 1]

    def import_instance(self, instance: Line, row: Any, **kwargs: Any) -> None:
        errors: dict[str, Any] = {}
        for name, each in self.fields.items():
            if name in row:
                try:
                    each.save(instance, row)
                except Refused as error:
                    errors[name] = [error]
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None) -> bool:
        return bool(instance.pk and not instance.written and not import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As the form would: each field by its own rules, then all of them together."""
        errors = dict(import_validation_errors or {})
        for name, value in instance.written.items():
            with suppress(FieldDoesNotExist):
                each: Any = self.model._meta.get_field(name)
                if isinstance(value, str) and value and name not in self.entries_dates:
                    try:
                        each.clean(value, None)
                    except ValidationError as error:
                        errors.setdefault(name, []).extend(error.error_list)
        together = list(self._together(instance))
        if together:
            errors[NON_FIELD_ERRORS] = together
        if errors:
            raise ValidationError(errors)

    entries_dates = frozenset(("founded", "ended"))

    def _together(self, line: Line) -> Iterator[Any]:
        """Rules between fields; the database has them too."""
        if not (line.says("name_it") or line.says("name_en")):
            yield sentence_later("no_name")
        if line.pk is None and line.slug and slug_of(line.slug) != line.slug:
            yield ValidationError(
                _("“%(slug)s” cannot be a slug: small letters, digits and hyphens."),
                params={"slug": line.slug[:100]},
            )
        start, end = line.says("founded") or "", line.says("ended") or ""
        if start and end and start[: len(end)] > end[: len(start)]:
            yield sentence_later("end_before_start")
        if line.says("ongoing") and end:
            yield sentence_later("ongoing_with_end")
        if line.pk and line.pk in (line.says("parent"), line.says("successor")):
            yield _("An entry cannot be part of itself, or follow itself.")

    def do_instance_save(self, instance: Line, is_create: bool) -> None:
        """Nothing: the plan is written when its owner says so."""


def batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    """The items in their order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]

"""The forms of the admin: what is typed by hand, and rules of the database said in sentences.

An empty translated text is stored as ``""``, never as NULL; both read as "there is none".
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from math import ceil
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Max, UniqueConstraint
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import NotRegistered, translator

from directory.codes import checked
from directory.dates import PartialDate
from directory.fitness import losing, said_in_any
from directory.slugs import slug_of
from directory.translation_admin import say_marks, say_marks_of_row
from places.languages import LANGUAGES

LONGEST_NAME = 250
PRECISION = "_precision"
ROWS_SHOWN = 25


def partial_dates(model: type[models.Model]) -> list[str]:
    """The date fields of a model that have a precision beside them."""
    names = (field.name for field in model._meta.fields)
    return [name.removesuffix(PRECISION) for name in names if name.endswith(PRECISION)]


def translated_fields(model: type[models.Model]) -> list[str]:
    try:
        return list(translator.get_options_for_model(model).all_fields)
    except NotRegistered:
        return []


class LongTextField(forms.CharField):
    """Browsers send other line ends than texts have: unread, each long text would be another one
    than before whenever its form is saved, and no longer out of date."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if value else value)


class NameListField(forms.Field):
    """A list of names, kept as JSON and written one to a line."""

    def __init__(self, *, encoder=None, decoder=None, **options: Any) -> None:
        options["widget"] = forms.Textarea(attrs={"rows": 3, "cols": 40})
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        lines = (" ".join(line.split()) for line in (value or "").splitlines())
        names = list(dict.fromkeys(line for line in lines if line))
        for name in names:
            ProhibitNullCharactersValidator()(name)
            MaxLengthValidator(LONGEST_NAME)(name)
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class PartialDateField(forms.Field):
    """A year, a month or a day in one input; gives a PartialDate or None."""

    default_error_messages = {
        "invalid": _("Write a year, a month or a day: 2013, 2013-06 or 2013-06-01."),
    }

    def __init__(self, **options: Any) -> None:
        options["widget"] = forms.TextInput(attrs={"size": 12, "class": "partial-date"})
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return value.iso if isinstance(value, PartialDate) else value

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        try:
            return PartialDate.parse(str(value))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By what is written: 2013 and 2013-01 begin on the same day and are not the same."""
        try:
            before, after = self.to_python(initial), self.to_python(data)
        except ValidationError:
            return True
        return getattr(before, "iso", None) != getattr(after, "iso", None)


class KnowingAutocomplete(AutocompleteSelect):
    """An autocomplete that is told the row it shows, where the form has that row already.

    Django's own asks the database for it once for each input, however many a page has.
    """

    known: models.Model | None = None

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> list[Any]:
        known = self.known
        if known is None or [str(known.pk)] != [str(chosen) for chosen in value]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(known)  # type: ignore[attr-defined]
        options.append(
            self.create_option(name, known.pk, label, {str(known.pk)}, len(options))  # type: ignore[arg-type]
        )
        return [(None, options, 0)]


class TwoLanguageForm(forms.ModelForm):
    """Partial dates, texts in two languages, and constraints that surface as errors."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._partial_dates():
            date = PartialDate.of(
                getattr(self.instance, name), getattr(self.instance, name + PRECISION)
            )
            if date:
                self.initial[name] = date
        self._tell_what_is_known()
        say_marks(self)

    def _partial_dates(self) -> list[str]:
        return [name for name in partial_dates(self._meta.model) if name in self.fields]

    def _tell_what_is_known(self) -> None:
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, KnowingAutocomplete):
                widget.known = self.instance._state.fields_cache.get(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self._partial_dates():
            if name not in self.errors:
                date = cleaned.get(name)
                setattr(self.instance, name + PRECISION, date.precision if date else "")
        for name in translated_fields(self._meta.model):
            self._clean_in_one_language_at_least(name, cleaned)
        return cleaned

    def _clean_in_one_language_at_least(self, name: str, cleaned: dict[str, Any]) -> None:
        """A text that must be there may be there in either language."""
        written = [f"{name}_{language}" for language in LANGUAGES]
        if self._meta.model._meta.get_field(name).blank or not all(
            field in self.fields for field in written
        ):
            return
        if not any(cleaned.get(field) or field in self.errors for field in written):
            self.add_error(written[0], _("Write this in Italian, in English or in both."))

    def _get_validation_exclusions(self) -> set[str]:
        """The precisions are checked with their dates, although they are no inputs."""
        precisions = {name + PRECISION for name in self._partial_dates() if name not in self.errors}
        return super()._get_validation_exclusions() - precisions  # type: ignore[misc]


class RowForm(TwoLanguageForm):
    """A row of a list inside another form."""

    @property
    def media(self) -> forms.Media:
        """The same for all rows of a list, and asked of each of them more than once."""
        kind = type(self)
        if "_media" not in vars(kind):
            kind._media = super().media  # type: ignore[attr-defined]
        return kind._media  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """A row that nobody touched is not read again: long lists are saved as fast as short."""
        if self.is_bound and self.instance.pk and not self.has_changed():
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def _post_clean(self) -> None:
        """Django leaves the owner out when it checks a row, and with it every unique rule."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        owner = {
            name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)
        }
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions() - owner)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class PictureForm(RowForm):
    def clean(self) -> dict[str, Any]:
        """A picture is described for those who do not see it, or says nothing."""
        cleaned = super().clean()
        described = any(cleaned.get(f"alt_{language}") for language in LANGUAGES)
        if "decorative" in self.fields and not (described or cleaned.get("decorative")):
            sentence = _("Say what the picture shows, or that it is decorative.")
            self.add_error(f"alt_{LANGUAGES[0]}", sentence)
        return cleaned


class IdentifierForm(RowForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if code := cleaned.get("value"):
            try:
                cleaned["value"] = checked(cleaned.get("scheme", ""), code)
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


class RowFormSet(BaseInlineFormSet):
    """Rows of one owner, in pages: doubles among them are refused, new rows go to the end.

    A form holds one page of each list, and saving it touches no other, so that neither the
    page nor what it sends grows with the list.
    """

    page = 1
    only: Sequence[str] | None = None
    """Keys of the only rows that are wanted; by default a page of them."""

    @cached_property
    def empty_form(self) -> Any:
        """The row to copy. A form asks for it four times, and making it is dear."""
        return super().empty_form

    def get_queryset(self) -> models.QuerySet:
        if not hasattr(self, "_queryset"):
            rows = super().get_queryset()
            if self.is_bound:
                self._queryset = rows.filter(pk__in=self._sent())
            elif self.only is not None:
                self._queryset = rows.filter(pk__in=self.only)
            else:
                before = (self.page - 1) * ROWS_SHOWN
                self._queryset = rows[before : before + ROWS_SHOWN]
        return self._queryset

    def _sent(self) -> list[str]:
        keys = (f"{self.add_prefix(number)}-id" for number in range(self.initial_form_count()))
        sent = (self.data.get(key, "") for key in keys)
        return [pk for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 19]

    @cached_property
    def total(self) -> int:
        """How many rows the owner has; a query only where the page may not be all."""
        shown = self.initial_form_count()
        if self.page == 1 and shown < ROWS_SHOWN:
            return shown
        return self.queryset.count()

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        if translated_fields(self.model):
            say_marks_of_row(form, self.instance)
        return form

    @property
    def pages(self) -> range:
        return range(1, ceil(self.total / ROWS_SHOWN) + 1)

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if self._is_written(form)]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                self._refuse_doubles(constraint, kept)

    def _is_written(self, form: forms.ModelForm) -> bool:
        if self._should_delete_form(form) or not form.is_valid():  # type: ignore[attr-defined]
            return False
        return bool(form.instance.pk or form.has_changed())

    def _refuse_doubles(self, constraint: UniqueConstraint, rows: list[forms.ModelForm]) -> None:
        columns = [self.model._meta.get_field(name).attname for name in constraint.fields]
        seen = set()
        for form in rows:
            values = tuple(getattr(form.instance, column) for column in columns)
            if values in seen and _applies(constraint, form.instance):
                form.add_error(None, constraint.get_violation_error_message())
            seen.add(values)

    def save_new(self, form: Any, commit: bool = True) -> Any:
        if hasattr(form.instance, "order") and "order" not in form.changed_data:
            form.instance.order = self._next_order()
        return super().save_new(form, commit)

    def _next_order(self) -> int:
        return 1 + (self.queryset.aggregate(last=Max("order"))["last"] or 0)


def _applies(constraint: UniqueConstraint, row: models.Model) -> bool:
    if not constraint.condition:
        return constraint.nulls_distinct is False or all(
            getattr(row, name) is not None for name in constraint.fields
        )
    return constraint.condition.check(row._get_field_expression_map(row._meta))  # type: ignore[attr-defined]


NOTE, DAY = "step_note", "step_day"
ONLY_WITH: dict[str, Any] = {
    NOTE: _("A note goes only with “Send back with a note”: choose that, or empty the note."),
    DAY: _("A day counts only with “Publish on a day”: choose that, or empty the day."),
}


def day_to_come(day: datetime.date) -> None:
    if day <= timezone.localdate():
        raise ValidationError(_("Choose a day to come."))


def note_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Note"),
        max_length=2000,
        help_text=_("What is to be put right. Whoever sent it to review reads it on its page."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        **options,
    )


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(
        label=_("Day"),
        validators=[day_to_come],
        help_text=_("It is published in the first minutes of this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


class EntryForm(TwoLanguageForm):
    """``step_asks`` is what goes with the step that its sender asked for: a note or a day."""

    step_asks = ""
    step_note = note_field(required=False)
    step_day = day_field(required=False)
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        help_text=_("A few words for the history: what made this change necessary."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.step_asks == "note" and not cleaned.get(NOTE):
            self.add_error(NOTE, _("Say what is to be put right."))
        if self.step_asks == "day" and not cleaned.get(DAY) and DAY not in self.errors:
            self.add_error(DAY, _("Choose the day."))
        # Said with another step, or with none, they would be lost in silence.
        for name, asked in ((NOTE, "note"), (DAY, "day")):
            if cleaned.get(name) and self.step_asks != asked:
                self.add_error(name, ONLY_WITH[name])
        self._keep_what_makes_it_fit(cleaned)
        return cleaned

    def _keep_what_makes_it_fit(self, cleaned: dict[str, Any]) -> None:
        """What is public keeps its name and its summary; its sources see to themselves."""
        if not self.instance.is_published:
            return
        for name in ("name", "summary"):
            before = {each: getattr(self.instance, each, "") for each in _in_languages(name)}
            after = {each: cleaned.get(each, value) for each, value in before.items()}
            had, has = said_in_any(name, before), said_in_any(name, after)
            if (had or name == "name") and not has:
                written = [each for each in before if each in self.fields]
                self.add_error(written[0] if written else None, losing([name]))

    def _get_validation_exclusions(self) -> set[str]:
        """An empty slug is no wrong slug: saving makes one."""
        exclude = super()._get_validation_exclusions()
        return exclude if self.cleaned_data.get("slug") else exclude | {"slug"}


def _in_languages(name: str) -> list[str]:
    return [f"{name}_{language}" for language in LANGUAGES]


class SourceFormSet(RowFormSet):
    def clean(self) -> None:
        """What is public keeps a source."""
        super().clean()
        going = {form.instance.pk for form in self.deleted_forms if form.instance.pk}
        if not going or not self.instance.is_published:
            return
        new = (form for form in self.extra_forms if form.has_changed())
        if any(not self._should_delete_form(form) for form in new):  # type: ignore[attr-defined]
            return
        there = self.model._default_manager.filter(**{self.fk.name: self.instance.pk})
        if not there.exclude(pk__in=going).exists():
            raise ValidationError(losing(["source"]))


class TermForm(TwoLanguageForm):
    """A word of a vocabulary: its slug may be left empty, and is made from its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "slug" in self.fields and "slug" not in self.errors and not cleaned.get("slug"):
            name = cleaned.get("name_it") or cleaned.get("name_en") or ""
            cleaned["slug"] = slug_of(name)
            if name and not cleaned["slug"]:
                self.add_error("slug", _("Write one: none can be made from this name."))
        self._refuse_a_former_slug(cleaned.get("slug"))
        return cleaned

    def _refuse_a_former_slug(self, slug: str | None) -> None:
        if slug and hasattr(self.instance, "former_slugs"):
            former = self.instance._meta.get_field("former_slugs").related_model
            if former._default_manager.filter(slug=slug).exclude(entry=self.instance.pk).exists():
                self.add_error("slug", _("Another entry has or had this address name."))

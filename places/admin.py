"""The territory in the admin: it comes from Istat, so staff look things up and add names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from places.keys import key_of
from places.languages import current
from places.models import City, CityName, Province, Region
from staff.collision_admin import LooksTwice, ShowsBoth

NAMES = ("name_it", "name_en")


class FromIstat(admin.ModelAdmin):
    """Rows that nobody adds, deletes or changes here."""

    list_per_page = 50
    search_help_text = _("Any name, in any language, with or without accents, or a code.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [f"sort_{current()}", "pk"]


@admin.register(Region)
class RegionAdmin(FromIstat):
    list_display = ("__str__", "local_name", "macro_area", "population")
    list_filter = ("macro_area",)
    search_fields = ("sort_it", "sort_en", *NAMES, "local_name", "=istat_code")
    fields = (
        NAMES,
        ("local_name", "local_language"),
        "macro_area",
        "slug",
        "istat_code",
        "population",
    )


@admin.register(Province)
class ProvinceAdmin(FromIstat):
    list_display = ("__str__", "local_name", "region", "population")
    list_filter = ("region",)
    list_select_related = ("region",)
    search_fields = ("sort_it", "sort_en", *NAMES, "local_name", "=sigla", "=istat_code")
    fields = (
        NAMES,
        ("local_name", "local_language"),
        ("sigla", "former_siglas"),
        "region",
        ("istat_code", "uts_code"),
        "population",
    )


class NameFromIstat(admin.TabularInline):
    model = CityName
    verbose_name_plural = _("names that come with the territory")
    fields = ("name", "kind", "language", "istat_code", "catasto_code", "sigla")
    readonly_fields = fields
    can_delete = False
    max_num = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[CityName]:
        return super().get_queryset(request).filter(by_staff=False)


class NameByStaffForm(forms.ModelForm):
    class Meta:
        model = CityName
        fields = ("name", "kind", "language", "istat_code", "sigla")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (CityName.Kind.COMMON, CityName.Kind.FORMER)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        # What an empty row shows, so that nobody who leaves it empty has written in it.
        self.fields["kind"].initial = CityName.Kind.COMMON
        self.fields["language"].initial = CityName.Language.ITALIAN

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not key_of(name):
            raise ValidationError(_("A name has letters."))
        return name

    def clean(self) -> None:
        super().clean()
        name = self.cleaned_data.get("name")
        if not name:
            return
        city = self.instance.city_id
        same = CityName.objects.filter(key=key_of(name)).exclude(pk=self.instance.pk)
        code = self.cleaned_data.get("istat_code", "")
        if same.filter(city=city, istat_code=code).exists():
            raise ValidationError({"name": _("The city has this name already.")})
        elsewhere = same.exclude(city=city).select_related("city").first()
        if elsewhere and self.cleaned_data.get("kind") == CityName.Kind.COMMON:
            # It would make the name mean two cities, and so none, wherever a place is matched.
            raise ValidationError(
                {"name": _("This is a name of %(city)s already.") % {"city": elsewhere.city}}
            )

    def save(self, commit: bool = True) -> CityName:
        self.instance.by_staff = True
        return super().save(commit)


class NameByStaff(admin.TabularInline):
    model = CityName
    form = NameByStaffForm
    verbose_name = _("further name")
    verbose_name_plural = _("further names, added by staff")
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[CityName]:
        return super().get_queryset(request).filter(by_staff=True)


@admin.register(City)
class CityAdmin(LooksTwice, ShowsBoth, FromIstat):
    list_display = ("__str__", "local_name", "province", "region", "population")
    list_filter = ("is_province_capital", "region")
    list_select_related = ("province", "region")
    # The admin wants to see fields here; what is searched says ``called_like``.
    search_fields = ("names__key",)
    fields = (
        NAMES,
        ("local_name", "local_language"),
        ("province", "region"),
        ("is_province_capital", "is_region_capital"),
        "slug",
        ("istat_code", "catasto_code", "former_sigla", "geonames_id"),
        ("population", "area_km2"),
        ("latitude", "longitude"),
    )
    readonly_fields = tuple(
        name for row in fields for name in (row if isinstance(row, tuple) else (row,))
    )
    inlines = (NameFromIstat, NameByStaff)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For the further names; the city's own fields are read-only."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[City], search_term: str
    ) -> tuple[QuerySet[City], bool]:
        found = queryset.called_like(search_term)  # type: ignore[attr-defined]
        if "o" in request.GET:
            found = found.order_by(*queryset.query.order_by)
        return found, False

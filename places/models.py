"""The territory, as Istat numbers and names it. Rows come from ``fixtures/places``."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.addresses import address_of
from places.keys import key_of, loose_key_of
from places.languages import translated
from places.querysets import CityQuerySet, PlaceQuerySet
from places.slugs import SLUG
from places.sorting import SortKey

ITALY_LATITUDES = (35.0, 48.0)
ITALY_LONGITUDES = (6.0, 19.0)
"""The two ranges do not meet, so a latitude and a longitude that changed places are refused."""


class ByIstatCode(models.Manager):
    def get_by_natural_key(self, istat_code: str) -> Any:
        return self.get(istat_code=istat_code)


class PlaceManager(ByIstatCode.from_queryset(PlaceQuerySet)):  # type: ignore[misc]
    pass


class CityManager(ByIstatCode.from_queryset(CityQuerySet)):  # type: ignore[misc]
    pass


def code_field(label: Any, digits: int, **options: Any) -> models.CharField:
    return models.CharField(label, max_length=digits, **options)


def digits_constraint(field: str, digits: int) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{field}_digits",
        condition=Q(**{f"{field}__regex": rf"^[0-9]{{{digits}}}$"}),
    )


def sort_field(language: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=SortKey(language),
        output_field=models.TextField(),
        db_persist=True,
    )


class Place(models.Model):
    """What region, province and city share. ``name`` is translated; the Italian one is there."""

    name = models.CharField(_("name"), max_length=100)
    population = models.PositiveIntegerField(
        _("population"), null=True, blank=True, help_text=_("Residents in 2022, by Istat.")
    )
    latitude = models.FloatField(_("latitude"), help_text=_("WGS 84, of the (first) capital."))
    longitude = models.FloatField(_("longitude"), help_text=_("WGS 84, of the (first) capital."))
    sort_it = sort_field("it")
    sort_en = sort_field("en")

    class Meta:
        abstract = True
        ordering: ClassVar = ["sort_it", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_has_italian_name",
                condition=Q(name_it__isnull=False) & ~Q(name_it=""),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_in_italy",
                condition=Q(latitude__range=ITALY_LATITUDES, longitude__range=ITALY_LONGITUDES),
            ),
        ]

    def __str__(self) -> str:
        return translated(self, "name")[0]


class OfficialLanguage(models.TextChoices):
    """Official beside Italian in a part of the country."""

    FRENCH = "fr", _("French")
    GERMAN = "de", _("German")
    SLOVENE = "sl", _("Slovene")
    LADIN = "lld", _("Ladin")


def local_language_field() -> models.CharField:
    return models.CharField(
        _("local language"), max_length=3, choices=OfficialLanguage.choices, blank=True, default=""
    )


def local_name_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="%(app_label)s_%(class)s_local_name_has_language",
        condition=Q(local_name="", local_language="")
        | (~Q(local_name="") & Q(local_language__in=["fr", "de", "sl", "lld"])),
    )


def slug_field() -> models.CharField:
    return models.CharField(
        _("address name"),
        max_length=120,
        unique=True,
        validators=[
            RegexValidator(SLUG, _("Small ASCII letters and digits, joined by single hyphens."))
        ],
        help_text=_("Made from the Italian name when the place is first loaded; it never changes."),
    )


def slug_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(
        name="%(app_label)s_%(class)s_slug_ascii", condition=Q(slug__regex=SLUG)
    )


class Region(Place):
    class MacroArea(models.TextChoices):
        NORTH_WEST = "north-west", _("North-west")
        NORTH_EAST = "north-east", _("North-east")
        CENTRE = "centre", _("Centre")
        SOUTH = "south", _("South")
        ISLANDS = "islands", _("Islands")

    istat_code = code_field(_("Istat code"), 2, unique=True)
    slug = slug_field()
    local_name = models.CharField(
        _("local name"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("In the region’s other official language."),
    )
    local_language = local_language_field()
    macro_area = models.CharField(_("part of Italy"), max_length=10, choices=MacroArea.choices)

    # Columns with more names, by which it is found.
    further_names = ("local_name",)

    objects = PlaceManager()

    class Meta(Place.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints: ClassVar = [
            *Place.Meta.constraints,
            digits_constraint("istat_code", 2),
            slug_constraint(),
            models.CheckConstraint(
                name="places_region_macro_area_known",
                condition=Q(
                    macro_area__in=["north-west", "north-east", "centre", "south", "islands"]
                ),
            ),
            local_name_constraint(),
        ]

    def get_absolute_url(self) -> str:
        return address_of("region", self.slug)

    def natural_key(self) -> tuple[str]:
        return (self.istat_code,)


class Province(Place):
    """A province, metropolitan city or free consortium; known to everybody by its two letters."""

    istat_code = code_field(
        _("Istat code"), 3, unique=True, help_text=_("The first three digits of its cities' codes.")
    )
    uts_code = code_field(
        _("territorial unit code"),
        3,
        help_text=_("Differs from the Istat code for metropolitan cities and free consortia."),
    )
    sigla = models.CharField(_("two-letter code"), max_length=2, unique=True)
    former_siglas = models.JSONField(
        _("former two-letter codes"),
        default=list,
        blank=True,
        help_text=_("Codes that meant this province and no other, such as FO for Forlì-Cesena."),
    )
    local_name = models.CharField(
        _("local name"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("In the province’s other official language."),
    )
    local_language = local_language_field()
    keys = models.JSONField(
        _("keys"),
        default=list,
        editable=False,
        help_text=_("All that the province may be called, reduced for comparison."),
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="provinces", verbose_name=_("region")
    )

    further_names = ("local_name", "keys")

    objects = PlaceManager()

    class Meta(Place.Meta):
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints: ClassVar = [
            *Place.Meta.constraints,
            digits_constraint("istat_code", 3),
            digits_constraint("uts_code", 3),
            models.CheckConstraint(
                name="places_province_sigla_letters", condition=Q(sigla__regex=r"^[A-Z]{2}$")
            ),
            local_name_constraint(),
            # What a city repeats of its province is checked against this by a foreign key.
            models.UniqueConstraint(
                name="places_province_repeated", fields=["id", "region", "sigla"]
            ),
        ]

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.sigla})"

    def natural_key(self) -> tuple[str]:
        return (self.istat_code,)


class City(Place):
    """A comune. It repeats its province's region and two letters; the database keeps them equal."""

    class LocalLanguage(models.TextChoices):
        GERMAN = "de", _("German")
        SLOVENE = "sl", _("Slovene")
        LADIN = "lld", _("Ladin")

    istat_code = code_field(_("Istat code"), 6, unique=True)
    slug = slug_field()
    local_name = models.CharField(
        _("local name"),
        max_length=100,
        blank=True,
        default="",
        help_text=_("In the other language that is official there."),
    )
    local_language = models.CharField(
        _("local language"), max_length=3, choices=LocalLanguage.choices, blank=True, default=""
    )
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="cities", verbose_name=_("province")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="cities", verbose_name=_("region")
    )
    sigla = models.CharField(_("province’s two letters"), max_length=2)
    former_sigla = models.CharField(
        _("former province’s two letters"), max_length=2, blank=True, default=""
    )
    catasto_code = models.CharField(
        _("land registry code"),
        max_length=4,
        unique=True,
        help_text=_("A letter and three digits, as in fiscal codes; it outlives other codes."),
    )
    area_km2 = models.FloatField(_("area in km²"), null=True, blank=True)
    is_province_capital = models.BooleanField(_("capital of its province"), default=False)
    is_region_capital = models.BooleanField(_("capital of its region"), default=False)
    geonames_id = models.PositiveIntegerField(_("GeoNames number"), null=True, blank=True)

    objects = CityManager()

    class Meta(Place.Meta):
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        indexes: ClassVar = [
            models.Index(name="places_city_sort_it", fields=["sort_it", "id"]),
            models.Index(name="places_city_sort_en", fields=["sort_en", "id"]),
            models.Index(name="places_city_latitude", fields=["latitude", "longitude"]),
        ]
        constraints: ClassVar = [
            *Place.Meta.constraints,
            digits_constraint("istat_code", 6),
            slug_constraint(),
            models.CheckConstraint(
                name="places_city_siglas_letters",
                condition=Q(sigla__regex=r"^[A-Z]{2}$", former_sigla__regex=r"^([A-Z]{2})?$"),
            ),
            models.CheckConstraint(
                name="places_city_catasto_format",
                condition=Q(catasto_code__regex=r"^[A-Z][0-9]{3}$"),
            ),
            models.CheckConstraint(
                name="places_city_local_name_has_language",
                condition=Q(local_name="", local_language="")
                | (~Q(local_name="") & Q(local_language__in=["de", "sl", "lld"])),
            ),
        ]

    def __str__(self) -> str:
        """``Castro (LE)``: for lists to choose from. Pages show the name alone."""
        return f"{super().__str__()} ({self.sigla})"

    def get_absolute_url(self) -> str:
        return address_of("city", self.slug)

    def natural_key(self) -> tuple[str]:
        return (self.istat_code,)


class CityNameManager(models.Manager["CityName"]):
    def local(self) -> models.QuerySet[CityName]:
        """In the languages that are spoken there besides Italian."""
        return self.filter(kind=CityName.Kind.LOCAL).order_by("language", "name", "pk")

    def get_by_natural_key(
        self, city: str, kind: str, language: str, name: str, istat_code: str
    ) -> CityName:
        return self.get(
            city__istat_code=city, kind=kind, language=language, name=name, istat_code=istat_code
        )


class CityName(models.Model):
    """One thing that a city is or was called: what a written place name is looked up in.

    The rows of the fixtures follow the fixtures; those that staff added are theirs.
    """

    class Kind(models.TextChoices):
        CURRENT = "current", _("Italian name")
        LOCAL = "local", _("name in the local language")
        FULL = "full", _("name in both languages")
        ENGLISH = "english", _("English name")
        FORMER = "former", _("former name, or the name of a city merged into this one")
        COMMON = "common", _("short name in common use")

    class Language(models.TextChoices):
        """The directory's own, those that Italy protects (law 482 of 1999), and no other: what is
        in several languages, such as a full name, has none."""

        ITALIAN = "it", pgettext_lazy("among languages", "Italian")
        ENGLISH = "en", pgettext_lazy("among languages", "English")
        FRENCH = "fr", _("French")
        GERMAN = "de", _("German")
        SLOVENE = "sl", _("Slovene")
        LADIN = "lld", _("Ladin")
        FRIULIAN = "fur", _("Friulian")
        SARDINIAN = "sc", _("Sardinian")
        OCCITAN = "oc", _("Occitan")
        FRANCO_PROVENCAL = "frp", _("Franco-Provençal")
        CATALAN = "ca", _("Catalan")
        ALBANIAN = "sq", _("Albanian")
        CROATIAN = "hr", _("Croatian")
        GREEK = "el", _("Greek")

    city = models.ForeignKey(City, models.CASCADE, related_name="names", verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=150)
    key = models.CharField(_("key"), max_length=150, editable=False)
    loose_key = models.CharField(_("loose key"), max_length=150, editable=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    language = models.CharField(
        _("language"), max_length=3, choices=Language.choices, blank=True, default=""
    )
    istat_code = models.CharField(
        _("Istat code then"),
        max_length=6,
        blank=True,
        default="",
        validators=[RegexValidator(r"^[0-9]{6}$", _("Six digits."))],
        help_text=_("If it was another one. Six digits."),
    )
    catasto_code = models.CharField(
        _("land registry code then"),
        max_length=4,
        blank=True,
        default="",
        validators=[RegexValidator(r"^[A-Z][0-9]{3}$", _("A capital letter and three digits."))],
    )
    sigla = models.CharField(
        _("province’s two letters then"),
        max_length=2,
        blank=True,
        default="",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters."))],
    )
    by_staff = models.BooleanField(_("added by staff"), default=False, editable=False)

    objects = CityNameManager()

    class Meta:
        verbose_name = _("name of a city")
        verbose_name_plural = _("names of cities")
        ordering: ClassVar = ["city", "kind", "name", "pk"]
        indexes: ClassVar = [
            models.Index(name="places_cityname_key", fields=["key"]),
            models.Index(name="places_cityname_loose_key", fields=["loose_key"]),
            models.Index(
                name="places_cityname_istat_code",
                fields=["istat_code"],
                condition=~Q(istat_code=""),
            ),
            models.Index(
                name="places_cityname_catasto_code",
                fields=["catasto_code"],
                condition=~Q(catasto_code=""),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="places_cityname_once",
                fields=["city", "kind", "language", "name", "istat_code"],
            ),
            models.CheckConstraint(
                name="places_cityname_has_keys", condition=~Q(key="") & ~Q(loose_key="")
            ),
            models.CheckConstraint(
                name="places_cityname_formats",
                condition=Q(
                    istat_code__regex=r"^([0-9]{6})?$",
                    catasto_code__regex=r"^([A-Z][0-9]{3})?$",
                    sigla__regex=r"^([A-Z]{2})?$",
                ),
            ),
            models.CheckConstraint(
                name="places_cityname_kind_known",
                condition=Q(kind__in=["current", "local", "full", "english", "former", "common"]),
            ),
            models.CheckConstraint(
                name="places_cityname_language_known",
                condition=Q(
                    language__in=[
                        *("", "it", "en", "fr", "de", "sl", "lld", "fur", "sc", "oc", "frp"),
                        *("ca", "sq", "hr", "el"),
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """To be called before a bulk write, which does not pass by ``save``."""
        self.key = key_of(self.name)
        self.loose_key = loose_key_of(self.name)

    def natural_key(self) -> tuple[str, str, str, str, str]:
        return (*self.city.natural_key(), self.kind, self.language, self.name, self.istat_code)


# Django asks for these to know the order in which fixtures are written.
Province.natural_key.dependencies = ["places.region"]  # type: ignore[attr-defined]
City.natural_key.dependencies = ["places.province"]  # type: ignore[attr-defined]
CityName.natural_key.dependencies = ["places.city"]  # type: ignore[attr-defined]

"""The lists that every entry has: its places, addresses, milestones, sources, codes, pictures.

A kind makes each its own with one line: a subclass that adds ``entry``.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.addresses import validate_web_address
from directory.dates import (
    PartialDateAttribute,
    partial_date_constraint,
    partial_date_field,
    precision_field,
)
from directory.picture_field import PictureField
from places.models import City, Province, Region


class OrderedManager(models.Manager):
    def get_by_natural_key(self, slug: str, order: int) -> Any:
        return self.get(entry__slug=slug, order=order)


class EntryDetail(models.Model):
    """A row of an ordered list that belongs to an entry.

    The concrete model adds ``entry``, a cascading foreign key with the list's related name.
    """

    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OrderedManager()
    belongs_to = "entry"

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def natural_key(self) -> tuple[str, int]:
        return (self.entry.slug, self.order)  # type: ignore[attr-defined]


class EntryPlace(EntryDetail):
    """A place the entry acts in: exactly one of city, province, region or the country."""

    city = models.ForeignKey(
        City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    country = models.BooleanField(_("the whole country"), default=False)

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_one_place",
                condition=(
                    Q(city__isnull=False, province=None, region=None, country=False)
                    | Q(city=None, province__isnull=False, region=None, country=False)
                    | Q(city=None, province=None, region__isnull=False, country=False)
                    | Q(city=None, province=None, region=None, country=True)
                ),
                violation_error_message=_(
                    "Choose exactly one: a city, a province, a region or the whole country."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(_("the whole of Italy")) if self.country else str(self.territory)

    @property
    def territory(self) -> Region | Province | City | None:
        return self.city or self.province or self.region


class Territory(models.Model):
    """A read-only row of a database view: one tie of an entry to the territory.

    The view lists each tie with all wider territories filled in, so that "lies in" is an
    equality. The concrete model adds ``entry`` (related name ``territory``) and names the view.
    """

    id = models.CharField(max_length=40, primary_key=True)
    meaning = models.CharField(max_length=6)
    city = models.ForeignKey(City, models.DO_NOTHING, null=True, related_name="+")
    province = models.ForeignKey(Province, models.DO_NOTHING, null=True, related_name="+")
    region = models.ForeignKey(Region, models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()


class WebAddress(EntryDetail):
    class Kind(models.TextChoices):
        WEBSITE = "website", _("website")
        SOCIAL = "social", _("social network")
        OTHER = "other", _("other")

    url = models.CharField(_("address"), max_length=500, validators=[validate_web_address])
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.WEBSITE)
    label = models.CharField(_("label"), max_length=120, blank=True, default="")

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("web address")
        verbose_name_plural = _("web addresses")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_http", condition=Q(url__iregex=r"^https?://[^/\s]+")
            )
        ]
        indexes = [models.Index(fields=["url"], name="%(class)s_url")]

    def __str__(self) -> str:
        return self.label or self.shown

    @property
    def shown(self) -> str:
        """The address as people say it, without scheme and closing slash."""
        return self.url.partition("://")[2].removeprefix("www.").rstrip("/")


class Milestone(EntryDetail):
    date = partial_date_field(_("date"))
    date_precision = precision_field()
    text = models.TextField(_("text"))
    city = models.ForeignKey(
        City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("city")
    )
    on = PartialDateAttribute("date")

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [partial_date_constraint("date")]

    def __str__(self) -> str:
        return self.text


class Source(EntryDetail):
    title = models.CharField(_("title"), max_length=300)
    url = models.CharField(
        _("address"), max_length=500, blank=True, default="", validators=[validate_web_address]
    )
    read_on = models.DateField(_("read on"), null=True, blank=True)

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_http",
                condition=Q(url="") | Q(url__iregex=r"^https?://[^/\s]+"),
            )
        ]
        indexes = [models.Index(fields=["url"], name="%(class)s_url")]

    def __str__(self) -> str:
        return self.title


# What cannot be a code of its scheme, by its form alone. Few among many: they have an index.
NO_CODE = Q(scheme__in=("fiscal_code", "vat")) & ~Q(value__regex=r"^\d{11}$") | Q(
    scheme="wikidata"
) & ~Q(value__regex=r"^Q[1-9]\d*$")


class IdentifierManager(models.Manager):
    def get_by_natural_key(self, slug: str, scheme: str, value: str) -> Any:
        return self.get(entry__slug=slug, scheme=scheme, value=value)


class Identifier(models.Model):
    """A code that others know the entry by.

    The same code on two entries is a suspected double, not an error: branches share a
    fiscal code.
    """

    class Scheme(models.TextChoices):
        FISCAL_CODE = "fiscal_code", _("fiscal code")
        VAT = "vat", _("VAT number")
        RUNTS = "runts", _("RUNTS number")
        WIKIDATA = "wikidata", "Wikidata"
        OTHER = "other", _("other")

    scheme = models.CharField(_("scheme"), max_length=20, choices=Scheme)
    value = models.CharField(_("value"), max_length=100)

    objects = IdentifierManager()
    belongs_to = "entry"

    class Meta:
        abstract = True
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "scheme", "value"], name="%(app_label)s_%(class)s_once"
            )
        ]
        indexes = [
            models.Index(fields=["value"], name="%(class)s_value"),
            models.Index(fields=["entry"], name="%(class)s_odd", condition=NO_CODE),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def natural_key(self) -> tuple[str, str, str]:
        return (self.entry.slug, self.scheme, self.value)  # type: ignore[attr-defined]


class Principles(EntryDetail):
    """A named, ordered list of principles: foundations, lenses, shared elements."""

    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    items = models.TextField(_("principles"), help_text=_("One principle on each line, in order."))

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("list of principles")
        verbose_name_plural = _("lists of principles")

    def __str__(self) -> str:
        return self.title or str(self._meta.verbose_name)


class Picture(EntryDetail):
    """A picture in up to three widths; ``image`` names the file of the largest."""

    image = PictureField(_("picture"), max_length=200)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = models.JSONField(default=list, editable=False)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        default="",
        help_text=_("What the picture shows, for those who do not see it."),
    )
    decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("It says nothing that the page does not.")
    )
    credit = models.CharField(_("credit"), max_length=200, blank=True, default="")

    class Meta(EntryDetail.Meta):
        abstract = True
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.alt or str(self._meta.verbose_name)

"""What organizations, networks and projects share, and only that.

A room above makes its own entry kind by subclassing ``Entry`` and, with one line each, the
lists that every entry has. No row of this room points at a kind of entry.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from directory import marked_texts, pairs  # noqa: F401 - their models are this room's
from directory.addresses import validate_web_address
from directory.dates import (
    PartialDateAttribute,
    partial_date_constraint,
    partial_date_field,
    period_constraint,
    precision_field,
)
from directory.fields import ProtectedManyToManyField, slug_constraint, slug_field
from directory.picture_field import PictureField
from directory.querysets import EntryQuerySet, ThemeQuerySet
from directory.scope import EditingScope as EditingScope
from directory.slugs import NAMELESS, FormerSlug, free_slug
from directory.translated_texts import TranslatedTexts, translation_indexes
from places.addresses import address_of
from places.languages import LANGUAGES
from places.models import City, Province, Region
from places.sorting import SortKey


class BySlug(models.Manager):
    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)


class ByAnySlug(models.Manager):
    """For models that keep their former slugs: a former one names the row too."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(former_slugs__slug=slug)


class EntryManager(ByAnySlug.from_queryset(EntryQuerySet)):  # type: ignore[misc]
    pass


class ThemeManager(ByAnySlug.from_queryset(ThemeQuerySet)):  # type: ignore[misc]
    pass


class Term(models.Model):
    """A word of a vocabulary that staff can extend: a kind, a role, a programme."""

    slug = slug_field(help_text=_("Made from the Italian name; the same in both languages."))
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = BySlug()

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        constraints = [slug_constraint()]

    def __str__(self) -> str:
        return self.name or self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Theme(Term):
    """The directory's own classification, in two levels; a parent gathers its children."""

    description = models.TextField(_("description"), blank=True, default="")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent theme"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
    )

    objects = ThemeManager()  # type: ignore[misc]

    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(
                name="directory_theme_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")),
            ),
        ]

    def get_absolute_url(self) -> str:
        return address_of("theme", self.slug)

    def clean(self) -> None:
        if self.parent and (self.parent.parent_id or (self.pk and self.children.exists())):
            raise ValidationError({"parent": _("Themes have two levels only.")})


class ThemeSlug(FormerSlug):
    entry = models.ForeignKey(Theme, models.CASCADE, related_name="former_slugs")


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


# A lead: something of which not even the name is known.
NAMELESS_DRAFT = (
    Q(status=Status.DRAFT)
    & (Q(name_it="") | Q(name_it__isnull=True))
    & (Q(name_en="") | Q(name_en__isnull=True))
)


class Life(models.TextChoices):
    UNKNOWN = "unknown", _("not known")
    ACTIVE = "active", _("active")
    ENDED = "ended", _("ended")
    MERGED = "merged", _("merged into another")


class LoadedBundle(models.Model):
    """What a fixture's bundle was when it was last loaded; see ``directory.fixtures``."""

    model = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        verbose_name = _("loaded bundle")
        verbose_name_plural = _("loaded bundles")
        constraints = [
            models.UniqueConstraint(fields=["model", "key"], name="directory_loadedbundle_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


class KeptPicture(models.Model):
    """A picture that a version of an entry names: its files stay when the entry's row goes.

    They go when this one does, unless an entry has them.
    """

    image = PictureField(_("picture"), max_length=200, unique=True)
    widths = models.JSONField(default=list, editable=False)

    class Meta:
        default_permissions = ()
        verbose_name = _("kept picture")
        verbose_name_plural = _("kept pictures")

    def __str__(self) -> str:
        return str(self.image)


def name_list(label) -> models.JSONField:
    return models.JSONField(label, default=list, blank=True, help_text=_("One name on each line."))


# What a card says of any entry, and the texts that a search marks its words in.
ENTRY_COLUMNS = ("slug", "name_it", "name_en", "summary_it", "summary_en", "life", "checked_on")
NAME_LISTS = ("short_names", "other_names", "former_names")


class Entry(TranslatedTexts):
    """One thing that the directory lists.

    A draft may lack a name. Two entries may bear the same name; slugs are unique for ever.
    """

    slug = slug_field(
        blank=True, help_text=_("Left empty, it is made from the name. Former ones redirect.")
    )
    name = models.CharField(_("name"), max_length=250, blank=True, default="")
    other_names = name_list(_("other names"))
    former_names = name_list(_("former names"))
    short_names = name_list(_("short names and acronyms"))
    summary = models.TextField(
        _("summary"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(300)],
        help_text=_("What it is and does, in at most 300 characters."),
    )
    description = models.TextField(
        _("description"), blank=True, default="", help_text=_("Markdown.")
    )
    themes = ProtectedManyToManyField(
        Theme, verbose_name=_("themes"), blank=True, related_name="%(app_label)s"
    )
    email = models.EmailField(_("e-mail"), blank=True, default="")
    email_public = models.BooleanField(_("e-mail is public"), default=False)
    telephone = models.CharField(_("telephone"), max_length=60, blank=True, default="")
    telephone_public = models.BooleanField(_("telephone is public"), default=False)
    founded = partial_date_field(_("founded"))
    founded_precision = precision_field()
    ended = partial_date_field(_("ended"))
    ended_precision = precision_field()
    life = models.CharField(_("life"), max_length=7, choices=Life, default=Life.UNKNOWN)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text=_("What it merged into, or what followed it."),
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    internal_note = models.TextField(
        _("internal note"), blank=True, default="", help_text=_("Never public.")
    )
    checked_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The day a person last checked this entry against its sources."),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("checked by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    invented = models.BooleanField(_("invented"), default=False, db_default=False, editable=False)
    created = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated = models.DateTimeField(_("updated"), db_default=Now(), editable=False)
    # Counted by a trigger; see ``directory.version_number``.
    version = models.PositiveIntegerField(_("version"), db_default=1, editable=False)
    sort_it = models.GeneratedField(
        expression=SortKey("it"), output_field=models.TextField(), db_persist=True
    )
    sort_en = models.GeneratedField(
        expression=SortKey("en"), output_field=models.TextField(), db_persist=True
    )

    objects = EntryManager()
    founded_on = PartialDateAttribute("founded")
    ended_on = PartialDateAttribute("ended")

    # What a search marked in it (directory.highlights); here, because a template that asks for
    # what is not there lists all that is.
    found: Any = None

    # What a kind states about itself, as attributes.
    card_columns: tuple[str, ...] = ENTRY_COLUMNS
    card_said: dict[str, Any] = {}
    card_prefetches: list[Any] = []
    detail_joins: tuple[str, ...] = ("successor",)
    lists_with_city: tuple[str, ...] = ("milestones",)
    # Translated texts besides summary and description that its documents hold.
    searched_texts: tuple[str, ...] = ()
    # What only this kind is asked for, besides ``directory.completeness.WISHES``.
    own_wishes: tuple[Any, ...] = ()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        ordering = ["sort_it", "pk"]
        constraints = [
            slug_constraint(),
            partial_date_constraint("founded"),
            partial_date_constraint("ended"),
            period_constraint("founded", "ended"),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_name",
                condition=~Q(status=Status.PUBLISHED) | Q(name_it__gt="") | Q(name_en__gt=""),
                violation_error_message=_("An entry needs a name to be published."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=models.F("pk")),
                violation_error_message=_("An entry cannot be its own successor."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_status_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_life_known", condition=Q(life__in=Life.values)
            ),
        ]
        indexes = [
            *(
                models.Index(
                    f"sort_{language}",
                    "id",
                    name=f"%(app_label)s_%(class)s_{language}",
                    condition=Q(status=Status.PUBLISHED),
                )
                for language in LANGUAGES
            ),
            models.Index(
                models.F("updated").desc(),
                models.F("id").desc(),
                name="%(app_label)s_%(class)s_new",
                condition=Q(status=Status.PUBLISHED),
            ),
            models.Index(
                models.F("checked_on").desc(),
                models.F("id").desc(),
                name="%(app_label)s_%(class)s_seen",
                condition=Q(status=Status.PUBLISHED, checked_on__isnull=False),
            ),
            *translation_indexes(),
            # For the lists of staff: their order, parts of names, and what waits to be checked.
            models.Index(
                fields=["sort_it", "id"], include=["status"], name="%(app_label)s_%(class)s_all"
            ),
            GinIndex(
                *(OpClass(name, "gin_trgm_ops") for name in ("sort_it", "sort_en", "slug")),
                name="%(app_label)s_%(class)s_part",
            ),
            models.Index(
                models.F("checked_on").asc(nulls_first=True),
                models.F("id"),
                name="%(app_label)s_%(class)s_wait",
                condition=Q(status=Status.PUBLISHED),
            ),
            # What waits for review, and leads without a name: few among many.
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_rev",
                condition=Q(status=Status.IN_REVIEW),
            ),
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_lead",
                condition=NAMELESS_DRAFT,
            ),
            # All that is cared for, so narrow that what lacks something is looked for in it.
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_care",
                condition=~Q(status=Status.ARCHIVED),
            ),
            # Of a real directory it holds nothing: whether there are any is known at once.
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_fake",
                condition=Q(invented=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    def save(self, *args, **kwargs) -> None:
        """Stamps the change, and gives a slug to what has none or got its first name."""
        name = self.__dict__.get("name_it") or self.__dict__.get("name_en") or ""
        if not self.slug or (name and self.slug.startswith(NAMELESS) and not self.published_at):
            self.slug = free_slug(type(self), name, self.pk)
        self.updated = timezone.now()
        if self.is_published and not self.published_at:
            self.published_at = self.updated
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "slug", "updated", "published_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return address_of(f"{self._meta.app_label}:detail", self.slug)

    @classmethod
    def said_columns(cls) -> list[str]:
        """What ``with_said`` adds."""
        return ["picture_said", "themes_said", *cls.card_said]

    @classmethod
    def marked_columns(cls) -> list[str]:
        """The texts besides name and summary in which a search marks its words."""
        texts = ("description", *cls.searched_texts)
        return [*NAME_LISTS, *(f"{text}_{code}" for text in texts for code in LANGUAGES)]

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        super().clean()
        history: Any = self._meta.get_field("former_slugs").related_model
        if self.slug and history._default_manager.filter(slug=self.slug).exclude(entry=self.pk):
            raise ValidationError({"slug": _("Another entry has or had this address name.")})

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED

    @property
    def is_over(self) -> bool:
        return self.life in (Life.ENDED, Life.MERGED)

    @property
    def card_themes(self) -> list[Any]:
        """The themes that a card names; no query after ``with_said``."""
        said = self.__dict__.get("themes_said")
        return list(self.themes.all()) if said is None else said

    @cached_property
    def first_picture(self) -> Any:
        """The picture that cards and pages show; no query after ``with_said``."""
        if "picture_said" not in self.__dict__:
            return next(iter(self.pictures.all()), None)  # type: ignore[attr-defined]
        said = self.__dict__["picture_said"]
        pictures: Any = self._meta.get_field("pictures").related_model
        return pictures(**said) if said else None

    @property
    def public_email(self) -> str:
        return self.email if self.email_public else ""

    @property
    def public_telephone(self) -> str:
        return self.telephone if self.telephone_public else ""

    @cached_property
    def alternative_names(self) -> list[str]:
        return [*self.short_names, *self.other_names]


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
        indexes = [models.Index(fields=["value"], name="%(class)s_value")]

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

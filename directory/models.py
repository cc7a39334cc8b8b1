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
from django.utils.translation import pgettext_lazy

from directory import marked_texts, pairs  # noqa: F401 - their models are this room's
from directory.dates import (
    PartialDateAttribute,
    partial_date_constraint,
    partial_date_field,
    period_constraint,
    precision_field,
)
from directory.fields import ProtectedManyToManyField, slug_constraint, slug_field
from directory.picture_field import PictureField
from directory.querysets import EntryQuerySet
from directory.scope import EditingScope as EditingScope
from directory.slugs import NAMELESS, free_slug
from directory.translated_texts import TranslatedTexts, translation_indexes
from directory.vocabulary import ByAnySlug
from directory.vocabulary import Term as Term
from directory.vocabulary import Theme as Theme
from directory.vocabulary import ThemeSlug as ThemeSlug
from places.addresses import address_of
from places.languages import LANGUAGES
from places.sorting import SortKey


class EntryManager(ByAnySlug.from_queryset(EntryQuerySet)):  # type: ignore[misc]
    pass


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
    ACTIVE = "active", pgettext_lazy("life", "active")
    ENDED = "ended", pgettext_lazy("life", "ended")
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
    created = models.DateTimeField(
        pgettext_lazy("entry", "created"), db_default=Now(), editable=False
    )
    updated = models.DateTimeField(
        pgettext_lazy("entry", "updated"), db_default=Now(), editable=False
    )
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
                # A text may be null, and a check that says null refuses nothing.
                condition=~Q(status=Status.PUBLISHED)
                | Q(name_it__isnull=False, name_it__gt="")
                | Q(name_en__isnull=False, name_en__gt=""),
                violation_error_message=_("An entry needs a name to be published."),
            ),
            # That it has a summary and a source besides is demanded in ``directory.demands``.
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
                fields=["sort_it", "id"],
                include=["status", "life"],
                name="%(app_label)s_%(class)s_all",
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
            # Of what is published counts are kept: the others are counted.
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_unp",
                condition=~Q(status=Status.PUBLISHED),
            ),
            # All of which more is wanted, so narrow that what lacks something is looked for in it.
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_care",
                condition=~Q(status=Status.ARCHIVED) & ~Q(life__in=[Life.ENDED, Life.MERGED]),
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

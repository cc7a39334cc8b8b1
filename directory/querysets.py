"""What may be asked of entries. Everything public starts from ``published()``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce, JSONArray, JSONObject, Lower
from django.utils import timezone

from directory.entry_lists import NO_CODE
from directory.known_keys import IsAmong
from directory.marked_texts import MarkedText
from directory.registry import kind_of
from directory.search import Words
from places.languages import LANGUAGES, current
from places.sorting import Unaccented

YEAR = timedelta(days=365)
PICTURE_COLUMNS = ("image", "width", "height", "widths", "alt_it", "alt_en", "decorative", "credit")


class SluggedQuerySet(models.QuerySet):
    """Rows that keep their former slugs."""

    def with_slug(self, slug: str) -> Self:
        return self.filter(slug=slug)

    def formerly(self, slug: str) -> Self:
        """Those that have or had the slug."""
        return self.filter(former_slugs__slug=slug)


class ThemeQuerySet(SluggedQuerySet):
    def with_family(self) -> ThemeQuerySet:
        return self.select_related("parent").order_by("order", "pk")


class EntryQuerySet(SluggedQuerySet):
    model: Any

    def published(self) -> EntryQuerySet:
        return self.filter(status="published")

    def hold(self) -> list[int]:
        """Keep others from writing the rows until the end of the transaction; the keys of those
        that are still there by then.

        In the order of their keys, so that of two who hold many neither waits for the other. Rows
        that name them may still come: whoever ties two entries holds one and names the other.
        """
        rows = self.model._default_manager.filter(pk__in=self.order_by().values("pk"))
        return list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))

    def unpublished(self) -> EntryQuerySet:
        return self.exclude(status="published")

    def invented(self) -> EntryQuerySet:
        """Entries that do not exist, made to try the site."""
        return self.filter(invented=True)

    def archived(self) -> EntryQuerySet:
        return self.filter(status="archived")

    def matching(self, words: str) -> EntryQuerySet:
        """Entries with all the words, as ``directory.search`` understands them."""
        return self.filter(pk__in=Words(words).entries_of(self.model._meta.model_name))

    def called_like(self, text: str) -> EntryQuerySet:
        """Published entries with the words in any of their names, acronyms and former ones too, the
        last perhaps only begun; or with the text anywhere in the name. ``closeness`` says whether
        that is the text (0), begins with it (1) or not (2)."""
        words = Words(text)
        said = Lower(Unaccented(models.Value(text)))
        found = Q(sort_it__contains=said) | Q(sort_en__contains=said)
        if words.wanted:
            named = words.entries_of(self.model._meta.model_name, words.in_name)
            found |= Q(pk__in=named)
        closeness = Case(
            When(Q(sort_it=said) | Q(sort_en=said), then=0),
            When(Q(sort_it__startswith=said) | Q(sort_en__startswith=said), then=1),
            default=2,
        )
        rows = self.published().filter(found).annotate(closeness=closeness)
        return rows.order_by("closeness", f"sort_{current()}", "pk")

    def in_place(self, *territories: Any, meanings: Iterable[str] = ()) -> EntryQuerySet:
        """Entries tied to any of the territories (cities, provinces, regions).

        A tie to a place that lies in the territory counts, one to a wider place does not.
        ``meanings`` narrows the kind of tie: ``seat``, ``reach``, ``member``. No join, so no
        row doubles.
        """
        where = Q(pk__in=[])
        for territory in territories:
            where |= Q(**{territory._meta.model_name: territory.pk})
        ties = self.model._meta.get_field("territory").related_model._default_manager
        meanings = list(meanings)
        if meanings:
            where &= Q(meaning__in=meanings)
        return self.filter(pk__in=ties.filter(where).values("entry"))

    def tied_to_no_place(self) -> EntryQuerySet:
        ties = self.model._meta.get_field("territory").related_model._default_manager
        # What has a seat is tied to it: few are left to be looked for.
        few = self.filter(city=None) if self._has_seat() else self
        return few.filter(~Exists(ties.filter(entry=OuterRef("pk"))))

    def named_with_seat(self) -> EntryQuerySet:
        """Only what says which one is meant: the name and, where there is one, its seat."""
        names = ("slug", "name_it", "name_en")
        if not self._has_seat():
            return self.only(*names)
        seat = ("city__slug", "city__name_it", "city__name_en")
        return self.select_related("city").only(*names, *seat)

    def _has_seat(self) -> bool:
        return "city" in {field.name for field in self.model._meta.concrete_fields}

    def cities_in(self, province: Any) -> models.QuerySet:
        """The cities of a province that entries are tied to."""
        ties = self.model._meta.get_field("territory").related_model._default_manager
        cities = self.model._meta.get_field("territory").related_model._meta.get_field("city")
        there = ties.filter(province=province.pk, city__isnull=False).values("city")
        return cities.related_model._default_manager.filter(pk__in=there).by_name()

    def count_by_place(self, keys: str, level: str, places: Iterable[int]) -> models.QuerySet:
        """(place, how many of the entries with the keys are tied to it or to what lies in it), of
        places of one level: ``region``, ``province`` or ``city``."""
        ties = self.model._meta.get_field("territory").related_model._default_manager
        there = ties.filter(IsAmong("entry", keys), **{f"{level}__in": places})
        return there.order_by().values_list(level).annotate(n=Count("entry", distinct=True))

    def count_by_theme(self, keys: str, themes: Iterable[int]) -> models.QuerySet:
        """(theme, how many of the entries with the keys have it), of themes without children."""
        tagged = self._tagged(keys).filter(theme__in=themes)
        return tagged.values_list("theme").annotate(n=Count("pk"))

    def count_by_widest_theme(self, keys: str) -> models.QuerySet:
        """(theme, how many of the entries with the keys have it or a child of it), of themes with
        no parent."""
        name = self.model._meta.model_name
        widest = Coalesce("theme__parent", "theme")
        return self._tagged(keys).values_list(widest).annotate(n=Count(name, distinct=True))

    def _tagged(self, keys: str) -> models.QuerySet:
        through: models.QuerySet = models.QuerySet(self.model.themes.through)
        return through.filter(IsAmong(self.model._meta.model_name, keys)).order_by()

    def count_by_column(self, keys: str, column: str) -> models.QuerySet:
        """(value, how many of the entries with the keys have it in a column)."""
        among = self.filter(IsAmong("pk", keys)).order_by()
        return among.values_list(column).annotate(n=Count("pk"))

    def about(self, *themes: models.Model) -> EntryQuerySet:
        """Entries with any of the themes or of their children."""
        pks = [theme.pk for theme in themes]
        through = self.model.themes.through
        family = through._meta.get_field("theme").related_model._default_manager
        family = family.filter(Q(pk__in=pks) | Q(parent__in=pks)).order_by()
        tagged = through._default_manager.filter(
            theme__in=family.values("pk"), **{self.model._meta.model_name: OuterRef("pk")}
        )
        return self.filter(Exists(tagged))

    def about_nothing(self) -> EntryQuerySet:
        """Entries without a theme."""
        through = self.model.themes.through._default_manager
        tagged = through.filter(**{self.model._meta.model_name: OuterRef("pk")})
        return self.filter(~Exists(tagged))

    def to_review(self) -> EntryQuerySet:
        """What waits for somebody who looks at it, and has no day on which it will be published."""
        return self.filter(status="in_review", review__publish_on=None)

    def to_publish_on_a_day(self) -> EntryQuerySet:
        return self.filter(status="in_review", review__publish_on__isnull=False)

    def sent_back_to(self, user: Any) -> EntryQuerySet:
        """Drafts that came back with a note to whoever sent them to review."""
        return self.filter(status="draft", review__sent_by=user.pk).exclude(review__note="")

    def nameless_leads(self) -> EntryQuerySet:
        """Drafts of something of which not even the name is known."""
        from directory.models import NAMELESS_DRAFT

        return self.filter(NAMELESS_DRAFT)

    def for_editors_of(self, places: list[Any], themes: list[Any]) -> EntryQuerySet:
        """Entries in any of the places and about any of the themes; of neither, all.

        A draft that says no place yet, or no theme, is for editors of every place or theme.
        """
        entries, every = self, self.model._default_manager.order_by()
        drafts = every.unpublished()
        if places:
            entries = entries.in_any_of(every.in_place(*places), drafts.tied_to_no_place())
        if themes:
            entries = entries.in_any_of(every.about(*themes), drafts.about_nothing())
        return entries

    def in_any_of(self, *others: Any) -> EntryQuerySet:
        """Entries that are in any of some querysets: each is found once, by an index of its own."""
        first, *more = (other.order_by().values("pk") for other in others)
        return self.filter(pk__in=first.union(*more))

    # ---------------------------------------------------------------- what needs work
    def cared_for(self) -> EntryQuerySet:
        """All but what is archived."""
        return self.exclude(status="archived")

    def to_complete(self) -> EntryQuerySet:
        """Those of which more is wanted. Of what has ended or merged nobody looks for more; what is
        said of it is kept right like all else."""
        return self.cared_for().exclude(life__in=["ended", "merged"])

    def missing_text_in(self, language: str) -> EntryQuerySet:
        """Entries with a text that the other language has and this one lacks, or has copied."""
        return self.cared_for().filter(**{f"missing_{language}": True})

    def stale_in(self, language: str) -> EntryQuerySet:
        """Entries with a text in this language that the other one has left behind."""
        return self.cared_for().filter(**{f"stale_{language}": True})

    def missing_list_text_in(self, language: str) -> EntryQuerySet:
        """The same of the texts in their lists: pictures, milestones, web addresses …"""
        marked = MarkedText.objects.missing_in(kind_of(self.model).number, language)
        return self.cared_for().filter(pk__in=marked.values("entry"))

    def list_text_stale_in(self, language: str) -> EntryQuerySet:
        marked = MarkedText.objects.stale_in(kind_of(self.model).number, language)
        return self.cared_for().filter(pk__in=marked.values("entry"))

    def without_place(self) -> EntryQuerySet:
        """Entries that say no seat or, where the kind has none, no place of intervention."""
        if self._has_seat():
            return self.to_complete().filter(city=None)
        places: models.QuerySet = models.QuerySet(
            self.model._meta.get_field("places").related_model
        )
        return self.to_complete().filter(~Exists(places.filter(entry=OuterRef("pk"))))

    def without_theme(self) -> EntryQuerySet:
        return self.to_complete().about_nothing()

    def without_picture(self) -> EntryQuerySet:
        return self.to_complete().filter(~Exists(self._pictures().filter(entry=OuterRef("pk"))))

    def with_a_silent_picture(self) -> EntryQuerySet:
        """Entries with a picture that is not decorative and has no alternative text."""
        unsaid = Q()
        for language in LANGUAGES:
            unsaid &= Q(**{f"alt_{language}": ""}) | Q(**{f"alt_{language}__isnull": True})
        silent = self._pictures().filter(unsaid, decorative=False)
        return self.cared_for().filter(pk__in=silent.values("entry"))

    def with_a_wrong_code(self) -> EntryQuerySet:
        """Entries with a code that its scheme cannot have, by its form: it finds no double."""
        codes: Any = self.model._meta.get_field("identifiers").related_model
        return self.cared_for().filter(pk__in=codes.objects.filter(NO_CODE).values("entry"))

    def _pictures(self) -> models.QuerySet:
        return models.QuerySet(self.model._meta.get_field("pictures").related_model)

    def with_waiting_proposals(self) -> EntryQuerySet:
        proposals: Any = self.model._meta.get_field("proposals").related_model
        return self.filter(pk__in=proposals.objects.waiting().values("entry"))

    def not_checked_for_a_year(self) -> EntryQuerySet:
        """Published entries that no person checked within the last year, or ever."""
        year_ago = timezone.localdate() - YEAR
        return self.published().filter(Q(checked_on__isnull=True) | Q(checked_on__lt=year_ago))

    # ---------------------------------------------------------------- orders
    def newest_first(self) -> EntryQuerySet:
        return self.order_by("-updated", "-pk")

    def lately_checked(self) -> EntryQuerySet:
        """Those that a person checked against their sources, the latest first."""
        return self.filter(checked_on__isnull=False).order_by("-checked_on", "-pk")

    def with_said(self) -> EntryQuerySet:
        """With what other rows say on an entry's card, beside the entry: its first picture, its
        themes, and ``card_said``, to which rooms above add theirs when they are ready.

        ``directory.card_rows`` reads it.
        """
        return (
            self.annotate(picture_said=first_picture(self.model))
            .annotate(themes_said=themes_of(self.model))
            .annotate(**{name: make() for name, make in self.model.card_said.items()})
        )

    def with_places(self) -> EntryQuerySet:
        """With what says where an entry is: two queries."""
        return self.select_related(*self.model.detail_joins).prefetch_related(
            joined(self.model, "places", "city", "province", "region")
        )

    def for_detail(self) -> EntryQuerySet:
        """With all its lists: one query, one for the themes and one for each list."""
        joins = dict.fromkeys(self.model.lists_with_city, ("city",))
        lists = [
            relation.get_accessor_name()
            for relation in self.model._meta.related_objects
            if getattr(relation.related_model, "belongs_to", None) == "entry"
        ]
        return (
            self.with_places()
            .prefetch_related("themes")
            .prefetch_related(
                *(
                    joined(self.model, name, *joins.get(name, ()))
                    for name in lists
                    if name != "places"
                )
            )
        )


def joined(model: Any, name: str, *joins: str) -> Prefetch:
    rows = model._meta.get_field(name).related_model._default_manager
    return Prefetch(name, rows.select_related(*joins) if joins else rows.all())


class Named(NamedTuple):
    """What a card says of another row: its name in both languages."""

    pk: int
    name_it: str | None
    name_en: str | None


class SaidField(models.Field):
    """Rows that a subquery says as JSON, read into what ``make`` makes of each."""

    def __init__(self, make: Callable[..., Any]) -> None:
        super().__init__()
        self.make = make

    def from_db_value(self, value: list[str] | None, *_context: Any) -> list[Any]:
        return [self.make(*json.loads(row)) for row in value or ()]


class Said(ArraySubquery):
    """A list of rows beside each row of a query, without a query of its own.

    ``columns`` are the arguments of ``make``, in order. Rows and their order are those of
    ``rows``.
    """

    def __init__(
        self, rows: models.QuerySet, columns: Sequence[Any], make: Callable[..., Any] = Named
    ) -> None:
        super().__init__(rows.values(said=JSONArray(*columns)))
        self.make = make

    @property
    def output_field(self) -> SaidField:  # type: ignore[override]
        return SaidField(self.make)


def names_under(path: str) -> list[str]:
    """The columns of ``Named`` at the end of a relation."""
    return [path, f"{path}__name_it", f"{path}__name_en"]


def themes_of(model: Any) -> Said:
    rows: models.QuerySet = models.QuerySet(model.themes.through)
    mine = rows.filter(**{model._meta.model_name: OuterRef("pk")})
    return Said(mine.order_by("theme__order", "theme"), names_under("theme"))


def first_picture(model: Any) -> Subquery:
    """The first picture's columns as one JSON object, so that cards need no further query."""
    # A plain queryset: the translating one reads more columns than it is asked for.
    pictures: models.QuerySet = models.QuerySet(model._meta.get_field("pictures").related_model)
    columns = {name: name for name in PICTURE_COLUMNS}
    mine = pictures.filter(entry=OuterRef("pk")).order_by("order", "pk")
    return Subquery(mine.values(said=JSONObject(**columns))[:1])

"""The rows of an invented directory, in batches, drawn from one seeded generator.

Numbers of a kind lie as they do in Italy: most entries are organizations in the larger cities, and
themes, networks, programmes and partners have a few large ones and a long tail.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from civicnet.invention import vocabulary as words
from civicnet.invention.texts import Setting, Writer
from civicnet.invention.vocabulary import Pair
from networks.models import (
    Membership,
    Network,
    NetworkPlace,
    NetworkSource,
    NetworkWebAddress,
)
from orgs.models import (
    Organization,
    OrganizationFigure,
    OrganizationIdentifier,
    OrganizationMilestone,
    OrganizationPlace,
    OrganizationSource,
    OrganizationWebAddress,
)
from places.slugs import slug_of
from projects.models import (
    Edition,
    Participation,
    Project,
    ProjectPlace,
    ProjectSource,
    ProjectWebAddress,
)

Row = dict[str, Any]
Batch = dict[Any, list[Row]]

BATCH = 10_000  # entries
GONE = ("ended", "merged")
# Nothing depends on the day on which the command runs.
TODAY = datetime.date(2026, 1, 1)
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MINUTES = 5 * 365 * 24 * 60
FIRST_YEAR = 1880
LONGEST_LABEL = 60  # of a host name
UNKNOWN_POPULATION = 500


@dataclass(frozen=True)
class Share:
    """How many of N are what."""

    organizations: int
    networks: int
    projects: int
    unpublished: int

    @classmethod
    def of(cls, number: int) -> Share:
        networks, projects = round(number * 0.01), round(number * 0.09)
        return cls(number - networks - projects, networks, projects, number // 100)


@dataclass(frozen=True)
class City:
    pk: int
    names: Pair
    province: int
    region: int
    population: int


@dataclass(frozen=True)
class Theme:
    pk: int
    slug: str
    parent: str

    @property
    def acts(self) -> list[Pair] | None:
        return words.ACTS.get(self.slug) or words.ACTS.get(self.parent)


@dataclass(frozen=True)
class Vocabulary:
    """What the directory has already: rows that entries point at, in an order of their own."""

    cities: list[City]
    themes: list[Theme]
    kinds: list[tuple[int, str]]
    membership_roles: list[int]
    partner_roles: list[int]
    programmes: list[int]


@dataclass(frozen=True)
class Numbers:
    """The primary keys that the sequences gave."""

    organizations: Sequence[int]
    networks: Sequence[int]
    projects: Sequence[int]
    participations: Iterator[int]


def long_tail(length: int, steepness: float = 1.0) -> list[float]:
    """Cumulative weights: the n-th is drawn 1/n^steepness as often as the first."""
    return list(accumulate(1 / place**steepness for place in range(1, length + 1)))


def check_digit(digits: str) -> str:
    """The last digit of an organization's fiscal code: every second digit doubled, as Luhn has it.

    Source: decree of the Ministry of Finance of 23 December 1976, article 9.
    """
    total = 0
    for position, digit in enumerate(map(int, digits)):
        total += digit if position % 2 == 0 else sum(divmod(2 * digit, 10))
    return str(-total % 10)


def fiscal_code(number: int) -> str:
    """Right by its check digit, and of the tax office 000, which there is not."""
    digits = f"{9_000_000 + number % 1_000_000}000"
    return digits + check_digit(digits)


class Inventor:
    def __init__(
        self,
        seed: int,
        share: Share,
        known: Vocabulary,
        numbers: Numbers,
        slugs: dict[Any, set[str]],
    ) -> None:
        self.rng = Random(seed)  # noqa: S311 (nothing here is secret)
        self.writer = Writer(self.rng)
        self.share, self.known, self.numbers = share, known, numbers
        self.slugs, self.repeated = slugs, Counter[tuple[Any, str]]()
        self.city_weights = list(
            accumulate(city.population or UNKNOWN_POPULATION for city in known.cities)
        )
        self.neighbours: dict[int, list[City]] = defaultdict(list)
        for city in known.cities:
            self.neighbours[city.province].append(city)
        self.themes = self.rng.sample(known.themes, len(known.themes))
        self.theme_weights = long_tail(len(self.themes), 0.8)
        self.kinds = [
            (pk, *words.KINDS.get(slug, words.OTHER_KIND), slug) for pk, slug in known.kinds
        ]
        self.kind_weights = list(accumulate(kind[1] for kind in self.kinds))
        self.codes = 0
        # Organizations that are no more: nothing of theirs is current.
        self.gone: set[int] = set()
        self.batch: Batch = defaultdict(list)

    def batches(self) -> Iterator[Batch]:
        """All rows; a batch at a time is in memory."""
        share, numbers = self.share, self.numbers
        for index, pk in enumerate(numbers.organizations):
            self.organization(pk, index < share.organizations)
            yield from self._full(index)
        self.public = numbers.organizations[: share.organizations]
        for pk in numbers.networks:
            self.network(pk)
        yield from self._full()
        if numbers.networks:
            weights = long_tail(len(numbers.networks), 0.8)
            for index, pk in enumerate(self.public):
                self.memberships(pk, weights)
                yield from self._full(index)
        for index, pk in enumerate(numbers.projects):
            self.project(pk)
            yield from self._full(index)
        yield from self._full()

    def _full(self, index: int = -1) -> Iterator[Batch]:
        if (index + 1) % BATCH == 0 and self.batch:
            yield self.batch
            self.batch = defaultdict(list)

    # ---------------------------------------------------------------- drawing
    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def city(self) -> City:
        return self.rng.choices(self.known.cities, cum_weights=self.city_weights)[0]

    def near(self, city: City) -> City:
        """Another city of the province, if it has one."""
        others = self.neighbours[city.province]
        found = self.rng.choice(others)
        return found if found is not city else self.rng.choice(others)

    def some_themes(self) -> list[Theme]:
        number = self.rng.choices((1, 2, 3), (50, 33, 17))[0]
        drawn = self.rng.choices(self.themes, cum_weights=self.theme_weights, k=number)
        return list(dict.fromkeys(drawn))

    def acts(self, themes: list[Theme]) -> list[Pair]:
        own = [theme.acts for theme in themes if theme.acts]
        return [act for acts in own for act in acts] or [
            act for acts in words.ACTS.values() for act in acts
        ]

    def date(self, name: str, first: int, last: int, recent: float = 2.0) -> Row:
        """A partial date, later years being likelier; ``recent`` says how much."""
        year = first + int((last - first + 1) * self.rng.random() ** (1 / recent))
        precision = self.rng.choices(("year", "month", "day"), (60, 12, 28))[0]
        month = 1 if precision == "year" else self.rng.randint(1, 12)
        day = self.rng.randint(1, 28) if precision == "day" else 1
        return {name: datetime.date(year, month, day), f"{name}_precision": precision}

    def slug(self, model: Any, name: str) -> str:
        """Numbered from 2 where it is or was another's, as ``directory.slugs`` does."""
        base = slug_of(name)[:180].strip("-")
        taken = self.slugs[model]
        slug, number = base, self.repeated[model, base]
        while slug in taken:
            number = max(number, 1) + 1
            slug = f"{base}-{number}"
        self.repeated[model, base] = number
        taken.add(slug)
        return slug

    # ---------------------------------------------------------------- entries
    def entry(
        self, model: Any, pk: int, name: str, calls: Pair, seat: City, setting: Setting, status: str
    ) -> Row:
        """What the three kinds share; the themes go to the batch."""
        themes = self.some_themes()
        through = model.themes.through
        own = model._meta.model_name
        for theme in themes:
            self.batch[through].append({f"{own}_id": pk, "theme_id": theme.pk})
        acts = self.acts(themes)
        summary = self.writer.summary(calls, seat.names, acts, setting)
        text = self.writer.description(acts, setting)
        in_english = self.chance(0.3)
        acronym = self.writer.acronym(name) if self.chance(0.25) else ""
        created = NOW - datetime.timedelta(minutes=self.rng.randrange(MINUTES))
        updated = created + (NOW - created) * (self.rng.random() ** 2)
        row: Row = {
            "id": pk,
            "slug": self.slug(model, name),
            "name_it": name,
            "summary_it": summary[0],
            "summary_en": summary[1] if in_english else "",
            "description_it": text[0],
            "description_en": text[1] if in_english else "",
            "short_names": [acronym] if acronym else [],
            "other_names": [f"{name} di {seat.names[0]}"] if self.chance(0.05) else [],
            "former_names": [f"Comitato {setting.district}"] if self.chance(0.04) else [],
            "life": self.rng.choices(("active", "unknown", "ended", "merged"), (66, 28.5, 4, 1.5))[
                0
            ],
            "status": status,
            "published_at": created if status == "published" else None,
            "created": created,
            "updated": updated,
            "checked_on": updated.date() if self.chance(0.4) else None,
            "invented": True,
        }
        if self.chance(0.8):
            row |= self.date("founded", FIRST_YEAR, TODAY.year - 1, 6)
        if row["life"] in GONE and self.chance(0.7):
            since = row["founded"].year + 1 if "founded" in row else 1950
            row |= self.date("ended", min(since, TODAY.year), TODAY.year, 1)
        label = row["slug"][:LONGEST_LABEL].strip("-")
        if self.chance(0.5):
            row |= {"email": f"info@{label}.example", "email_public": self.chance(0.6)}
        self.lists(model, pk, label, setting)
        self.batch[model].append(row)
        return row

    def lists(self, model: Any, pk: int, label: str, setting: Setting) -> None:
        sources, addresses = {
            Organization: (OrganizationSource, OrganizationWebAddress),
            Network: (NetworkSource, NetworkWebAddress),
            Project: (ProjectSource, ProjectWebAddress),
        }[model]
        titles = ["Statuto", "Bilancio sociale", f"Giornale di {setting.district}"]
        for order in range(1 + self.chance(0.25)):
            self.batch[sources].append(
                {
                    "entry_id": pk,
                    "order": order,
                    "title_it": self.rng.choice(titles),
                    "url": f"https://fonti.example/{label}/{order + 1}" if self.chance(0.8) else "",
                    "read_on": TODAY - datetime.timedelta(days=self.rng.randrange(900)),
                }
            )
        if self.chance(0.7):
            self.batch[addresses].append({"entry_id": pk, "url": f"https://www.{label}.example/"})
        if self.chance(0.2):
            url = f"https://social.example/{label}"
            self.batch[addresses].append({"entry_id": pk, "url": url, "kind": "social", "order": 1})

    def reach(self, model: Any, pk: int, seat: City, most: int) -> None:
        """Places of intervention: cities nearby, the province, the region, seldom the country."""
        drawn: set[tuple[str, int]] = set()
        for _place in range(self.rng.randint(1, most)):
            kind = self.rng.choices(("city", "province", "region", "country"), (60, 20, 15, 5))[0]
            if kind == "city":
                drawn.add(("city_id", self.near(seat).pk))
            elif kind == "country":
                drawn.add(("country", True))
            else:
                drawn.add((f"{kind}_id", getattr(seat, kind)))
        for order, (name, value) in enumerate(sorted(drawn)):
            self.batch[model].append({"entry_id": pk, "order": order, name: value})

    def organization(self, pk: int, public: bool) -> None:
        rng = self.rng
        seat = self.city()
        setting = self.writer.setting(self.near(seat).names)
        kind, _weight, calls, patterns, slug = rng.choices(
            self.kinds, cum_weights=self.kind_weights
        )[0]
        if slug == "associazione":
            branch = self.chance(0.12)
            name = self.writer.family() if branch else self.writer.name(patterns, setting)
            name += rng.choices(list(words.SUFFIXES), list(words.SUFFIXES.values()))[0]
        else:
            name = self.writer.name(patterns, setting)
        status = "published" if public else rng.choice(("draft", "in_review", "archived"))
        row = self.entry(Organization, pk, name, calls, seat, setting, status)
        if row["life"] in GONE:
            self.gone.add(pk)
        row["kind_id"] = kind if self.chance(0.95) else None
        if self.chance(0.97):
            row["city_id"] = seat.pk
            if self.chance(0.6):
                row["address"] = f"Via {setting.street} {rng.randint(1, 180)}"
                row["address_public"] = self.chance(0.8)
        if public and self.chance(0.015) and pk != self.numbers.organizations[0]:
            row["parent_id"] = self.numbers.organizations[0]
        if self.chance(0.6):
            self.codes += 1
            self.batch[OrganizationIdentifier].append(
                {"entry_id": pk, "scheme": "fiscal_code", "value": fiscal_code(self.codes)}
            )
        if self.chance(0.25):
            self.reach(OrganizationPlace, pk, seat, 3)
        if self.chance(0.1):
            self.batch[OrganizationMilestone].append(
                {
                    "entry_id": pk,
                    "text_it": f"Apre la sede di via {setting.street}.",
                    "text_en": f"Opens its seat in via {setting.street}.",
                    "city_id": seat.pk,
                    **self.date("date", 1970, TODAY.year - 1),
                }
            )
        if self.chance(0.05):
            self.batch[OrganizationFigure].append(
                {
                    "entry_id": pk,
                    "label_it": "persone socie",
                    "label_en": "members",
                    "value": int(10 ** (1 + 2.5 * rng.random())),
                    "year": TODAY.year - rng.randint(1, 6),
                }
            )

    def network(self, pk: int) -> None:
        seat = self.city()
        setting = self.writer.setting(self.near(seat).names)
        name = self.writer.name(words.NETWORK_NAMES, setting)
        row = self.entry(Network, pk, name, ("Rete", "Network"), seat, setting, "published")
        row["aim_it"] = "Mettere in comune esperienze, spazi e persone."
        row["aim_en"] = "To share experiences, spaces and people."
        if self.chance(0.6):
            self.reach(NetworkPlace, pk, seat, 4)

    def memberships(self, organization: int, weights: list[float]) -> None:
        if not self.chance(0.3):
            return
        rng, roles = self.rng, self.known.membership_roles
        number = rng.choices((1, 2, 3), (70, 22, 8))[0]
        drawn = rng.choices(self.numbers.networks, cum_weights=weights, k=number)
        for network in sorted(set(drawn)):
            current = rng.choices(("yes", "no", "unstated"), (84, 8, 8))[0]
            if organization in self.gone:
                current = "no"
            row: Row = {
                "network_id": network,
                "organization_id": organization,
                "role_id": rng.choices(roles, cum_weights=long_tail(len(roles)))[0],
                "current": current,
            }
            if self.chance(0.6):
                row |= self.date("since", 1990, TODAY.year - 2)
            if current == "no" and self.chance(0.5):
                row |= {"until": datetime.date(TODAY.year - 1, 1, 1), "until_precision": "year"}
            self.batch[Membership].append(row)

    def project(self, pk: int) -> None:
        rng = self.rng
        seat = self.city()
        setting = self.writer.setting(self.near(seat).names)
        name = self.writer.name(words.PROJECT_NAMES, setting)
        row = self.entry(Project, pk, name, ("Progetto", "Project"), seat, setting, "published")
        row["geography"] = rng.choices(
            ("neighbourhood", "local", "provincial", "regional", "national", "unknown"),
            (30, 35, 8, 10, 5, 12),
        )[0]
        if row["life"] not in GONE and self.chance(0.3):
            row["ongoing"] = True
        if self.chance(0.3) and (programmes := self.known.programmes):
            weights = long_tail(len(programmes))
            row["programme_id"] = rng.choices(programmes, cum_weights=weights)[0]
        if self.chance(0.85):
            self.batch[ProjectPlace].append({"entry_id": pk, "city_id": seat.pk, "order": 9})
            if self.chance(0.3):
                self.reach(ProjectPlace, pk, seat, 3)
        if self.chance(0.05):
            for order in range(rng.randint(1, 4)):
                self.batch[Edition].append(
                    {
                        "entry_id": pk,
                        "order": order,
                        "title_it": f"{order + 1}ª edizione",
                        "title_en": f"Edition {order + 1}",
                        "city_id": seat.pk,
                        "start": datetime.date(TODAY.year - 5 + order, 1, 1),
                        "start_precision": "year",
                    }
                )
        self.partners(pk, setting)

    def partners(self, project: int, setting: Setting) -> None:
        """From one to thirty; a few organizations take part in very many projects."""
        rng, roles = self.rng, self.known.partner_roles
        drawn: dict[str, Row] = {}
        for _partner in range(int(30 ** rng.random() ** 2)):
            what = rng.choices(("organization", "network", "name"), (88, 4, 8))[0]
            if what == "name":
                partner: Row = {"plain_name": f"Parrocchia di {self.writer.district()}"}
            elif what == "network" and self.numbers.networks:
                partner = {"network_id": rng.choice(self.numbers.networks)}
            else:
                index = int(len(self.public) * rng.random() ** 3)
                partner = {"organization_id": self.public[index]}
            drawn[str(partner)] = partner
        for order, partner in enumerate(drawn.values()):
            pk = next(self.numbers.participations)
            row: Row = {"id": pk, "project_id": project, "order": order, **partner}
            if self.chance(0.2):
                row["part_it"] = f"Tiene i laboratori di {setting.craft[0]}."
                row["part_en"] = f"Holds the workshops of {setting.craft[1]}."
            self.batch[Participation].append(row)
            weights = long_tail(len(roles))
            for role in sorted(
                set(rng.choices(roles, cum_weights=weights, k=1 + self.chance(0.1)))
            ):
                self.batch[Participation.roles.through].append(
                    {"participation_id": pk, "partnerrole_id": role}
                )

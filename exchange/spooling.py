"""The rows of a whole file, prepared and put aside, before anything of it is written.

They lie on disk, in order, so that memory does not grow with the file: only a few eight-byte
digests of each row stay, by which rows of the same file are recognized as the same.
"""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from directory.keys import core
from exchange.preparing import Prepared


def digests() -> array[int]:
    return array("Q")


@dataclass
class Part:
    """Some rows, one after another, in the form in which they are put aside."""

    rows: int = 0
    pickled: bytes = b""
    identities: array[int] = field(default_factory=digests)
    numbers: array[int] = field(default_factory=digests)
    """Of the row that says the identity at the same place."""
    asked: array[int] = field(default_factory=digests)
    """What makes rows the same as earlier ones, but is not said by themselves."""
    evidence: array[int] = field(default_factory=digests)
    cores: array[int] = field(default_factory=digests)
    """Of the name of the row that has the evidence at the same place."""

    @classmethod
    def of(cls, rows: Iterable[Prepared]) -> Part:
        part = cls()
        pickled = []
        for prepared in rows:
            if not prepared.unfit:
                prepared.identities, said = identities(prepared), sayings(prepared)
                part.asked.extend(one for one in prepared.identities if one not in said)
                part.identities.extend(said)
                part.numbers.extend([prepared.number] * len(said))
                found = evidences(prepared)
                part.evidence.extend(found)
                part.cores.extend([short(core(prepared.name))] * len(found))
            pickled.append(pickle.dumps(prepared, protocol=pickle.HIGHEST_PROTOCOL))
        part.pickled = b"".join(pickled)
        part.rows = len(pickled)
        return part


@dataclass
class Sameness:
    """Which rows of the file are the same, and which codes and addresses many share."""

    first: dict[int, int] = field(default_factory=dict)
    """By what is the same in several rows: the first of them."""
    shared: set[int] = field(default_factory=set)


class Spool:
    """The prepared rows on disk, and what is known of all of them together."""

    def __init__(self) -> None:
        # Closed by the garbage collector, when the import is over.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._whole = Part()

    @property
    def rows(self) -> int:
        return self._whole.rows

    def add(self, part: Part) -> None:
        self._file.write(part.pickled)
        whole = self._whole
        whole.rows += part.rows
        whole.identities.extend(part.identities)
        whole.numbers.extend(part.numbers)
        whole.asked.extend(part.asked)
        whole.evidence.extend(part.evidence)
        whole.cores.extend(part.cores)

    def __iter__(self) -> Iterator[Prepared]:
        self._file.seek(0)
        for _row in range(self.rows):
            yield pickle.load(self._file)  # noqa: S301 - written above, to a file without a name

    def sameness(self) -> Sameness:
        same, whole = Sameness(), self._whole
        often = repeated(whole.identities + whole.asked)
        for identity, number in zip(whole.identities, whole.numbers, strict=True):
            if identity in often:
                same.first.setdefault(identity, number)
        names: dict[int, int] = {}
        often = repeated(whole.evidence)
        for evidence, own in zip(whole.evidence, whole.cores, strict=True):
            if evidence in often and names.setdefault(evidence, own) != own:
                same.shared.add(evidence)
        return same


def repeated(numbers: array[int]) -> set[int]:
    ordered = sorted(numbers)
    return {one for one, other in pairwise(ordered) if one == other}


def short(*parts: object) -> int:
    """Eight bytes that stand for some words, within one run and what it forks."""
    return hash(parts) & 0xFFFFFFFFFFFFFFFF


def identities(prepared: Prepared) -> list[int]:
    """By any of these a row of a file is the same as an earlier one that says it: the same
    words, or the same name with the same code, address or city."""
    own = core(prepared.name)
    return _always(prepared, own) + [
        short("address", address, own, where)
        for address in prepared.addresses
        for where in ((*sorted(prepared.cities), NOWHERE) if prepared.cities else (SOMEWHERE,))
    ]


def sayings(prepared: Prepared) -> list[int]:
    """By any of these a later row is the same as this one.

    An address that a district's surgeries share, which all have one name, makes them the same
    only where not both say in which city they are, or both the same.
    """
    own = core(prepared.name)
    return _always(prepared, own) + [
        short("address", address, own, where)
        for address in prepared.addresses
        for where in (*(sorted(prepared.cities) or (NOWHERE,)), SOMEWHERE)
    ]


NOWHERE, SOMEWHERE = "nowhere", "somewhere"


def _always(prepared: Prepared, own: str) -> list[int]:
    found = [short("row", prepared.digest)]
    found += [short("code", code, own) for code in prepared.codes]
    found += [short("city", city, own) for city in sorted(prepared.cities)]
    return found


def evidences(prepared: Prepared) -> list[int]:
    return [short("code", code) for code in prepared.codes] + [
        short("address", address) for address in prepared.addresses
    ]

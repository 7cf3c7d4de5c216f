"""What a full-text engine does for us, whatever it is made of."""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from directory.models import Sensitivity


@dataclass(frozen=True, slots=True)
class Document:
    """One service as an index knows it; nothing in it is ever read back but the key.

    ``name`` are the words of its names, ``words`` all its words with the marks of its categories and
    areas (``analyzers``), ``spellings`` those words that are written otherwise than they are indexed,
    for "did you mean".
    ``level``: every level is kept apart, so that nothing of a hidden one shows in hits, counts,
    spellings or suggestions. ``organization_id``: whose listing it is.
    """

    service_id: uuid.UUID
    organization_id: uuid.UUID
    level: Sensitivity
    name: frozenset[str]
    words: frozenset[str]
    spellings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The entries that a question may read: whole levels, and besides all of some organizations.

    What is out of scope changes no answer: an engine decides and ranks by the entries in scope alone.
    """

    levels: frozenset[str] = frozenset({Sensitivity.L0})
    organizations: frozenset[uuid.UUID] = frozenset()


PUBLIC: Final = Scope()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an engine: for each word typed, the words and marks that answer it.

    A service fits when every group has one of its words. ``is_prefix``: also words that begin so.
    ``is_any``: one group is enough, and those that answer more of them fit better. ``country`` None
    asks all countries.
    """

    groups: tuple[frozenset[str], ...]
    typed: tuple[str, ...]
    country: str | None = None
    scope: Scope = PUBLIC
    is_prefix: bool = False
    is_any: bool = False


LONGEST: Final = 999
WORD: Final = LONGEST + 1
"""What one more word found is worth in a grade."""
Ranked = tuple[uuid.UUID, int]
"""A service and its grade: equal grades fit equally well, the lowest fits best."""
RANKED: Final = 400
"""So many of the best hits are put in order of relevance; the rest follow by name."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The services that fit a question: how many, the best ``RANKED`` in order, and all of them.

    All are told as the ``condition`` that a column of service keys holds one of them, because a
    common word fits tens of thousands: the engine knows the shortest way to say it to the database.
    It may name those that do not fit, and so holds only beside the conditions of the question's
    country and of what its actor may see, as every list has them.
    """

    count: int
    best: Sequence[Ranked]
    condition: Callable[[Any], ColumnElement[bool]] = field(compare=False)


NONE: Final = Matches(0, (), lambda _: false())


class Engine(Protocol):
    """A full-text engine. Readers and the one writer may live in different processes."""

    def write(
        self,
        session: Session,
        country: str,
        documents: Iterable[Document],
        removed: Collection[uuid.UUID],
    ) -> int:
        """Replace the entries of ``removed`` by the documents; return how many were written."""
        ...

    def clear(self, session: Session) -> None:
        """Forget everything."""
        ...

    def match(self, session: Session, question: Question) -> Matches:
        """Return the services that fit: those with more of the words in their name first."""
        ...

    def spellings(self, session: Session, country: str | None) -> Sequence[str]:
        """Return the words of public listings in a country, or in all."""
        ...


def grade(found: int, length: int) -> int:
    """Grade a hit by the words found in its name and the words of that name.

    The more are found the better, then the shorter name: both engines give the same grades.
    """
    return min(length, LONGEST) - found * WORD

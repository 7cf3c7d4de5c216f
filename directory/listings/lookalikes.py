"""Asks, before a listing is written down, whether the directory has it already.

The feature that compares listings stands above this one: ``app.py`` introduces the two.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings.record import ListingRecord


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A listing, known to the person who asks, that may be the one that is about to be written.

    ``score`` lies between 0 and 1; the other fields help to recognise it.
    """

    service_id: uuid.UUID
    name: str
    organization_name: str
    address: str | None
    score: float


Finder = Callable[[Session, Actor, ListingRecord], Sequence[Lookalike]]
_finders: list[Finder] = []


def install(finder: Finder) -> None:
    """Let ``find`` ask this function from now on."""
    _finders[:] = [finder]


def find(
    session: Session, *, actor: Actor, record: ListingRecord
) -> Sequence[Lookalike]:
    """Return the listings that look like a record, the likest first; none where nobody compares."""
    return _finders[0](session, actor, record) if _finders else ()

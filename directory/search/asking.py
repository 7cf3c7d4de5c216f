"""Finds the place that a question in words names: "doctor near Dakar"."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from directory.areas import places
from directory.areas import queries as areas
from directory.areas import search as gazetteer
from directory.areas.search import Found
from directory.search.analyzers import LONGEST_QUERY, STOP_WORDS, stem
from directory.search.lexicon import read_lexicon
from directory.search.small_words import (
    ASKING,
    ATTACHED,
    BEFORE_PLACE,
    LINKING,
    SERVICES,
)
from directory.text import normalise

MOST_WORDS: Final = 16
"""Words of a question that are looked at."""
LONGEST_NAME: Final = 4
"""Words of a place's name: "San Pedro de Macorís"."""
SHORTEST_NAME: Final = 3
_BETWEEN: Final = re.compile(r"[\s,;:!?¿¡؟،؛'’\"“”«»()]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart: what is looked for, and where.

    ``place`` is the name as typed; ``token`` names the one that is meant, empty where several may be.
    """

    text: str
    place: str
    token: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Words in a row that may be a place: ``start`` and ``end`` with what leads to it, and the name."""

    start: int
    end: int
    name: str
    typed: str


def is_about_place(text: str) -> bool:
    """Whether a question has a word after which a place is expected: "in", "près de", «في»."""
    folded = [normalise(word) for word in _words(text)]
    return not BEFORE_PLACE.isdisjoint(folded[:-1])


def place_in(
    session: Session,
    text: str,
    *,
    countries: Collection[str],
    is_certain: bool,
) -> Asked | None:
    """Return what a question asks for and where; None where it names no place of these countries.

    A place is a town or an area by its very name, in any script. ``is_certain``: only one that
    follows a word such as "in" or "near". What names a category is no place.
    """
    words = _words(text)
    folded = [normalise(word) for word in words]
    lexicon = read_lexicon(session)
    runs = [
        run
        for run in _runs(words, folded, is_certain=is_certain)
        if not all(stem(word) in lexicon.terms for word in run.name.split())
    ]
    names = {run.name for run in runs}
    found = gazetteer.exactly(session, names, countries=countries)
    for run in runs:
        exact = [hit for hit in found if hit.matched == run.name]
        if exact:
            meant = _meant(session, exact)
            rest = [*words[: run.start], *words[run.end :]]
            token = places.token_of(meant) if meant else ""
            return Asked(_without_small(rest), run.typed, token)
    return None


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text[:LONGEST_QUERY]) if normalise(word)][
        :MOST_WORDS
    ]


def _runs(
    words: Sequence[str], folded: Sequence[str], *, is_certain: bool
) -> Iterator[_Run]:
    """What may be a place: first what follows a word such as "in", the last such and longest first."""
    for at in reversed(range(len(words) - 1)):
        if folded[at] in BEFORE_PLACE:
            yield from _behind(words, folded, at)
    if is_certain:
        return
    for at in range(len(words)):
        if folded[at] not in STOP_WORDS | ASKING:
            yield from _from(words, folded, at, leading=at)
        attached = folded[at].removeprefix(ATTACHED)
        if attached != folded[at] and len(attached) >= SHORTEST_NAME:
            yield _Run(at, at + 1, attached, words[at].removeprefix(ATTACHED))


def _behind(words: Sequence[str], folded: Sequence[str], at: int) -> Iterator[_Run]:
    """The names behind a word such as "in", with and without the small words that lead to them."""
    for begins in range(at + 1, len(words)):
        yield from _from(words, folded, begins, leading=at)
        if folded[begins] not in LINKING | BEFORE_PLACE:
            return


def _from(
    words: Sequence[str], folded: Sequence[str], begins: int, *, leading: int
) -> Iterator[_Run]:
    """The names that begin at a word, the longest first."""
    for end in range(min(len(words), begins + LONGEST_NAME), begins, -1):
        name = " ".join(folded[begins:end])
        if len(name) >= SHORTEST_NAME:
            yield _Run(leading, end, name, " ".join(words[begins:end]))


def _meant(session: Session, exact: Sequence[Found]) -> Found | None:
    """The one of several places of a name that is meant, if that is beyond doubt.

    A country holds whatever else is called so; a town is meant before the areas it lies in.
    """
    lands = [hit for hit in exact if hit.level == 0]
    if lands:
        return lands[0] if len(lands) == 1 else None
    towns = [hit for hit in exact if hit.place_id is not None]
    home = max(towns, key=lambda hit: hit.population).area_id if towns else None
    chain = areas.chains(session, [home]).get(home, []) if home else []
    around = {area.id for area in chain}
    return places.plainly_meant(
        [hit for hit in exact if hit.place_id is not None or hit.area_id not in around]
    )


def _without_small(words: Sequence[str]) -> str:
    """What is left to look for; empty where nothing but small words is."""
    small = STOP_WORDS | ASKING
    kept = [word for word in words if normalise(word) not in small]
    if all(normalise(word) in SERVICES for word in kept):
        return ""
    return " ".join(kept)

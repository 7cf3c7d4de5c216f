"""From what a person types to services: words, their meanings, beginnings, and other spellings."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.search.analyzers import query_words, stem
from directory.search.engine import NONE, Engine, Matches, Question, Scope
from directory.search.lexicon import Lexicon, read_lexicon

SHORTEST_BEGINNING: Final = 3
SHORTEST_CORRECTED: Final = 4
FEW: Final = 3
"""So few hits that another spelling is worth a hint."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Services whose text fits, and what became of the text.

    ``corrected``: the spelling that was searched because the typed one found nothing.
    ``suggestion``: a known spelling, where the typed one found little. ``is_partial``: nothing has all
    the words; these have some of them, those with more first.
    """

    matches: Matches
    corrected: str | None = None
    suggestion: str | None = None
    is_partial: bool = False

    @property
    def ids(self) -> list[uuid.UUID]:
        """The best of them, in order."""
        return [key for key, _ in self.matches.best]

    @property
    def grades(self) -> Mapping[uuid.UUID, int]:
        """The grades of the best: of equal ones none fits better."""
        return dict(self.matches.best)


def search(
    session: Session,
    engine: Engine,
    text: str,
    *,
    country: str | None,
    actor: Actor,
    is_any: bool = False,
) -> Hits:
    """Return the services whose words fit a text, among those that this actor may know of.

    Every word must be found: in the listing's own texts, as a category, or as an area. Where nothing
    is found, words that begin so are tried, then the closest spelling of public words, and then any
    of the words (``is_any``: at once). Each of these steps reads only what the actor may know of, so
    that none of them tells of anything else.
    """
    typed = query_words(text)
    if not typed:
        return Hits(NONE)
    lexicon = read_lexicon(session)
    scope = Scope(authz.levels(actor), authz.whole_organizations(actor))
    question = _question(lexicon, typed, country, scope)
    if is_any:
        return _with_any(session, engine, question)
    found = engine.match(session, question)
    if not found.count and any(len(word) >= SHORTEST_BEGINNING for word in typed):
        found = engine.match(session, replace(question, is_prefix=True))
    if found.count >= FEW:
        return Hits(found)
    spelled = correct(
        session, engine, typed, country=country, lexicon=lexicon, scope=scope
    )
    if spelled is None:
        is_all = found.count or len(typed) == 1
        return Hits(found) if is_all else _with_any(session, engine, question)
    words = " ".join(lexicon.written.get(word, word) for word in spelled)
    if found.count:
        return Hits(found, suggestion=words)
    question = _question(lexicon, spelled, country, scope)
    return Hits(engine.match(session, question), corrected=words)


def _with_any(session: Session, engine: Engine, question: Question) -> Hits:
    found = engine.match(session, replace(question, is_any=True))
    return Hits(found, is_partial=found.count > 0)


def correct(
    session: Session,
    engine: Engine,
    typed: Sequence[str],
    *,
    country: str | None,
    lexicon: Lexicon,
    scope: Scope,
) -> list[str] | None:
    """Return the words with each unknown one replaced by its closest known spelling.

    None when all are known, when one has no close spelling, or when the result would find nothing in
    scope. Offered spellings are public words: they never tell of a restricted listing.
    """
    pools = (engine.spellings(session, country), lexicon.spellings(country))

    def is_known(word: str) -> bool:
        question = _question(lexicon, [word], country, scope)
        return bool(lexicon.marks(word, country)) or bool(
            engine.match(session, question).count
        )

    found = [word if is_known(word) else _closest(word, pools) for word in typed]
    if None in found:
        return None
    spelled = [word for word in found if word is not None]
    if spelled == list(typed):
        return None
    question = _question(lexicon, spelled, country, scope)
    return spelled if engine.match(session, question).count else None


def _closest(word: str, pools: Iterable[Collection[str]]) -> str | None:
    """The known word at the smallest distance: 1 letter for short words, 2 for longer ones."""
    if len(word) < SHORTEST_CORRECTED:
        return None
    furthest = 1 if len(word) < 6 else 2
    best = [
        hit
        for pool in pools
        for hit in process.extract(
            word, pool, scorer=OSA.distance, score_cutoff=furthest, limit=5
        )
    ]
    return min(best, key=lambda hit: _unlikeness(word, hit), default=(None,))[0]


def _unlikeness(word: str, hit: tuple[str, float, int]) -> tuple[float, bool, int, str]:
    """Of equally close words, the same first letter, the same length and the alphabet decide."""
    found, distance, _ = hit
    return distance, found[0] != word[0], abs(len(found) - len(word)), found


def _question(
    lexicon: Lexicon,
    typed: Iterable[str],
    country: str | None,
    scope: Scope,
) -> Question:
    kept = tuple(typed)
    return Question(
        groups=tuple(
            frozenset({stem(word)}) | lexicon.marks(word, country) for word in kept
        ),
        typed=tuple(stem(word) for word in kept),
        country=country,
        scope=scope,
    )

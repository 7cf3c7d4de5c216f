"""Which category an unknown word may mean: the nearest of all words that anybody has explained.

Examples are the words that people mapped in earlier imports, the labels of the taxonomy in every
language, and the values of its OpenStreetMap tags. A proposal is shown, never carried out by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import ImportMapping, TaxonomyTerm
from directory.text import normalise

_NEAR_ENOUGH: Final = 82
_SHORTEST: Final = 4


@dataclass(slots=True)
class Examples:
    """Words that were explained before, folded, with their codes; words already looked up are kept."""

    terms: Mapping[str, str]
    _words: list[str] = field(init=False)
    _found: dict[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        self._words = [word for word in self.terms if len(word) >= _SHORTEST]
        self._found = {}

    def nearest(self, word: str) -> str | None:
        """Return the code that the most similar example stands for; None where none is near."""
        folded = normalise(word)
        if folded not in self._found:
            self._found[folded] = self._find(folded)
        return self._found[folded]

    def _find(self, folded: str) -> str | None:
        if folded in self.terms:
            return self.terms[folded]
        if len(folded) < _SHORTEST:
            return None
        best = process.extractOne(
            folded, self._words, scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR_ENOUGH
        )
        return self.terms[best[0]] if best else None


def read_examples(session: Session, own: Mapping[str, str]) -> Examples:
    """Return the examples that the directory holds; ``own`` are words said for this very file."""
    rows = session.execute(
        select(TaxonomyTerm.code, TaxonomyTerm.names, TaxonomyTerm.osm_tags)
    ).all()
    known = {code for code, _, _ in rows}
    terms = _of_tags((code, tags) for code, _, tags in rows if tags)
    for code, names, _tags in rows:
        terms |= {normalise(label): code for label in names.values()}
    mappings = select(ImportMapping.values).order_by(ImportMapping.created_at)
    for values in session.scalars(mappings):
        terms |= _of_people(values.get("kinds", {}), known)
    return Examples(terms | _of_people(own, known))


def _of_people(words: Mapping[str, str], known: set[str]) -> dict[str, str]:
    return {normalise(word): code for word, code in words.items() if code in known}


def _of_tags(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values of single tags ("healthcare=dentist") that only one category has."""
    found: dict[str, set[str]] = {}
    for code, tags in pairs:
        for alternative in tags.split("|"):
            key, _, value = alternative.strip().partition("=")
            if key and value and "+" not in alternative and value not in {"yes", "*"}:
                found.setdefault(normalise(value.replace("_", " ")), set()).add(code)
    return {word: codes.pop() for word, codes in found.items() if len(codes) == 1}

"""What a word may mean besides itself: the categories and areas whose names hold it, in any language.

Listings are indexed under the marks of their categories and areas; the names stand here. So a listing
is found in four languages without being written four times, and a new name needs no new index.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.config import ROOT
from directory.countries import queries as countries
from directory.models import Area, AreaName, CountryPack, TaxonomyTerm
from directory.search.analyzers import mark, spellings, stem

EVERYDAY: Final = ROOT / "data" / "everyday_words.csv"
"""What people call what they look for: "doctor" for primary health care, in four languages."""

Meanings = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Marks by word, and how the words are written, for categories and for the areas by country."""

    terms: Meanings
    areas: Mapping[str, Meanings]
    written: Mapping[str, str]
    """From a folded word to the first way it is written in a name: "hopital" to "hôpital"."""
    spelled: Mapping[str, Collection[str]]
    """The folded words of categories and of a country's areas, by country; "" for categories alone."""

    def marks(self, word: str, country: str | None) -> frozenset[str]:
        """Return the marks of categories and areas that a folded word may mean."""
        key = stem(word)
        chosen = [country] if country else list(self.areas)
        in_areas = (self.areas.get(each, {}).get(key, frozenset()) for each in chosen)
        return self.terms.get(key, frozenset()).union(*in_areas)

    def spellings(self, country: str | None) -> Collection[str]:
        """Return the folded words of names that may be meant."""
        if country is None:
            return self.written.keys()
        return self.spelled.get(country) or self.spelled.get("", ())


_lock = Lock()
_kept: dict[tuple[str, int, int, str], Lexicon] = {}


def read_lexicon(session: Session) -> Lexicon:
    """Return the lexicon of this database; kept until names are added or taken away, or a pack loaded."""
    terms = session.scalar(select(func.count()).select_from(TaxonomyTerm)) or 0
    names = session.scalar(select(func.count()).select_from(AreaName)) or 0
    packed = session.scalar(select(func.max(CountryPack.loaded_at)))
    key = (str(session.get_bind().engine.url), terms, names, str(packed))
    found = _kept.get(key)
    if found is None:
        with _lock:
            _kept.clear()
            found = _kept[key] = _build(session)
    return found


def _build(session: Session) -> Lexicon:
    written: dict[str, str] = {}
    terms: dict[str, set[str]] = defaultdict(set)
    for code, names in session.execute(select(TaxonomyTerm.code, TaxonomyTerm.names)):
        for name in (names or {}).values():
            _note(name, mark("term", code), terms, written)
    with EVERYDAY.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sign = mark("term", row.pop("code"))
            for word in "|".join(row.values()).split("|"):
                _note(word, sign, terms, written)
    spelled: dict[str, set[str]] = {"": set(written)}
    areas: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    query = (
        select(Area.country, Area.id, AreaName.name)
        .join(AreaName, AreaName.area_id == Area.id)
        .where(Area.valid_to.is_(None))
    )
    for country, area_id, name in session.execute(query):
        _note(name, mark("area", area_id.hex), areas[country], written)
        spelled.setdefault(country, set(spelled[""])).update(spellings(name))
    for country, pack in countries.packs(session).items():
        for code, name in pack.own_names():
            _note(name, mark("term", code), areas[country], written)
            spelled.setdefault(country, set(spelled[""])).update(spellings(name))
    return Lexicon(
        terms=_frozen(terms),
        areas={country: _frozen(meanings) for country, meanings in areas.items()},
        written=written,
        spelled={country: sorted(words) for country, words in spelled.items()},
    )


def _note(
    name: str, sign: str, meanings: dict[str, set[str]], written: dict[str, str]
) -> None:
    for word in name.replace("/", " ").split():
        for folded in spellings(word):
            meanings[stem(folded)].add(sign)
            written.setdefault(folded, word.strip("(),.;:").lower())


def _frozen(meanings: Mapping[str, set[str]]) -> Meanings:
    return {word: frozenset(signs) for word, signs in meanings.items()}

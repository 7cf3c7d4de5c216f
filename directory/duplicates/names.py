"""Reads a name: which one it is, what kind of place it is, and what tells it from its neighbours."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from directory.areas.spelling import skeleton
from directory.duplicates import vocabulary
from directory.text import normalise

FEWEST_BONES: Final = 3
"""Consonants that a skeleton needs to say anything by itself."""
_HELP_OF_BONES: Final = 0.35
_SAME_WORD: Final = 0.74
"""Likeness from which two words are spellings of one."""
_MORE_WORDS: Final = 0.4
_ETHIOPIC: Final = "ETHIOPIC SYLLABLE "


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart.

    ``folded``: the whole name as ``normalise`` folds it. ``core``: the words that name, folded, sorted, in Latin letters, with spaces between; ``bones``:
    their skeletons in the same order; ``joined``: the words in the order written, without spaces.
    """

    folded: str
    core: str
    joined: str
    bones: str
    words: tuple[str, ...]
    kinds: frozenset[str]
    marks: frozenset[str]
    numbers: frozenset[str]
    is_foreign: bool
    """Whether it is written in other letters than Latin ones, so that only bones compare."""


@lru_cache(maxsize=65_536)
def read(text: str) -> Name:
    """Return a name taken apart; equal spellings are read once."""
    kinds: set[str] = set()
    marks: set[str] = set()
    numbers: set[str] = set()
    named: list[tuple[str, str]] = []
    folded = normalise(text)
    for word in _words(_shortened(folded)):
        _file(word, kinds, marks, numbers, named)
    if "level:primary" in marks and not kinds & _TAUGHT:
        marks.discard("level:primary")  # primary health care is no kind of school
    ordered = sorted(named)
    return Name(
        folded=folded,
        core=" ".join(word for word, _ in ordered),
        joined="".join(word for word, _ in named),
        bones=" ".join(bones for _, bones in ordered if bones),
        words=tuple(word for word, _ in ordered),
        kinds=frozenset(kinds),
        marks=frozenset(marks),
        numbers=frozenset(numbers),
        is_foreign=not folded.isascii(),
    )


def likeness(one: Name, other: Name) -> float:
    """Return how alike two names proper are, 0 to 1; kinds, marks and numbers do not count.

    Words may stand in any order and be written together; across scripts the skeletons decide.
    """
    if one.core == other.core:
        return 1.0 if one.core else 0.9
    if not one.core or not other.core:
        return 0.0
    if one.joined == other.joined:
        return 1.0
    if one.is_foreign != other.is_foreign:
        bones = fuzz.ratio(one.bones, other.bones) / 100
        return bones if min(len(one.bones), len(other.bones)) >= FEWEST_BONES else 0.0
    alike = _aligned(one.words, other.words)
    if len(one.words) != len(other.words):
        alike = max(alike, fuzz.ratio(one.joined, other.joined) / 100)
    if one.bones == other.bones and len(one.bones) >= FEWEST_BONES:
        alike += (1 - alike) * _HELP_OF_BONES
    return alike


def _aligned(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of letters in words that have a like one on the other side.

    A word without one counts in full where the other name has such a word, too: then the two name
    different things. Where only one name says more, it counts less.
    """
    few, many = sorted((list(one), list(other)), key=len)
    like = total = 0.0
    alone = 0
    for word in few:
        best = max(many, key=lambda each: fuzz.ratio(word, each))
        ratio = fuzz.ratio(word, best) / 100
        if ratio < _SAME_WORD:
            alone += len(word)
            continue
        many.remove(best)
        like += ratio * (len(word) + len(best)) / 2
        total += (len(word) + len(best)) / 2
        if not many:
            break
    weight = 1.0 if alone else _MORE_WORDS
    total += alone + sum(map(len, many)) * weight
    return like / total if total else 0.0


def in_latin(word: str) -> str:
    """Return Ethiopic syllables in Latin letters, as their names in Unicode say; others stay."""
    if word.isascii() or not any(0x1200 <= ord(letter) < 0x1380 for letter in word):
        return word
    letters = (unicodedata.name(letter, "") for letter in word)
    return "".join(
        name.removeprefix(_ETHIOPIC).lower() for name in letters if _ETHIOPIC in name
    )


_LONG_WORD: Final = 8
_VOCABULARY: Final = (
    vocabulary.GENERIC | vocabulary.KINDS.keys() | vocabulary.MARKS.keys()
)
_LONG_VOCABULARY: Final = sorted(
    word for word in _VOCABULARY if len(word) >= _LONG_WORD
)
_TAUGHT: Final = frozenset({"school", "college", "academy", "institute"})


def _shortened(folded: str) -> str:
    """The name with each phrase that has a word of its own written as that word."""
    for phrase, word in vocabulary.PHRASES:
        if phrase in folded:
            folded = folded.replace(phrase, word)
    return folded


def _words(folded: str) -> list[str]:
    """The words of a folded name; letters that stand alone are one word (a m e: ame)."""
    found: list[str] = []
    letters: list[str] = []
    for word in folded.split():
        if len(word) == 1 and word.isascii() and word.isalpha():
            letters.append(word)
            continue
        found += _lonely(letters)
        letters = []
        found.append(word)
    return found + _lonely(letters, is_last=True)


def _lonely(letters: list[str], *, is_last: bool = False) -> list[str]:
    """A run of single letters: an abbreviation, or the number of a branch (Camp B)."""
    if len(letters) == 1:
        letter = letters[0]
        is_branch = letter in "abc" or (is_last and letter not in "ivx")
        return [f"#{letter}"] if is_branch else [letter]
    return ["".join(letters)] if letters else []


def _file(
    word: str,
    kinds: set[str],
    marks: set[str],
    numbers: set[str],
    named: list[tuple[str, str]],
) -> None:
    category, value, bones = _meaning(word)
    if category == "kind":
        kinds.add(value)
    elif category == "mark":
        marks.add(value)
    elif category == "number":
        numbers.add(value)
    elif category == "name":
        named.append((value, bones))


@lru_cache(maxsize=262_144)
def _meaning(word: str) -> tuple[str, str, str]:
    """Return what a word is (kind, mark, number, name or nothing), its value and its skeleton."""
    word = vocabulary.ALIASES.get(word, word)
    bare = word[2:] if word.startswith(("ال", "لل")) and len(word) > 4 else word
    word, bare = _without_slip(word), _without_slip(bare)
    number = _number(word)
    if not word or word in vocabulary.GENERIC or bare in vocabulary.GENERIC:
        return "nothing", "", ""
    for category, table in (("kind", vocabulary.KINDS), ("mark", vocabulary.MARKS)):
        if value := table.get(word) or table.get(bare):
            return category, value, ""
    if number:
        return "number", number, ""
    latin = in_latin(bare)
    return "name", latin, skeleton(latin)


def _without_slip(word: str) -> str:
    """A word of the vocabulary with one slip of the pen, written right; other words as they are."""
    if len(word) < _LONG_WORD or word in _VOCABULARY:
        return word
    found = process.extractOne(
        word, _LONG_VOCABULARY, scorer=OSA.distance, score_cutoff=1
    )
    return found[0] if found else word


def _number(word: str) -> str:
    if word.isdecimal():
        return str(int(word))
    return word if word.startswith("#") else vocabulary.NUMBERS.get(word, "")

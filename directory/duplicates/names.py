"""Reads a name: which one it is, what kind of place it is, and what tells it from its neighbours."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from directory.areas.spelling import skeleton
from directory.duplicates import vocabulary
from directory.text import normalise

_FIRST_WORDS: Final = 4
FEWEST_BONES: Final = 3
"""Consonants that a skeleton needs to say anything by itself."""
_HELP_OF_BONES: Final = 0.35
_SAME_WORD: Final = 0.74
"""Likeness from which two words are spellings of one."""
_MORE_WORDS: Final = 0.4
_LEAST_WORD: Final = 4
"""Letters that a word counts for at least whose place another takes: K/Wambai is not M/Wambai."""
_ETHIOPIC: Final = "ETHIOPIC SYLLABLE "


class Name(NamedTuple):
    """A name taken apart.

    ``folded``: the whole name as ``normalise`` folds it; ``core``: the words that name, folded, in
    Latin letters, sorted, with spaces between; ``bones``: their skeletons in the same order;
    ``joined``: the words in the order written, without spaces; ``codes``: a number for the beginning
    of each of the first words, by which listings are brought together; ``is_foreign``: written in
    other letters than Latin ones, so that only bones compare.
    """

    folded: str
    core: str
    joined: str
    bones: str
    words: tuple[str, ...]
    kinds: frozenset[str]
    marks: frozenset[str]
    numbers: frozenset[str]
    codes: frozenset[int]
    is_foreign: bool


@lru_cache(maxsize=8_192)
def read(text: str) -> Name:
    """Return a name taken apart. A hundred thousand are read at once, so no step is idle."""
    folded = normalise(text)
    meanings = [_meaning(word) for word in _words(_shortened(folded))]
    named = [each for each in meanings if each[0] == "name"]
    ordered = sorted(named) if len(named) > 1 else named
    kinds = _values("kind", meanings)
    marks = _values("mark", meanings)
    if (
        marks & _OF_SCHOOLS
    ):  # primary health care is no school, a senior school not for the old
        is_taught = kinds & _TAUGHT or "level:secondary" in marks
        marks -= {"who:senior"} if is_taught else {"level:primary"}
    words = tuple([each[1] for each in ordered])
    return Name(
        folded,
        " ".join(words),
        "".join([each[1] for each in named]),
        " ".join([each[2] for each in ordered if each[2]]),
        words,
        kinds,
        marks,
        _values("number", meanings),
        frozenset([each[3] for each in ordered[:_FIRST_WORDS]]) or _NO_CODES,
        not folded.isascii(),
    )


def _values(category: str, meanings: Sequence["_Meaning"]) -> frozenset[str]:
    return frozenset([each[1] for each in meanings if each[0] == category])


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
            alone += max(len(word), _LEAST_WORD)
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
_OF_SCHOOLS: Final = frozenset({"level:primary", "who:senior"})
_TAUGHT: Final = frozenset({"school", "college", "academy", "institute"})


def _shortened(folded: str) -> str:
    """The name with each phrase that has a word of its own written as that word."""
    for phrase, word in vocabulary.PHRASES:
        if phrase in folded:
            folded = folded.replace(phrase, word)
    return folded


def _words(folded: str) -> list[str]:
    """The words of a folded name; letters that stand alone are one word (a m e: ame)."""
    words = folded.split()
    if not words or min(map(len, words)) > 1:
        return words
    found: list[str] = []
    letters: list[str] = []
    for word in words:
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


_Meaning = tuple[str, str, str, int]
"""What a word is (kind, mark, number, name or nothing), its value, its skeleton, its code."""


@lru_cache(maxsize=262_144)
def _meaning(word: str) -> _Meaning:
    word = vocabulary.ALIASES.get(word, word)
    bare = word[2:] if word.startswith(("ال", "لل")) and len(word) > 4 else word
    word, bare = _without_slip(word), _without_slip(bare)
    number = _number(word)
    if not word or word in vocabulary.GENERIC or bare in vocabulary.GENERIC:
        return "nothing", "", "", 0
    for category, table in (("kind", vocabulary.KINDS), ("mark", vocabulary.MARKS)):
        if value := table.get(word) or table.get(bare):
            return category, value, "", 0
    if number:
        return "number", number, "", 0
    latin = in_latin(bare)
    bones = skeleton(latin)
    return "name", latin, bones, _code(bones or latin)


def _code(word: str) -> int:
    """A number for the first two consonants of a word, or letters where it has none."""
    return sum(ord(letter) << (21 * place) for place, letter in enumerate(word[:2]))


_NO_CODES: Final = frozenset({0})


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

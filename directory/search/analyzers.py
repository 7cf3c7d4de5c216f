"""One normalisation for every engine: words of any script in the form that is indexed and asked."""

from collections.abc import Iterable
from hashlib import blake2s
from typing import Final

from directory.search.small_words import ASKING
from directory.text import normalise

LONGEST_QUERY: Final = 200
MOST_WORDS: Final = 8

STOP_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "for",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "au",
        "aux",
        "avec",
        "chez",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "sur",
        "un",
        "une",
        "al",
        "con",
        "del",
        "e",
        "el",
        "las",
        "lo",
        "los",
        "para",
        "por",
        "un",
        "una",
        "y",
        "في",
        "من",
        "الي",
        "علي",
        "عن",
        "مع",
        "و",
        "او",
    ]
)
_ARTICLES: Final = ("وال", "بال", "كال", "فال", "لل", "ال")
_MARK: Final = "zq"
_ARABIC: Final = ("\u0600", "\u06ff")


def words(text: str) -> list[str]:
    """Return the words of a text as they are indexed, in order, without those that say nothing.

    >>> words("Les hôpitaux du Nord")
    ['hopital', 'nord']
    >>> words("المستشفيات") == words("مستشفى")
    True
    """
    return [stem(word) for word in spellings(text)]


def spellings(text: str) -> list[str]:
    """Return the words of a text folded but whole, without those that say nothing."""
    return [word for word in normalise(text).split() if word not in STOP_WORDS]


def query_words(text: str) -> list[str]:
    """Return the folded words of a query, each once, at most MOST_WORDS of them.

    Words that only ask ("where", "cherche", «أين») are left out where others remain.
    """
    found = list(dict.fromkeys(spellings(text[:LONGEST_QUERY])))
    return ([word for word in found if word not in ASKING] or found)[:MOST_WORDS]


def all_words(texts: Iterable[str | None]) -> frozenset[str]:
    """Return the words of many texts."""
    return frozenset(word for text in texts if text for word in words(text))


def stem(word: str) -> str:
    """Take off the article or the plural of a folded word, gently: two words may meet, none is lost.

    >>> stem("services") == stem("service")
    True
    >>> stem("pharmacies") == stem("pharmacy") == stem("pharmacie")
    True
    """
    if _ARABIC[0] <= word[:1] <= _ARABIC[1]:
        return _arabic_stem(word)
    if len(word) <= 4 or not word.isalpha():
        return word
    if word.endswith("aux"):
        word = f"{word[:-3]}al"
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 5 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") else word


def mark(kind: str, code: str) -> str:
    """Return the word under which a category or an area is indexed: no text contains it."""
    digest = blake2s(f"{kind}:{code}".encode(), digest_size=7).hexdigest()
    return f"{_MARK}{digest}"


def is_mark(word: str) -> bool:
    """Whether an indexed word is the mark of a category or an area."""
    return word.startswith(_MARK) and len(word) == len(_MARK) + 14


def _arabic_stem(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            word = word[len(article) :]
            break
    if word.endswith("ات") and len(word) >= 5:
        return word[:-2]
    return word[:-1] if word.endswith("ه") and len(word) >= 4 else word

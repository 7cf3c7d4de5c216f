"""Names in any script brought to one comparable form, and the marker for texts to translate."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel.support import Translations

TATWEEL: Final = "\u0640"
# Letters that writers of Arabic, Persian and Urdu exchange freely; see docs/glossary.md.
_ARABIC_FORMS: Final = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        TATWEEL: "",
    }
)
_LATIN_FORMS: Final = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "ɓ": "b",
        "ɗ": "d",
    }
)
_NOT_WORD: Final = re.compile(r"[^\w]+", re.UNICODE)
_MARKS: Final = dict.fromkeys(
    code
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
    if unicodedata.category(chr(code)) == "Mn"
)
# Marks without width go, letter forms follow: one pass over the text.
_AFTER_FOLDING: Final = {**_MARKS, **_ARABIC_FORMS, **_LATIN_FORMS}


def N_(message: str) -> str:  # noqa: N802 -- gettext's own name for a deferred translation
    """Mark a text for the catalogues and return it untranslated."""
    return message


@cache
def translator(language: str) -> Callable[[str], str]:
    """How a message id is said in a language, outside of requests; English without a catalogue."""
    folder = Path(__file__).resolve().parent.parent / "translations"
    return Translations.load(str(folder), [language]).gettext


@lru_cache(maxsize=16_384)
def normalise(text: str) -> str:
    """Fold a name for comparison: case, accents, Arabic letter forms and punctuation are dropped.

    >>> normalise("Hôpital  Général")
    'hopital general'
    >>> normalise("هُوِيَّة")
    'هويه'
    """
    if text.isascii():  # most names of most files, five times as fast
        return _NOT_WORD.sub(" ", text.casefold().replace("_", " ")).strip()
    folded = unicodedata.normalize("NFKD", text.translate(_ARABIC_FORMS)).casefold()
    kept = folded.translate(_AFTER_FOLDING).replace("_", " ")
    return _NOT_WORD.sub(" ", kept).strip()


@dataclass(frozen=True, slots=True)
class Labels:
    """Message ids that the edge translates one by one and joins as a list; other text stays."""

    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Names that stand as they are in every language; the edge joins them as a list."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageCodes:
    """ISO 639 codes that the edge writes as names of languages."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountryCodes:
    """ISO 3166-1 alpha-2 codes that the edge writes as names of countries."""

    codes: tuple[str, ...]

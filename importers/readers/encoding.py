"""Which letters a text file is written in: UTF-8 and UTF-16 for certain, older code pages by guess."""

import codecs
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

from importers.refusals import FileRefused

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In the order of preference between equals: the first three are by far the most common.
_CODE_PAGES: Final = (
    "cp1252",
    "cp1256",
    "cp1251",
    "iso8859_6",
    "mac_roman",
    "cp850",
    "cp1254",
)
_LATIN: Final = frozenset(
    "éèêëàâäáãåçñíìîïóòôöõúùûüœæßøýÿÉÈÊËÀÂÄÁÃÅÇÑÍÌÎÏÓÒÔÖÕÚÙÛÜŒÆØ‘’“”–—…«»°ºª·€©®¿¡\xa0ıİşŞğĞ"
)
_SAMPLE: Final = 400_000
_SURE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the encoding it was read with, and whether that was a guess."""

    text: str
    encoding: str
    is_guess: bool


def decode(data: bytes) -> Decoded:
    """Return the text of a file. Raises FileRefused when no encoding makes sense of it."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _certain(data, encoding)
    if (wide := _wide_without_mark(data)) is not None:
        return Decoded(_certain(data, wide).text, wide, is_guess=True)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        encoding = _guess(data[:_SAMPLE])
    return Decoded(data.decode(encoding, errors="replace"), encoding, is_guess=True)


def _certain(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding).lstrip("\ufeff"), encoding, is_guess=False)
    except UnicodeDecodeError as error:
        raise FileRefused("encoding_unknown") from error


def _wide_without_mark(data: bytes) -> str | None:
    sample = data[:2000]
    if len(sample) < 16:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _guess(sample: bytes) -> str:
    best = max(_CODE_PAGES, key=lambda page: _plausibility(sample, page))
    if _plausibility(sample, best) >= _SURE:
        return best
    found = from_bytes(sample).best()
    if found is None:
        raise FileRefused("encoding_unknown")
    return str(found.encoding)


def _plausibility(sample: bytes, encoding: str) -> float:
    """Return the share of the non-ASCII letters that make sense under an encoding, 0 to 1.

    Arabic and Cyrillic letters stand beside each other in words; accented Latin letters stand
    alone between plain ones. A letter of the other kind counts for nothing.
    """
    text = sample.decode(encoding, errors="replace")
    total = good = 0
    previous = " "
    for position, letter in enumerate(text):
        if letter < "\x80":
            previous = letter
            continue
        total += 1
        follower = text[position + 1] if position + 1 < len(text) else " "
        good += _fits(letter, previous, follower)
        previous = letter
    return good / total if total else 0.0


def _fits(letter: str, before: str, after: str) -> bool:
    if letter.isupper() and before.islower():
        return False  # No alphabet puts a capital inside a small word.
    if "\u0400" <= letter <= "\u06ff":
        beside_latin = (before < "\x80" and before.isalpha()) or (
            after < "\x80" and after.isalpha()
        )
        return not beside_latin
    if letter not in _LATIN:
        return False
    if not letter.isalpha():
        return True
    return not (_is_odd_neighbour(before) or _is_odd_neighbour(after))


def _is_odd_neighbour(letter: str) -> bool:
    return letter >= "\x80" and letter.isalpha()

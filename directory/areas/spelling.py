"""The skeleton of a name: what its spellings share, within and across two scripts.

Names of places reach a form by ear: Mosul, Mossoul, Mousl, الموصل. The skeleton keeps
the consonants, joins those that are exchanged between transcriptions, and drops
vowels, doubling and the Arabic article. It only gathers candidates; the full names
decide between them.
"""

import re
from functools import lru_cache
from typing import Final

_ARABIC: Final = str.maketrans(
    {
        "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "k", "د": "d", "ذ": "d",
        "ر": "r", "ز": "s", "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "d",
        "ع": "", "غ": "k", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n",
        "ه": "h", "و": "", "ي": "", "ا": "", "ء": "", "ئ": "", "ؤ": "", "پ": "b",
        "چ": "j", "ژ": "j", "گ": "k", "ڤ": "f", "ة": "", "ى": "", "ە": "", "ێ": "",
        "ۆ": "", "ھ": "h", "ہ": "h", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ے": "",
    }
)  # fmt: skip
# Letter groups first, longest first; then single letters.
_GROUPS: Final = (
    ("tch", "j"), ("sch", "s"), ("dj", "j"), ("ch", "s"), ("sh", "s"), ("kh", "k"),
    ("gh", "k"), ("dh", "d"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("qu", "k"),
    ("x", "ks"),
)  # fmt: skip
_LETTERS: Final = str.maketrans(
    {"c": "k", "q": "k", "g": "k", "z": "s", "v": "f", "p": "b", "w": "", "y": ""}
)
_ARTICLE: Final = re.compile(r"\b(?:al|el|ad|as|ash|at|an|ar|az|ul)\s+|\bال(?=\w{2})")
_VOWELS: Final = re.compile(r"[aeiou]")
_FINAL_H: Final = re.compile(r"h\b")
_DOUBLED: Final = re.compile(r"(.)\1+")
_LETTER: Final = re.compile("[A-Za-z]")


@lru_cache(maxsize=4096)
def skeleton(normalised: str) -> str:
    """Return the skeleton of a folded name; empty for names without consonants."""
    text = _ARTICLE.sub("", normalised) or normalised
    text = text.translate(_ARABIC)
    # A final h is silent as often as not: Zawitah, Zawita.
    text = _FINAL_H.sub("", text)
    for group, letter in _GROUPS:
        text = text.replace(group, letter)
    text = _VOWELS.sub("", text.translate(_LETTERS).replace(" ", ""))
    return _DOUBLED.sub(r"\1", text)


def script_of(text: str) -> str:
    """Return ``arabic``, ``latin`` or ``other`` for the letters of a name."""
    if text.isascii():
        return "latin" if _LETTER.search(text) else "other"
    found = ""
    for letter in text:
        if letter.isalpha():
            script = _script(letter)
            if script == "other" or script != (found or script):
                return "other"
            found = script
    return found or "other"


def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2B0 <= code < 0x370:
        return "latin"
    if 0x600 <= code < 0x780 or 0x8A0 <= code < 0x900 or 0xFB50 <= code < 0xFE00:
        return "arabic"
    return "other"

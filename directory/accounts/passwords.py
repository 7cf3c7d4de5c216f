"""Passwords: how they are stored, compared, and which ones are too easy to guess."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from directory.errors import Invalid
from directory.text import N_

MINIMUM_LENGTH: Final = 12
MAXIMUM_LENGTH: Final = 200
"""Longer texts only cost the server time; a passphrase of 200 letters is long enough."""

_COMMON_WORDS: Final = Path(__file__).parents[2] / "data" / "common_password_words.txt"
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890",
)
_LOOKALIKES: Final = str.maketrans("@430157$!", "aaeoistsi")
# The work of one check: 19 MiB and two passes, the parameters of RFC 9106's low-memory advice.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WeakPassword(Invalid):
    """The password is too short, or among the first that somebody would try."""

    code = "weak_password"
    message = N_("Choose another password: this one is too easy to guess.")


def make_hash(password: str) -> str:
    """Return the Argon2id hash of a password, with its own salt and parameters in it."""
    return _HASHER.hash(_same_letters(password))


def is_correct(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; as slow without a hash as with one."""
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), _same_letters(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def check_strength(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuse a password that is short, common, a row of keys, or made of the person's own data.

    ``about`` holds the account's name and e-mail address. Raises WeakPassword.
    """
    if len(password) < MINIMUM_LENGTH:
        raise _weak(N_("Use at least %(length)s characters."), length=MINIMUM_LENGTH)
    if len(password) > MAXIMUM_LENGTH:
        raise _weak(N_("Use at most %(length)s characters."), length=MAXIMUM_LENGTH)
    folded = _same_letters(password).casefold()
    if len(set(folded)) < 5 or _is_row_of_keys(folded):
        raise _weak(
            N_(
                "Choose something less regular than a row of keys or one letter repeated."
            )
        )
    if _is_made_of(folded, _common_words() | _words_of(about)):
        raise _weak(
            N_(
                "This password is made of words that many people use. Four unrelated words are better."
            )
        )


def _weak(message: str, **values: object) -> WeakPassword:
    return WeakPassword(message, values=values, fields={"password": message})


def _same_letters(password: str) -> str:
    # The same letter typed on two keyboards may be one code point or two (RFC 8265 asks for NFC).
    return unicodedata.normalize("NFC", password)


def _is_row_of_keys(folded: str) -> bool:
    """Whether nearly all of it follows the alphabet, the digits or a keyboard row, either way."""
    pairs = list(itertools.pairwise(folded))
    rows = [row for known in _ROWS for row in (known, known[::-1])]
    in_a_row = sum(
        first == second or any(first + second in row for row in rows)
        for first, second in pairs
    )
    return in_a_row >= 0.75 * len(pairs)


def _is_made_of(folded: str, words: frozenset[str]) -> bool:
    """Whether little is left once common words are taken out; a digit counts half a letter."""
    spellings = (folded, folded.translate(_LOOKALIKES))
    return any(
        _weight(_without(re.sub(r"[\W_]+", "", text), words)) < 5 for text in spellings
    )


def _without(text: str, words: frozenset[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _weight(text: str) -> float:
    digits = sum(letter.isdigit() for letter in text)
    return len(text) - digits / 2


def _words_of(about: Iterable[str]) -> frozenset[str]:
    words = (word for text in about for word in re.split(r"[\W_]+", text.casefold()))
    return frozenset(word for word in words if len(word) >= 4)


@functools.cache
def _common_words() -> frozenset[str]:
    lines = _COMMON_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash("the password of nobody at all")

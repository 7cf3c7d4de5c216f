"""Secret links and readable codes: how they are made, compared and kept only as digests.

A link's token is derived from the site's secret, so that a reminder or a second print carries the
same link while the database holds nothing but its digest. A new ``generation`` ends the old link.
"""

import hashlib
import hmac
import secrets
import uuid
from typing import Final

# Crockford's base 32: no I, L, O or U, so that a code read aloud or from paper survives.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


def derive(
    secret_key: str,
    *,
    purpose: str,
    subject: uuid.UUID,
    generation: int,
    length: int = 26,
) -> str:
    """A token of ``length`` characters, five bits each (26 are 130 bits)."""
    text = f"{purpose}:{subject}:{generation}"
    made = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).digest()
    number = int.from_bytes(made, "big")
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(length))


def digest(token: str) -> str:
    """The SHA-256 of a token, as kept in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def readable_code(length: int) -> str:
    """A random code, five bits a character, that nobody can guess from another one."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def tidy_code(typed: str) -> str:
    """A typed code as it was printed: without gaps, in capitals, look-alikes made one.

    >>> tidy_code("abcd-efgh ijkl-o123")
    'ABCDEFGH1JK10123'
    """
    letters = "".join(sign for sign in typed.upper() if sign.isalnum())
    return letters.translate(_HEARD_AS)


def grouped(code: str, size: int = 4) -> str:
    """A code in groups for the eye: ``ABCD-EFGH``."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))

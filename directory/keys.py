"""Keys for many new rows at once: UUID version 7, which grow, so that indexes fill in order."""

import os
import uuid
from collections.abc import Iterator
from datetime import datetime


def new_key_texts(now: datetime) -> Iterator[str]:
    """Yield keys as 32 hexadecimal digits, for rows that no other row refers to: cheaper to make.

    They grow as those of ``new_keys`` do; databases take them for UUIDs.
    """
    milliseconds = int(now.timestamp() * 1000)
    while True:
        noise = os.urandom(8 * 4096).hex()
        for count in range(4096):
            start = count * 16
            yield f"{milliseconds:012x}7{count:03x}8{noise[start : start + 15]}"
        milliseconds += 1


def new_keys(now: datetime) -> Iterator[uuid.UUID]:
    """Yield keys without end (RFC 9562, version 7): milliseconds, a counter, 54 random bits.

    Two runs in the same millisecond differ in the random bits; within a run the order is that of
    creation. The keys tell when a row was made, which every listing shows anyway.
    """
    milliseconds = int(now.timestamp() * 1000)
    start = int.from_bytes(os.urandom(1))
    while True:
        noise = os.urandom(7 * 4096)
        for number in range(4096):
            if (count := start + number) > 0xFFF:
                break
            low = int.from_bytes(noise[number * 7 : number * 7 + 7]) & ((1 << 56) - 1)
            yield _key(
                (milliseconds << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | low
            )
        start = 0
        milliseconds += 1


class Key(uuid.UUID):
    """A UUID that knows its hexadecimal digits: SQLite is told each key some seven times."""

    __slots__ = ("hex",)

    def __reduce__(self) -> tuple[type[uuid.UUID], tuple[str]]:
        """Copies and pickles are plain UUIDs."""
        return uuid.UUID, (self.hex,)


def _key(number: int) -> Key:
    """Make a key without the checks of ``UUID``, which cost more than the key."""
    made = Key.__new__(Key)
    _set(made, "int", number)
    _set(made, "is_safe", uuid.SafeUUID.unknown)
    _set(made, "hex", f"{number:032x}")
    return made


_set = object.__setattr__

"""Keys for many new rows at once: UUID version 7, which grow, so that indexes fill in order."""

import os
import uuid
from collections.abc import Iterator
from datetime import datetime


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
            yield uuid.UUID(
                int=(milliseconds << 80)
                | (0x7 << 76)
                | (count << 64)
                | (0b10 << 62)
                | low
            )
        start = 0
        milliseconds += 1

"""Bulk work with the garbage collector told to look seldom: nothing it makes forms cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 50, 1_000)
"""New objects before a young pass, young passes before a middle one, middle ones before a full one.

With Python's own (700, 10, 10) the collector walks the same hundred thousand rows again and again:
14 % of plan and apply over 98,745 rows (`make bench BENCH=import`)."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Raise the collector's thresholds for the length of the block; also a decorator."""
    usual = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)

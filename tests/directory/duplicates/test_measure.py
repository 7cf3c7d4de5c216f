"""The labelled pairs: what the file holds, and how good the finder is on it."""

from collections import Counter
from pathlib import Path

import pytest

from directory.duplicates import measuring, sources


def test_the_labelled_pairs_are_enough_and_point_into_several_files() -> None:
    pairs = list(measuring.read_pairs())
    assert len(pairs) >= 500
    assert len({frozenset((pair.first, pair.second)) for pair in pairs}) == len(pairs)
    names = Counter(name for pair in pairs for name, _ in (pair.first, pair.second))
    assert len(names) >= 3
    assert names.keys() <= sources.SOURCES.keys()
    halves = Counter((pair.is_held_out, pair.is_same) for pair in pairs)
    assert min(halves.values()) >= 100


@pytest.mark.drill
def test_precision_and_recall_are_at_least_95_percent(real_data: Path) -> None:
    judged = measuring.judge(real_data, list(measuring.read_pairs()))
    found = measuring.measure(judged)
    assert found.precision >= 0.95
    assert found.recall >= 0.95

"""Measures the finder on pairs that people labelled: how many of its finds are right, how many it misses."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from directory.config import ROOT
from directory.duplicates import finding, sources
from directory.duplicates.comparison import Comparison, Entry, compare

PAIRS: Final = ROOT / "data" / "duplicates" / "pairs.csv"


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair of rows. ``is_held_out``: it was not looked at while the weights were tuned."""

    first: tuple[str, int]
    second: tuple[str, int]
    is_same: bool
    is_held_out: bool
    note: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair with what the finder made of it."""

    pair: Pair
    comparison: Comparison
    is_found: bool
    """Whether the keys brought the two together and the score is high enough."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How good the finder is on ``count`` pairs."""

    count: int
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs found, the share that are one listing."""
        return self.right / (self.right + self.wrong or 1)

    @property
    def recall(self) -> float:
        """Of the pairs that are one listing, the share found."""
        return self.right / (self.right + self.missed or 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read_pairs(path: Path = PAIRS) -> Iterator[Pair]:
    """Yield the labelled pairs: every second one of each file is held out."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Pair(
                first=(row["first_source"], int(row["first_row"])),
                second=(row["second_source"], int(row["second_row"])),
                is_same=row["label"] == "same",
                is_held_out=row["half"] == "report",
                note=row["note"],
            )


def judge(real_data: Path, pairs: Sequence[Pair]) -> list[Judged]:
    """Run the finder on each pair by itself, keys included."""
    wanted = {each[0] for pair in pairs for each in (pair.first, pair.second)}
    loaded: Mapping[str, list[Entry]] = {
        name: sources.load(real_data, name) for name in sorted(wanted)
    }
    judged = []
    for pair in pairs:
        one, other = (
            loaded[name][row - 1] for name, row in (pair.first, pair.second)
        )  # fmt: skip
        is_found = bool(finding.find([one], [other]))
        judged.append(Judged(pair, compare(one, other), is_found))
    return judged


def measure(judged: Sequence[Judged]) -> Measure:
    """Count what was found, wrongly found and missed."""
    return Measure(
        count=len(judged),
        right=sum(each.is_found and each.pair.is_same for each in judged),
        wrong=sum(each.is_found and not each.pair.is_same for each in judged),
        missed=sum(not each.is_found and each.pair.is_same for each in judged),
    )

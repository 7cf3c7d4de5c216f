"""Finds the pairs of listings that look like one, among the stored ones or for new ones."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from directory.duplicates import blocking
from directory.duplicates.comparison import Comparison, Entry, alike

Progress = Callable[[int, int], None]
_STEP = 20_000


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two entries that look like one, by their place in the lists that were compared."""

    left: int
    right: int
    comparison: Comparison


def find(
    left: Sequence[Entry],
    right: Sequence[Entry] | None = None,
    progress: Progress | None = None,
) -> list[Likeness]:
    """Return which entries of ``left`` look like one of ``right``, or like each other without it.

    Places of one service are not compared with each other. ``progress`` is told how many pairs are
    compared, of how many.
    """
    others = left if right is None else right
    chosen = blocking.pairs(left, right).tolist()
    found = []
    for done, (i, j) in enumerate(chosen):
        if progress and done % _STEP == 0:
            progress(done, len(chosen))
        one, other = left[i], others[j]
        if one.service is not None and one.service == other.service:
            continue
        if (comparison := alike(one, other)) is not None:
            found.append(Likeness(i, j, comparison))
    if progress:
        progress(len(chosen), len(chosen))
    return found


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two services that look like one, the smaller key first, judged by their likest places."""

    first_id: uuid.UUID
    second_id: uuid.UUID
    country: str | None
    comparison: Comparison


def service_pairs(
    entries: Sequence[Entry],
    changed: Collection[uuid.UUID] | None = None,
    progress: Progress | None = None,
) -> Mapping[tuple[uuid.UUID, uuid.UUID], FoundPair]:
    """Return the pairs of services among the entries that look like one.

    With ``changed`` only pairs that one of these services belongs to.
    """
    left: Sequence[Entry] = entries
    right: Sequence[Entry] | None = None
    if changed is not None:
        left = [entry for entry in entries if entry.service in changed]
        right = entries
    best: dict[tuple[Any, Any], FoundPair] = {}
    for each in find(left, right, progress):
        one, other = left[each.left], (right or left)[each.right]
        key = (min(one.service, other.service), max(one.service, other.service))
        if (
            key not in best
            or best[key].comparison.score < each.comparison.score
        ):  # fmt: skip
            country = one.country if one.country == other.country else None
            best[key] = FoundPair(*key, country, each.comparison)
    return best

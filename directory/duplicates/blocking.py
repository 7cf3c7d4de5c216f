"""Chooses which listings are compared at all, so that a hundred thousand meet a hundred thousand.

Two listings meet when they share a key: near each other and a word that begins alike; one country
and the same skeleton of the name; a telephone number; a website and a word. The pairs of keys are
joined as sorted numbers, and most pairs fall at a glance, before they are compared in full.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from rapidfuzz import fuzz, process

from directory.duplicates.comparison import Entry
from geo.points import EARTH_RADIUS_KM

CELL_DEGREES: Final = 0.03
"""Width of the squares of "near" (3.3 km); neighbouring squares count, too."""
LARGEST_BLOCK: Final = 90_000
"""Pairs of one key beyond which the key says nothing: half the country has the name."""
FURTHEST_KM: Final = 12.0
_LIKE: Final = 70
"""Likeness (0–100) of words below which no other fact can make two listings one."""
_CHUNK: Final = 400_000

Pairs = np.ndarray
"""Two columns: index of the left entry, index of the right one."""


def pairs(left: Sequence[Entry], right: Sequence[Entry] | None = None) -> Pairs:
    """Return which entries of ``left`` to compare with which of ``right``, each pair once.

    Without ``right`` the entries of ``left`` are compared with each other.
    """
    if not left or (right is not None and not right):
        return np.empty((0, 2), dtype=np.int64)
    ours = _Keys(left)
    theirs = ours if right is None else _Keys(right)
    found = [
        _join(ours.near(0), theirs.near(1)),
        _join(ours.names(), theirs.names()),
        _join(ours.phones(), theirs.phones()),
        _join(ours.hosts(), theirs.hosts()),
    ]
    if any(entry.country is None for entry in left):
        found.append(_join(ours.names_of_nowhere(), theirs.names_of_any()))
    if right is not None and any(entry.country is None for entry in right):
        found.append(_join(ours.names_of_any(), theirs.names_of_nowhere()))
    joined = np.concatenate(found)
    if right is None:
        joined = np.sort(joined, axis=1)
        joined = joined[joined[:, 0] < joined[:, 1]]
    width = len(left if right is None else right)
    numbers = np.unique(joined[:, 0] * width + joined[:, 1])
    unique = np.column_stack((numbers // width, numbers % width))
    return np.concatenate([*_plausible(unique, ours, theirs), unique[:0]])


class _Keys:
    """The keys of a list of entries, as columns of (key, index of the entry)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        count = len(entries)
        self.places = np.full((count, 2), np.nan)
        for index, entry in enumerate(entries):
            if entry.place is not None:
                self.places[index] = (entry.place.latitude, entry.place.longitude)
        first = [entry.names[0] for entry in entries]
        self.cores = [name.core for name in first]
        self.bones = [name.bones for name in first]
        self.has_more = np.array([len(e.names) > 1 for e in entries], dtype=bool)
        self.is_foreign = np.array([name.is_foreign for name in first], dtype=bool)
        self.is_bare = np.array([not name.core for name in first], dtype=bool)

    def near(self, reach: int) -> Pairs:
        """Square and beginning of each word; with ``reach`` 1 the squares around as well."""
        rows = [
            (index, code)
            for index, entry in enumerate(self.entries)
            if entry.place is not None
            for code in _beginnings(entry)
        ]
        if not rows:
            return _none()
        table = np.array(rows, dtype=np.int64)
        squares = np.floor(self.places[table[:, 0]] / CELL_DEGREES).astype(np.int64)
        steps = range(-reach, reach + 1)
        return np.concatenate([
            np.column_stack((
                _mix(squares[:, 0] + north, squares[:, 1] + east, table[:, 1]), table[:, 0]
            ))
            for north in steps for east in steps
        ])  # fmt: skip

    def names(self) -> Pairs:
        """Country and skeleton of the whole name."""
        return _columns(
            (hash((entry.country, bones.replace(" ", ""))), index)
            for index, entry in enumerate(self.entries)
            for bones in {name.bones for name in entry.names}
            if len(bones) >= 3
        )

    def names_of_nowhere(self) -> Pairs:
        """Skeleton of the whole name, of those whose country nobody knows."""
        return self._bare_names(lambda entry: entry.country is None)

    def names_of_any(self) -> Pairs:
        """Skeleton of the whole name, of all: what has no country may be anywhere."""
        return self._bare_names(lambda _entry: True)

    def _bare_names(self, is_meant: Callable[[Entry], bool]) -> Pairs:
        return _columns(
            (hash(bones.replace(" ", "")), index)
            for index, entry in enumerate(self.entries)
            if is_meant(entry)
            for bones in {name.bones for name in entry.names}
            if len(bones) >= 3
        )

    def phones(self) -> Pairs:
        """Each telephone number."""
        return _columns(
            (hash(number), index)
            for index, entry in enumerate(self.entries)
            for number in entry.phones
        )

    def hosts(self) -> Pairs:
        """Each website with the beginning of each word: branches share a website, not a name."""
        return _columns(
            (hash((host, code)), index)
            for index, entry in enumerate(self.entries)
            if entry.hosts
            for host in entry.hosts
            for code in _beginnings(entry)
        )


def _beginnings(entry: Entry) -> frozenset[int]:
    """The numbers of the first words of each name."""
    if len(entry.names) == 1:
        return entry.names[0].codes
    return frozenset().union(*(name.codes for name in entry.names))


def _mix(*columns: Any) -> Any:
    """One number of several, spread over all 64 bits."""
    mixed = np.zeros_like(columns[0])
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = (mixed ^ column) * np.int64(0x5851F42D4C957F2D)
            mixed ^= mixed >> np.int64(29)
    return mixed


def _columns(rows: Iterator[tuple[int, int]]) -> Pairs:
    table = np.fromiter(rows, dtype=np.dtype((np.int64, 2)))
    return table if len(table) else _none()


def _none() -> Pairs:
    return np.empty((0, 2), dtype=np.int64)


def _join(ours: Pairs, theirs: Pairs) -> Pairs:
    """Return the indexes of every two rows with one key, but for keys that too many share."""
    if not len(ours) or not len(theirs):
        return _none()
    theirs = theirs[np.argsort(theirs[:, 0], kind="stable")]
    keys, first, sizes = np.unique(theirs[:, 0], return_index=True, return_counts=True)
    where = np.minimum(np.searchsorted(keys, ours[:, 0]), len(keys) - 1)
    held = keys[where] == ours[:, 0]
    ours, where = ours[held], where[held]
    shared = np.bincount(where, minlength=len(keys)) * sizes
    small = shared[where] <= LARGEST_BLOCK
    ours, where = ours[small], where[small]
    counts = sizes[where]
    starts = np.repeat(first[where] - np.cumsum(counts) + counts, counts)
    return np.column_stack((
        np.repeat(ours[:, 1], counts), theirs[starts + np.arange(len(starts)), 1]
    ))  # fmt: skip


def _plausible(found: Pairs, ours: _Keys, theirs: _Keys) -> Iterator[Pairs]:
    """Leave out pairs that are far apart or whose names have little in common."""
    for start in range(0, len(found), _CHUNK):
        part = found[start : start + _CHUNK]
        close = _kilometres(ours.places[part[:, 0]], theirs.places[part[:, 1]])
        part = part[~(close > FURTHEST_KM)]  # unknown distances stay
        if not len(part):
            continue
        alike = np.maximum(
            _alike(fuzz.token_set_ratio, ours.cores, theirs.cores, part),
            _alike(fuzz.ratio, ours.bones, theirs.bones, part),
        )
        yield part[(alike >= _LIKE) | _unclear(ours, theirs, part)]


def _unclear(ours: _Keys, theirs: _Keys, part: Pairs) -> Any:
    """Whether the first names do not tell: further names, two scripts, or no proper name at all."""
    one, other = part[:, 0], part[:, 1]
    more = ours.has_more[one] | theirs.has_more[other]
    two_scripts = ours.is_foreign[one] != theirs.is_foreign[other]
    return more | two_scripts | (ours.is_bare[one] & theirs.is_bare[other])


def _alike(scorer: Any, ours: list[str], theirs: list[str], part: Pairs) -> Any:
    return process.cpdist(
        [ours[index] for index in part[:, 0].tolist()],
        [theirs[index] for index in part[:, 1].tolist()],
        scorer=scorer, score_cutoff=_LIKE, dtype=np.float32,
    )  # fmt: skip


def _kilometres(ours: Any, theirs: Any) -> Any:
    """Distances on a sphere; not a number where one position is unknown."""
    a, b = np.radians(ours), np.radians(theirs)
    half = (b - a) / 2
    h = (
        np.sin(half[:, 0]) ** 2
        + np.cos(a[:, 0]) * np.cos(b[:, 0]) * np.sin(half[:, 1]) ** 2
    )
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1)))

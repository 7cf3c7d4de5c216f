"""Counts of people fit to be shown: small ones hidden, and none that gives a hidden one away."""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

HIDDEN: Final = None
"""What stands in place of a count that may not be shown."""


def suppress(counts: Mapping[Key, int], *, below: int = 5) -> dict[Key, int | None]:
    """Hide counts from 1 to ``below`` - 1, and another one where the total would tell.

    The total of ``counts`` is taken to be known. Where the hidden ones together make fewer than
    ``below``, or only one is hidden, the smallest shown one is hidden too (complementary
    suppression), until that holds or nothing is left. Zero is shown: it is nobody.

    >>> suppress({"a": 3, "b": 9, "c": 20})
    {'a': None, 'b': None, 'c': 20}
    >>> suppress({"a": 0, "b": 9})
    {'a': 0, 'b': 9}
    """
    hidden = {key for key, count in counts.items() if 0 < count < below}
    shown = sorted(
        (key for key, count in counts.items() if count >= below),
        key=lambda key: (counts[key], str(key)),
    )
    while hidden and shown and not _is_safe([counts[key] for key in hidden], below):
        hidden.add(shown.pop(0))
    return {key: HIDDEN if key in hidden else count for key, count in counts.items()}


def suppress_parts(
    parts: Mapping[Key, int], wholes: Mapping[Key, int], *, below: int = 5
) -> dict[Key, int | None]:
    """Hide parts that are small, that leave a small rest of their whole, or that tell another.

    >>> suppress_parts({"a": 19, "b": 0, "c": 8}, {"a": 20, "b": 7, "c": 30})
    {'a': None, 'b': 0, 'c': None}
    """
    small = {
        key: 1 if 0 < wholes[key] - part < below else part
        for key, part in parts.items()
    }
    shown = suppress(small, below=below)
    return {
        key: HIDDEN if shown[key] is HIDDEN else part for key, part in parts.items()
    }


def suppress_groups(
    counts: Mapping[Key, int], groups: Mapping[Key, Hashable], *, below: int = 5
) -> dict[Key, int | None]:
    """Hide small counts where the total of each group, and that of all, is known.

    ``groups`` says to which group each count belongs. Every group on its own, and all counts together,
    satisfy ``suppress``.

    >>> suppress_groups({"a": 2, "b": 0, "c": 9, "d": 7}, {"a": 1, "b": 1, "c": 2, "d": 2})
    {'a': None, 'b': 0, 'c': None, 'd': None}
    """
    hidden: set[tuple[Key, str]] = set()
    lines: dict[Hashable, dict[tuple[Key, str], int]] = {}
    for key, count in counts.items():
        lines.setdefault((groups[key],), {})[key, ""] = count
    everything = {(key, ""): count for key, count in counts.items()}
    while True:
        found = _hide_lines(lines, hidden, below)
        found = _hide_lines({"all": everything}, found, below)
        if found == hidden:
            break
        hidden = found
    return {
        key: HIDDEN if (key, "") in hidden else count for key, count in counts.items()
    }


def suppress_table(
    rows: Mapping[Key, Mapping[str, int]], *, below: int = 5
) -> dict[Key, dict[str, int | None]]:
    """Hide small counts of a table whose row and column totals are known.

    Every row and every column on its own satisfies ``suppress``: hiding in one direction is
    repeated in the other until nothing more has to be hidden.
    """
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    hidden: set[tuple[Key, str]] = set()
    while True:
        found = _hide_lines(
            {
                key: {(key, name): row.get(name, 0) for name in columns}
                for key, row in rows.items()
            },
            hidden,
            below,
        )
        found |= _hide_lines(
            {
                name: {(key, name): row.get(name, 0) for key, row in rows.items()}
                for name in columns
            },
            found,
            below,
        )
        if found == hidden:
            break
        hidden = found
    return {
        key: {
            name: HIDDEN if (key, name) in hidden else row.get(name, 0)
            for name in columns
        }
        for key, row in rows.items()
    }


def _hide_lines(
    lines: Mapping[Hashable, Mapping[tuple[Key, str], int]],
    hidden: set[tuple[Key, str]],
    below: int,
) -> set[tuple[Key, str]]:
    found = set(hidden)
    for line in lines.values():
        kept = {cell for cell in line if cell in found}
        kept |= {cell for cell, count in line.items() if 0 < count < below}
        shown = sorted(
            (cell for cell, count in line.items() if cell not in kept and count > 0),
            key=lambda cell: (line[cell], str(cell)),
        )
        while kept and shown and not _is_safe([line[cell] for cell in kept], below):
            kept.add(shown.pop(0))
        found |= kept
    return found


def _is_safe(hidden: list[int], below: int) -> bool:
    """Whether nobody can work a hidden count out from the total and the shown ones."""
    return len(hidden) > 1 and sum(hidden) >= below

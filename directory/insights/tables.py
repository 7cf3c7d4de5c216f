"""The figures of the pages as rows of a file that other programs read."""

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from directory.insights.gaps import Grid
from directory.insights.indicators import TESTS, Share, Totals
from directory.insights.load import Load, Loads

Row = Sequence[str | int | None]

LOAD: Final = ("open_needs", "places", "needs_for_each_place")
UNKNOWN: Final = "unknown"
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it a spreadsheet takes the letters of most languages for others."""
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def of_totals(groups: Sequence[tuple[str, Sequence[tuple[str, Totals]]]]) -> list[Row]:
    """Return one row for each group; a hidden count is an empty cell.

    The column names are the codes of docs/insights.md and are not translated.
    """
    columns = [name for test in TESTS for name in (test, f"{test}_of")]
    rows: list[Row] = [["group", "name", "sent", *columns]]
    for kind, members in groups:
        for name, totals in members:
            shares: list[Share] = [getattr(totals, test) for test in TESTS]
            counts = [number for share in shares for number in (share.count, share.of)]
            rows.append([kind, name, totals.sent, *counts])
    return rows


def of_grid(grid: Grid, names: Mapping[uuid.UUID, str], loads: Loads) -> list[Row]:
    """Return one row for each area: services by category, located there, fresh ones, and its load.

    The load of the area comes first, then that of each category; a hidden count is an empty cell.
    """
    codes = [category.code for category in grid.categories]
    columns = [f"{prefix}{name}" for prefix in _prefixes(codes) for name in LOAD]
    rows: list[Row] = [
        ["area_code", "area", *codes, "located", "verified_in_time", *columns]
    ]
    for area in grid.areas:
        counts = [grid.count(area, category) for category in grid.categories]
        located, fresh = grid.located.get(area.id, 0), grid.fresh.get(area.id, 0)
        own = [loads.total(area), *(loads.of(area, code) for code in codes)]
        load = [cell for one in own for cell in _of_load(one)]
        rows.append([area.code, names[area.id], *counts, located, fresh, *load])
    return rows


def _prefixes(codes: Sequence[str]) -> list[str]:
    return ["", *(f"{code}_" for code in codes)]


def _of_load(load: Load) -> tuple[str | int | None, ...]:
    """The cells of LOAD; places that nobody states are said to be unknown, not none."""
    ratio = load.per_place
    return (
        load.needs,
        UNKNOWN if load.places is None else load.places,
        None if ratio is None else f"{ratio:.2f}",
    )


def as_csv(rows: Sequence[Row]) -> str:
    """Write rows as CSV; texts that a spreadsheet would run as a formula are disarmed."""
    stream = io.StringIO()
    stream.write(BYTE_ORDER_MARK)
    csv.writer(stream).writerows([[_safe(cell) for cell in row] for row in rows])
    return stream.getvalue()


def _safe(cell: str | int | None) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return cell

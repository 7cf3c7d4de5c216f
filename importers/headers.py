"""Finds the row with the column titles: under a heading, over two rows, with HXL tags below."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from importers import cells, columns
from importers.records import Issue, Table
from importers.refusals import FileRefused

_LOOKED_AT: Final = 25
_NUMERIC_SHARE: Final = 0.3
_LIST_HAS: Final = 2
"""So many known titles make a sheet a list of its own, and leaving it unread worth a word."""


def choose(tables: Sequence[Table]) -> Table:
    """Return the table that holds the list, with its titles set and the rows above them gone.

    Of several sheets, the one whose titles tell most, then the longest. Raises FileRefused where
    no table has a row that can be titles, or nothing below it.
    """
    found = [
        one for table in tables if (one := table if table.headers else _locate(table))
    ]
    scores = [(columns.count_recognised(one.headers), len(one.rows)) for one in found]
    if not found:
        raise FileRefused("header_missing")
    at = scores.index(max(scores))
    best = found[at]
    if not best.rows and not best.withheld:
        raise FileRefused("no_rows")
    left_over = tuple(
        (0, Issue("sheet_unused", None, {"sheet": one.sheet or "–", "rows": len(one.rows)}))
        for number, one in enumerate(found)
        if number != at and one.rows and scores[number][0] >= _LIST_HAS
    )  # fmt: skip
    return replace(best, notes=best.notes + left_over)


def _locate(table: Table) -> Table | None:
    head = [list(row) for row in table.rows[:_LOOKED_AT]]
    if not head:
        return None
    at = _row_of_titles(head)
    if at is None:
        return None
    titles = head[at]
    start = at + 1
    notes = [note for note in table.notes if note[0] > table.lines[at] or note[0] <= 1]
    above, below = at - 1, at + 1
    has_tags_above = above >= 0 and _is_hxl(head[above])
    if above >= 0 and not has_tags_above and _completes(head[above], titles):
        titles = _joined(head[above], titles)
        notes.append((table.lines[above], Issue("header_rows", None, {"rows": "2"})))
    elif below < len(head) and _is_second_header(head[below], titles):
        titles = _joined(titles, head[below])
        start += 1
        notes.append((table.lines[below], Issue("header_rows", None, {"rows": "2"})))
    hashtags: list[str] = []
    if start < len(head) and _is_hxl(head[start]):
        hashtags = head[start]
        start += 1
    elif has_tags_above:
        hashtags = head[above]
    width = len(titles)
    return replace(
        table,
        headers=tuple(
            " ".join(cells.without_controls(title).split()) for title in titles
        ),
        hashtags=tuple(hashtags),
        rows=[_padded(row, width) for row in table.rows[start:]],
        lines=table.lines[start:],
        notes=tuple(notes),
    )


def _row_of_titles(head: Sequence[Sequence[str]]) -> int | None:
    """Return the row that names most fields, else the one above the HXL tags, else the first."""
    scores = [0 if _is_hxl(row) else columns.count_recognised(row) for row in head]
    best = max(range(len(head)), key=lambda index: (scores[index], -index))
    if scores[best] > 0:
        return best
    tagged = next((index for index, row in enumerate(head) if _is_hxl(row)), None)
    if tagged is not None:
        return max(tagged - 1, 0)
    return next((index for index, row in enumerate(head) if _filled(row) >= 2), None)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_hxl(row: Sequence[str]) -> bool:
    tagged = sum(cell.strip().startswith("#") for cell in row)
    return tagged > 0 and tagged >= 0.6 * _filled(row)


def _is_second_header(row: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a row below the titles is titles too: in another language, or finer."""
    if _is_hxl(row) or _has_numbers(row):
        return False
    recognised = columns.count_recognised(row)
    return recognised >= 2 and recognised >= 0.5 * min(_filled(row), _filled(titles))


def _completes(above: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether the row above has titles where the better row has none, as merged cells leave it."""
    if _has_numbers(above):
        return False
    gaps = [
        above[i] for i in range(min(len(above), len(titles)))
        if above[i].strip() and not titles[i].strip()
    ]  # fmt: skip
    return columns.count_recognised(gaps) > 0


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return one title per column: the one that is recognised, the lower one where both are."""
    width = max(len(first), len(second))
    pairs = zip(_padded(first, width), _padded(second, width), strict=True)
    return [
        lower if lower.strip() and (columns.target_of(lower) or not columns.target_of(upper)) else upper
        for upper, lower in pairs
    ]  # fmt: skip


def _has_numbers(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    numeric = sum(
        cell.strip().replace(".", "").replace(",", "").lstrip("-").isdigit()
        for cell in filled
    )
    return numeric > _NUMERIC_SHARE * max(len(filled), 1)


def _padded(row: Sequence[str], width: int) -> Sequence[str]:
    """Return a row of exactly ``width`` cells; what stands beyond the titles has no meaning."""
    if len(row) == width:
        return row
    return [*row[:width], *[""] * (width - len(row))]

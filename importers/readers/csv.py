"""Text files with separators: encoding, separator and quoting are found out, then read once."""

import csv
import io
from collections import Counter
from itertools import islice
from typing import Final

from importers.readers import encoding
from importers.records import Issue, Table
from importers.refusals import FileRefused

MAX_CELL: Final = 1_000_000
MAX_COLUMNS: Final = 1_000
MAX_ROWS: Final = 500_000
_SEPARATORS: Final = ",;\t|"
_LOOKED_AT: Final = 30


def read(data: bytes) -> list[Table]:
    """Return every row of a text file as one table; raises FileRefused where it cannot be split into cells."""
    decoded = encoding.decode(data)
    notes: list[tuple[int, Issue]] = []
    if decoded.is_guess:
        notes.append(
            (1, Issue("encoding_guessed", None, {"encoding": decoded.encoding}))
        )
    rows: list[list[str]] = []
    lines: list[int] = []
    csv.field_size_limit(MAX_CELL)
    text = decoded.text
    number = 0
    # newline="" leaves line breaks inside quoted cells as they were.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    try:
        for number, row in enumerate(reader, start=1):
            if any(row):
                _check_size(row, len(rows))
                rows.append(row)
                lines.append(number)
    except csv.Error as error:
        raise FileRefused("cells_malformed", row=number + 1) from error
    return [Table(rows=rows, lines=lines, notes=tuple(notes))]


def separator_of(text: str) -> str:
    """Return the separator that splits the first rows most evenly into most cells."""
    head = list(islice(io.StringIO(text[:200_000], newline=""), _LOOKED_AT))
    if (
        head
        and (stated := head[0].strip().lower()).startswith("sep=")
        and len(stated) == 5
    ):
        return stated[4]
    return max(_SEPARATORS, key=lambda candidate: _evenness(head, candidate))


def _evenness(head: list[str], separator: str) -> float:
    try:
        widths = Counter(
            len(row) for row in csv.reader(head, delimiter=separator) if row
        )
    except csv.Error:
        return 0.0
    widths.pop(1, None)
    if not widths:
        return 0.0
    width, times = widths.most_common(1)[0]
    return times / len(head) * (1 + min(width, 20) / 100)


def _check_size(row: list[str], count: int) -> None:
    if len(row) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
    if count >= MAX_ROWS:
        raise FileRefused("too_many_rows", limit=MAX_ROWS)

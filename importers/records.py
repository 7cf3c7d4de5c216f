"""What travels between the steps of an import: tables of text cells, drafts, issues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem of one row: the catalogue's code, the file's own column title, the values named.

    ``variant`` chooses between several wordings of one code (see ``issues.kind_of``).
    """

    code: str
    column: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one sheet or list as text, exactly as the file has them.

    ``lines[i]`` is the number a person sees beside ``rows[i]``: the row of the sheet, counted from
    1 with the header, or the number of the feature. ``headers`` is empty until the header row was
    found. ``notes`` are problems by line that the reader met (0: the file as a whole).
    """

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    headers: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    sheet: str | None = None
    notes: tuple[tuple[int, Issue], ...] = ()
    withheld: int = 0
    """Rows that were not taken in at all, because what they say must be stored nowhere."""
    tally: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of a file of several tables: what was found in each, by table and kind of finding."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of one of our own workbooks: the field that each of its titles means."""


@dataclass(slots=True)
class Draft:
    """A row on its way to a listing: typed values by field, and the problems met so far."""

    line: int
    values: dict[str, Any]
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    is_skipped: bool = False
    country: str | None = None
    """The stated country, ISO 3166-1 alpha-2."""
    area_code: str | None = None
    """The code of the stated first-level area, once it is recognised."""
    level: str = "L0"
    """The sensitivity of the listing."""
    stated_level: str | None = None
    """The sensitivity that the row itself states; None where it says nothing."""
    record: str | None = None
    """The checked listing as JSON, where the row makes one."""
    faulty_field: str | None = None
    """The field for which no listing may be made of the row."""

    def note(
        self,
        code: str,
        column: str | None = None,
        variant: str | None = None,
        **values: Any,
    ) -> None:
        """Add a problem."""
        self.issues.append(Issue(code, column, values, variant))

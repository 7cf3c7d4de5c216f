"""Workbooks that we hand out: an empty list with drop-downs, and a list with its faults marked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from directory.listings.record import FILE_COLUMNS, FURTHER_COLUMNS, LIST_FIELDS
from directory.taxonomy import codes
from directory.text import N_
from importers import labels
from importers.preview import ShownIssue
from importers.readers.template import SHEET, TITLE
from importers.records import Table

REQUIRED: Final = ("organization_name", "service_name", "taxonomy_terms")
COLUMNS: Final = (*FILE_COLUMNS, *FURTHER_COLUMNS)
LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "sexes": codes.SEXES,
    "profiles": codes.PROFILES,
    "required_documents": codes.DOCUMENTS,
    "cost": codes.COSTS,
    "return_modalities": codes.RETURN_MODALITIES,
    "access_flags": codes.ACCESS_FLAGS,
    "verification_method": codes.VERIFICATION_METHODS,
    "provider_type": codes.PROVIDER_TYPES,
    "status": codes.STATUSES,
    "intake": codes.INTAKES,
    "referral_channel": codes.REFERRAL_CHANNELS,
    "help_level": codes.HELP_LEVELS,
    "location_type": codes.LOCATION_TYPES,
    "coverage": codes.COVERAGES,
    "coverage_travel_mode": codes.TRAVEL_MODES,
    "sensitivity": codes.SENSITIVITIES,
    "open_to": codes.OPEN_TO,
    "cost_waiver": {"yes": N_("Yes"), "no": N_("No")},
}
"""The columns whose words are a closed list, and the labels of those words."""

SEVERAL: Final = N_("Several are possible: put a semicolon between them.")
ONE: Final = N_("Choose from the list.")
ROWS: Final = 2000
"""So far down the drop-downs reach."""
MAX_MARKED: Final = 5000
_TITLE_FILL: Final = PatternFill("solid", fgColor="DCE9F2")
_REQUIRED_FILL: Final = PatternFill("solid", fgColor="F6D9A8")
_FILLS: Final = {
    "error": PatternFill("solid", fgColor="F4B6B0"),
    "warning": PatternFill("solid", fgColor="FBE3A4"),
    "info": PatternFill("solid", fgColor="D5E5F5"),
}

Say = Callable[[str], str]
"""Makes a message id a sentence in the reader's language."""


@dataclass(frozen=True, slots=True)
class _Code:
    """One row of the hidden sheet."""

    kind: str
    label: str
    code: str


def template(say: Say, terms: Iterable[tuple[str, str]], *, is_rtl: bool) -> bytes:
    """Return an empty list with all columns, and drop-downs for those with a closed list of words.

    ``terms``: label and code of the categories. Titles and labels are in one language; a hidden
    sheet keeps what they mean, so that an import understands all four.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = say(N_("Services"))
    sheet.sheet_view.rightToLeft = is_rtl
    sheet.freeze_panes = "A2"
    hidden = book.create_sheet(SHEET)
    hidden.sheet_state = "hidden"
    titles = {name: _title(name, say) for name in COLUMNS}
    for at, name in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, at, titles[name])
        cell.font = Font(bold=True)
        cell.fill = _REQUIRED_FILL if name in REQUIRED else _TITLE_FILL
        sheet.column_dimensions[get_column_letter(at)].width = max(
            14, len(titles[name])
        )
        hidden.append([TITLE, titles[name], name])
    for name, words in _lists(say, terms).items():
        first = hidden.max_row + 1
        for label, code in words:
            hidden.append([name, label, code])
        area = f"'{SHEET}'!$B${first}:$B${hidden.max_row}"
        _offer(sheet, COLUMNS.index(name) + 1, area, name, say)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def marked(
    table: Table, issues: Sequence[ShownIssue], sentence: Callable[[ShownIssue], str]
) -> bytes:
    """Return the rows of a file with the faulty cells coloured, each with its problems as a note.

    Of files of more than ``MAX_MARKED`` rows, those with a problem alone. Every cell is a text as
    the file had it, so that the corrected workbook can be imported.
    """
    by_line: dict[int, list[ShownIssue]] = defaultdict(list)
    for issue in issues:
        by_line[issue.line].append(issue)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("services")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, title) for title in table.headers])
    places = {title: at for at, title in reversed(list(enumerate(table.headers)))}
    takes_all = len(table.rows) <= MAX_MARKED
    written = 0
    for line, row in zip(table.lines, table.rows, strict=True):
        own = by_line.get(line, [])
        if written >= MAX_MARKED or not (own or takes_all):
            continue
        written += 1
        cells = [_text_cell(sheet, text) for text in row]
        _mark(cells, own, places, sentence)
        sheet.append(cells)
    hidden = book.create_sheet(SHEET)
    hidden.sheet_state = "hidden"
    for title, name in table.titles.items():
        hidden.append([TITLE, title, name])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _title(name: str, say: Say) -> str:
    return say(labels.FIELDS.get(name, name))


def _lists(
    say: Say, terms: Iterable[tuple[str, str]]
) -> dict[str, list[tuple[str, str]]]:
    found = {
        name: [(say(label), code) for code, label in words.items()]
        for name, words in LISTS.items()
    }
    return {"taxonomy_terms": list(terms), **found}


def _offer(sheet: Any, column: int, area: str, name: str, say: Say) -> None:
    """Give a column its drop-down; where several words are possible, other text is let through."""
    letter = get_column_letter(column)
    takes_several = name in LIST_FIELDS
    choice = DataValidation(
        type="list",
        formula1=area,
        allow_blank=True,
        showErrorMessage=not takes_several,
        showInputMessage=True,
        prompt=say(SEVERAL if takes_several else ONE),
    )
    choice.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(choice)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(
        sheet, value="".join(c for c in text if c >= " " or c in "\t\n")
    )
    cell.data_type = "s"
    return cell


def _mark(
    cells: Sequence[Any],
    issues: Sequence[ShownIssue],
    places: Mapping[str, int],
    sentence: Callable[[ShownIssue], str],
) -> None:
    at: dict[int, list[ShownIssue]] = defaultdict(list)
    for issue in issues:
        at[places.get(issue.column or "", 0)].append(issue)
    for index, own in at.items():
        if index >= len(cells):
            continue
        worst = min(own, key=lambda one: list(_FILLS).index(one.severity))
        cells[index].fill = _FILLS[worst.severity]
        note = Comment("\n".join(sentence(one) for one in own), "Homeward")
        note.width, note.height = 360, 40 + 40 * len(own)
        cells[index].comment = note

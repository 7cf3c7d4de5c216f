"""Exports of KoboToolbox (and other XLSForm servers) brought to one row per place or service.

They come with labels or names as titles, one or many columns for a question with several answers,
positions in one column or in four, groups before the question ("group/name"), and repeated groups
on sheets of their own, joined by the number of the row they belong to.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importers import columns
from importers.records import Issue, Table

_INDEX, _PARENT, _UUID = "_index", "_parent_index", "_uuid"
_OF_FORM: Final = frozenset(
    {
        "start", "end", "today", "deviceid", "subscriberid", "simserial", "simid", "phonenumber", "username",
        "audit", "_id", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by",
        "__version__", "_version_", "_tags", "_index", "_parent_index", "_parent_table_name", "_xform_id_string",
        "_attachments", "_geolocation", "meta/instanceid", "meta/rootuuid", "meta/instancename", "formhub/uuid",
    }
)  # fmt: skip
"""What the form's server says about the interview; the interviewer's telephone is not the place's."""

_GPS: Final = re.compile(
    r"(?:^|/)_(.+)_(latitude|longitude|altitude|precision)$", re.IGNORECASE
)
_POINT: Final = re.compile(
    r"-?\d{1,3}(\.\d+)?( -?\d{1,3}(\.\d+)?)( -?\d+(\.\d+)?){0,2}"
)
_TICKS: Final = frozenset({"", "0", "1", "true", "false", "0.0", "1.0"})
_TICKED: Final = frozenset({"1", "true", "1.0"})
_CODED: Final = frozenset(
    {
        "languages",
        "profiles",
        "sexes",
        "required_documents",
        "access_flags",
        "taxonomy_terms",
    }
)
_CODES: Final = re.compile(r"[a-z0-9_.]+( [a-z0-9_.]+)+")
_MOST: Final = 0.6


def joined(tables: Sequence[Table]) -> list[Table]:
    """Return the tables of an export with its sheets joined; other tables as they are."""
    if not any(_is_export(table) for table in tables):
        return list(tables)
    sheets = [_Sheet.of(table) for table in tables if table.rows]
    parents = [one for one in sheets if _PARENT not in one.titles]
    if not parents:
        return list(tables)
    main = max(parents, key=lambda one: len(one.rows))
    notes: list[tuple[int, Issue]] = []
    for sheet in sheets:
        if sheet is not main and _PARENT in sheet.titles and _INDEX in main.titles:
            main = _with_repeats(main, sheet, notes)
    return [_table(main, notes)]


def _is_export(table: Table) -> bool:
    if not table.rows:
        return False
    return _are_of_export(table.rows[0])


def of_features(table: Table) -> Table:
    """Return the table of a GeoJSON export without what the form's server says; others as they are."""
    if not _are_of_export(table.headers):
        return table
    rows = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    sheet = _Sheet("", table.headers, rows, list(table.lines), table.notes)
    return replace(_table(sheet, ()), withheld=table.withheld)


def _are_of_export(row: Sequence[str]) -> bool:
    titles = {title.strip().lower() for title in row}
    return _UUID in titles and bool(
        titles & {"_submission_time", "_index", "_id", "__version__"}
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet by the titles of its columns."""

    name: str
    titles: tuple[str, ...]
    rows: list[dict[str, str]]
    lines: list[int]
    notes: tuple[tuple[int, Issue], ...] = ()

    @classmethod
    def of(cls, table: Table) -> "_Sheet":
        titles = [" ".join(title.split()) for title in table.rows[0]]
        rows = [dict(zip(titles, row, strict=False)) for row in table.rows[1:]]
        kept = tuple(dict.fromkeys(title for title in titles if title))
        return cls(table.sheet or "", kept, rows, list(table.lines[1:]), table.notes)


def _with_repeats(
    main: _Sheet, repeats: _Sheet, notes: list[tuple[int, Issue]]
) -> _Sheet:
    """Join a sheet of repeated groups: a row for each where it lists services, else a cell with all."""
    children: dict[str, list[tuple[int, dict[str, str]]]] = {}
    known = {row.get(_INDEX, "") for row in main.rows}
    for line, row in zip(repeats.lines, repeats.rows, strict=True):
        parent = row.get(_PARENT, "")
        if parent in known:
            children.setdefault(parent, []).append((line, row))
        else:
            said = {"table": repeats.name, "row": str(line), "id": row.get(_INDEX, "–"), "target": main.name, "value": parent or "–"}  # fmt: skip
            notes.append((0, Issue("reference_dangling", _PARENT, said, "part")))
    titles = [title for title in repeats.titles if not _is_of_form(title)]
    if not {"service_name", "kind"} & {
        target[0] for title in titles if (target := columns.target_of(title))
    }:
        return _with_lists(main, titles, children)
    return _one_per_service(main, titles, children, notes)


def _with_lists(
    main: _Sheet,
    titles: Sequence[str],
    children: Mapping[str, list[tuple[int, dict[str, str]]]],
) -> _Sheet:
    new = [title for title in titles if title not in main.titles]
    rows = []
    for row in main.rows:
        own = children.get(row.get(_INDEX, ""), [])
        lists = {
            title: "; ".join(filter(None, (child.get(title, "") for _, child in own)))
            for title in new
        }
        rows.append({**row, **lists})
    return replace(main, titles=(*main.titles, *new), rows=rows)


def _one_per_service(
    main: _Sheet,
    titles: Sequence[str],
    children: Mapping[str, list[tuple[int, dict[str, str]]]],
    notes: list[tuple[int, Issue]],
) -> _Sheet:
    """Return a row for each repeated service, with what the form says of its place."""
    renamed = {title: _of_place(title, main) for title in main.titles}
    rows: list[dict[str, str]] = []
    for line, row in zip(main.lines, main.rows, strict=True):
        place = {renamed[title]: row.get(title, "") for title in main.titles}
        own = children.get(row.get(_INDEX, ""), [])
        if not own:
            said = {"table": main.name, "row": str(line), "id": row.get(_UUID, "–")}
            notes.append((0, Issue("record_unused", _INDEX, said)))
        for number, (_, child) in enumerate(own, start=1):
            said = {title: text for title in titles if (text := child.get(title, ""))}
            key = {_UUID: f"{row.get(_UUID, '')}/{number}"}
            rows.append({**place, **said, **key})
    kept = tuple(dict.fromkeys((*renamed.values(), *titles)))
    return replace(
        main, titles=kept, rows=rows, lines=list(range(2, len(rows) + 2)), notes=()
    )


def _of_place(title: str, main: _Sheet) -> str:
    """Return the title of a column of the place, beside services that have names of their own."""
    target = columns.target_of(title)
    if target is None or target[0] != "service_name":
        return title
    fields = {found[0] for one in main.titles if (found := columns.target_of(one))}
    return "location_name" if "organization_name" in fields else "organization_name"


def _table(sheet: _Sheet, notes: Sequence[tuple[int, Issue]]) -> Table:
    """Return a sheet as a table: ticks and positions in one column each, the form's own left out."""
    titles, rows = _with_answers(sheet.titles, sheet.rows)
    titles, rows = _with_position(titles, rows)
    rows = _with_lists_of_codes(titles, rows)
    kept = [title for title in titles if not _is_of_form(title)]
    return Table(
        headers=tuple("service_id" if title == _UUID else title for title in kept),
        rows=[[row.get(title, "") for title in kept] for row in rows],
        lines=sheet.lines,
        sheet=sheet.name or None,
        notes=(*sheet.notes, *notes),
    )


def _with_lists_of_codes(
    titles: Sequence[str], rows: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Put semicolons between the codes of answers that stand in one cell with blanks ("en fr")."""
    lists = [
        title
        for title in titles
        if (target := columns.target_of(title)) and target[0] in _CODED
    ]
    return [
        {
            **row,
            **{
                title: "; ".join(row[title].split())
                for title in lists
                if _CODES.fullmatch(row.get(title, ""))
            },
        }
        for row in rows
    ]


def _is_of_form(title: str) -> bool:
    plain = title.lower()
    return (
        plain in _OF_FORM
        or plain.startswith("_submission__")
        or (title.startswith("_parent") and title != _UUID)
    )


def _with_answers(
    titles: Sequence[str], rows: list[dict[str, str]]
) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Join the columns of ticks ("needs/food") to one with the answers ("food; shelter")."""
    options: dict[str, list[str]] = {}
    for title in titles:
        question, _, answer = title.rpartition("/")
        if (
            question
            and answer
            and all(row.get(title, "").strip().lower() in _TICKS for row in rows)
        ):
            options.setdefault(question, []).append(title)
    options = {
        q: found for q, found in options.items() if q in titles or len(found) > 1
    }
    ticks = {title for found in options.values() for title in found}
    kept: dict[str, None] = {}
    for title in titles:
        kept[title.rpartition("/")[0] if title in ticks else title] = None
    changed = [{**row, **_answers(row, options)} for row in rows]
    return tuple(kept), changed


def _answers(
    row: Mapping[str, str], options: Mapping[str, list[str]]
) -> dict[str, str]:
    found = {}
    for question, titles in options.items():
        ticked = [
            title.rpartition("/")[2]
            for title in titles
            if row.get(title, "").strip().lower() in _TICKED
        ]
        found[question] = "; ".join(ticked) or row.get(question, "")
    return found


def _with_position(
    titles: Sequence[str], rows: list[dict[str, str]]
) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Name the columns of the first position; one cell of four numbers is split."""
    split = {title: found for title in titles if (found := _GPS.search(title))}
    if split:
        question = next(iter(split.values()))[1]
        names = {
            "latitude": "latitude",
            "longitude": "longitude",
            "precision": "precision_m",
        }
        mine = {
            t: names.get(found[2].lower(), "")
            for t, found in split.items()
            if found[1] == question
        }
        left = [t for t in titles if t not in split and not _is_question(t, question)]
        new = [name for name in mine.values() if name]
        changed = [
            {**row, **{name: row.get(t, "") for t, name in mine.items() if name}}
            for row in rows
        ]
        return (*left, *new), changed
    for title in titles:
        cells = [text for row in rows if (text := row.get(title, "").strip())]
        if cells and sum(bool(_POINT.fullmatch(text)) for text in cells) > _MOST * len(
            cells
        ):
            changed = [{**row, **_split(row.get(title, ""))} for row in rows]
            left = [one for one in titles if one != title]
            return (*left, "latitude", "longitude", "precision_m"), changed
    return tuple(titles), rows


def _is_question(title: str, question: str) -> bool:
    return title in {question, question.rpartition("/")[2]} or title.endswith(
        f"/{question}"
    )


def _split(text: str) -> dict[str, str]:
    parts = text.split()
    if len(parts) < 2:
        return {"latitude": text, "longitude": text} if text else {}
    found = {"latitude": parts[0], "longitude": parts[1]}
    return {**found, "precision_m": parts[3]} if len(parts) > 3 else found

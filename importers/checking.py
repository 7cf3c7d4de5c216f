"""Checks a file's rows a portion at a time, here or in another process: from cells to finished records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from directory.listings import record as records
from directory.listings import rules
from directory.listings.record import ListingRecord
from importers import cells, checks, positions, shapes
from importers.columns import Layout
from importers.crew import Desk
from importers.geography import Geography
from importers.records import Draft, Issue, Table
from importers.settings import Setting, nobody_known

PORTION: Final = 2_500
_FIELD_NAMES: Final = frozenset(ListingRecord.__slots__)
_RECOGNISING: Final = frozenset(
    {"service_name", "organization_name", "service_id", "source", "taxonomy_terms",
     "latitude", "longitude", "area_code", "address"}
)  # fmt: skip
"""Values that are looked at again once the record of a draft is written."""


@dataclass(frozen=True, slots=True)
class About:
    """What the rows of one file are checked with."""

    layout: Layout
    headers: Sequence[str]
    setting: Setting

    @property
    def is_by_row(self) -> bool:
        """Whether no row needs what another one says: where rows share organizations by id, they do."""
        return not self.layout.has("organization_id")

    def for_travel(self) -> "About":
        """The same for another process: there, nobody asks for organizations by id."""
        return replace(
            self, setting=replace(self.setting, find_organization=nobody_known)
        )


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a table, their lines, and what the reader noted about them, by line."""

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    notes: Mapping[int, Sequence[Issue]]


def portions(table: Table, by_line: Mapping[int, Sequence[Issue]]) -> list[Portion]:
    """Return the rows of a table in portions."""
    cut = []
    for start in range(0, len(table.rows), PORTION):
        lines = table.lines[start : start + PORTION]
        notes = {line: by_line[line] for line in lines if line in by_line}
        cut.append(Portion(lines, table.rows[start : start + PORTION], notes))
    return cut


def check(desk: Desk, about: About, portion: Portion) -> list[Draft]:
    """Return the checked drafts of a portion, each with its record where it makes a listing."""
    checker: Checker | None = desk.kept.get("checker")
    if checker is None:
        desk.kept["checker"] = checker = Checker(about, Geography(desk.session))
    return checker.check(portion)


def check_elsewhere(desk: Desk, about: About, portion: Portion) -> list[Draft]:
    """Return what ``check`` returns, with no more values than are looked at again."""
    drafts = check(desk, about, portion)
    for draft in drafts:
        draft.values = {
            name: value for name, value in draft.values.items() if name in _RECOGNISING
        }
        draft.texts = {}
    return drafts


class Checker:
    """Checks the rows of one file; keeps what it read of the areas for later portions."""

    def __init__(self, about: About, geography: Geography) -> None:
        layout = about.layout
        self._layout = layout
        self._headers = about.headers
        self._levels = about.setting.levels
        self._likely = about.setting.likely_country
        self._geography = geography
        self._reader = checks.RowReader(layout, about.setting, geography)
        self._shape = layout.title_of("coverage_geojson") or layout.title_of("shape")

    def check(self, portion: Portion) -> list[Draft]:
        """Return the drafts of these rows, in their order."""
        drafts = []
        for line, row in zip(portion.lines, portion.rows, strict=True):
            kept, spoilt = _without_controls(row)
            tags = self._tags(kept) if self._layout.is_osm else None
            drafts.append(draft := self._reader.draft(line, kept, tags))
            if spoilt is not None:
                draft.note("control_characters", self._headers[spoilt])
            draft.issues.extend(portion.notes.get(line, ()))
        positions.check(drafts, self._geography, self._reader.titles, self._likely)
        for draft in drafts:
            shapes.check(draft, self._geography, self._shape)
            _drop_radius_without_position(draft, self._layout)
            if not draft.is_skipped:
                self._write(draft)
        return drafts

    def _write(self, draft: Draft) -> None:
        """Write the record of a draft, or note which field no listing may say."""
        values: dict[str, Any] = {
            name: value for name, value in draft.values.items() if name in _FIELD_NAMES
        }
        values["sensitivity"] = draft.level
        if draft.country:
            values["country"] = draft.country
        record = ListingRecord(**values, texts=draft.texts or records.NO_TEXTS)
        if problems := rules.check(record, self._levels):
            draft.faulty_field = next(iter(problems))
        else:
            draft.record = orjson.dumps(records.to_json(record)).decode()

    def _tags(self, row: Sequence[str]) -> Mapping[str, str]:
        return {
            key: value
            for key, value in zip(self._headers, row, strict=False)
            if value and key[:1] != "@"
        }


def _without_controls(row: Sequence[str]) -> tuple[Sequence[str], int | None]:
    """Return the row without characters that cannot be shown, and the first cell that had one."""
    text = "".join(row)
    if text.isprintable() or not cells.CONTROL.search(text):
        return row, None
    first = next(index for index, cell in enumerate(row) if cells.CONTROL.search(cell))
    return [cells.without_controls(cell) for cell in row], first


def _drop_radius_without_position(draft: Draft, layout: Layout) -> None:
    if "coverage_radius_km" in draft.values and "latitude" not in draft.values:
        draft.values.pop("coverage_radius_km")
        draft.note("radius_without_position", layout.title_of("coverage_radius_km"))
    if "coverage_travel_minutes" in draft.values and "latitude" not in draft.values:
        draft.values.pop("coverage_travel_minutes")
        title = layout.title_of("coverage_travel_minutes")
        draft.note("radius_without_position", title)

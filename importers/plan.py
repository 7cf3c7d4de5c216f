"""Computes what an import would do to every listing; reads the directory and writes nothing."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import record as records
from directory.listings import reference, stored
from directory.listings.record import ListingRecord
from directory.text import normalise
from geo.points import Point
from importers import duplicates, lookalikes, merge
from importers.collection import seldom_collected
from importers.crew import NOBODY, Crew
from importers.drafting import Drafted
from importers.issues import Severity, kind_of
from importers.records import Draft, Issue
from importers.resolve import Candidate, Match, Resolver

Progress = Callable[[str, int, int], None]
CHUNK: Final = 5_000


@dataclass(slots=True)
class PlannedRow:
    """What happens to one row. ``record`` is the checked listing as JSON, ``changes`` for updates."""

    line: int
    action: str
    name: str
    organization_name: str
    record: str
    fingerprint: str
    changes: str | None = None
    conflicts: str | None = None
    service_id: uuid.UUID | None = None
    service_at_location_id: uuid.UUID | None = None
    version: int | None = None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A whole plan: its rows, the problems of no row, and the countries it touches."""

    format: str
    sheet: str | None
    rows: list[PlannedRow]
    notes: tuple[tuple[int, Issue], ...]
    withheld: int
    countries: tuple[str, ...]
    counts: Mapping[str, Any] = field(default_factory=dict)


@seldom_collected()
def build(
    session: Session,
    drafted: Drafted,
    source: str,
    progress: Progress,
    *,
    actor: Actor,
    crew: Crew = NOBODY,
) -> ImportPlan:
    """Return the plan of a file's drafts. The drafts are used up row by row to save memory.

    Rows of listings that the actor may not know of are skipped, and nothing is read of those. A
    ``crew`` looks for listings that rows of large files look like, while this process plans them.
    """
    duplicates.note(drafted.drafts, drafted.layout)
    planner = _Planner(session, drafted, source, actor)
    total = len(drafted.drafts)
    title = drafted.layout.title_of("service_name")
    alike = None
    if not planner.is_first or total <= lookalikes.FEW_ROWS:
        members = () if planner.is_first else crew.hire(total)
        alike = lookalikes.Search(
            session, actor, _countries(drafted), title, members, source
        )
    rows: list[PlannedRow] = []
    for start in range(0, total, CHUNK):
        portion = planner.plan(drafted.drafts[start : start + CHUNK])
        drafted.drafts[start : start + CHUNK] = [_USED] * min(CHUNK, total - start)
        progress("comparing", min(start + CHUNK, total), total)
        rows += portion
        if alike is not None:
            alike.add(portion)
    if alike is not None:
        alike.note()
    plan = ImportPlan(
        format=drafted.format, sheet=drafted.sheet, rows=rows, notes=drafted.notes,
        withheld=drafted.withheld, countries=tuple(sorted(planner.countries)),
    )  # fmt: skip
    return replace(plan, counts=count(plan))


def _countries(drafted: Drafted) -> frozenset[str] | None:
    """The countries of the rows that may become listings; None, for all, where a short file does not say."""
    found = {
        draft.country
        for draft in drafted.drafts
        if draft.record is not None and not draft.is_skipped
    }
    if None in found and len(drafted.drafts) <= lookalikes.FEW_ROWS:
        return None
    return frozenset(country for country in found if country)


_USED: Final = Draft(0, {})
_LEVEL: Final = frozenset({"sensitivity"})
_LEVEL_ONLY: Final = '{"sensitivity":"%s"}'
"""The record of a row that is left out: only what decides who may see the row."""


class _Planner:
    """Plans the rows of one file, a chunk at a time."""

    def __init__(
        self, session: Session, drafted: Drafted, source: str, actor: Actor
    ) -> None:
        self._session = session
        self._source = source
        self._terms = reference.read_terms(session)
        self._stated = merge.stated_fields(drafted.layout)
        self._titles = drafted.layout
        ids = Counter(
            (draft.values.get("source", source), draft.values["service_id"])
            for draft in drafted.drafts
            if "service_id" in draft.values and not draft.is_skipped
        )
        self._resolver = Resolver(session, actor, ids)
        self.countries: set[str] = set()

    @property
    def is_first(self) -> bool:
        """Whether there is nothing in the directory that rows could be compared with."""
        return self._resolver.is_empty

    def plan(self, drafts: Sequence[Draft]) -> list[PlannedRow]:
        """Return the planned rows of these drafts, in their order."""
        rows = [self._row(draft) for draft in drafts]
        open_rows = [
            (d, r) for d, r in zip(drafts, rows, strict=True) if r.action == "create"
        ]
        matches: list[Match | None] = [None] * len(open_rows)
        if not self._resolver.is_empty:
            matches = self._resolver.match(
                [self._candidate(d, r) for d, r in open_rows]
            )
        compared: list[tuple[Draft, PlannedRow, Match]] = []
        for (draft, row), match in zip(open_rows, matches, strict=True):
            if draft.country:
                self.countries.add(draft.country)
            if match is None:
                continue
            row.service_id = match.service_id
            if not match.is_visible:
                _withhold(draft, row)
                continue
            self._note_raised(draft, match)
            row.service_at_location_id = match.service_at_location_id
            row.version = match.version
            row.action = "unchanged"
            if not match.is_same:
                compared.append((draft, row, match))
        self._compare(compared)
        for draft, row in zip(drafts, rows, strict=True):
            row.issues = tuple(draft.issues)
        return rows

    def _row(self, draft: Draft) -> PlannedRow:
        """Return the row of a draft as a new listing, or skipped where its problems say so."""
        found = draft.values
        if not draft.is_skipped and (column := draft.faulty_field) is not None:
            title = self._titles.title_of(column) or column
            draft.note("listing_invalid", title, field=column)
            draft.is_skipped = True
        text = draft.record
        if draft.is_skipped or text is None:
            text = _LEVEL_ONLY % draft.level
        return PlannedRow(
            line=draft.line,
            action="skip" if draft.is_skipped else "create",
            name=found.get("service_name", "")[:300],
            organization_name=found.get("organization_name", "")[:300],
            record=text,
            fingerprint=hashlib.blake2b(text.encode(), digest_size=12).hexdigest(),
        )

    def _note_raised(self, draft: Draft, match: Match) -> None:
        """Tell a row that states less protection than its listing has that it is not lowered."""
        stated = draft.stated_level
        if stated is None or match.sensitivity not in merge.PROTECTED:
            return
        if draft.level < match.sensitivity:
            draft.issues = [x for x in draft.issues if x.code != "sensitivity_raised"]
            draft.note(
                "sensitivity_raised", self._titles.title_of("sensitivity"), "directory",
                value=stated, level=match.sensitivity,
            )  # fmt: skip

    def _candidate(self, draft: Draft, row: PlannedRow) -> Candidate:
        found = draft.values
        place = None
        if "latitude" in found:
            place = Point(latitude=found["latitude"], longitude=found["longitude"])
        return Candidate(
            fingerprint=row.fingerprint,
            source=found.get("source", self._source),
            service_id=found.get("service_id"),
            name=normalise(found["service_name"]),
            country=draft.country,
            area_code=found.get("area_code"),
            address=found.get("address"),
            place=place,
        )

    def _compare(self, rows: Sequence[tuple[Draft, PlannedRow, Match]]) -> None:
        """Find what the rows change of their listings: nothing, fields, or what a person must decide."""
        if not rows:
            return
        now_said = stored.read_records(
            self._session, [m.service_at_location_id for _, _, m in rows]
        )
        said = self._settle(
            [self._said(draft, row, match) for draft, row, match in rows]
        )
        bases = [_load(match.base) if match.base else None for _, _, match in rows]
        settled_bases = iter(self._settle([base for base in bases if base is not None]))
        merged = []
        for (draft, _row, match), new, base in zip(rows, said, bases, strict=True):
            current = now_said[match.service_at_location_id]
            if match.is_other_source and base is None:
                title = self._titles.title_of("service_name")
                draft.note("duplicate_listing", title, "directory", other=match.name)
            merged.append(
                merge.merge(
                    said=new, stored=current,
                    stated=self._stated if draft.stated_level else self._stated - _LEVEL,
                    before=next(settled_bases) if base is not None else None,
                    may_clear=not any(_is_error(issue) for issue in draft.issues),
                )
            )  # fmt: skip
        settled = self._settle([one.record for one in merged])
        for (draft, row, match), one, new in zip(rows, merged, settled, strict=True):
            changes = records.differences(now_said[match.service_at_location_id], new)
            is_sealed = new.sensitivity == "L3"
            kept = merge.visible(changes, is_sealed=is_sealed)
            disputed = merge.visible_conflicts(one.conflicts, is_sealed=is_sealed)
            _decide(draft, row, kept, disputed)

    def _said(self, draft: Draft, row: PlannedRow, match: Match) -> ListingRecord:
        """Return what the row says; a listing that is sealed in the directory takes no place from it."""
        record = _load(row.record)
        if match.sensitivity == "L3" and any(
            getattr(record, f) is not None for f in merge.PLACE_FIELDS
        ):
            record = merge.without_place(record)
            draft.issues = [
                one
                for one in draft.issues
                if not one.code.startswith(("coordinates", "area_mismatch"))
            ]
            draft.note(
                "position_refused",
                self._titles.title_of("latitude") or self._titles.title_of("address"),
            )
            row.record = orjson.dumps(records.to_json(record)).decode()
            row.fingerprint = hashlib.blake2b(
                row.record.encode(), digest_size=12
            ).hexdigest()
        return record

    def _settle(self, said: Sequence[ListingRecord]) -> list[ListingRecord]:
        """Return records as they would read once stored."""
        known = reference.read_areas(self._session, said)
        places = reference.locate(self._session, said, known)
        return reference.settle(self._session, said, places, self._terms)


def count(plan: ImportPlan) -> dict[str, Any]:
    """Return the numbers of INTERFACES: rows by action, and rows by code of issue."""
    actions = Counter(row.action for row in plan.rows)
    by_code: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    twins = 0
    for issues in [row.issues for row in plan.rows] + [
        (issue,) for _, issue in plan.notes
    ]:
        worst = {one.code: kind_of(one.code, one.variant).severity for one in issues}
        by_code.update(worst.keys())
        severities.update(severity.value for severity in worst.values())
        twins += not worst.keys().isdisjoint(("duplicate_id", "duplicate_listing"))
    return {
        "rows": len(plan.rows) + plan.withheld,
        "create": actions["create"],
        "update": actions["update"],
        "unchanged": actions["unchanged"],
        "skip": actions["skip"] + plan.withheld,
        "conflicts": actions["conflict"],
        "duplicates": twins,
        "withheld": plan.withheld,
        "issues": {
            "error": severities["error"],
            "warning": severities["warning"],
            "by_code": dict(sorted(by_code.items())),
        },
    }


def _withhold(draft: Draft, row: PlannedRow) -> None:
    """Leave out a row whose listing the importer may not know of: no place, no value is kept."""
    row.action = "skip"
    row.record = _LEVEL_ONLY % draft.level
    row.fingerprint = ""
    draft.issues.clear()
    draft.note("reference_dangling", None, "withheld")


def _decide(
    draft: Draft,
    row: PlannedRow,
    changes: merge.Changes,
    conflicts: merge.Conflicts,
) -> None:
    if conflicts:
        row.action = "conflict"
        row.conflicts = orjson.dumps(conflicts).decode()
        named = [name for name in conflicts if name != "precision_m"]
        draft.note("conflict", None, fields=", ".join(named))
    elif changes:
        row.action = "update"
    if changes:
        pairs = {name: list(pair) for name, pair in changes.items()}
        row.changes = orjson.dumps(pairs).decode()


def _load(text: str) -> ListingRecord:
    return records.from_json(orjson.loads(text))


def _is_error(issue: Issue) -> bool:
    return kind_of(issue.code, issue.variant).severity is Severity.ERROR

"""What an import changes of a listing: the file against the directory, and both against last time.

Three voices: what the file says now, what the directory says now, and what the file said at its last
import (if there was one). Only what the file changes since then is taken over; where the directory was
edited as well, to something else, the row is a conflict and a person decides.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from directory.listings.record import LIST_FIELDS, ListingRecord
from importers.columns import Layout

PLACE_FIELDS: Final = ("latitude", "longitude", "address", "landmark", "transportation", "location_name", "precision_m", "coverage_radius_km")  # fmt: skip
_IDENTITY: Final = frozenset(
    {
        "language",
        "country",
        "source",
        "is_demonstration",
        "organization_id",
        "service_id",
    }
)
"""What says which listing it is; never changed by an import."""
PROTECTED: Final = frozenset({"L2", "L3"})
"""The levels of a stored listing that no file lowers."""
_NEVER_CLEARED: Final = frozenset({"organization_name", "service_name", "taxonomy_terms", "latitude", "longitude", "precision_m", "area_code", "sensitivity", "status"})  # fmt: skip
_STATED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    # Columns that speak of other fields than the one they are named after.
    "kind": ("taxonomy_terms", "description", "service_name"),
    "ownership": ("provider_type", "description"),
    "position": ("latitude", "longitude"),
    "shape": ("coverage_geojson", "latitude", "longitude"),
    "town": ("address",),
    "district": ("address", "area_code"),
    "subdistrict": ("address", "area_code"),
    "region": ("area_code",),
    "region_code": ("area_code",),
    "district_code": ("area_code",),
    "subdistrict_code": ("area_code",),
}

Changes = dict[str, tuple[Any, Any]]
Conflicts = dict[str, tuple[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Merged:
    """The listing as it shall be, and the fields on which file and directory disagree.

    ``conflicts``: field to what the directory says, the file says, and the file said last time.
    """

    record: ListingRecord
    conflicts: Conflicts


def stated_fields(layout: Layout) -> frozenset[str]:
    """Return the fields that a file speaks of, ``field:language`` for further languages."""
    stated: set[str] = set()
    for column in layout.columns:
        name = f"{column.field}:{column.language}" if column.language else column.field
        stated.update(_STATED_BY.get(name, (name,)))
    if layout.is_osm:
        stated.update(("taxonomy_terms", "address"))
    return frozenset(stated - _IDENTITY)


def merge(
    *,
    said: ListingRecord,
    stored: ListingRecord,
    before: ListingRecord | None,
    stated: Set[str],
    may_clear: bool,
) -> Merged:
    """Return the listing that follows from the three voices, each settled as it would be stored."""
    taken: dict[str, Any] = {}
    texts = dict(stored.texts)
    conflicts: Conflicts = {}
    for name in sorted(_heard(stated, said, stored)):
        new, old = _value(said, name), _value(stored, name)
        past = _value(before, name) if before is not None else None
        if _equal(name, new, old) or (before is not None and _equal(name, new, past)):
            continue
        is_clearing = new is None or new == ()
        if is_clearing and (before is None or not may_clear or name in _NEVER_CLEARED):
            continue
        if before is not None and not _equal(name, old, past):
            conflicts[name] = (old, new, past)
            continue
        field, _, language = name.partition(":")
        if not language:
            taken[name] = new
        elif new is None:
            texts.pop((field, language), None)
        else:
            texts[field, language] = new
    if taken.keys() & {"latitude", "longitude"}:
        # The precision belongs to the numbers as they were written.
        taken["precision_m"] = said.precision_m
    _dispute_precision(conflicts, said, stored, before)
    record = replace(stored, **taken, texts=MappingProxyType(texts))
    return Merged(
        without_place(record) if record.sensitivity == "L3" else record,
        conflicts,
    )


def _dispute_precision(
    conflicts: Conflicts,
    said: ListingRecord,
    stored: ListingRecord,
    before: ListingRecord | None,
) -> None:
    """Let the precision go the way of the position that it belongs to."""
    if before is not None and conflicts.keys() & {"latitude", "longitude"}:
        precisions = (stored.precision_m, said.precision_m, before.precision_m)
        conflicts["precision_m"] = precisions


def lowers(stored: ListingRecord, level: str | None) -> bool:
    """Whether a level would take away the protection that a stored listing has: never by a file."""
    held = stored.sensitivity
    return held in PROTECTED and (level is None or level < held)


def keep_protected(record: ListingRecord, stored: ListingRecord) -> ListingRecord:
    """Return a record that is protected no less than the stored listing, if that is L2 or L3."""
    if not lowers(stored, record.sensitivity):
        return record
    record = replace(record, sensitivity=stored.sensitivity)
    return without_place(record) if record.sensitivity == "L3" else record


def without_place(record: ListingRecord) -> ListingRecord:
    """Return a record without what a sealed listing must not hold."""
    nothing: dict[str, Any] = dict.fromkeys(PLACE_FIELDS)
    return replace(record, **nothing)


def visible(changes: Changes, *, is_sealed: bool) -> Changes:
    """Return the changes that a plan keeps; the old place of a listing that is sealed is not kept."""
    kept = {}
    for name, (old, new) in changes.items():
        if name in _IDENTITY:
            continue
        kept[name] = (None, new) if is_sealed and name in PLACE_FIELDS else (old, new)
    return kept


def visible_conflicts(conflicts: Conflicts, *, is_sealed: bool) -> Conflicts:
    """Return the conflicts that a plan keeps: of a sealed listing none about its place."""
    hidden = PLACE_FIELDS if is_sealed else ()
    return {name: said for name, said in conflicts.items() if name not in hidden}


def _heard(stated: Set[str], said: ListingRecord, stored: ListingRecord) -> Set[str]:
    """Return the fields that the file is heard on: on the sensitivity never, where it lowers it."""
    return stated - {"sensitivity"} if lowers(stored, said.sensitivity) else stated


def _value(record: ListingRecord, name: str) -> Any:  # Any: a field of the record
    field, _, language = name.partition(":")
    return record.texts.get((field, language)) if language else getattr(record, field)


def _dialled(phone: str) -> str:
    """Return what one dials: how a number is spaced says nothing."""
    return "".join(one for one in phone if one.isalnum() or one == "+")


def _equal(name: str, one: Any, other: Any) -> bool:
    if name in LIST_FIELDS:
        return set(one or ()) == set(other or ())
    if name == "phone" and one and other:
        return _dialled(one) == _dialled(other)
    return bool(one == other)

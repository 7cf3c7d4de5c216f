"""Features of a boundary file as area records, and what was noticed on the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shapely.geometry import MultiPolygon

from directory.areas import recognition
from directory.areas.recognition import Fields
from directory.errors import Invalid
from directory.text import N_
from geo import shapes
from geo.geojson import Feature

DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about one feature; ``row`` counts from 1."""

    row: int
    code: str
    message: str
    values: Mapping[str, Any]  # For the message's placeholders.


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """One area as a file states it. ``parent_codes``: the nearest level first."""

    row: int
    code: str
    level: int
    country: str
    name: str
    names: Mapping[str, str]
    spellings: tuple[str, ...]
    parent_codes: tuple[str, ...]
    shape: MultiPolygon
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class ReadAreas:
    """The records of one file, and the notices in the file's order."""

    records: tuple[AreaRecord, ...]
    notices: tuple[Notice, ...]
    fields: Fields


class NoCodeField(Invalid):
    """No property of the file holds a code for every area."""

    code = "area_code_field_missing"
    message = N_("No property of the file holds a code for each area.")
    remedy = N_("Name the property with --code-field. The file has: %(properties)s.")


class DuplicateCode(Invalid):
    """Two features of a file carry the same code."""

    code = "duplicate_id"
    message = N_("The code %(area)s stands at features %(first)s and %(second)s.")
    remedy = N_("Correct the file, or name another property with --code-field.")


def read_records(
    features: Iterable[Feature],
    *,
    country: str,
    level: int,
    fields: Fields | None = None,
) -> ReadAreas:
    """Turn features into records; surfaces are repaired and the repairs noticed.

    Features without geometry, name or code, or of another country, are left out with a
    notice. Raises NoCodeField and DuplicateCode.
    """
    rows = list(features)
    keys = {key for feature in rows for key in feature.properties}
    fields = _completed(fields or Fields(), recognition.recognise(keys, level))
    code_fields = _usable_codes(rows, fields.codes, level)
    if not code_fields and level > 0:
        properties = ", ".join(sorted(keys)) or "–"
        raise NoCodeField(values={"properties": properties})
    records: dict[str, AreaRecord] = {}
    notices: list[Notice] = []
    for row, feature in enumerate(rows, start=1):
        code = country if level == 0 else _first(feature, code_fields, prefix=True)
        record = _record(row, feature, code, (country, level), fields, notices)
        if record is None:
            continue
        if record.code in records:
            first = records[record.code].row
            raise DuplicateCode(
                values={"area": record.code, "first": first, "second": row}
            )
        records[record.code] = record
    return ReadAreas(tuple(records.values()), tuple(notices), fields)


def _completed(given: Fields, found: Fields) -> Fields:
    """Put what the person named before what was recognised."""
    return Fields(
        codes=given.codes or found.codes,
        names=given.names or found.names,
        names_by_language=found.names_by_language,
        further_names=found.further_names,
        parents=given.parents or found.parents,
    )


def _usable_codes(
    rows: Sequence[Feature], candidates: Sequence[str], level: int
) -> tuple[str, ...]:
    """Return the code fields to ask in turn: no two areas may share a value.

    A field that states the code of something larger (the country's, say) is passed
    over.
    """
    usable = []
    for name in candidates:
        values = [value for row in rows if (value := _text(row, name))]
        if values and (len(set(values)) == len(values) or len(candidates) == 1):
            usable.append(name)
    if not usable and candidates and level > 0:
        usable = [candidates[0]]  # Its duplicates will be named to the person.
    return tuple(usable)


def _record(
    row: int,
    feature: Feature,
    code: str,
    place: tuple[str, int],
    fields: Fields,
    notices: list[Notice],
) -> AreaRecord | None:
    country, level = place
    names, spellings = _names(feature, fields)
    name = _first(feature, fields.names) or next(iter(names.values()), "")
    if not code or not name:
        notices.append(_notice(row, "required_missing", _NO_CODE, code or name))
        return None
    if feature.geometry is None:
        notices.append(_notice(row, "geometry_invalid", _NO_OUTLINE, name))
        return None
    try:
        repaired = shapes.repair(feature.geometry)
    except shapes.NoSurface:
        notices.append(_notice(row, "geometry_invalid", _NO_OUTLINE, name))
        return None
    if repaired.repairs or feature.repairs:
        what = ", ".join(sorted({*repaired.repairs, *feature.repairs}))
        notices.append(_notice(row, "geometry_repaired", _REPAIRED, name, what))
    parents = [_text(feature, parent) for parent in fields.parents]
    return AreaRecord(
        row=row,
        code=code,
        level=level,
        country=country,
        name=name,
        names=names,
        spellings=tuple(dict.fromkeys(text for text in spellings if text != name)),
        parent_codes=tuple(parent for parent in parents if parent),
        shape=repaired.shape,
        valid_from=_valid_from(feature),
    )


_NO_CODE = N_("Feature %(row)s has no code or no name (%(name)s); it was left out.")
_NO_OUTLINE = N_("%(name)s (feature %(row)s) has no surface; it was left out.")
_REPAIRED = N_("The outline of %(name)s (feature %(row)s) was repaired: %(what)s.")


def _notice(row: int, code: str, message: str, name: str, what: str = "") -> Notice:
    return Notice(row, code, message, {"row": row, "name": name or "–", "what": what})


def _names(feature: Feature, fields: Fields) -> tuple[dict[str, str], list[str]]:
    names, spellings = recognition.names_in_many_languages(
        feature.properties.get("names")
    )
    for language, name in fields.names_by_language.items():
        if text := _text(feature, name):
            names.setdefault(language, text)
    spellings += [
        text for name in fields.further_names if (text := _text(feature, name))
    ]
    return names, spellings


def _first(feature: Feature, names: Sequence[str], *, prefix: bool = False) -> str:
    """Return the first property that has a value; bare row numbers get a prefix."""
    for name in names:
        if text := _text(feature, name):
            return f"wof:{text}" if prefix and name == "wof_id" else text
    return ""


def _text(feature: Feature, name: str) -> str:
    value = feature.properties.get(name)
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _valid_from(feature: Feature) -> date | None:
    """Read COD-AB's ``validOn``: milliseconds since 1970, or a date."""
    for name in ("validOn", "valid_on", "VALIDON"):
        value = feature.properties.get(name)
        if isinstance(value, int | float) and 0 < value < 4e12:
            return datetime.fromtimestamp(value / 1000, UTC).date()
        if isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                return None
    return None

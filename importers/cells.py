"""Cells made clean, and read into fields of a draft with every problem noted."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from directory.listings import extracts, rules
from directory.listings.record import TEXT_FIELDS
from geo import coordinates
from importers import geometries, positions, prices, shapes, values, words
from importers.columns import Column
from importers.issues import CATALOGUE
from importers.records import Draft

CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufffe\uffff]"
)
_FORMULA_GUARD: Final = re.compile(f"^'(?=[{re.escape(''.join(extracts.MARKED))}])")
_NAMES: Final = frozenset(
    {"organization_name", "service_name", "location_name", "phone", "email", "website"}
)
_SKIPPING: Final = frozenset(
    {
        "sexes",
        "profiles",
        "status",
        "coverage",
        "minimum_age",
        "maximum_age",
        "sensitivity",
    }
)
"""Fields that decide for whom a listing is: a row without them would promise too much."""


_NOTHING: Final = frozenset(
    {"-", "--", "–", "n/a", "n.a.", "#n/a", "null", "(null)", "nan", "none", "."}
)
"""What files write where they have nothing to say. "NA" is not here: it is also Namibia."""


def clean(text: str) -> str:
    """Return a cell without blanks around it and without the mark that keeps it from being a formula.

    The words that stand for "nothing" are nothing.
    """
    text = text.strip()
    if len(text) < 7 and text.lower() in _NOTHING:
        return ""
    return _FORMULA_GUARD.sub("", text) if text[:1] == "'" else text


def is_marked(text: str) -> bool:
    """Whether ``clean`` would take the mark of a formula away from a text."""
    return bool(_FORMULA_GUARD.match(text))


def without_controls(text: str) -> str:
    """Return a text without the characters that cannot be shown."""
    return CONTROL.sub("", text)


def read_text(draft: Draft, column: Column, text: str) -> None:
    """Take a text, in the plain column's language or a further one; too long ones are left out."""
    is_name = column.field in _NAMES
    limit = rules.NAME_LENGTH if is_name else rules.TEXT_LENGTH
    if len(text) > limit:
        draft.note("text_too_long", column.title, length=len(text), limit=limit)
        draft.is_skipped |= (
            column.field in {"organization_name", "service_name"}
            and not column.language
        )
        return
    kept = (
        " ".join(text.split())
        if is_name
        else text.replace("\r\n", "\n").replace("\r", "\n")
    )
    if column.language is None:
        draft.values[column.field] = kept
    else:
        draft.texts[column.field, column.language] = kept


def read_value(draft: Draft, column: Column, text: str) -> None:
    """Take a number, date or word of a closed list; what cannot be read is noted."""
    try:
        value = values.PARSERS[column.field](text)
    except values.Unreadable as error:
        draft.note(error.code, column.title, **error.values)
        draft.is_skipped |= CATALOGUE[error.code].skips or column.field in _SKIPPING
        return
    if value not in {None, ()} and value != "none":
        draft.values[column.field] = value


def read_price(draft: Draft, column: Column, text: str) -> None:
    """Take an amount, its currency beside it or not, or a word for what a service costs."""
    if column.field == "cost" and words.code_of("cost", text) is not None:
        read_value(draft, column, text)
        return
    try:
        price = prices.read(text, draft.country)
    except values.Unreadable:
        read_value(draft, column, text)
        return
    if column.field == "cost_amount":
        draft.values["cost_amount"] = price.amount
    elif price.currency is not None:
        draft.values["cost"] = "paid" if price.amount else "free"
    else:
        read_value(draft, column, text)


def read_phone(draft: Draft, column: Column, text: str) -> None:
    """Take a telephone number in international form, or as written with a warning."""
    try:
        draft.values.setdefault("phone", values.phone(text, draft.country))
    except values.Unreadable:
        draft.note(
            "phone_invalid",
            column.title,
            None if draft.country else "nowhere",
            value=text[:100],
            country=draft.country or "–",
        )
        draft.values.setdefault("phone", " ".join(text.split())[: rules.NAME_LENGTH])


def read_hours(draft: Draft, column: Column, text: str) -> None:
    """Take opening hours as they are; those that cannot be read count as not known."""
    draft.values["opening_hours"] = text
    if not values.is_hours(text):
        draft.note("hours_invalid", column.title, value=text[:100])


def read_degrees(draft: Draft, column: Column, text: str) -> None:
    """Take a latitude or longitude in decimal degrees; other notations are read as a pair later."""
    try:
        draft.values[column.field] = values.number(text)
    except values.Unreadable:
        draft.values[column.field] = text


def read_pair(draft: Draft, column: Column, text: str) -> None:
    """Take both coordinates from one cell, in any notation that people use."""
    try:
        typed = coordinates.parse_coordinates(text)
    except coordinates.CoordinatesError as error:
        _note_unreadable_position(draft, column.title, text, error)
        return
    draft.values["latitude"] = typed.point.latitude
    draft.values["longitude"] = typed.point.longitude
    draft.values["precision_m"] = max(1.0, round(typed.precision_m))


def settle_position(
    draft: Draft, cells: Mapping[str, str], titles: positions.Titles
) -> None:
    """Make the two columns one position: both numbers, or degrees and minutes, or none at all."""
    latitude, longitude = draft.values.get("latitude"), draft.values.get("longitude")
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        draft.values.pop("latitude", None)
        draft.values.pop("longitude", None)
        draft.note(
            "coordinates_missing",
            titles.longitude if longitude is None else titles.latitude,
        )
        return
    if isinstance(latitude, float) and isinstance(longitude, float):
        return
    del draft.values["latitude"], draft.values["longitude"]
    text = f"{cells.get('latitude', latitude)}, {cells.get('longitude', longitude)}"
    read_pair(draft, Column(0, titles.latitude or "", "position"), text)


def _note_unreadable_position(
    draft: Draft, title: str, text: str, error: coordinates.CoordinatesError
) -> None:
    if error.problem is coordinates.Problem.OUT_OF_RANGE:
        proposal = str(error.proposal) if error.proposal else "–"
        draft.note("coordinates_range", title, value=text[:100], proposal=proposal)
    else:
        draft.note("number_invalid", title, value=text[:100])


def read_geometry(draft: Draft, column: Column, text: str) -> None:
    """Take a geometry: a point or a building as the position, where nothing else says it; else as coverage."""
    found = geometries.cells_of_text(text)
    if shape := found.get(geometries.SHAPE):
        read_shape(draft, column, shape)
    elif not found:
        read_shape(draft, column, text)
    elif "latitude" not in draft.values:
        pair = f"{found[geometries.LATITUDE]}, {found[geometries.LONGITUDE]}"
        read_pair(draft, column, pair)


def read_shape(draft: Draft, column: Column, text: str) -> None:
    """Take a coverage shape, repaired where its outline crosses itself."""
    try:
        shape = shapes.read(text)
    except shapes.UnusableShape as error:
        if error.is_exchanged:
            draft.note(
                "coordinates_exchanged", column.title, value="–", country=draft.country or "–",
                proposal="longitude, latitude",
            )  # fmt: skip
        else:
            draft.note(
                "geometry_invalid", column.title, reason=error.reason.replace("_", " ")
            )
        return
    if shape.was_repaired:
        draft.note("geometry_repaired", column.title)
    excludes = column.field == "coverage_excluded_geojson"
    field = "coverage_excluded_geojson" if excludes else "coverage_geojson"
    draft.values[field] = shape.text


Reader = Callable[[Draft, Column, str], None]


def _keep(draft: Draft, column: Column, text: str) -> None:
    draft.values[column.field] = text


def reader_of(field: str) -> Reader | None:
    """Return how a field is read; None for roles that are settled with the whole row at hand."""
    return _READERS.get(field)


_READERS: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(TEXT_FIELDS, read_text),
    **dict.fromkeys(values.PARSERS, read_value),
    "service_id": _keep,
    "organization_id": _keep,
    "source": _keep,
    "language": _keep,
    "cost": read_price,
    "cost_amount": read_price,
    "phone": read_phone,
    "opening_hours": read_hours,
    "latitude": read_degrees,
    "longitude": read_degrees,
    "position": read_pair,
    "coverage_geojson": read_shape,
    "coverage_excluded_geojson": read_shape,
    "shape": read_geometry,
}


def is_place(field: str) -> bool:
    """Whether the field says where a listing is, which a sealed one (L3) must not hold."""
    return field in _PLACE_FIELDS


_PLACE_FIELDS: Final = frozenset(
    {
        "latitude",
        "longitude",
        "position",
        "address",
        "landmark",
        "transportation",
        "location_name",
        "town",
        "precision_m",
        "coverage_radius_km",
        "coverage_travel_minutes",
        "coverage_travel_mode",
        "shape",
        "coverage_geojson",
        "coverage_excluded_geojson",
    }
)

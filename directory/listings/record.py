"""One listing as a person or a file states it: one row of the listing file, typed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from directory.listings import shapes

NO_TEXTS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRecord:
    """A service at a place, in the columns of the listing file (docs/importing.md).

    Empty is ``None`` or ``()``, and means unknown or no condition. ``organization_id`` and
    ``service_id`` are the ids of the source; records with the same ids are one organization or
    one service. ``texts`` holds the other languages: ``("service_name", "fr")`` to the text;
    ``language`` (ISO 639-1) is the one of the plain columns. ``country`` is used where neither
    ``area_code`` nor the position says it. Positions are degrees, ``precision_m`` metres,
    ``response_hours`` hours, ``cost_amount`` units of ``cost_currency`` (ISO 4217).
    """

    organization_name: str
    service_name: str
    taxonomy_terms: tuple[str, ...]
    organization_id: str | None = None
    service_id: str | None = None
    description: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    address: str | None = None
    area_code: str | None = None
    coverage_areas: tuple[str, ...] = ()
    coverage_radius_km: float | None = None
    coverage_geojson: str | None = None
    coverage: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    sexes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    required_documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    cost: str | None = None
    fees_description: str | None = None
    opening_hours: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    status: str | None = None
    status_until: date | None = None
    capacity_available: int | None = None
    wait_time_days: int | None = None
    assured_date: date | None = None
    sensitivity: str | None = None
    # Beyond the file's fixed columns:
    coverage_excluded_areas: tuple[str, ...] = ()
    coverage_excluded_geojson: str | None = None
    coverage_travel_minutes: int | None = None
    coverage_travel_mode: str | None = None
    location_name: str | None = None
    landmark: str | None = None
    precision_m: float | None = None
    access_flags: tuple[str, ...] = ()
    return_modalities: tuple[str, ...] = ()
    host_countries: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    open_to: str | None = None
    application_process: str | None = None
    eligibility_description: str | None = None
    provider_type: str | None = None
    referral_email: str | None = None
    verification_method: str | None = None
    alternate_name: str | None = None
    organization_description: str | None = None
    help_level: str | None = None
    programmes: tuple[str, ...] = ()
    minimum_months_since_return: int | None = None
    maximum_months_since_return: int | None = None
    residence_areas: tuple[str, ...] = ()
    intake: str | None = None
    intake_until: date | None = None
    referral_channel: str | None = None
    referral_role: str | None = None
    response_hours: int | None = None
    capacity_maximum: int | None = None
    capacity_unit: str | None = None
    capacity_updated: date | None = None
    cost_amount: float | None = None
    cost_currency: str | None = None
    cost_waiver: bool | None = None
    alert: str | None = None
    alert_until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    funding_source: str | None = None
    funding_until: date | None = None
    interpretation_services: str | None = None
    accreditations: str | None = None
    licenses: str | None = None
    complaint_channel: str | None = None
    further_facts: tuple[str, ...] = ()
    transportation: str | None = None
    location_type: str | None = None
    language: str = "en"
    texts: Mapping[tuple[str, str], str] = field(default_factory=lambda: NO_TEXTS)
    country: str | None = None
    source: str | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class CreatedIds:
    """The keys of the rows that one record became."""

    organization_id: uuid.UUID
    service_id: uuid.UUID
    location_id: uuid.UUID
    service_at_location_id: uuid.UUID


FILE_COLUMNS: Final[tuple[str, ...]] = (
    "organization_name", "organization_id", "service_name", "service_id", "description",
    "taxonomy_terms", "latitude", "longitude", "address", "area_code", "coverage_areas",
    "coverage_radius_km", "coverage_geojson", "coverage", "minimum_age", "maximum_age", "sexes",
    "profiles", "required_documents", "languages", "cost", "fees_description", "opening_hours",
    "phone", "email", "website", "status", "status_until", "capacity_available",
    "wait_time_days", "assured_date", "sensitivity",
)  # fmt: skip
"""The columns that every listing file may have, in the order of the documentation."""

FURTHER_COLUMNS: Final[tuple[str, ...]] = (
    "coverage_excluded_areas", "coverage_excluded_geojson", "coverage_travel_minutes",
    "coverage_travel_mode", "location_name", "landmark", "precision_m", "access_flags",
    "return_modalities", "host_countries", "communities", "open_to", "application_process",
    "eligibility_description", "provider_type", "verification_method",
    "alternate_name", "organization_description", "help_level", "programmes",
    "minimum_months_since_return", "maximum_months_since_return", "residence_areas",
    "intake", "intake_until", "referral_channel", "referral_role", "response_hours",
    "capacity_maximum", "capacity_unit", "capacity_updated", "cost_amount", "cost_currency",
    "cost_waiver", "alert", "alert_until", "valid_from", "valid_to", "funding_source",
    "funding_until", "interpretation_services", "accreditations", "licenses",
    "complaint_channel", "further_facts", "transportation", "location_type",
)  # fmt: skip
"""What we know beyond the file's fixed columns; exported behind them, read back when present."""

TEXT_FIELDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "organization_name": ("organization", "name"),
        "organization_description": ("organization", "description"),
        "service_name": ("service", "name"),
        "description": ("service", "description"),
        "fees_description": ("service", "fees_description"),
        "application_process": ("service", "application_process"),
        "eligibility_description": ("service", "eligibility_description"),
        "alternate_name": ("service", "alternate_name"),
        "alert": ("service", "alert"),
        "referral_role": ("service", "referral_role"),
        "interpretation_services": ("service", "interpretation_services"),
        "complaint_channel": ("service", "complaint_channel"),
        "address": ("location", "address"),
        "transportation": ("location", "transportation"),
        "landmark": ("location", "landmark"),
        "location_name": ("location", "name"),
    }
)
"""Columns that may be repeated per language: where their translations are kept."""

DATE_FIELDS: Final = frozenset(
    one.name for one in fields(ListingRecord) if str(one.type).startswith("date")
)
LIST_FIELDS: Final = frozenset(
    one.name for one in fields(ListingRecord) if str(one.type).startswith("tuple")
)


def to_json(record: ListingRecord) -> dict[str, Any]:
    """Return the record as JSON values: no empty fields, dates as ISO text, texts as ``field:language``."""
    values: dict[str, Any] = {}
    for name, value in zip(_NAMES, _VALUES(record), strict=True):
        if value is None or value == ():
            continue
        if name in DATE_FIELDS:
            values[name] = value.isoformat()
        else:
            values[name] = list(value) if name in LIST_FIELDS else value
    for (name, language), text in sorted(record.texts.items()):
        values[f"{name}:{language}"] = text
    return values


def from_json(values: Mapping[str, Any]) -> ListingRecord:
    """Return the record that ``to_json`` wrote."""
    kept: dict[str, Any] = {}
    texts: dict[tuple[str, str], str] = {}
    for name, value in values.items():
        if ":" in name:
            column, language = name.split(":", 1)
            texts[column, language] = value
        elif name in DATE_FIELDS:
            kept[name] = date.fromisoformat(value)
        else:
            kept[name] = tuple(value) if name in LIST_FIELDS else value
    return ListingRecord(**kept, texts=texts or NO_TEXTS)


def differences(old: ListingRecord, new: ListingRecord) -> dict[str, tuple[Any, Any]]:
    """Return the fields whose value differs, as ``{field: (old, new)}``; lists compare as sets.

    Texts in other languages appear as ``field:language``.
    """
    found: dict[str, tuple[Any, Any]] = {}
    for name, before, after in zip(_NAMES, _VALUES(old), _VALUES(new), strict=True):
        if before == after:
            continue
        if name in LIST_FIELDS and set(before) == set(after):
            continue
        if name in _SHAPES and before and after and shapes.are_equal(before, after):
            continue
        found[name] = (before, after)
    if old.texts != new.texts:
        for key in sorted(old.texts.keys() | new.texts.keys()):
            pair = (old.texts.get(key), new.texts.get(key))
            if pair[0] != pair[1]:
                found[f"{key[0]}:{key[1]}"] = pair
    return found


_SHAPES: Final = frozenset({"coverage_geojson", "coverage_excluded_geojson"})
_NAMES: Final = tuple(one.name for one in fields(ListingRecord) if one.name != "texts")
_VALUES: Final = attrgetter(*_NAMES)

"""The rows of the HSDS tables that one listing record states."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Final

from directory.authz import VISITOR, Actor
from directory.listings import shapes, travel_time, units
from directory.listings.record import TEXT_FIELDS, CreatedIds, ListingRecord
from directory.models import CoverageKind
from directory.taxonomy.codes import DOCUMENTS
from directory.text import normalise
from geo.circles import circle
from geo.points import Point

Row = dict[str, Any]

_SAME_IN_SERVICE: Final = (
    "alternate_name", "minimum_months_since_return", "maximum_months_since_return",
    "intake", "intake_until", "referral_channel", "referral_role", "response_hours", "alert",
    "alert_until", "valid_from", "valid_to", "interpretation_services", "accreditations",
    "licenses", "complaint_channel",
)  # fmt: skip
"""Fields that are columns of ``service`` under the same name, and that few listings state."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: its country (ISO 3166-1 alpha-2) and the deepest known area."""

    country: str | None
    area_id: uuid.UUID | None


@dataclass(slots=True)
class Setting:
    """What the rows of one batch share."""

    keys: Iterator[uuid.UUID]
    key_texts: Iterator[str]
    """Keys of rows that no other row refers to."""
    now: datetime
    term_ids: Mapping[str, uuid.UUID]
    area_ids: Mapping[str, uuid.UUID]
    level_of: Callable[[ListingRecord], str]
    import_run_id: uuid.UUID | None = None
    assurer_email: str | None = None
    assurer_role: str | None = None
    review_days: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What country packs say of review intervals, by country."""
    actor: Actor = VISITOR


def organization_columns(record: ListingRecord) -> Row:
    """The columns of ``organization`` that a record states."""
    return {
        "name": record.organization_name,
        "normalised_name": normalise(record.organization_name),
        "provider_type": record.provider_type,
        "description": record.organization_description or "",
    }


def service_columns(record: ListingRecord) -> Row:
    """The columns of ``service`` that a record states."""
    return {
        "name": record.service_name,
        "normalised_name": normalise(record.service_name),
        "description": record.description or "",
        "url": record.website,
        "email": record.email,
        "status": record.status or "active",
        "status_until": record.status_until,
        "application_process": record.application_process,
        "fees_description": record.fees_description,
        "eligibility_description": record.eligibility_description,
        "minimum_age": record.minimum_age,
        "maximum_age": record.maximum_age,
        "sexes": list(record.sexes) or None,
        "profiles": list(record.profiles) or None,
        "return_modalities": list(record.return_modalities) or None,
        "host_countries": list(record.host_countries) or None,
        "communities": list(record.communities) or None,
        "access_flags": list(record.access_flags) or None,
        "open_to": record.open_to,
        "cost": record.cost,
        "wait_time_days": record.wait_time_days,
        "assured_date": record.assured_date,
        "verification_method": record.verification_method,
        "referral_email": record.referral_email,
        "language": record.language,
        "level": record.help_level,
        "programmes": list(record.programmes) or None,
        "further_facts": list(record.further_facts) or None,
        "residence_areas": list(record.residence_areas) or None,
        **{name: getattr(record, name) for name in _SAME_IN_SERVICE},
    }


def default_location_type(record: ListingRecord) -> str:
    """What kind of place a record has that does not say: one without a position has none."""
    return "physical" if record.latitude is not None or record.address else "virtual"


def location_columns(record: ListingRecord, area_id: uuid.UUID | None) -> Row:
    """The columns of ``location`` that a record states; ``point`` as EWKT, longitude first."""
    has_position = record.latitude is not None and record.longitude is not None
    return {
        "location_type": record.location_type or default_location_type(record),
        "name": record.location_name,
        "landmark": record.landmark,
        "transportation": record.transportation,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "point": f"SRID=4326;POINT({record.longitude!r} {record.latitude!r})"
        if has_position
        else None,
        "precision_m": record.precision_m,
        "area_id": area_id,
    }


def attribute_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """One link per taxonomy term of the service."""
    return [
        {
            "id": next(setting.key_texts),
            "link_id": service_id,
            "link_entity": "service",
            "taxonomy_term_id": setting.term_ids[term],
        }
        for term in dict.fromkeys(record.taxonomy_terms)
    ]


def document_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """One row per required document; text that is no known code is kept as it is."""
    return [
        {
            "id": next(setting.key_texts),
            "service_id": service_id,
            "document": text,
            "code": text if text in DOCUMENTS else None,
        }
        for text in dict.fromkeys(record.required_documents)
    ]


def language_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """One row per language spoken."""
    return [
        {"id": next(setting.key_texts), "service_id": service_id, "code": code}
        for code in dict.fromkeys(record.languages)
    ]


def capacity_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """How many places there are and how many are free, when anything of it is known."""
    if record.capacity_available is None and record.capacity_maximum is None:
        return []
    reported = record.capacity_updated
    return [
        {
            "id": next(setting.key_texts),
            "service_id": service_id,
            "unit_id": units.key_of(record.capacity_unit),
            "available": record.capacity_available,
            "maximum": record.capacity_maximum,
            "updated": datetime.combine(reported, time(), tzinfo=UTC)
            if reported
            else setting.now,
        }
    ]


def cost_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """What is paid, when an amount, a currency or a waiver is stated."""
    stated = (record.cost_amount, record.cost_currency, record.cost_waiver)
    if stated == (None, None, None):
        return []
    amount = record.cost_amount
    return [
        {
            "id": next(setting.key_texts),
            "service_id": service_id,
            "amount": None if amount is None else Decimal(str(amount)),
            "currency": record.cost_currency,
            "has_waiver": record.cost_waiver,
        }
    ]


def funding_rows(
    record: ListingRecord, service_id: uuid.UUID, setting: Setting
) -> list[Row]:
    """Who pays for the service, and until when."""
    if record.funding_source is None and record.funding_until is None:
        return []
    return [
        {
            "id": next(setting.key_texts),
            "service_id": service_id,
            "source": record.funding_source,
            "valid_to": record.funding_until,
        }
    ]


def schedule_rows(
    record: ListingRecord, ids: CreatedIds, setting: Setting
) -> list[Row]:
    """The opening hours as one rule that keeps the text as given."""
    if not record.opening_hours:
        return []
    return [
        {
            "id": next(setting.key_texts),
            "service_at_location_id": ids.service_at_location_id,
            "description": record.opening_hours,
        }
    ]


def phone_rows(record: ListingRecord, ids: CreatedIds, setting: Setting) -> list[Row]:
    """One row per number; several are separated by semicolons. Bound to the service at its place."""
    if not record.phone:
        return []
    return [
        {
            "id": next(setting.key_texts),
            "service_id": ids.service_id,
            "location_id": ids.location_id,
            "number": number.strip(),
        }
        for number in record.phone.split(";")
        if number.strip()
    ]


def coverage_rows(
    record: ListingRecord, ids: CreatedIds, setting: Setting
) -> list[Row]:
    """One row per statement of coverage, exclusions last; raises shapes.UnusableShape."""
    rows: list[Row] = []

    def add(kind: CoverageKind, **columns: Any) -> None:
        empty = {
            "is_exclusion": False,
            "area_id": None,
            "radius_km": None,
            "travel_minutes": None,
            "travel_mode": None,
            "geometry": None,
        }
        rows.append(
            {
                "id": next(setting.key_texts),
                "service_id": ids.service_id,
                "service_at_location_id": ids.service_at_location_id,
                "kind": kind,
                **empty,
                **columns,
            }
        )

    if record.coverage_geojson:
        add(
            CoverageKind.SHAPE,
            geometry=shapes.to_ewkt(shapes.read_shape(record.coverage_geojson)),
        )
    for reach in _circles(record):
        add(CoverageKind.RADIUS, **reach)
    # "Remote" with areas means those areas, reached by phone or online.
    kind = CoverageKind.REMOTE if record.coverage == "remote" else CoverageKind.AREA
    for code in dict.fromkeys(record.coverage_areas):
        add(kind, area_id=setting.area_ids[code])
    if record.coverage == "national" or (record.coverage and not record.coverage_areas):
        add(CoverageKind(record.coverage))
    for code in dict.fromkeys(record.coverage_excluded_areas):
        add(CoverageKind.AREA, area_id=setting.area_ids[code], is_exclusion=True)
    if record.coverage_excluded_geojson:
        outline = shapes.read_shape(record.coverage_excluded_geojson)
        add(CoverageKind.SHAPE, geometry=shapes.to_ewkt(outline), is_exclusion=True)
    return rows


def draws(record: ListingRecord) -> bool:
    """Whether the coverage has a shape or a circle, and so cells of its own."""
    reaches = (record.coverage_radius_km, record.coverage_travel_minutes)
    shapes_drawn = record.coverage_geojson or record.coverage_excluded_geojson
    return bool(shapes_drawn) or any(reach is not None for reach in reaches)


def _circles(record: ListingRecord) -> Iterator[Row]:
    """The stated radius, and the one that stands for a stated journey, each with its outline."""
    if record.latitude is None or record.longitude is None:
        return
    center = Point(latitude=record.latitude, longitude=record.longitude)
    if (km := record.coverage_radius_km) is not None:
        yield {"radius_km": km, "geometry": shapes.to_ewkt(circle(center, km))}
    if (minutes := record.coverage_travel_minutes) is not None:
        km = travel_time.reach_km(minutes, record.coverage_travel_mode)
        yield {
            "radius_km": km,
            "travel_minutes": minutes,
            "travel_mode": record.coverage_travel_mode,
            "geometry": shapes.to_ewkt(circle(center, km)),
        }


def text_rows(
    record: ListingRecord, entity: str, entity_id: uuid.UUID, now: datetime
) -> list[Row]:
    """The record's texts in other languages that belong to one entity."""
    rows = []
    for (column, language), text in record.texts.items():
        owner, name = TEXT_FIELDS.get(column, ("", ""))
        if owner == entity and text:
            rows.append(
                {
                    "entity": entity,
                    "entity_id": entity_id,
                    "field": name,
                    "language": language,
                    "text": text,
                    "updated_at": now,
                }
            )
    return rows

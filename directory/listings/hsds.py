"""From a listing to JSON of the Human Services Data Specification, version 3.1."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from directory.listings.record import ListingRecord
from directory.taxonomy.codes import DOCUMENTS, PROFILES, SEXES

VERSION: Final = "3.1"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """A taxonomy term as attributes name it."""

    id: uuid.UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A listing to be written: the keys of its rows, and what it states."""

    organization_id: uuid.UUID
    service_id: uuid.UUID
    location_id: uuid.UUID
    service_at_location_id: uuid.UUID
    record: ListingRecord


def service_as_json(places: Sequence[Stated], terms: Mapping[str, Term]) -> Json:
    """Return one service with its organization, places and conditions.

    ``places`` are the rows of one service, at least one. Our structured conditions have no table in
    HSDS 3.x: they stand as sentences in ``eligibility_description`` and as attributes.
    """
    first = places[0]
    record, key = first.record, str(first.service_id)
    return _without_empty(
        {
            "id": key,
            "organization_id": str(first.organization_id),
            "name": record.service_name,
            "description": record.description,
            "url": record.website,
            "email": record.email,
            "status": record.status or "active",
            "application_process": record.application_process,
            "fees_description": record.fees_description or record.cost,
            "wait_time": _wait(record),
            "eligibility_description": eligibility(record),
            "minimum_age": record.minimum_age,
            "maximum_age": record.maximum_age,
            "assured_date": record.assured_date,
            "organization": _organization(first),
            "languages": [
                _part(first, "language", code, code=code, service_id=key)
                for code in record.languages
            ],
            "required_documents": [
                _part(first, "document", document, service_id=key, document=document)
                for document in record.required_documents
            ],
            "attributes": _attributes(first, terms),
            "service_at_locations": [_service_at_location(place) for place in places],
        }
    )


def eligibility(record: ListingRecord) -> str | None:
    """Write the structured conditions as English sentences, behind the free text."""
    sentences = [record.eligibility_description]
    if record.sexes:
        sentences.append(f"Sexes: {', '.join(SEXES.get(c, c) for c in record.sexes)}.")
    if record.profiles:
        named = ", ".join(PROFILES.get(code, code) for code in record.profiles)
        sentences.append(f"For people of whom one of these is true: {named}.")
    if record.return_modalities:
        sentences.append(f"Ways of return: {', '.join(record.return_modalities)}.")
    if record.host_countries:
        sentences.append(f"Return from: {', '.join(record.host_countries)}.")
    return " ".join(filter(None, sentences)) or None


def _organization(stated: Stated) -> Json:
    return {
        "id": str(stated.organization_id),
        "name": stated.record.organization_name,
        "description": "",
    }


def _service_at_location(stated: Stated) -> Json:
    record, key = stated.record, str(stated.service_at_location_id)
    return _without_empty(
        {
            "id": key,
            "service_id": str(stated.service_id),
            "location_id": str(stated.location_id),
            "location": _location(stated),
            "phones": [
                _part(stated, "phone", number, number=number.strip())
                for number in (record.phone or "").split(";")
                if number.strip()
            ],
            "schedules": [
                _part(
                    stated,
                    "schedule",
                    record.opening_hours,
                    service_at_location_id=key,
                    description=record.opening_hours,
                )
            ]
            if record.opening_hours
            else [],
            "service_areas": _service_areas(stated),
        }
    )


def _location(stated: Stated) -> Json:
    record = stated.record
    has_place = record.latitude is not None or record.address
    address = {
        "address_1": record.address or "",
        "city": "",
        "state_province": "",
        "postal_code": "",
        "country": record.country or "",
        "address_type": "physical",
    }
    return _without_empty(
        {
            "id": str(stated.location_id),
            "location_type": "physical" if has_place else "virtual",
            "name": record.location_name,
            "description": record.landmark,
            "latitude": record.latitude,
            "longitude": record.longitude,
            "addresses": [_part(stated, "address", "1", **address)]
            if has_place
            else [],
        }
    )


def _service_areas(stated: Stated) -> list[Json]:
    """One for each statement of coverage; what an extent cannot say stands in the name."""
    record = stated.record
    areas: list[Json] = []

    def add(name: str, **extent: Any) -> None:
        keys = {
            "service_id": str(stated.service_id),
            "service_at_location_id": str(stated.service_at_location_id),
        }
        areas.append(_part(stated, "service_area", name, name=name, **keys, **extent))

    if record.coverage:
        add(f"{record.coverage}: {record.country or ''}".rstrip(": "))
    for code in record.coverage_areas:
        add(code, extent=code, extent_type="text")
    if record.coverage_radius_km is not None:
        add(f"radius {record.coverage_radius_km:g} km")
    if record.coverage_geojson:
        add("shape", extent=record.coverage_geojson, extent_type="geojson")
    for code in record.coverage_excluded_areas:
        add(f"not {code}", extent=code, extent_type="text")
    return areas


def _attributes(stated: Stated, terms: Mapping[str, Term]) -> list[Json]:
    """The categories, and our own lists of codes as values."""
    record = stated.record
    link = {"link_id": str(stated.service_id), "link_entity": "service"}
    found = [
        _part(
            stated,
            "attribute",
            code,
            **link,
            taxonomy_term_id=str(terms[code].id),
            taxonomy_term={
                "id": str(terms[code].id),
                "code": code,
                "name": terms[code].name,
                "description": "",
            },
        )
        for code in record.taxonomy_terms
        if code in terms
    ]
    lists: Mapping[str, Sequence[str]] = {
        "profile": record.profiles,
        "sex": record.sexes,
        "access": record.access_flags,
        "document": [code for code in record.required_documents if code in DOCUMENTS],
        "return_modality": record.return_modalities,
        "host_country": record.host_countries,
    }
    for label, values in lists.items():
        found += [
            _part(
                stated,
                "attribute",
                f"{label}:{value}",
                **link,
                label=label,
                value=value,
            )
            for value in values
        ]
    return found


def _part(stated: Stated, kind: str, what: str, /, **columns: Any) -> Json:
    """A row without a key of its own in the record: its key is made from the listing and its value."""
    key = uuid.uuid5(stated.service_at_location_id, f"{kind}:{what}")
    return _without_empty({"id": str(key), **columns})


def _wait(record: ListingRecord) -> str | None:
    return None if record.wait_time_days is None else f"{record.wait_time_days} days"


def _without_empty(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, [])}


def dumps(services: Sequence[Json]) -> bytes:
    """Write services as one HSDS page of all."""
    page = {
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
    }
    return orjson.dumps(page, option=orjson.OPT_INDENT_2)

"""What HSDS 3.1 has no field for: our conditions and facts as sentences and as attributes."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from directory.listings.hsds_tables import Json
from directory.listings.record import TEXT_FIELDS, CreatedIds, ListingRecord
from directory.taxonomy import codes

PLACES: Final[Json] = {
    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, "places")),
    "name": "places",
}
"""The unit of a report that names none."""

_LISTS: Final[Mapping[str, str]] = {
    "profiles": "profile",
    "sexes": "sex",
    "access_flags": "access",
    "return_modalities": "return_modality",
    "host_countries": "host_country",
    "communities": "community",
    "programmes": "programme",
    "residence_areas": "residence",
}
"""Lists of codes, and the label of the attribute that each of their values becomes."""
_SINGLE: Final = (
    "open_to", "help_level", "cost", "cost_waiver", "intake", "intake_until", "referral_channel",
    "referral_role", "response_hours", "minimum_months_since_return",
    "maximum_months_since_return", "valid_from", "valid_to", "alert_until", "status_until",
    "funding_until", "capacity_maximum", "verification_method", "source", "language",
    "complaint_channel",
)  # fmt: skip


def eligibility(record: ListingRecord) -> str | None:
    """Write the structured conditions as English sentences, behind the free text."""
    sentences = [
        record.eligibility_description,
        *_of_person(record),
        *_of_return(record),
    ]
    if record.residence_areas:
        sentences.append(f"For people who live in {', '.join(record.residence_areas)}.")
    if (open_to := codes.OPEN_TO.get(record.open_to or "")) is not None:
        sentences.append(f"Open to: {open_to}.")
    return " ".join(filter(None, sentences)) or None


def _of_person(record: ListingRecord) -> Iterator[str]:
    if record.sexes:
        yield f"Sexes: {_words(codes.SEXES, record.sexes)}."
    if record.profiles:
        named = _words(codes.PROFILES, record.profiles)
        yield f"For people of whom one of these is true: {named}."


def _of_return(record: ListingRecord) -> Iterator[str]:
    low, high = record.minimum_months_since_return, record.maximum_months_since_return
    if record.return_modalities:
        named = _words(codes.RETURN_MODALITIES, record.return_modalities)
        yield f"Ways of return: {named}."
    if record.host_countries:
        yield f"Return from: {', '.join(record.host_countries)}."
    if record.programmes:
        yield f"For people in the programme {' or '.join(record.programmes)}."
    if low is not None:
        yield f"From {low} months after the return on."
    if high is not None:
        yield f"Until {high} months after the return."


def wait(record: ListingRecord) -> str | None:
    """The waiting time in words."""
    return None if record.wait_time_days is None else f"{record.wait_time_days} days"


def service_areas(ids: CreatedIds, record: ListingRecord) -> list[Json]:
    """One for each statement of coverage; what an extent cannot say stands in the name."""
    keys = {
        "service_id": str(ids.service_id),
        "service_at_location_id": str(ids.service_at_location_id),
    }
    return [
        _part(ids, "service_area", name, name=name, **keys, **extent)
        for name, extent in _extents(record)
    ]


def _extents(record: ListingRecord) -> Iterator[tuple[str, Json]]:
    if record.coverage:
        yield f"{record.coverage}: {record.country or ''}".rstrip(": "), {}
    for code in record.coverage_areas:
        yield code, {"extent": code, "extent_type": "text"}
    if record.coverage_radius_km is not None:
        yield f"radius {record.coverage_radius_km:g} km", {}
    if record.coverage_travel_minutes is not None:
        mode = (record.coverage_travel_mode or "unstated").replace("_", " ")
        yield f"travel {record.coverage_travel_minutes} minutes, {mode}", {}
    if record.coverage_geojson:
        yield "shape", {"extent": record.coverage_geojson, "extent_type": "geojson"}
    for code in record.coverage_excluded_areas:
        yield f"not {code}", {"extent": code, "extent_type": "text"}
    if record.coverage_excluded_geojson:
        shape = record.coverage_excluded_geojson
        yield "not shape", {"extent": shape, "extent_type": "geojson"}


def attributes(
    ids: CreatedIds, record: ListingRecord, terms: Mapping[str, Json]
) -> list[Json]:
    """The categories, our lists of codes and our own facts, and the texts in other languages."""
    link = {"link_id": str(ids.service_id), "link_entity": "service"}
    found = [
        _part(
            ids,
            "attribute",
            code,
            **link,
            taxonomy_term_id=terms[code]["id"],
            taxonomy_term=terms[code],
        )
        for code in record.taxonomy_terms
        if code in terms
    ]
    stated = [
        (label, value)
        for column, label in _LISTS.items()
        for value in getattr(record, column)
    ]
    known = [code for code in record.required_documents if code in codes.DOCUMENTS]
    stated += [("document", code) for code in known]
    stated += [(column, getattr(record, column)) for column in _SINGLE]
    for fact in record.further_facts:
        label, _, value = fact.partition(":")
        stated.append((label.strip(), value.strip()))
    if record.sensitivity not in {None, "L0"}:
        stated.append(("sensitivity", record.sensitivity))
    return found + _labelled(ids, link, [*stated, *_texts(record, "service")])


def organization_attributes(ids: CreatedIds, record: ListingRecord) -> list[Json]:
    """What kind of organization it is, and its texts in other languages."""
    link = {"link_id": str(ids.organization_id), "link_entity": "organization"}
    stated = [("provider_type", record.provider_type), *_texts(record, "organization")]
    return _labelled(ids, link, stated)


def location_attributes(ids: CreatedIds, record: ListingRecord) -> list[Json]:
    """How precise the position is, the landmark, the area, and texts in other languages."""
    link = {"link_id": str(ids.location_id), "link_entity": "location"}
    stated = [
        (column, getattr(record, column))
        for column in ("precision_m", "landmark", "area_code")
    ]
    return _labelled(ids, link, [*stated, *_texts(record, "location")])


def _texts(record: ListingRecord, entity: str) -> list[tuple[str, Any]]:
    return [
        (f"{column}:{language}", text)
        for (column, language), text in sorted(record.texts.items())
        if TEXT_FIELDS.get(column, ("",))[0] == entity
    ]


def _labelled(ids: CreatedIds, link: Json, stated: list[tuple[str, Any]]) -> list[Json]:
    return [
        _part(
            ids,
            "attribute",
            f"{label}:{value}",
            **link,
            label=label,
            value=_text(value),
        )
        for label, value in stated
        if value is not None
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(labels: Mapping[str, str], chosen: tuple[str, ...]) -> str:
    return ", ".join(labels.get(code, code) for code in chosen)


def _part(ids: CreatedIds, kind: str, what: str, /, **columns: Any) -> Json:
    """A row that is stored in another form: its key is made from the listing and its value."""
    key = uuid.uuid5(ids.service_at_location_id, f"{kind}:{what}")
    return {"id": str(key), **columns}

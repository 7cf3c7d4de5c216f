"""Organizations and places as FHIR R4 resources, and what all resources share."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from directory.fhir.asked import LIST_OF_REGISTERS
from directory.fhir.queries import LocationRow, OrganizationRow, Place
from directory.listings.hsds_tables import Json
from directory.taxonomy import codes
from directory.text import translator

TEST_DATA: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
"""FHIR's own tag of what is no real data: the demonstration."""
IDENTIFIERS: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
SITE: Final = "http://terminology.hl7.org/CodeSystem/location-physical-type"
CODED: Final = "http://hl7.org/fhir/StructureDefinition/iso21090-SC-coding"
"""The extension that gives a part of an address its code."""
PARTS: Final[Mapping[int, str]] = {1: "state", 2: "district"}
"""The parts of an address that areas name, by their level."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the answers come from, and the language they are read in. ``root`` ends with a slash."""

    root: str
    language: str

    @property
    def base(self) -> str:
        """The address under which the resources are."""
        return f"{self.root}api/v1/fhir"

    @property
    def taxonomy(self) -> str:
        """The code system of our categories."""
        return f"{self.root}api/v1/taxonomy"

    @property
    def areas(self) -> str:
        """The system of the codes of areas: P-codes, and ISO 3166-1 for countries."""
        return f"{self.root}api/v1/areas"

    @property
    def say(self) -> Callable[[str], str]:
        """How a message id is said in the reader's language."""
        return translator(self.language)


def organization(found: OrganizationRow, site: Site) -> Json:
    """Return an Organization; of its people no one is named."""
    row = found.row
    return without_empty(
        {
            **head("Organization", row.id, site),
            "meta": meta(row.last_modified, is_demonstration=row.is_demonstration),
            "identifier": _identifiers(found),
            "active": True,
            "type": _provider_type(row.provider_type, site),
            "name": found.name,
            "alias": _others(found.name, (row.name, row.alternate_name)),
            "telecom": [
                *(telecom("phone", phone["number"]) for phone in found.phones),
                *telecoms(None, row.email, row.website),
                *(telecom("url", each["url"]) for each in found.websites),
            ],
            "partOf": reference("Organization", found.parent) if found.parent else None,
        }
    )


def location(found: LocationRow, site: Site) -> Json:
    """Return a Location, with its position where it has one."""
    row = found.row
    name = found.texts.get((row.id, "name")) or row.name or found.organization_name
    said = [
        found.texts.get((row.id, field)) or getattr(row, field)
        for field in ("description", "landmark", "transportation")
    ]
    return without_empty(
        {
            **head("Location", row.id, site),
            "meta": meta(found.last_modified, is_demonstration=found.is_demonstration),
            "identifier": _outer_identifiers(row.external_identifier, row.external_identifier_type),
            "status": found.status.value,
            "name": name,
            "alias": _others(name, (row.name, row.alternate_name)),
            "description": "\n".join(filter(None, said)),
            "mode": "instance",
            "telecom": [telecom("url", row.url)] if row.url else [],
            "address": _address(found, site),
            "physicalType": _physical_type(row.location_type, site),
            "position": _position(row.latitude, row.longitude),
            "managingOrganization": reference(
                "Organization", found.organization_id, found.organization_name
            ),
        }
    )  # fmt: skip


def head(kind: str, key: uuid.UUID, site: Site) -> Json:
    """Return the beginning of every resource."""
    return {"resourceType": kind, "id": str(key), "language": site.language}


def meta(changed: datetime, *, is_demonstration: bool) -> Json:
    """Return when a resource was last changed, and whether it is made up."""
    found: Json = {"lastUpdated": instant(changed)}
    if is_demonstration:
        found["tag"] = [TEST_DATA]
    return found


def instant(moment: datetime) -> str:
    """Return a moment as FHIR writes it, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def words(kind: str) -> str:
    """Return the code system of one of the closed lists of words, the same on every site."""
    return f"urn:homeward:{kind}"


def reference(kind: str, key: uuid.UUID, display: str | None = None) -> Json:
    """Return a reference to one of our resources."""
    return without_empty({"reference": f"{kind}/{key}", "display": display})


def concept(
    code: str, display: str, system: str | None = None, text: str | None = None
) -> Json:
    """Return a CodeableConcept with one code."""
    coding = without_empty({"system": system, "code": code, "display": display})
    return {"coding": [coding], "text": text or display}


def telecom(system: str, value: str) -> Json:
    """Return a ContactPoint."""
    return {"system": system, "value": value}


def telecoms(phone: str | None, email: str | None, website: str | None) -> list[Json]:
    """Return the ways to reach a provider; several numbers stand between semicolons."""
    numbers = [number.strip() for number in (phone or "").split(";")]
    found = [telecom("phone", number) for number in numbers if number]
    if email:
        found.append(telecom("email", email))
    if website:
        found.append(telecom("url", website))
    return found


def without_empty(values: Json) -> Json:
    """Return an object without what it has no value for: FHIR knows no empty values."""
    return {
        name: value for name, value in values.items() if value not in (None, "", [], {})
    }


def source_identifier(value: str | None, source: str | None) -> list[Json]:
    """Return the number that a listing has in the list it came from."""
    if not value:
        return []
    assigner = {"display": source} if source else None
    return [without_empty({"use": "secondary", "value": value, "assigner": assigner})]


def _identifiers(found: OrganizationRow) -> list[Json]:
    row = found.row
    listed = [
        without_empty(
            {
                "use": "official",
                "type": {"text": one["identifier_type"]},
                "system": _register(one.get("identifier_scheme")),
                "value": one["identifier"],
            }
        )
        for one in found.identifiers
    ]
    if row.tax_id:
        tax = concept("TAX", "Tax ID number", IDENTIFIERS)
        listed.append({"use": "official", "type": tax, "value": row.tax_id})
    return [*listed, *source_identifier(row.external_id, row.source)]


def _register(scheme: str | None) -> str | None:
    """The register of a number: org-id.guide gives each a code such as GB-CHC."""
    if not scheme or any(sign.isspace() for sign in scheme):
        return None
    return scheme if ":" in scheme else f"{LIST_OF_REGISTERS}{scheme}"


def _outer_identifiers(value: str | None, kind: str | None) -> list[Json]:
    if not value:
        return []
    return [without_empty({"type": {"text": kind} if kind else None, "value": value})]


def _provider_type(code: str | None, site: Site) -> list[Json]:
    if not code or code not in codes.PROVIDER_TYPES:
        return []
    label = site.say(codes.PROVIDER_TYPES[code])
    return [concept(code, label, words("provider-type"))]


def _physical_type(kind: str, site: Site) -> Json:
    label = site.say(codes.LOCATION_TYPES.get(kind, kind))
    if kind == "physical":
        return concept("si", "Site", SITE, text=label)
    return concept(kind, label, words("location-type"))


def _position(latitude: float | None, longitude: float | None) -> Json | None:
    if latitude is None or longitude is None:
        return None
    return {"longitude": longitude, "latitude": latitude}


def _address(found: LocationRow, site: Site) -> Json:
    stated = found.addresses[0] if found.addresses else {}
    line = found.texts.get((found.row.id, "address")) or stated.get("address_1")
    kind = {"postal": "postal", "physical": "physical"}
    parts: Json = {
        "type": kind.get(stated.get("address_type", "")),
        "line": [each for each in (line, stated.get("address_2")) if each],
        "city": stated.get("city"),
        "postalCode": stated.get("postal_code"),
        "country": stated.get("country"),
    }
    for area in found.areas:
        parts |= _part(area, site)
    if not found.areas:
        parts["state"] = stated.get("state_province")
    parts = without_empty(parts)
    names = [area.name for area in reversed(found.areas)]
    said = [line, stated.get("address_2"), stated.get("city"), *names]
    text = ", ".join(dict.fromkeys(filter(None, said)))
    return without_empty({"text": text, **parts})


def _part(area: Place, site: Site) -> Json:
    """The part of an address that an area is: its name, and as an extension its code."""
    if area.level == 0:
        return {"country": area.code}
    name = PARTS.get(area.level)
    if name is None:
        return {}
    coding = {"system": site.areas, "code": area.code, "display": area.name}
    coded = {"extension": [{"url": CODED, "valueCoding": coding}]}
    return {name: area.name, f"_{name}": coded}


def _others(name: str, known: Iterable[str | None]) -> Sequence[str]:
    return [each for each in dict.fromkeys(known) if each and each != name]

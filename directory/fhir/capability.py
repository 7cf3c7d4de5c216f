"""What the FHIR interface can be asked, said once: for the CapabilityStatement, the reader of addresses, OpenAPI."""

from collections.abc import Mapping
from typing import Final

from directory.listings.hsds_tables import Json

FHIR_VERSION: Final = "4.0.1"
DESCRIBED_ON: Final = "2026-11-24"
"""When this description last changed."""

ORGANIZATION: Final = "Organization"
LOCATION: Final = "Location"
SERVICE: Final = "HealthcareService"

ID: Final = "_id"
CHANGED: Final = "_lastUpdated"
COUNT: Final = "_count"

_OF_ALL: Final[Mapping[str, tuple[str, str]]] = {
    ID: ("token", "One or more ids, with commas between."),
    CHANGED: ("date", "When it was last changed; eq, ne, ge, gt, le, lt, sa and eb may stand before."),
    "name": ("string", "Any word of the name begins so; name:contains and name:exact are known, too."),
}  # fmt: skip

PARAMETERS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    ORGANIZATION: {
        **_OF_ALL,
        "active": ("token", "true or false; every organization that is given is active."),
        "identifier": ("token", "A number, or system|number: official, of the tax office, or of the source."),
        "partof": ("reference", "The organization that it is part of."),
        "type": ("token", "The kind of organization, such as national_authority."),
    },
    LOCATION: {
        **_OF_ALL,
        "near": ("special", "latitude|longitude|distance|km: places at most so far away; 50 km unless said."),
        "organization": ("reference", "Who offers something there."),
        "status": ("token", "active, suspended or inactive, as what is offered there."),
    },
    SERVICE: {
        **_OF_ALL,
        "active": ("token", "Whether it is in use today."),
        "identifier": ("token", "Its number in the source, or urn:uuid: and the id in the Open Referral API."),
        "location": ("reference", "Where it is."),
        "organization": ("reference", "Who offers it."),
        "service-type": ("token", "A code of our categories; a category stands for all that is below it."),
    },
}  # fmt: skip
"""By type of resource: the name of each parameter, its type in FHIR, and what it means."""


def statement(root: str) -> Json:
    """Return the CapabilityStatement of the site at an address, which ends with a slash."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DESCRIBED_ON,
        "kind": "instance",
        "software": {"name": "Homeward"},
        "implementation": {
            "description": "A directory of services for people who return home, after IHE mCSD.",
            "url": f"{root}api/v1/fhir",
        },
        "fhirVersion": FHIR_VERSION,
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Public listings, to read; nobody needs an account.",
                "resource": [_resource(kind) for kind in PARAMETERS],
            }
        ],
    }


def _resource(kind: str) -> Json:
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": name, "type": type_of, "documentation": meaning}
            for name, (type_of, meaning) in PARAMETERS[kind].items()
        ],
    }

"""The directory in FHIR R4: what is given, what can be asked, and what nobody learns from it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.fhir import healthcare
from directory.models import Location, Organization, Phone, Service
from directory.models.organization import OrganizationIdentifier
from tests.directory.listings.test_create_services import FULL, create

BASE = "/api/v1/fhir"
SITE = "http://localhost/api/v1"
Ask = Callable[..., Any]


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    def answer(path: str, status: int = 200, /, **asked: str) -> Any:
        response = client.get(f"{BASE}/{path}?{urlencode(asked)}")
        assert response.status_code == status, response.text
        assert response.mimetype == "application/fhir+json"
        return response.get_json()

    return answer


def ids(bundle: Any) -> list[str]:
    assert bundle["resourceType"] == "Bundle"
    return [one["resource"]["id"] for one in bundle.get("entry", ())]


def test_a_listing_is_an_organization_a_place_and_a_service(
    session: Session, client: FlaskClient, ask: Ask
) -> None:
    (made,) = create(session, FULL)
    session.get_one(Organization, made.organization_id).provider_type = "ingo"
    session.add_all(
        [
            OrganizationIdentifier(
                organization_id=made.organization_id,
                identifier_scheme="XA-REG",
                identifier_type="Register",
                identifier="77",
            ),
            Phone(organization_id=made.organization_id, number="+999 7"),
        ]
    )
    session.commit()
    (entry,) = ask("HealthcareService", lang="fr")["entry"]
    service = entry["resource"]
    key = str(made.service_at_location_id)
    assert entry["fullUrl"] == f"{SITE}/fhir/HealthcareService/{key}"
    assert ask(f"HealthcareService/{key}") == service
    assert (service["name"], service["comment"]) == ("Poste de santé", "Care for all")
    assert (service["language"], service["active"]) == ("fr", True)
    types = [one["coding"][0] for one in service["type"]]
    assert [one["code"] for one in types] == ["health.hospital", "health.primary"]
    assert {one["system"] for one in types} == {f"{SITE}/taxonomy"}
    assert "primaires" in types[1]["display"]
    assert service["category"][0]["coding"][0]["code"] == "health"
    assert service["availableTime"] == [
        {
            "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
            "availableStartTime": "08:00:00",
            "availableEndTime": "16:00:00",
        }
    ]
    assert [one["value"] for one in service["telecom"]] == ["+999 1 23", "+999 4 56"]
    assert service["coverageArea"][0]["identifier"]["value"] == "XA-S"
    assert "From 5 years on. Until 60 years." in service["eligibility"][0]["comment"]
    assert service["identifier"][0]["value"] == f"urn:uuid:{made.service_id}"
    _check_owners(service, ask)


def _check_owners(service: Any, ask: Ask) -> None:
    place = ask(service["location"][0]["reference"])
    assert place["position"] == {"latitude": 3.0, "longitude": 11.0}
    assert (place["name"], place["status"]) == ("Red Door", "active")
    assert place["address"]["line"] == ["Rue du marché 2"]
    coded = place["address"]["_state"]["extension"][0]["valueCoding"]
    assert (coded["code"], place["address"]["country"]) == ("XA-N", "XA")
    assert place["managingOrganization"] == service["providedBy"] | {"display": "Red Door"}  # fmt: skip
    organization = ask(service["providedBy"]["reference"])
    numbers = {
        "Organization": ("http://org-id.guide/list/XA-REG|77", "77", "o1", "|o1"),
        "HealthcareService": ("s1", "|s1", f"urn:ietf:rfc:3986|{service['identifier'][0]['value']}"),
    }  # fmt: skip
    for kind, given in numbers.items():
        for number in given:
            assert ask(kind, identifier=number)["total"] == 1, number
        for number in ("http://example.org|77", "urn:ietf:rfc:3986|urn:uuid:x", "|77", "XA-REG"):  # fmt: skip
            assert ask(kind, identifier=number)["total"] == 0, number
    assert organization["name"] == "Red Door"
    assert organization["identifier"][0]["system"].endswith("/XA-REG")
    assert organization["telecom"] == [{"system": "phone", "value": "+999 7"}]
    assert organization["type"][0]["coding"][0]["code"] == "ingo"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("24/7", [("mon", None, None)]),
        ("Mo 08:00-12:00,14:00-24:00; PH off", [("mon", "08:00:00", "12:00:00"), ("mon", "14:00:00", "23:59:59")]),
        ("Mo 08:00-12:00 || \"on call\"", None),
        ("Mo 99:00-99:30", None),
        (None, None),
    ],
)  # fmt: skip
def test_hours_are_written_out_where_fhir_can_say_them(text: Any, spans: Any) -> None:
    times = healthcare.available_times(text)
    found = [
        (one["daysOfWeek"][0], one.get("availableStartTime"), one.get("availableEndTime"))
        for one in times or ()
    ]  # fmt: skip
    assert (found or None) == spans


SEARCHES: Sequence[tuple[str, dict[str, str], list[int]]] = (
    ("HealthcareService", {"name": "ecole"}, [1]),
    ("HealthcareService", {"name": "ete,health"}, [0, 1]),
    ("HealthcareService", {"name": "cole"}, []),
    ("HealthcareService", {"name:contains": "cole"}, [1]),
    ("HealthcareService", {"name:exact": "Legal advice"}, [2]),
    ("HealthcareService", {"name:exact": "legal advice"}, []),
    ("HealthcareService", {"active": "true"}, [0]),
    ("HealthcareService", {"active": "false"}, [1, 2]),
    ("HealthcareService", {"service-type": "health"}, [0]),
    ("HealthcareService", {"service-type": "{system}|education,legal.aid"}, [1, 2]),
    ("HealthcareService", {"service-type": "http://snomed.info/sct|health"}, []),
    ("HealthcareService", {"organization": "Organization/{organization}"}, [0, 1]),
    ("HealthcareService", {"location": "{location}"}, [1]),
    ("HealthcareService", {"_id": "{service},x"}, [2]),
    ("HealthcareService", {"_lastUpdated": "2025-03"}, [0]),
    ("HealthcareService", {"_lastUpdated": "gt2025-03-04"}, [1, 2]),
    ("HealthcareService", {"_lastUpdated": "ge2025-03-04T13:00:00+01:00"}, [0, 1, 2]),
    ("HealthcareService", {"_lastUpdated": "lt2025-03-04T12:00Z"}, []),
    ("HealthcareService", {"unheard-of": "1"}, [0, 1, 2]),
    ("Location", {"status": "suspended"}, [1]),
    ("Location", {"status": "active,inactive"}, [0, 2]),
    ("Location", {"near": "3.0|11.0|10|km"}, [0]),
    ("Location", {"near": "3.0|11.0"}, [0]),
    ("Location", {"organization": "{organization}"}, [0, 1]),
    ("Location", {"name": "red"}, [0, 1]),
    ("Location", {"name": "bleue"}, [2]),
    ("Location", {"_lastUpdated": "le2025-03-04"}, [0]),
    ("Organization", {"name": "door"}, [0]),
    ("Organization", {"type": "un"}, [0]),
    ("Organization", {"partof": "{organization}"}, [2]),
    ("Organization", {"active": "false"}, []),
    ("Organization", {"active": "true", "_lastUpdated": "ge2020"}, [0, 2]),
)  # fmt: skip
"""Type, parameters, and which of three listings they find."""


def test_it_is_searched_as_mcsd_has_it(session: Session, ask: Ask) -> None:
    first, second, third = create(
        session,
        FULL,
        replace(
            FULL, service_id="s2", service_name="École d'été", taxonomy_terms=("education.school",),
            latitude=1.0, address="Harbour 1", status="temporarily closed", texts={},
        ),
        replace(
            FULL, organization_id="o2", organization_name="Blue House", service_id="s3",
            service_name="Legal advice", taxonomy_terms=("legal.aid",), latitude=2.0, address="Quay",
            status="inactive", texts={},
        ),
    )  # fmt: skip
    session.get_one(Organization, second.organization_id).provider_type = "un"
    child = session.get_one(Organization, third.organization_id)
    child.parent_organization_id = first.organization_id
    session.get_one(Location, third.location_id).name = "Maison Bleue"
    session.get_one(Service, first.service_id).last_modified = datetime(
        2025, 3, 4, 12, tzinfo=UTC
    )
    session.commit()
    keys = {
        "HealthcareService": [one.service_at_location_id for one in (first, second, third)],
        "Location": [one.location_id for one in (first, second, third)],
        "Organization": [first.organization_id, first.organization_id, third.organization_id],
    }  # fmt: skip
    organization = str(first.organization_id)
    filled = {
        "organization": organization, "location": second.location_id,
        "service": third.service_at_location_id, "system": f"{SITE}/taxonomy",
    }  # fmt: skip
    for kind, parameters, wanted in SEARCHES:
        asked = {name: text.format_map(filled) for name, text in parameters.items()}
        bundle = ask(kind, **asked)
        expected = sorted(str(keys[kind][number]) for number in wanted)
        assert (ids(bundle), bundle["total"]) == (expected, len(wanted)), (kind, asked)
    part_of = ask(f"Organization/{third.organization_id}")["partOf"]
    assert part_of == {"reference": f"Organization/{organization}"}


def test_pages_lead_to_each_other(
    session: Session, client: FlaskClient, ask: Ask
) -> None:
    create(
        session,
        *(replace(FULL, service_id=f"s{number}", texts={}) for number in range(3)),
    )
    session.commit()
    bundle = ask("HealthcareService", _count="2", name="health", nonsense="1")
    links = {one["relation"]: one["url"] for one in bundle["link"]}
    assert links["self"] == f"{SITE}/fhir/HealthcareService?name=health&_count=2"
    assert (bundle["total"], len(ids(bundle)), "previous" in links) == (3, 2, False)
    last = client.get(links["next"]).get_json()
    assert {one["relation"] for one in last["link"]} == {"self", "previous"}
    assert sorted(ids(bundle) + ids(last)) == ids(ask("HealthcareService"))
    beyond = ask("HealthcareService", page="20000")
    assert (beyond["total"], ids(beyond)) == (3, [])
    counted = ask("HealthcareService", _count="0")
    assert (counted["total"], ids(counted), len(counted["link"])) == (3, [], 1)


def test_it_says_what_it_can_be_asked(ask: Ask) -> None:
    stated = ask("metadata")
    assert stated["resourceType"] == "CapabilityStatement"
    assert stated["fhirVersion"] == "4.0.1"
    for resource in stated["rest"][0]["resource"]:
        for parameter in resource["searchParam"]:
            values = {"near": "1|1|1|km", "status": "active", "_lastUpdated": "2026"}
            name = parameter["name"]
            bundle = ask(resource["type"], **{name: values.get(name, "true")})
            assert name in bundle["link"][0]["url"], (resource["type"], name)


def test_it_refuses_as_an_operation_outcome(client: FlaskClient, ask: Ask) -> None:
    for path, name, value, status, code in (
        ("Organization", "_lastUpdated", "soon", 400, "invalid"),
        ("Organization", "_lastUpdated", "2026-13-01", 400, "invalid"),
        ("Organization", "_lastUpdated", "ge9999", 400, "invalid"),
        ("Organization", "_lastUpdated", "0001-01-01T00:00+14:00", 400, "invalid"),
        ("Organization", "_count", "-1", 400, "invalid"),
        ("Organization", "page", "last", 400, "invalid"),
        ("Organization", "active", "perhaps", 400, "invalid"),
        ("Organization", "name", "…", 400, "invalid"),
        ("Location", "status", "open", 400, "invalid"),
        ("Location", "near", "3.0,11.0", 400, "invalid"),
        ("Location", "near", "nan|11|1|km", 400, "invalid"),
        ("Location", "near", "3|11|1|miles", 400, "invalid"),
        ("Location", "_format", "xml", 406, "not-supported"),
        ("Location/x", "lang", "fr", 404, "not-found"),
        ("HealthcareService/00000000-0000-4000-8000-000000000000", "lang", "en", 404, "not-found"),
    ):  # fmt: skip
        outcome = ask(path, status, **{name: value})
        (issue,) = outcome["issue"]
        assert outcome["resourceType"] == "OperationOutcome"
        assert (issue["severity"], issue["code"]) == ("error", code), (name, value)
        assert issue["details"]["text"]
    twice = client.get(f"{BASE}/Location?name=a&name=b")
    strict = client.get(
        f"{BASE}/Location?color=red", headers={"Prefer": "handling=strict"}
    )
    assert (twice.status_code, strict.status_code) == (400, 400)
    assert client.post(f"{BASE}/Location").status_code == 405


def test_hidden_listings_change_nothing_of_it(session: Session, ask: Ask) -> None:
    """The same place and organization as a public listing, and others of their own."""
    (shown,) = create(session, FULL)
    session.commit()
    before = {kind: ask(kind) for kind in ("Organization", "Location", "HealthcareService")}  # fmt: skip
    nowhere = {"latitude": None, "longitude": None, "address": None, "landmark": None, "coverage_radius_km": None}  # fmt: skip
    hidden = []
    for level in ("L1", "L2", "L3"):
        place: dict[str, Any] = nowhere if level == "L3" else {}
        own = replace(
            FULL, service_id=level, sensitivity=level, texts={}, **place
        )  # fmt: skip
        other = replace(
            own, organization_id=level, organization_name=f"Hidden {level}", service_id=f"o{level}",
            **(place or {"latitude": 2.5, "address": f"Hidden {level}"}),
        )  # fmt: skip
        hidden += create(session, own, other)
    for one in hidden:
        session.get_one(Service, one.service_id).last_modified = datetime(
            2027, 1, 1, tzinfo=UTC
        )
        # The place is shared: what is hidden there does not speak for it.
        if one.organization_id == shown.organization_id:
            continue
        session.get_one(Organization, shown.organization_id).parent_organization_id = one.organization_id  # fmt: skip
    session.commit()
    assert {kind: ask(kind) for kind in before} == before
    for one in hidden:
        ask(f"HealthcareService/{one.service_at_location_id}", 404)
        asked = {"location": str(one.location_id)}
        if one.location_id != shown.location_id:
            ask(f"Location/{one.location_id}", 404)
            assert ask("HealthcareService", **asked)["total"] == 0
        if one.organization_id != shown.organization_id:
            ask(f"Organization/{one.organization_id}", 404)
            asked = {"organization": str(one.organization_id)}
            assert ask("Location", **asked)["total"] == 0
            assert ask("Organization", partof=str(one.organization_id))["total"] == 0
    assert ask("Location", near="2.5|11|5|km")["total"] == 0
    assert ask("Organization", name="hidden")["total"] == 0
    assert ask("Location", _lastUpdated="ge2026-12-31")["total"] == 0

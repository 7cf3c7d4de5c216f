"""HSDS 3.1: every field that the specification and our tables share leaves, and the rest as attributes."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, update
from sqlalchemy.orm import Session

from directory.config import Config
from directory.listings import exporting, extracts, hsds, hsds_schedules, hsds_tables
from directory.listings.record import CreatedIds
from directory.models import (
    Accessibility,
    Address,
    Base,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
    Unit,
    Url,
)
from tests import factories
from tests.directory.listings.test_create_services import create
from tests.directory.listings.test_whole_listing import WHOLE

KEPT_BACK = {("service", "assurer_email")}
"""A person's address."""
WRITTEN_ELSEWHERE = {("service", "eligibility_description")}
"""Made of the free text and of all conditions."""
CODED = frozenset(
    {
        "status", "location_type", "address_type", "country", "code", "name", "latitude",
        "longitude",
    }
)  # fmt: skip
"""Columns whose value is no free text, or is unique."""
LISTS = {
    "additional_urls": "url", "additional_websites": "url", "funding": "funding",
    "cost_options": "cost_option", "required_documents": "required_document",
    "languages": "language", "capacities": "service_capacity", "contacts": "contact",
    "schedules": "schedule", "phones": "phone", "attributes": "attribute",
    "service_at_locations": "service_at_location", "service_areas": "service_area",
    "addresses": "address", "accessibility": "accessibility", "programs": "program",
    "organization_identifiers": "organization_identifier", "organization": "organization",
    "program": "program", "location": "location", "unit": "unit",
    "taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
}  # fmt: skip


def export(session: Session, path: Path) -> list[dict[str, Any]]:
    session.flush()
    session.expire_all()
    exporting.WRITERS["hsds"](session, extracts.prepare(session), path)
    contents: list[dict[str, Any]] = json.loads(path.read_text())["contents"]
    return contents


def fill(session: Session, ids: Any) -> dict[str, set[str]]:
    """Give every HSDS column of every table a value; return the columns by table."""
    program = Program(organization_id=ids.organization_id, name="P", description="D")
    program.plan_reference = "PNDES 2.3"
    session.add(program)
    session.flush()
    owners: dict[type[Base], dict[str, Any]] = {
        OrganizationIdentifier: {"organization_id": ids.organization_id},
        Url: {"service_id": ids.service_id},
        Funding: {"organization_id": ids.organization_id},
        Contact: {"service_id": ids.service_id},
        Phone: {"service_at_location_id": ids.service_at_location_id},
        CostOption: {"service_id": ids.service_id},
        RequiredDocument: {"service_id": ids.service_id},
        Language: {"location_id": ids.location_id},
        Schedule: {"location_id": ids.location_id},
        Accessibility: {"location_id": ids.location_id},
    }
    for model, keys in owners.items():
        columns = hsds_tables.FIELDS[model]
        links = {name for name in columns if name.endswith("id")}
        session.add(
            model(**keys, **{n: sample(model, n) for n in columns if n not in links})
        )
    for model in (
        Service, Organization, Location, Address, ServiceAtLocation, ServiceCapacity, Unit,
        Program, Taxonomy, TaxonomyTerm,
    ):  # fmt: skip
        plain = {
            name: sample(model, name)
            for name in hsds_tables.FIELDS[model]
            if name not in CODED and (name == "tax_id" or not name.endswith("id"))
        }
        session.execute(update(model).values(plain))
    session.execute(update(Service).values(program_id=program.id))
    above = create(session, replace(WHOLE, organization_name="Above", organization_id="a", service_id="a"))[0]  # fmt: skip
    belong(session, ids, above)
    return {m.__tablename__: set(names) for m, names in hsds_tables.FIELDS.items()}


def belong(session: Session, ids: CreatedIds, above: CreatedIds) -> None:
    """Put the organization of one listing under that of another."""
    session.execute(
        update(Organization)
        .where(Organization.id == ids.organization_id)
        .values(parent_organization_id=above.organization_id)
    )


def sample(model: type[Base], name: str) -> Any:
    """A value that the column takes, other than its default."""
    kind = inspect(model).columns[name].type.python_type
    values: dict[type, Any] = {
        str: f"{name} said", int: 7, float: 1.5, Decimal: Decimal("8.25"), date: date(2026, 1, 2),
        object: datetime(2026, 1, 2, tzinfo=UTC), bool: True,
    }  # fmt: skip
    return values[kind]


def walk(value: dict[str, Any], kind: str, seen: dict[str, set[str]]) -> None:
    """Note which fields of which table an export holds."""
    seen.setdefault(kind, set()).update(value)
    for name, part in value.items():
        if name in LISTS:
            for each in part if isinstance(part, list) else [part]:
                if isinstance(each, dict):
                    walk(each, LISTS[name], seen)


def test_every_stored_field_of_the_specification_leaves(
    session: Session, tmp_path: Path
) -> None:
    ids = create(session, replace(WHOLE, location_name="Hall"))[0]
    tables = fill(session, ids)
    seen: dict[str, set[str]] = {}
    for service in export(session, tmp_path / "out.json"):
        if service["id"] != str(ids.service_id):
            continue
        walk(service, "service", seen)
        for program in (service["program"], *service["organization"]["programs"]):
            assert [one["value"] for one in program["attributes"]] == ["PNDES 2.3"]
    # Which of its owners a row names differs from row to row; every row names one.
    owners = {
        f"{kind}_id"
        for kind in ("organization", "service", "location", "phone", "contact")
    }
    owners |= {"service_at_location_id", "parent_id"}
    for table, names in tables.items():
        missing = names - seen.get(table, set()) - owners
        assert not missing, (table, missing)


def test_no_field_of_the_specification_is_forgotten(config: Config) -> None:
    schemas = config.standards_dir / "hsds-3.1" / "schema"
    if not schemas.is_dir():
        pytest.skip("STANDARDS_DIR is absent: the specification was not compared.")
    for model, names in hsds_tables.FIELDS.items():
        table = model.__tablename__
        known = json.loads((schemas / f"{table}.json").read_text())["properties"].keys()
        assert set(names) <= known, (table, set(names) - known)
        ours = {column.key for column in inspect(model).columns} & known
        skipped = {
            name for kind, name in KEPT_BACK | WRITTEN_ELSEWHERE if kind == table
        }
        assert ours - set(names) == skipped, (table, ours - set(names))


def types_of(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is of the type, format and choice that a schema asks for."""
    kinds: dict[str, Any] = {"string": str, "number": (int, float), "array": list}
    if (kind := schema.get("type")) and not isinstance(value, kinds[kind]):
        return False
    if schema.get("format") == "uuid":
        uuid.UUID(value)
    return "enum" not in schema or value in schema["enum"]


def test_every_value_is_of_the_type_that_the_specification_asks_for(
    session: Session, tmp_path: Path, config: Config
) -> None:
    schemas = config.standards_dir / "hsds-3.1" / "schema"
    if not schemas.is_dir():
        pytest.skip("STANDARDS_DIR is absent: the specification was not compared.")
    create(session, WHOLE)

    def check(value: dict[str, Any], kind: str) -> None:
        schema = json.loads((schemas / f"{kind}.json").read_text())
        assert set(schema.get("required", ())) <= value.keys(), (kind, value)
        for name, part in value.items():
            assert name in schema["properties"], (kind, name)
            assert types_of(schema["properties"][name], part), (kind, name, part)
            for each in part if isinstance(part, list) else [part]:
                if name in LISTS and isinstance(each, dict):
                    check(each, LISTS[name])

    (service,) = export(session, tmp_path / "out.json")
    check(service, "service")
    said = service["eligibility_description"]
    for sentence in ("programme Safe Return or Home, again", "From 1 months", "Until 18 months",
                     "live in XA-NW", "Pregnant or breastfeeding"):  # fmt: skip
        assert sentence in said, sentence
    labels = {each.get("label"): each.get("value") for each in service["attributes"]}
    expected = {"intake": "waiting_list", "help_level": "individual", "residence": "XA-NW",
                "cost_waiver": "yes", "response_hours": "48", "referral_channel": "phone",
                "minimum_months_since_return": "1", "valid_to": str(WHOLE.valid_to),
                "alert:fr": "Le pont est fermé"}  # fmt: skip
    assert expected.items() <= labels.items()
    terms = [
        one["taxonomy_term"] for one in service["attributes"] if "taxonomy_term" in one
    ]
    for term in terms:
        assert (term["taxonomy"], term["language"]) == (
            term["taxonomy_detail"]["name"],
            "en",
        )
    spoken = {one["code"]: one["name"] for one in service["languages"]}
    assert spoken["fr"] == "French"
    assert service["capacities"][0]["unit"]["name"] == "beds"
    assert service["cost_options"][0]["amount"] == 12.5
    assert service["funding"][0]["source"] == "City fund"
    place = service["service_at_locations"][0]
    assert place["location"]["transportation"] == "Bus 12 to the market"
    assert len(place["phones"]) == 2
    assert "phones" not in service
    assert json.dumps(service).count("@example.org") == 0


@pytest.mark.parametrize("level", ["L0", "L1", "L2"])
def test_an_organization_above_is_named_only_if_it_is_public(
    session: Session, tmp_path: Path, level: str
) -> None:
    ids = create(session, WHOLE)[0]
    hidden = replace(
        WHOLE, organization_name="Above", organization_id="a", service_id="a", sensitivity=level,
    )  # fmt: skip
    above = create(session, hidden)[0]
    belong(session, ids, above)
    (own,) = (
        each["organization"]
        for each in export(session, tmp_path / "out.json")
        if each["id"] == str(ids.service_id)
    )
    parent = own.get("parent_organization_id")
    assert parent == (str(above.organization_id) if level == "L0" else None)


def test_services_are_read_a_thousand_at_a_time(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(hsds, "CHUNK", 1)
    create(session, WHOLE)
    factories.make_service_at_location(session, service_name="Other")
    services = export(session, tmp_path / "out.json")
    assert {each["name"] for each in services} == {"Health post", "Other"}


def test_a_plain_week_is_written_out_in_days_and_times_and_any_other_stays_a_text() -> (
    None
):
    def rows(text: str) -> list[tuple[str, ...]]:
        stored = {"id": str(uuid.uuid4()), "description": text, "service_id": "s"}
        made = hsds_schedules.written_out(stored)
        assert made[0]["id"] == stored["id"]
        assert len({row["id"] for row in made}) == len(made)
        assert {(row["description"], row["service_id"]) for row in made} == {
            (text, "s")
        }
        names = ("freq", "byday", "opens_at", "closes_at")
        return [tuple(row.get(name, "") for name in names) for row in made]

    weekdays = "MO,TU,WE,TH,FR"
    assert rows("Mo-Fr 08:00-12:30,14:00-17:00; Sa 09:00-12:00; PH off") == [
        ("WEEKLY", weekdays, "08:00", "12:30"),
        ("WEEKLY", weekdays, "14:00", "17:00"),
        ("WEEKLY", "SA", "09:00", "12:00"),
    ]
    assert rows("Su-Th 08:00-14:00; Tu off") == [
        ("WEEKLY", "MO,WE,TH,SU", "08:00", "14:00")
    ]
    assert rows("24/7") == [("WEEKLY", f"{weekdays},SA,SU", "00:00", "24:00")]
    for text in ("mornings", "Mo[1] 08:00-12:00", "Mo-Fr 08:00-12:00; Jan off", "PH off", ""):  # fmt: skip
        assert rows(text) == [("", "", "", "")]

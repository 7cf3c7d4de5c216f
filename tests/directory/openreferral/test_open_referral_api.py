"""The paths of the Open Referral API: whole services, public ones only."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.models import Organization, Service, TaxonomyTerm
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_export import check

SERVICES = "/api/v1/hsds/services"


def test_it_lists_public_services_whole(
    session: Session, client: FlaskClient, config: Config
) -> None:
    ids = {}
    for level in ("L0", "L1", "L2"):
        record = replace(FULL, service_id=level, service_name=level, sensitivity=level)
        ids[level] = create(session, replace(record, texts={}))[0]
    school = replace(
        FULL, service_id="e", taxonomy_terms=("education.school",), texts={}
    )
    create(session, school, replace(school, latitude=1.0, address="Harbour 1"))
    session.commit()
    page = client.get(SERVICES).get_json()
    assert (page["total_items"], page["size"], page["last_page"]) == (2, 2, True)
    one = client.get(f"{SERVICES}?per_page=1&page=2").get_json()
    assert one["contents"] == page["contents"][1:]
    assert one["first_page"] is False
    term = session.scalars(
        select(TaxonomyTerm.id).where(TaxonomyTerm.code == "education.school")
    ).one()
    (found,) = client.get(f"{SERVICES}?taxonomy_term_id={term}").get_json()["contents"]
    assert len(found["service_at_locations"]) == 2
    assert found["organization"]["name"] == "Red Door"
    whole = client.get(f"{SERVICES}/{ids['L0'].service_id}")
    assert whole.get_json()["name"] == "L0"
    for level in ("L1", "L2"):
        answer = client.get(f"{SERVICES}/{ids[level].service_id}")
        assert answer.status_code == 404
    assert client.get("/api/v1/hsds/").get_json()["version"] == "3.1"
    schemas = config.standards_dir / "hsds-3.1" / "schema"
    if not schemas.is_dir():
        pytest.skip("STANDARDS_DIR is absent: the specification was not compared.")
    for service in page["contents"]:
        check(service, "service", schemas)


def test_what_changed_after_a_moment(session: Session, client: FlaskClient) -> None:
    other = replace(FULL, service_id="s2", organization_id="o2", texts={})
    old, new = create(session, FULL, replace(other, organization_name="Blue Door"))
    organization = session.get_one(Organization, old.organization_id)
    for row in (organization, session.get_one(Service, old.service_id)):
        row.last_modified = datetime(2025, 1, 1, tzinfo=UTC)
    session.commit()
    recent = f"{SERVICES}?modified_after=2026-01-01"
    text = client.get(recent).text
    assert [one["id"] for one in json.loads(text)["contents"]] == [str(new.service_id)]
    organization.last_modified = datetime(2026, 2, 1, tzinfo=UTC)
    session.commit()
    assert client.get(recent).get_json()["total_items"] == 2, "it stands in the service"
    for nonsense in (
        "modified_after=soon",
        "per_page=x",
        "page=-1",
        "organization_id=7",
    ):
        assert client.get(f"{SERVICES}?{nonsense}").status_code == 200


def test_the_short_address_leads_to_it(session: Session, client: FlaskClient) -> None:
    (made,) = create(session, FULL)
    session.commit()
    moved = client.get("/hsds/services?per_page=1&search=post&unknown=1")
    assert moved.status_code == 308
    assert moved.headers["Location"] == f"{SERVICES}?search=post&per_page=1"
    for path in ("/hsds/", "/hsds/services", f"/hsds/services/{made.service_id}"):
        assert client.get(path, follow_redirects=True).status_code == 200, path
    nobody = f"/hsds/services/{uuid.uuid4()}"
    assert client.get(nobody, follow_redirects=True).status_code == 404

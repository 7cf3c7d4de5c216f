"""Where a service works: any union of areas, shape, circle and journey, minus what is taken out."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.config import Config
from directory.listings import offers, operations, stored, travel_time
from directory.models import CoverageCell, Offer, OfferTerm, Role, ServiceArea, User
from geo.travel import USUAL, Mode
from tests import factories
from tests.pages import Page


def _square(south: float, west: float, size: float = 0.4) -> dict[str, Any]:
    ring = [
        [west, south], [west + size, south], [west + size, south + size],
        [west, south + size], [west, south],
    ]  # fmt: skip
    return {"type": "Polygon", "coordinates": [ring]}


def _form(**fields: Any) -> dict[str, Any]:
    """The least that the form of a listing sends, and what the test is about."""
    usual = {
        "service_name": "Health post",
        "taxonomy_terms": "health.primary",
        "latitude": "3.0",
        "longitude": "11.0",
        "version": "1",
        "language": "en",
        "status": "active",
    }
    return usual | fields


def _record(session: Session, made: Any) -> Any:
    key = made.service_at_location_id
    session.expire_all()
    return stored.read_records(session, [key])[key]


def test_areas_are_found_by_name_and_code_and_chosen_where_several_are_meant(
    session: Session,
    admin: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
) -> None:
    made = factories.make_service_at_location(session)
    client, address = client_of(admin), f"/services/{made.service_id}/edit"
    form = _form(coverage_areas_add="North W, xa-se", find="coverage_areas")
    looked = page(address, by=client, method="POST", data=form)
    ticked = {
        box.get("value")
        for box in looked.all("input")
        if box.get("name") == "coverage_areas" and box.get("checked") is not None
    }
    assert ticked == {"XA-NW", "XA-SE"}
    assert "Parts of North" in looked.words
    assert _record(session, made).coverage_areas == ()
    form = _form(coverage_areas="XA-SE", coverage_areas_add="Nort, Atlantis")
    refused = page(address, by=client, method="POST", data=form, status=422)
    offered = {
        box.get("value")
        for box in refused.all("input")
        if (box.get("id") or "").startswith("coverage_areas-choice")
    }
    assert "XA-N" in offered
    assert _record(session, made).coverage_areas == ()
    form = _form(
        coverage_areas=["XA-SE", "XA-N"],
        coverage_areas_add="Nort",
        coverage_excluded_areas_add="North E",
    )
    assert client.post(address, data=form).status_code == 303
    record = _record(session, made)
    assert set(record.coverage_areas) == {"XA-SE", "XA-N"}
    assert record.coverage_excluded_areas == ("XA-NE",)


def test_shapes_are_uploaded_or_pasted_and_mended_where_they_can_be(
    session: Session,
    admin: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
) -> None:
    made = factories.make_service_at_location(session)
    client, address = client_of(admin), f"/services/{made.service_id}/edit"
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": _square(2.8, west)}
            for west in (10.8, 12.0)
        ],
    }
    open_ring = _square(2.9, 10.9, 0.1)
    open_ring["coordinates"][0].pop()
    form = _form(
        coverage_geojson_file=(
            io.BytesIO(json.dumps(collection).encode()),
            "a.geojson",
        ),
        coverage_excluded_geojson=json.dumps(open_ring),
        coverage_travel_minutes="45",
        coverage_travel_mode="walk",
    )
    answer = client.post(address, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    record = _record(session, made)
    assert json.loads(record.coverage_geojson)["type"] == "MultiPolygon"
    assert json.loads(record.coverage_excluded_geojson)["type"] == "Polygon"
    assert (record.coverage_travel_minutes, record.coverage_travel_mode) == (45, "walk")
    shown = page(f"/services/{made.service_id}").words
    assert "Within 45 minutes of travel (On foot)" in shown
    assert "approximately 2.4 km in a straight line" in shown
    assert "Not: the area with a dashed edge on the map" in shown
    again = _form(
        version="2",
        coverage_geojson=record.coverage_geojson,
        coverage_excluded_geojson=record.coverage_excluded_geojson,
        coverage_travel_minutes="45",
        coverage_travel_mode="walk",
    )
    assert client.post(address, data=again).status_code == 303
    assert _record(session, made) == record


@pytest.mark.parametrize(
    "shape",
    [
        "not json",
        '{"type": "Point", "coordinates": [11, 3]}',
        '{"type": "Polygon", "coordinates": [[[11, 3], [12, 3]]]}',
        '{"type": "Polygon", "coordinates": [[[11, 95], [12, 3], [12, 4], [11, 95]]]}',
    ],
)
def test_it_refuses_a_shape_without_a_surface(
    session: Session, admin: User, client_of: Callable[[User], FlaskClient], shape: str
) -> None:
    made = factories.make_service_at_location(session)
    address = f"/services/{made.service_id}/edit"
    answer = client_of(admin).post(address, data=_form(coverage_geojson=shape))
    assert answer.status_code == 422
    assert _record(session, made).coverage_geojson is None


def test_a_journey_needs_a_position(
    session: Session, admin: User, client_of: Callable[[User], FlaskClient]
) -> None:
    made = factories.make_service_at_location(session)
    address = f"/services/{made.service_id}/edit"
    form = _form(latitude="", longitude="", coverage_travel_minutes="30")
    assert client_of(admin).post(address, data=form).status_code == 422
    assert _record(session, made).coverage_travel_minutes is None


def test_a_journey_becomes_a_circle_by_the_rule_and_follows_it(
    session: Session, config: Config
) -> None:
    assert USUAL.reach_km(60, Mode.WALK) == 3.2
    assert USUAL.reach_km(60, Mode.PUBLIC_TRANSPORT) == 14.3
    made = factories.make_service_at_location(session, coverage_travel_minutes=60)
    row = session.scalars(
        select(ServiceArea).where(
            ServiceArea.service_at_location_id == made.service_at_location_id
        )
    ).one()
    assert (row.kind, row.radius_km, row.travel_minutes) == ("radius", 14.3, 60)
    assert travel_time.redraw(session) == 0
    travel_time.configure(replace(config, travel_detour=1.0))
    try:
        assert travel_time.redraw(session) == 1
    finally:
        travel_time.configure(config)
    session.expire_all()
    assert row.radius_km == 20.0


_AREAS = st.lists(st.sampled_from(["XA-N", "XA-SE", "XB", "XA"]), max_size=2)
_SHAPES = st.none() | st.builds(
    lambda south, west, size: json.dumps(_square(south, west, size)),
    st.floats(0.1, 3), st.floats(10.1, 15), st.floats(0.02, 0.9),
)  # fmt: skip
_LISTINGS = st.fixed_dictionaries(
    {
        "coverage_areas": _AREAS.map(tuple),
        "coverage_geojson": _SHAPES,
        "coverage_radius_km": st.none() | st.floats(0.5, 60),
        "coverage_travel_minutes": st.none() | st.integers(1, 180),
        "coverage_excluded_areas": st.sampled_from([(), ("XA-NE",), ("XB",)]),
        "coverage_excluded_geojson": _SHAPES,
        "coverage": st.sampled_from([None, "national", "remote"]),
    }
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=_LISTINGS, second=_LISTINGS)
def test_the_kept_rows_are_those_that_a_rebuild_makes(
    session: Session, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Cells, offers and terms are written by every edit; made anew they are the same."""
    transaction = session.begin_nested()
    made = factories.make_service_at_location(session, **first)
    factories.make_service_at_location(session, service_name="Second", **second)
    _edit(session, made, second)
    kept = _derived(session)
    travel_time.redraw(session)
    offers.rebuild(session)
    assert _derived(session) == kept
    transaction.rollback()


def _edit(session: Session, made: Any, fields: dict[str, Any]) -> None:
    """Change the coverage of a listing as the form does."""
    key = made.service_at_location_id
    record = replace(stored.read_records(session, [key])[key], **fields)
    operations.edit_service(
        session,
        actor=Actor(role=Role.ADMIN),
        service_at_location_id=key,
        record=record,
        expected_version=1,
        now=factories.NOW,
    )


def _derived(session: Session) -> list[Any]:
    session.flush()
    tables = (
        select(CoverageCell.cell, CoverageCell.service_area_id, CoverageCell.is_whole),
        select(Offer.service_at_location_id, Offer.facts, Offer.reach, Offer.cell),
        select(OfferTerm.term, OfferTerm.service_at_location_id),
    )
    rows = [sorted(map(str, session.execute(table))) for table in tables]
    assert session.scalar(select(func.count()).select_from(Offer)) == len(rows[1])
    return rows

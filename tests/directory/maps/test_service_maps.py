"""Maps of listings: who is shown what, and that nothing protected leaks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from directory.maps import layers
from directory.maps.views import services as views
from directory.models import Offer, User
from tests.factories import make_service_at_location, make_user

Sign = Callable[[User], FlaskClient]
CANARY = (3.4321, 11.4321)


def body(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.get_json()


@pytest.fixture
def trained(session: Session) -> User:
    return make_user(
        session, role="counsellor", email="trained@example.org", can_see_restricted=True
    )


def protected(session: Session, level: str) -> Any:
    latitude, longitude = (None, None) if level == "L3" else CANARY
    return make_service_at_location(
        session,
        service_name="Quiet door",
        taxonomy_terms=("health.primary",),
        sensitivity=level,
        latitude=latitude,
        longitude=longitude,
        area_code="XA-N",
        coverage_radius_km=None if level == "L3" else 20,
    )


def test_the_directory_map_shows_public_listings(
    client: FlaskClient, session: Session, page: Callable[..., Any]
) -> None:
    created = make_service_at_location(session, service_name="Clinic Aurora")
    session.commit()
    shown = page("/maps/services")
    assert "Clinic Aurora" in shown.text
    assert f"/services/{created.service_id}" in shown.text
    assert "[3.0,11.0," in shown.text


def test_it_uses_the_filters_of_the_list(client: FlaskClient, session: Session) -> None:
    make_service_at_location(session, service_name="Clinic Aurora")
    make_service_at_location(
        session,
        service_name="Carpentry course",
        taxonomy_terms=("training.vocational",),
    )
    session.commit()
    text = client.get("/maps/services?term=training").text
    assert "Carpentry course" in text
    assert "Clinic Aurora" not in text


def test_one_listing_is_drawn_with_its_coverage(
    client: FlaskClient, session: Session, page: Callable[..., Any]
) -> None:
    created = make_service_at_location(
        session, coverage_areas=("XA-NE",), coverage_radius_km=25.0
    )
    session.commit()
    text = page(f"/maps/services/{created.service_id}").text
    assert "Serves places within 25 km" in text
    assert "Serves North E" in text
    assert text.count("homewardMap.say(") == 2


def test_what_is_excluded_is_cut_out_of_what_is_drawn(session: Session) -> None:
    ring = [[10.5, 2.5], [11.5, 2.5], [11.5, 3.5], [10.5, 3.5], [10.5, 2.5]]
    created = make_service_at_location(
        session,
        coverage_areas=("XA-N",),
        coverage_travel_minutes=60,
        coverage_excluded_areas=("XA-NE",),
        coverage_excluded_geojson=json.dumps(
            {"type": "Polygon", "coordinates": [ring]}
        ),
    )
    offers = [session.get_one(Offer, created.service_at_location_id)]
    layer = layers.of_coverage(session, offers, say=views._covered)
    drawn = {
        look: shapely.union_all(
            [
                shapely.geometry.shape(one.geometry)
                for one in layer.shapes
                if one.look == look
            ]
        )
        for look in ("coverage", "excluded")
    }
    inside, taken_out = shapely.Point(10.2, 2.2), shapely.Point(11, 3)
    assert drawn["coverage"].covers(inside)
    assert not drawn["coverage"].intersects(taken_out)
    assert not drawn["coverage"].intersects(shapely.Point(13, 3))
    assert drawn["excluded"].covers(taken_out)
    # The circle of the journey lies wholly in what is excluded: nothing of it is drawn.
    assert len(layer.shapes) == 3


def test_it_says_the_language_and_direction_of_the_reader(
    client: FlaskClient, session: Session
) -> None:
    text = client.get("/maps/services?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in text


def test_it_is_framed_by_this_site_only_and_runs_only_its_own_scripts(
    client: FlaskClient,
) -> None:
    policy = client.get("/maps/services").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "script-src http://localhost 'sha256-" in policy


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_signed_out_nothing_protected_exists(
    client: FlaskClient, session: Session, level: str
) -> None:
    empty = client.get("/maps/services").text
    created = protected(session, level)
    session.commit()
    assert client.get("/maps/services").text == empty
    assert client.get(f"/maps/services/{created.service_id}").status_code == 404
    asked = f"/maps/match?at=3,11&id={created.service_at_location_id}"
    assert client.get(asked).text == client.get("/maps/match?at=3,11").text
    assert body(client.get("/api/v1/map"))["features"] == []


@pytest.mark.parametrize(
    "role", ["provider", "authority", "counsellor", "supervisor", "admin"]
)
@pytest.mark.parametrize("level", ["L2", "L3"])
def test_without_training_restricted_services_do_not_exist(
    client_of: Sign,
    session: Session,
    request: pytest.FixtureRequest,
    role: str,
    level: str,
) -> None:
    user = request.getfixturevalue(role)
    created = make_service_at_location(
        session,
        organization_name="Other door",
        sensitivity=level,
        area_code="XA-N",
        latitude=None,
        longitude=None,
    )
    by = client_of(user)
    assert by.get(f"/maps/services/{created.service_id}").status_code == 404
    assert str(created.service_id) not in by.get("/maps/services").text


def test_trained_staff_see_restricted_services_as_an_area_never_a_pin(
    client_of: Sign, session: Session, trained: User
) -> None:
    created = protected(session, "L2")
    by = client_of(trained)
    for path in ("/maps/services", f"/maps/services/{created.service_id}"):
        text = by.get(path).text
        assert "1 protected service" in text
        assert "3.43" not in text
        assert "11.43" not in text
        assert "homewardMap.pins" not in text
        assert "Serves places within" not in text
    assert body(by.get("/api/v1/map"))["features"] == []


def test_sealed_services_are_on_no_map(
    client_of: Sign, session: Session, trained: User
) -> None:
    by = client_of(trained)
    empty = by.get("/maps/services").text
    created = protected(session, "L3")
    session.commit()
    assert by.get("/maps/services").text == empty
    text = by.get(f"/maps/services/{created.service_id}").text
    assert "homewardMap.say" not in text
    assert "homewardMap.pins" not in text


def test_staff_see_the_position_of_listings_for_staff(
    client_of: Sign, session: Session, counsellor: User
) -> None:
    protected(session, "L1")
    assert "Quiet door" in client_of(counsellor).get("/maps/services").text


def test_names_are_text_whatever_they_hold(
    client: FlaskClient, session: Session
) -> None:
    make_service_at_location(
        session, service_name="</script><img src=x onerror=alert(1)>"
    )
    session.commit()
    text = client.get("/maps/services").text
    assert "<img" not in text
    assert text.count("<script") == 4


def test_too_many_for_pins_are_counted_around_each_place(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_PINS", 2)
    for number in range(3):
        make_service_at_location(
            session, service_name=f"Post {number}", latitude=3 + number / 100
        )
    session.commit()
    text = client.get("/maps/services").text
    assert '"square","3",["3 services here"' in text
    assert "Post 1" not in text


def test_the_text_and_place_of_the_list_narrow_the_map_too(
    client: FlaskClient, session: Session
) -> None:
    make_service_at_location(session, service_name="North post", latitude=3.0)
    make_service_at_location(session, service_name="South post", latitude=1.0)
    session.commit()
    text = client.get("/maps/services?lat=3&lon=11&radius_km=50").text
    assert "North post" in text
    assert "South post" not in text
    assert body(client.get("/api/v1/map?lat=1&lon=11&radius_km=50"))["total"] == 1

"""The map beside a match: the place rounded, services numbered as in the list."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_service_at_location


def test_it_draws_the_place_and_the_services_by_number(
    session: Session, page: Callable[..., Any]
) -> None:
    first = make_service_at_location(
        session, service_name="Near", coverage_areas=("XA-N",)
    )
    second = make_service_at_location(
        session, service_name="Far", latitude=1.0, longitude=13.0
    )
    session.commit()
    ids = f"id={second.service_at_location_id}&id={first.service_at_location_id}"
    text = page(f"/maps/match?at=3.123456,11.123456&{ids}").text
    assert '[3.12,11.12,"place"' in text
    assert "3.1234" not in text
    assert '[1.0,13.0,"health","1",["Far"' in text
    assert '[3.0,11.0,"health","2",["Near"' in text
    assert "Serves North" in text


def test_unknown_ids_are_left_out(client: FlaskClient) -> None:
    response = client.get("/maps/match?at=3,11&id=7c9e6679-7425-40de-944b-e07fc1f90ae7")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "query", ["at=91,0", "at=north", "at=1", "at=nan,1", "id=7", "at=1,2,3", "at=inf,0"]
)
def test_it_refuses_what_is_no_place(client: FlaskClient, query: str) -> None:
    assert client.get(f"/maps/match?{query}").status_code == 422

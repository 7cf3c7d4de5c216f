"""A listing to be found, and questions to the interface of matching."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories

HERE = {"lat": 3.0, "lon": 11.0}
"""In the western district of the northern province of XA."""

List = Callable[..., str]
Ask = Callable[..., Any]


@pytest.fixture
def offer(session: Session) -> List:
    """Makes a listing at HERE and returns the key of its service at a location."""

    def make(**fields: Any) -> str:
        return str(
            factories.make_service_at_location(session, **fields).service_at_location_id
        )

    return make


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Asks ``POST /api/v1/match`` as a visitor, or ``by=`` another client; returns the answer."""

    def post(*terms: str, by: FlaskClient | None = None, **body: Any) -> Any:
        question = {
            "place": HERE,
            "needs": [{"term": term} for term in terms or ("health.primary",)],
            **body,
        }
        response = (by or client).post("/api/v1/match", json=question)
        assert response.status_code == 200, response.text
        return response.json

    return post


def keys(listed: list[dict[str, Any]]) -> list[str]:
    """The keys of listed results, in their order."""
    return [each["service_at_location_id"] for each in listed]


def criterion(result: dict[str, Any], code: str) -> dict[str, Any]:
    """One criterion of one result."""
    found: list[dict[str, Any]] = [
        each for each in result["criteria"] if each["code"] == code
    ]
    assert len(found) == 1, (code, [each["code"] for each in result["criteria"]])
    return found[0]


def failed(result: dict[str, Any]) -> list[str]:
    """The codes of what is not met."""
    return [each["code"] for each in result["criteria"] if each["status"] == "not_met"]

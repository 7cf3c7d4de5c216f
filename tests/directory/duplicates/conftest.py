"""Two listings of one place that look like one, and their pair."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.duplicates import work
from directory.models import DuplicatePair
from tests.factories import NOW, make_service_at_location

FIRST: dict[str, Any] = {
    "organization_name": "Red Door",
    "service_name": "Aboaso Health Centre",
    "description": "Care for mothers and children, every day of the week.",
    "phone": "+233 30 222 3333",
    "address": "12 Market Street",
    "languages": ("en",),
}
SECOND: dict[str, Any] = {
    "organization_name": "Health Service",
    "service_name": "ABOASSO HEALTH CENTER",
    "phone": "030 222 3333",
    "latitude": 3.0004,
    "email": "centre@example.org",
    "languages": ("fr",),
}


@pytest.fixture
def twins(session: Session) -> Callable[..., tuple[Any, Any]]:
    """Make both listings; ``first`` and ``second`` change fields of them."""

    def make(
        first: dict[str, Any] | None = None, second: dict[str, Any] | None = None
    ) -> tuple[Any, Any]:
        return (
            make_service_at_location(session, **{**FIRST, **(first or {})}),
            make_service_at_location(session, **{**SECOND, **(second or {})}),
        )

    return make


@pytest.fixture
def find(session: Session) -> Callable[[], list[DuplicatePair]]:
    """Run the search over the whole directory and return the pairs."""

    def run() -> list[DuplicatePair]:
        session.expire_all()
        work.search(session, now=NOW)
        return list(session.scalars(select(DuplicatePair)))

    return run

"""Among 50,000 offers, who serves a place is answered in less than 300 ms (O3.1)."""

import os
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import (
    CTE,
    ColumnElement,
    Engine,
    Table,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from directory.authz import Actor
from directory.listings import operations
from directory.listings.record import ListingRecord
from directory.models import (
    Base,
    CoverageCell,
    Offer,
    OfferTerm,
    Role,
    ServiceArea,
    ServiceAtLocation,
)
from tests import factories

OFFERS: Final = 50_000
COPIES: Final = 100
SECONDS: Final = 0.3
ROUNDS: Final = 4
"""So often is asked again while the machine is busy with something else."""
DISTRICTS: Final = ("XA-NW", "XA-NE", "XA-SW", "XA-SE")
TERMS: Final = (
    "arrival.reception", "basic_needs.food", "business.startup",
    "community.associations", "education.early_childhood", "employment.placement",
    "health.primary", "housing.temporary", "information.return_counselling",
    "legal.identity", "protection.family_tracing", "psychosocial.individual",
    "training.vocational",
)  # fmt: skip
"""One leaf of each category."""
SQUARE: Final = '{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}'
PLACES: Final = ((3.1, 10.9), (1.2, 13.1), (2.0, 12.0), (0.6, 10.5), (3.4, 13.3))
REKEYED: Final[tuple[tuple[type[Base], tuple[str, ...]], ...]] = (
    (ServiceAtLocation, ("id",)),
    (ServiceArea, ("id", "service_at_location_id")),
    (Offer, ("service_at_location_id",)),
    (OfferTerm, ("service_at_location_id",)),
    (CoverageCell, ("service_area_id", "service_at_location_id")),
)
"""What an offer consists of, parents first, and the columns in which a copy differs.

Copies are further locations of the same services.
"""


@pytest.fixture
def _swept(engine: Engine) -> Iterator[None]:
    """What is rolled back stays in PostgreSQL's tables until they are swept: not for the next test."""
    yield
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text(f"VACUUM ANALYZE {_names()}"))


@pytest.fixture
def few(_swept: None, session: Session) -> Session:
    """One offer of each hundred: most state no coverage, others circles, shapes, areas, all of it."""
    operations.create_services(
        session,
        actor=Actor(role=Role.ADMIN),
        records=[_record(number) for number in range(OFFERS // COPIES)],
        now=factories.NOW,
        origin="import",
    )
    session.commit()
    return session


def _record(number: int) -> ListingRecord:
    # Steps without a common divisor spread positions over two countries, 6 by 4 degrees.
    latitude = 0.1 + 3.8 * (number * 0.618034 % 1)
    longitude = 10.1 + 5.8 * (number * 0.754878 % 1)
    kind = number % 50
    return ListingRecord(
        organization_name=f"Organization {number % 40}",
        service_name=f"Service {number}",
        taxonomy_terms=(TERMS[number % len(TERMS)],),
        latitude=latitude,
        longitude=longitude,
        coverage="national" if kind == 49 else None,
        coverage_areas=(DISTRICTS[number // 50 % 4],) if 47 <= kind < 49 else (),
        coverage_radius_km=float(kind) if 44 <= kind < 46 else None,
        coverage_geojson=_square(latitude, longitude) if kind == 46 else None,
        minimum_age=(None, 18)[number % 2],
        languages=(("fr",), ("ar", "en"))[number % 2],
        assured_date=factories.TODAY,
    )


def _square(latitude: float, longitude: float) -> str:
    return SQUARE.format(
        w=longitude - 0.3, e=longitude + 0.3, s=latitude - 0.3, n=latitude + 0.3
    )


def test_who_serves_a_place_is_answered_in_time_among_fifty_thousand(
    few: Session, client: FlaskClient
) -> None:
    of_few = [_ask(client, place)[0] for place in PLACES]
    _multiply(few)
    assert few.scalar(select(func.count()).select_from(Offer)) == OFFERS
    asked = [_ask(client, place) for place in PLACES]
    # Every copy is found wherever its model is, and nothing else.
    assert [total for total, _ in asked] == [COPIES * total for total in of_few]
    assert min(of_few) > 0
    times = [seconds for _, seconds in asked]
    for place in PLACES * ROUNDS:
        if min(times) < SECONDS * _crowd():
            return
        times.append(_ask(client, place)[1])
    pytest.fail(f"No answer within {SECONDS} s of a core's time: {times}")


def _crowd() -> float:
    """How many processes want each core: the suite runs beside others, and its second half too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _ask(client: FlaskClient, place: tuple[float, float]) -> tuple[int, float]:
    """How many offers match a need at a place, and how long the answer took."""
    question: dict[str, Any] = {
        "place": {"lat": place[0], "lon": place[1]},
        "needs": [{"term": "health"}],
        "person": {"age": 31, "sex": "female", "languages": ["fr"]},
    }
    start = time.perf_counter()
    response = client.post("/api/v1/match", json=question)
    seconds = time.perf_counter() - start
    assert response.status_code == 200, response.text
    return (response.json or {})["total"], seconds


def _multiply(session: Session) -> None:
    """Copy every offer in the database itself, with its coverage, cells and terms."""
    first = select(literal(1).label("number")).cte("copies", recursive=True)
    more = select(first.c.number + 1).where(first.c.number < COPIES - 1)
    numbers = first.union_all(more)
    is_embedded = session.get_bind().dialect.name == "sqlite"
    for model, rekeyed in REKEYED:
        table = Base.metadata.tables[model.__tablename__]
        session.execute(_copies(table, rekeyed, numbers, is_embedded=is_embedded))
    if not is_embedded:
        # Otherwise the server does this by itself some time after an import.
        session.execute(text(f"ANALYZE {_names()}"))
    session.commit()


def _copies(
    table: Table, rekeyed: tuple[str, ...], numbers: CTE, *, is_embedded: bool
) -> Any:
    values = [
        _key(column.name, numbers, is_embedded=is_embedded)
        if column.name in rekeyed
        else literal_column(f'"{column.name}"')
        for column in table.columns
    ]
    rows = select(*values).select_from(table.join(numbers, true()))
    return table.insert().from_select([column.name for column in table.columns], rows)


def _key(name: str, numbers: CTE, *, is_embedded: bool) -> ColumnElement[Any]:
    """The key of a copy: its model's, with the number of the copy in the first four digits."""
    number = numbers.c.number
    if is_embedded:
        return func.printf("%04x", number).concat(func.substr(literal_column(name), 5))
    digits = func.substr(func.replace(cast(literal_column(name), Text()), "-", ""), 5)
    return cast(func.lpad(func.to_hex(number), 4, "0").concat(digits), Uuid())


def _names() -> str:
    return ", ".join(model.__tablename__ for model, _ in REKEYED)

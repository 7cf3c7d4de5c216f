"""Keeps the derived tables that lists and matching read equal to the HSDS tables.

``refresh`` runs in the transaction of every edit; ``rebuild`` makes everything anew. Three tables
are derived: ``offer`` (one row per service at a location), ``offer_term`` (its taxonomy codes) and
``coverage_cell`` (the H3 cells of shapes and circles).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

import shapely
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.database import among, insert_many
from directory.listings import facts as offer_facts
from directory.listings import freshness, offer_sources
from directory.listings.facts import OfferSource
from directory.models import (
    CoverageCell,
    CoverageKind,
    Offer,
    OfferTerm,
    ServiceArea,
    ServiceAtLocation,
)
from directory.text import normalise
from geo import cells
from geo.shapes import as_multipolygon

RESOLUTION = 5
"""Of ``Offer.cell``: cells of about ten kilometres, so that a circle of 50 km is some fifty cells."""
CHUNK = 4000

# Nobody holds these rows as objects.
_NO_SYNC: Final = {"synchronize_session": False}

Progress = Callable[[int, int], None]
Row = dict[str, Any]


def refresh(
    session: Session, ids: Iterable[uuid.UUID], *, are_new: bool = False
) -> None:
    """Bring the derived rows of these services at locations up to date, gone ones included.

    ``are_new``: there are no derived rows of them yet.
    """
    session.flush()
    for chunk in _chunks(list(ids)):
        if not are_new:
            remove(session, chunk)
        build_offers(session, offer_sources.read(session, chunk))
        add_cells(session, chunk)


def rebuild(session: Session, progress: Progress | None = None) -> int:
    """Make all derived rows anew and return how many offers there are.

    ``progress`` is told how many are done, of how many.
    """
    for model in (OfferTerm, CoverageCell, Offer):
        session.execute(delete(model), execution_options=_NO_SYNC)
    ids = list(session.scalars(select(ServiceAtLocation.id)))
    done = 0
    for chunk in _chunks(ids):
        build_offers(session, offer_sources.read(session, chunk))
        add_cells(session, chunk)
        done += len(chunk)
        if progress:
            progress(done, len(ids))
    return done


def remove(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Delete the derived rows of these services at locations."""
    for chunk in _chunks(list(ids)):
        for model in (OfferTerm, CoverageCell, Offer):
            chosen = among(session, model.service_at_location_id, chunk)
            session.execute(delete(model).where(chosen), execution_options=_NO_SYNC)


def build_offers(session: Session, sources: Sequence[OfferSource]) -> None:
    """Insert the offers of these sources in bulk; a caller that has them at hand saves the reading."""
    for table, rows in derived_rows(sources):
        insert_many(session.connection(), table, rows)


def derived_rows(sources: Sequence[OfferSource]) -> list[tuple[Any, list[Row]]]:
    """Return the tables and rows of these sources' offers and their terms."""
    terms = [
        {
            "term": term,
            "service_at_location_id": source.service_at_location_id,
            "country": source.country,
        }
        for source in sources
        for term in source.facts.terms
    ]
    return [
        (Offer.__table__, [_offer_row(source) for source in sources]),
        (OfferTerm.__table__, terms),
    ]


def cell_of(latitude: float | None, longitude: float | None) -> int | None:
    """Return the cell that an offer at this position is filed under."""
    if latitude is None or longitude is None:
        return None
    return cells.cell_at(latitude=latitude, longitude=longitude, resolution=RESOLUTION)


def _offer_row(source: OfferSource) -> Row:
    return {
        "service_at_location_id": source.service_at_location_id,
        "service_id": source.service_id,
        "organization_id": source.organization_id,
        "country": source.country,
        "area_id": source.area_id,
        "name": source.name,
        "sort_name": normalise(source.name),
        "status": source.facts.status,
        "sensitivity": source.facts.sensitivity,
        "cost": source.facts.cost,
        "assured_date": source.facts.assured_date,
        **_review(source),
        "valid_from": source.facts.valid_from,
        "valid_to": source.facts.valid_to,
        "terms": " ".join(source.facts.terms),
        "latitude": source.latitude,
        "longitude": source.longitude,
        "cell": cell_of(source.latitude, source.longitude),
        "states_coverage": source.states_coverage,
        "reach": source.reach,
        "is_demonstration": source.is_demonstration,
        "facts": offer_facts.dump(source.facts),
    }


def _review(source: OfferSource) -> Row:
    """The days on which the listing leaves the fresh and the due band (``freshness``)."""
    facts = source.facts
    due_on, stale_on = freshness.due_days(
        assured_date=facts.assured_date,
        review_days=facts.review_days,
        confirmed_on=facts.confirmed_on,
    )
    doubted_on = facts.doubted_on
    if doubted_on and freshness.is_doubted(facts.assured_date, doubted_on):
        stale_on = doubted_on - timedelta(days=1)
        due_on = min(due_on or stale_on, stale_on)
    return {"due_on": due_on, "stale_on": stale_on}


def add_cells(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """Note the cells of every shape and circle of these offers, exclusions included."""
    if not ids:
        return
    query = select(
        ServiceArea.id,
        ServiceArea.service_at_location_id,
        func.ST_AsBinary(ServiceArea.geometry, type_=None).label("geometry"),
    ).where(
        among(session, ServiceArea.service_at_location_id, ids),
        ServiceArea.kind.in_([CoverageKind.SHAPE, CoverageKind.RADIUS]),
        ServiceArea.geometry.is_not(None),
    )
    rows: list[Row] = []
    for statement in session.execute(query):
        shape = as_multipolygon(shapely.from_wkb(bytes(statement.geometry)))
        rows += [
            {
                "cell": cell.cell,
                "service_area_id": statement.id,
                "service_at_location_id": statement.service_at_location_id,
                "is_whole": cell.is_whole,
            }
            for cell in cells.cover(shape)
        ]
    _insert(session, CoverageCell, rows)


def _insert(session: Session, model: Any, rows: list[Row]) -> None:
    insert_many(session.connection(), model.__table__, rows)


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]

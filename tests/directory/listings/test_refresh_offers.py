"""The derived rows say what the HSDS tables say, after every change."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.listings import facts as offer_facts
from directory.listings import offers
from directory.models import (
    CoverageCell,
    Offer,
    OfferTerm,
    RequiredDocument,
    Service,
    ServiceArea,
)
from geo import cells
from geo.points import Point
from tests import factories


def _offer(session: Session, key: uuid.UUID) -> Offer:
    session.expire_all()
    found = session.get(Offer, key)
    assert found is not None
    return found


def test_an_offer_holds_what_its_listing_states(session: Session) -> None:
    made = factories.make_service_at_location(
        session,
        service_name="Épicerie du quartier",
        taxonomy_terms=("basic_needs.food", "basic_needs.cash"),
        latitude=1.5,
        longitude=11.5,
        minimum_age=18,
        sexes=("female",),
        profiles=("pregnant",),
        required_documents=("national_id", "letter of the chief"),
        languages=("fr", "ar"),
        cost="free",
        capacity_available=3,
        opening_hours="Mo-Fr 08:00-16:00",
        coverage="remote",
    )
    offer = _offer(session, made.service_at_location_id)
    assert (offer.country, offer.sort_name, offer.reach) == (
        "XA",
        "epicerie du quartier",
        "remote",
    )
    assert offer.states_coverage
    assert offer.cell == cells.cell_at(1.5, 11.5, offers.RESOLUTION)
    facts = offer_facts.load(offer.facts)
    assert facts.terms == ("basic_needs.cash", "basic_needs.food")
    assert (facts.minimum_age, facts.maximum_age, facts.sexes) == (
        18,
        None,
        ("female",),
    )
    assert facts.documents == ("national_id",)
    assert facts.other_documents == ("letter of the chief",)
    assert facts.languages == ("ar", "fr")
    assert (facts.cost, facts.capacity, facts.hours) == ("free", 3, "Mo-Fr 08:00-16:00")
    assert facts.is_remote
    terms = session.scalars(
        select(OfferTerm.term).where(
            OfferTerm.service_at_location_id == made.service_at_location_id
        )
    )
    assert sorted(terms) == ["basic_needs.cash", "basic_needs.food"]


def test_equal_listings_have_equal_facts(session: Session) -> None:
    first = factories.make_service_at_location(
        session, service_name="One", latitude=1.0, longitude=11.0
    )
    second = factories.make_service_at_location(
        session, service_name="Two", latitude=3.0, longitude=13.0
    )
    texts = {
        _offer(session, made.service_at_location_id).facts for made in (first, second)
    }
    assert len(texts) == 1


def test_a_change_reaches_the_offer_and_leaves_no_old_rows(session: Session) -> None:
    made = factories.make_service_at_location(session, latitude=1.0, longitude=11.0)
    key = made.service_at_location_id
    service = session.get_one(Service, made.service_id)
    service.minimum_age = 60
    session.add(
        RequiredDocument(service_id=service.id, document="passport", code="passport")
    )
    offers.refresh(session, [key])
    facts = offer_facts.load(_offer(session, key).facts)
    assert (facts.minimum_age, facts.documents) == (60, ("passport",))
    assert session.scalar(select(func.count()).select_from(Offer)) == 1


def test_facts_read_back_as_they_were_written() -> None:
    facts = offer_facts.Facts(
        terms=("health.primary",),
        status="temporarily closed",
        status_until=factories.TODAY,
        record=offer_facts.Record(sent=9, answered=8, confirmed=5, disputed=1),
        is_remote=True,
    )
    assert offer_facts.load(offer_facts.dump(facts)) == facts


def test_circles_have_cells_round_their_place(session: Session) -> None:
    made = factories.make_service_at_location(
        session, latitude=1.0, longitude=11.0, coverage_radius_km=12.0
    )
    found = set(
        session.scalars(
            select(CoverageCell.cell).where(
                CoverageCell.service_at_location_id == made.service_at_location_id
            )
        )
    )
    assert found & set(cells.cells_of(Point(latitude=1.05, longitude=11.05)))
    assert not found & set(cells.cells_of(Point(latitude=1.5, longitude=11.0)))


def test_rebuilding_makes_the_same_rows_and_tells_its_progress(
    session: Session,
) -> None:
    made = factories.make_service_at_location(
        session, latitude=1.0, longitude=11.0, coverage_radius_km=5.0
    )
    before = _rows(session)
    told: list[tuple[int, int]] = []
    assert offers.rebuild(session, lambda done, total: told.append((done, total))) == 1
    assert told == [(1, 1)]
    assert _rows(session) == before
    offers.remove(session, [made.service_at_location_id])
    assert _rows(session) == ([], [], [])
    assert session.scalar(select(func.count()).select_from(ServiceArea)) == 1


def _rows(session: Session) -> tuple[Any, Any, Any]:
    return (
        session.execute(
            select(Offer.service_at_location_id, Offer.facts, Offer.cell)
        ).all(),
        session.execute(select(OfferTerm.term, OfferTerm.service_at_location_id)).all(),
        session.execute(select(CoverageCell.cell, CoverageCell.is_whole)).all(),
    )


def test_review_is_due_sooner_for_what_matters_more() -> None:
    days = offer_facts.review_days
    assert days(("protection.gbv",)) == 60
    assert days(("training.digital",), sensitivity="L1") == 60
    assert days(("health.primary",), provider_type="national_authority") == 365
    assert days(("health.primary",)) == 120
    assert days(("training.digital",)) == 180

"""The demonstration as a whole, in a database of its own areas."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.accounts import passwords
from directory.demonstration import cast, courses, listings, people, seeding, twins
from directory.listings import verifications
from directory.models import (
    AreaProfile,
    Case,
    DuplicatePair,
    Feedback,
    Message,
    Offer,
    Organization,
    Referral,
    ReferralEvent,
    Service,
    User,
    Verification,
)
from directory.referrals.lifecycle import MOVES, REMARKS
from directory.referrals.states import State
from tests.factories import make_area

KEY = "0123456789abcdef-test"


@pytest.fixture
def world(session: Session) -> None:
    """Boxes in place of the areas that the demonstration's towns lie in."""
    places = [(row["country"], row["area_code"], row) for row in listings.rows("towns")]
    boxes: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for country, code, row in places:
        point = (float(row["longitude"]), float(row["latitude"]))
        boxes.setdefault((country, code), []).append(point)
    boxes["DE", "DE-BE"] = [(13.4, 52.5)]
    for country in ("SN", "IQ", "GT", "DE"):
        own = [
            point
            for key, points in boxes.items()
            if key[0] == country
            for point in points
        ]
        parent = make_area(session, country, 0, None, country, around(own, 0.5))
        for (of_country, code), points in boxes.items():
            if of_country == country:
                make_area(session, code, 1, parent, code, around(points, 0.05))


def around(
    points: list[tuple[float, float]], margin: float
) -> tuple[float, float, float, float]:
    longitudes, latitudes = zip(*points, strict=True)
    return (
        min(longitudes) - margin, min(latitudes) - margin,
        max(longitudes) + margin, max(latitudes) + margin,
    )  # fmt: skip


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One referral for each state instead of 125: the courses are the same."""
    monkeypatch.setattr(courses, "COUNTS", dict.fromkeys(courses.COUNTS, 1))
    monkeypatch.setattr(people, "CASES", len(State) + people.WITHOUT_REFERRAL)


def assert_twins_wait(session: Session, services: Sequence[Service]) -> None:
    """There is a pair to merge."""
    external = {service.id: service.external_id for service in services}
    pairs = [
        {external[pair.first_id], external[pair.second_id]}
        for pair in session.scalars(select(DuplicatePair))
    ]
    assert {twins.FIRST, twins.AGAIN} in pairs


def assert_checks_agree(session: Session, services: Sequence[Service]) -> None:
    """The last check that found all right is the one that the listing's date speaks of."""
    right = func.max(Verification.checked_at)
    checked = dict(
        session.execute(
            select(Verification.service_id, right)
            .where(
                Verification.result.in_(sorted(verifications.RIGHT)),
                Verification.role == cast.STAFF.role,
            )
            .group_by(Verification.service_id)
        ).all()
    )
    for service in services:
        looked = checked.get(service.id)
        assert service.assured_date == (looked and looked.date()), "log and page agree"


def assert_areas_are_told(session: Session, client: FlaskClient) -> None:
    """Three areas have a profile, and it says that it is invented."""
    assert "Inventé pour la démonstration" in client.get("/areas/SN-DK").text
    assert session.scalar(select(func.count()).select_from(AreaProfile)) == 3


def test_it_brings_services_accounts_and_referrals_in_every_state_once(
    session: Session, world: None, few: None, now: datetime, client: FlaskClient
) -> None:
    said: list[str] = []
    assert seeding.seed(session, now=now, secret_key=KEY, say=said.append)
    session.commit()

    services = session.scalars(select(Service)).all()
    assert len(services) == 302
    assert all(service.is_demonstration for service in services)
    assert all(session.scalars(select(Organization.is_demonstration)))
    assert_checks_agree(session, services)
    levels = Counter(session.scalars(select(Offer.sensitivity)))
    assert set(levels) == {"L0", "L1", "L2", "L3"}

    referrals = session.scalars(select(Referral)).all()
    assert {State(referral.state) for referral in referrals} == set(State)
    assert all(referral.is_demonstration for referral in referrals)
    assert all(session.scalars(select(Case.is_demonstration)))
    for referral in referrals:
        events = session.scalars(
            select(ReferralEvent)
            .where(ReferralEvent.referral_id == referral.id)
            .order_by(ReferralEvent.sequence)
        ).all()
        assert events[-1].to_state == referral.state
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at <= now
        for event in events[1:]:
            assert (
                event.move in REMARKS or event.from_state in MOVES[event.move].sources
            )

    assert session.scalar(select(func.count()).where(Message.sent_at.is_(None))) == 0
    for member in cast.MEMBERS:
        user = session.scalars(select(User).where(User.email == member.email)).one()
        assert passwords.is_correct(member.password, user.password_hash)
        assert user.is_demonstration
    assert_twins_wait(session, services)
    assert "demonstration data" in client.get("/sign-in").text
    assert "counsellor@" not in client.get("/sign-in").text

    assert all(session.scalars(select(Feedback.is_demonstration)))
    assert session.scalar(select(func.count()).select_from(Feedback)) == 7

    assert_areas_are_told(session, client)
    before = len(services)
    assert not seeding.seed(session, now=now, secret_key=KEY, say=said.append)
    assert session.scalar(select(func.count()).select_from(Service)) == before
    assert said[-1] == "Demonstration data is there already."

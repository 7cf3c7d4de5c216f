"""A suspended home or service point stops referrals and matches; a caution needs a reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import AreaAdvisory, Referral, ReferralEvent, User
from tests import factories
from tests.pages import Page

AT_HOME = factories.box(10.9, 2.9, 11.1, 3.1)
AT_SERVICE = factories.box(12.9, 2.9, 13.1, 3.1)


@pytest.fixture
def warn(session: Session) -> Callable[..., AreaAdvisory]:
    """Issues an advisory: ``warn("suspend", area="XA-NW")`` or ``outline=``."""

    def make(
        level: str, *, area: str | None = None, outline: str | None = None, **dates: Any
    ) -> AreaAdvisory:
        advisory = AreaAdvisory(
            area_id=factories.area(session, area).id if area else None,
            geometry=outline,
            level=level,
            reason="Fighting on the road",
            valid_from=factories.TODAY,
            created_at=factories.NOW,
            **dates,
        )
        session.add(advisory)
        session.flush()
        return advisory

    return make


@pytest.fixture
def scene(session: Session, counsellor: User) -> dict[str, str]:
    """A person who goes to live in XA-NW, and a service in XA-NE: what the form sends."""
    made = factories.make_service_at_location(
        session,
        longitude=13.0,
        coverage="national",
        referral_email="desk@red-door.example",
    )
    case = factories.make_case(session, counsellor)
    need = factories.make_need(session, case)
    factories.make_consent(session, case)
    return {
        "case": str(case.id),
        "need": str(need.id),
        "service_at_location": str(made.service_at_location_id),
        "urgency": "medium",
    }


@pytest.mark.parametrize(
    "where",
    [
        {"area": "XA-NW"},
        {"area": "XA-N"},
        {"area": "XA-NE"},
        {"outline": AT_HOME},
        {"outline": AT_SERVICE},
    ],
)
def test_a_suspended_home_or_service_stops_a_referral_and_says_why(
    session: Session,
    counsellor: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
    warn: Callable[..., AreaAdvisory],
    scene: dict[str, str],
    where: dict[str, str],
) -> None:
    advisory = warn("suspend", **where)
    client, base = client_of(counsellor), f"/cases/{scene['case']}/referrals"
    sent = {**scene, "disclosed": ["age_band", "need"]}
    refused = page(base, by=client, method="POST", data=sent, status=409)
    assert "Referrals to this area are suspended because of danger" in refused.words
    assert "Fighting on the road" in refused.words
    assert session.scalars(select(Referral)).all() == []
    asked = {
        "place": {"lat": 3.0, "lon": 11.0},
        "needs": [{"term": "health.primary"}],
    }
    answer: Any = client.post("/api/v1/match", json=asked).json
    (missed,) = answer["not_matched"]
    assert answer["total"] == 0
    assert [c["code"] for c in missed["criteria"] if c["status"] == "not_met"] == [
        "advisory"
    ]
    advisory.lifted_at = factories.NOW
    session.commit()
    answer = client.post("/api/v1/match", json=asked).json
    assert answer["total"] == 1
    assert client.post(base, data=sent).status_code == 303


def test_a_caution_needs_a_tick_and_a_reason_which_the_timeline_keeps(
    session: Session,
    counsellor: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
    warn: Callable[..., AreaAdvisory],
    scene: dict[str, str],
) -> None:
    advisory = warn("caution", area="XA-NW")
    warn("information", area="XA-NE")
    client, base = client_of(counsellor), f"/cases/{scene['case']}/referrals"
    sent = {**scene, "disclosed": ["age_band", "need"]}
    matches = page(f"/cases/{scene['case']}/matches", by=client).words
    assert "Fighting on the road" in matches
    form = page(
        f"{base}/new?need={scene['need']}&service_at_location="
        f"{scene['service_at_location']}",
        by=client,
    )
    assert "Why refer all the same?" in form.words
    for words in (
        {},
        {"acknowledges_caution": "yes"},
        {"caution_reason": "She knows the road"},
    ):
        refused = page(base, by=client, method="POST", data=sent | words, status=409)
        assert "An advisory asks for caution here" in refused.words
    assert session.scalars(select(Referral)).all() == []
    words = {"acknowledges_caution": "yes", "caution_reason": "She knows the road"}
    answer = client.post(base, data=sent | words)
    assert answer.status_code == 303
    event = session.scalars(
        select(ReferralEvent).where(ReferralEvent.move == "acknowledge_caution")
    ).one()
    assert event.note == "She knows the road"
    assert event.details == {"advisories": [str(advisory.id)]}
    shown = page(answer.headers["Location"], by=client).words
    assert "Sent in spite of an advisory that asks for caution" in shown
    assert "She knows the road" in shown


def test_a_draft_asks_for_the_same_tick_and_reason_before_it_is_sent(
    session: Session,
    counsellor: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
    warn: Callable[..., AreaAdvisory],
    scene: dict[str, str],
) -> None:
    warn("caution", outline=AT_SERVICE)
    client = client_of(counsellor)
    kept = {**scene, "disclosed": ["age_band", "need"], "keep": "draft"}
    address = client.post(f"/cases/{scene['case']}/referrals", data=kept).headers[
        "Location"
    ]
    refused = page(f"{address}/send", by=client, method="POST", data={}, status=409)
    assert "Why refer all the same?" in refused.words
    assert session.scalars(select(Referral.state)).one() == "draft"
    words = {"acknowledges_caution": "yes", "caution_reason": "She knows the road"}
    assert client.post(f"{address}/send", data=words).status_code == 303
    session.expire_all()
    assert session.scalars(select(Referral.state)).one() == "sent"


def test_one_that_has_not_begun_or_has_ended_stops_nothing(
    session: Session,
    counsellor: User,
    client_of: Callable[[User], FlaskClient],
    warn: Callable[..., AreaAdvisory],
    scene: dict[str, str],
) -> None:
    day = timedelta(days=1)
    warn("suspend", area="XA-NW").valid_from = factories.TODAY + day
    warn("caution", area="XA", valid_to=factories.TODAY - day)
    warn("suspend", area="XA-S", review_on=factories.TODAY - day)
    sent = {**scene, "disclosed": ["age_band", "need"]}
    answer = client_of(counsellor).post(f"/cases/{scene['case']}/referrals", data=sent)
    assert answer.status_code == 303, answer.text
    events = session.scalars(select(ReferralEvent.move)).all()
    assert "acknowledge_caution" not in events


def test_a_review_that_is_overdue_still_stops(
    session: Session,
    client: FlaskClient,
    warn: Callable[..., AreaAdvisory],
) -> None:
    factories.make_service_at_location(session)
    warn(
        "suspend", area="XA-NW", review_on=factories.TODAY - timedelta(days=30)
    ).valid_from = factories.TODAY - timedelta(days=60)
    session.commit()
    asked = {"place": {"area": "XA-NW"}, "needs": [{"term": "health.primary"}]}
    answer: Any = client.post("/api/v1/match", json=asked).json
    assert answer["total"] == 0

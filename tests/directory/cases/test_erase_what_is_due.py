"""Personal data goes when its time has come, and a dry run only counts."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.cases import retention
from directory.models import (
    Case,
    CaseRead,
    Feedback,
    Message,
    Need,
    Referral,
    ReferralEvent,
    User,
)
from tests import factories
from tests.factories import NOW


def old_case(session: Session, worker: User, *, days: int, **fields: object) -> Case:
    past = NOW - timedelta(days=days)
    values = {
        "given_name": "Amina",
        "phone": "+15550199",
        "place_label": "Northtown",
        "profiles": ["gbv"],
        "area_id": factories.area(session, "XA-NW").id,
        "arrival_date": factories.TODAY,
        "last_activity_at": past,
        "sheet_token_hash": f"hash{days}{len(fields)}",
        **fields,
    }
    return factories.make_case(session, worker, **values)


def test_a_case_without_activity_for_two_years_becomes_anonymous(
    session: Session, counsellor: User
) -> None:
    case = old_case(session, counsellor, days=731)
    code = case.code
    need = factories.make_need(session, case, note="She said that …")
    kept = old_case(session, counsellor, days=729)
    report = retention.run(session, now=NOW)
    assert report.cases == 1
    for field in (
        "given_name", "phone", "place_label", "latitude", "profiles", "sheet_token_hash",
    ):  # fmt: skip
        assert getattr(case, field) is None, field
    assert case.code != code
    assert case.age == 25
    assert case.arrival_date is not None
    assert case.arrival_date.day == 1
    assert session.get_one(Need, need.id, populate_existing=True).note is None
    assert kept.given_name == "Amina"


def test_a_district_with_few_cases_becomes_its_province(
    session: Session, counsellor: User
) -> None:
    lonely = old_case(session, counsellor, days=800)
    south = factories.area(session, "XA-SW").id
    many = [
        old_case(
            session,
            counsellor,
            days=800 + number,
            area_id=south,
            given_name=f"N{number}",
        )
        for number in range(5)
    ]
    retention.run(session, now=NOW)
    assert lonely.area_id == factories.area(session, "XA-N").id
    assert {case.area_id for case in many} == {south}


def test_a_return_that_was_cancelled_is_forgotten_after_90_days(
    session: Session, counsellor: User
) -> None:
    case = old_case(
        session,
        counsellor,
        days=91,
        decision_status="withdrawn",
        closed_at=NOW - timedelta(days=91),
    )
    recent = old_case(
        session,
        counsellor,
        days=89,
        decision_status="withdrawn",
        closed_at=NOW - timedelta(days=89),
        sheet_token_hash="other",
    )
    retention.run(session, now=NOW)
    assert case.anonymised_at == NOW
    assert recent.anonymised_at is None
    assert retention.run(session, now=NOW).cases == 0


def test_old_drafts_messages_contacts_and_logs_go(
    session: Session, counsellor: User
) -> None:
    case = factories.make_case(session, counsellor)
    need = factories.make_need(session, case)
    listing = factories.make_service_at_location(session)
    long_ago = NOW - timedelta(days=6 * 365)
    draft = Referral(
        code="DRAFT123", case_id=case.id, need_id=need.id, term=need.term, urgency="low",
        service_at_location_id=listing.service_at_location_id, disclosed=[],
        organization_id=listing.organization_id, created_at=NOW - timedelta(days=91),
    )  # fmt: skip
    session.add(draft)
    session.flush()
    session.add_all(
        [
            ReferralEvent(
                referral_id=draft.id, sequence=1, at=NOW, move="create", to_state="draft",
                actor_kind="sender",
            ),
            Message(
                kind="x", recipient="a@example.org", subject="", body="",
                created_at=NOW - timedelta(days=91),
            ),
            Feedback(
                code_hash="a", category="thanks", text="x", language="en", contact="+1555",
                state="closed_informed", received_at=NOW - timedelta(days=200),
                state_since=NOW - timedelta(days=91),
            ),
            CaseRead(case_id=case.id, at=long_ago, purpose="view"),
        ]
    )  # fmt: skip
    session.flush()
    foretold = retention.run(session, now=NOW, dry_run=True)
    assert (foretold.drafts, foretold.messages, foretold.contacts, foretold.reads) == (
        1,
        1,
        1,
        1,
    )
    assert session.scalars(select(Referral)).one().id == draft.id
    assert asdict(retention.run(session, now=NOW)) == asdict(foretold)
    for model in (Referral, ReferralEvent, Message, CaseRead):
        assert session.scalars(select(model)).all() == []
    session.expire_all()
    assert session.scalars(select(Feedback)).one().contact is None
    assert set(asdict(retention.run(session, now=NOW)).values()) == {0}

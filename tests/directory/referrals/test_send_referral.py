"""A referral is sent only when every guard is met, and says nothing of the person in the message."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from directory.errors import NotFound
from directory.models import (
    AreaAdvisory,
    Consent,
    Message,
    Referral,
    ReferralEvent,
    Service,
)
from directory.referrals.guards import GuardRefused
from directory.referrals.lifecycle import Guard
from tests import factories
from tests.directory.referrals.conftest import World


def refusal(world: World, referral: Referral) -> Guard:
    """The guard that refuses to send; also checks that nothing left the house."""
    before = referral.state
    with pytest.raises(GuardRefused) as found:
        world.send(referral)
    assert referral.state == before == "draft"
    assert referral.answer_token_hash is None
    assert world.session.scalars(select(Message)).all() == []
    return found.value.guard


def test_it_is_sent_with_clocks_consent_and_event(world: World) -> None:
    referral = world.sent()
    assert referral.state == "sent"
    assert referral.sent_at == world.now
    assert referral.acknowledge_due_at == world.now + timedelta(days=3)
    assert referral.service_due_at == world.now + timedelta(days=14)
    assert referral.consent_id is not None
    events = world.session.scalars(
        select(ReferralEvent)
        .where(ReferralEvent.referral_id == referral.id)
        .order_by(ReferralEvent.sequence)
    ).all()
    assert [(event.move, event.to_state) for event in events] == [
        ("create", "draft"),
        ("send", "sent"),
    ]


def test_the_message_holds_a_code_and_no_personal_data(world: World) -> None:
    referral = world.sent(message="Please see her soon, says Amina")
    message = world.session.scalars(select(Message)).one()
    assert message.recipient == "desk@red-door.example"
    text = f"{message.subject}\n{message.body}"
    shown = f"{referral.code[:4]}-{referral.code[4:]}"
    assert shown in text
    text = text.replace(shown, "")  # drawn by lot: any two digits may stand in it
    secrets = (
        "Amina", "Sundry", "+15550199", "blood", "health", "primary", "Health post", "31",
        world.case.code, world.token(referral),
    )  # fmt: skip
    for word in secrets:
        assert word.lower() not in text.lower(), word


def test_only_a_digest_of_the_link_is_stored(world: World) -> None:
    referral = world.sent()
    token = world.token(referral)
    assert len(token) == 26
    assert referral.answer_token_hash is not None
    assert token not in referral.answer_token_hash


def test_it_refuses_without_a_valid_consent(world: World) -> None:
    for consent in list(world.session.scalars(select(Consent)).all()):
        consent.expires_on = world.now.date() - timedelta(days=1)
    assert refusal(world, world.draft()) is Guard.CONSENT_VALID


def test_it_refuses_a_consent_for_another_provider(world: World) -> None:
    consent = world.session.scalars(select(Consent)).one()
    consent.recipients = ["0d6b3a2e-0000-4000-8000-000000000000"]
    assert refusal(world, world.draft()) is Guard.CONSENT_VALID


def test_it_refuses_a_withdrawn_consent(world: World) -> None:
    consent = world.session.scalars(select(Consent)).one()
    consent.withdrawn_at = world.now
    assert refusal(world, world.draft()) is Guard.CONSENT_VALID


def test_it_refuses_to_disclose_more_than_was_allowed(world: World) -> None:
    referral = world.draft(disclosed=["age_band", "need", "documents"])
    assert refusal(world, referral) is Guard.ITEMS_CONSENTED


def test_it_refuses_a_need_that_nobody_looks_after(world: World) -> None:
    world.need.owner_id = None
    assert refusal(world, world.draft()) is Guard.NEED_HAS_OWNER


def test_it_refuses_for_a_person_who_fears_to_return(world: World) -> None:
    world.case.fears_return = True
    assert refusal(world, world.draft()) is Guard.NOT_FEARING_RETURN


def test_it_refuses_for_a_person_who_no_longer_returns(world: World) -> None:
    world.case.decision_status = "withdrawn"
    assert refusal(world, world.draft()) is Guard.STILL_RETURNING


def test_it_refuses_a_service_that_is_not_open(world: World) -> None:
    world.listing = factories.make_service_at_location(
        world.session, service_name="Closed post", status="temporarily closed"
    )
    assert refusal(world, world.draft()) is Guard.SERVICE_ACTIVE


def test_an_outdated_listing_needs_a_call_today(world: World) -> None:
    world.listing = factories.make_service_at_location(
        world.session, service_name="Old post", assured_date=date(2025, 1, 1)
    )
    assert refusal(world, world.draft()) is Guard.LISTING_NOT_RED
    assert world.sent(was_called=True).state == "sent"


def test_it_refuses_an_area_where_referrals_are_suspended(world: World) -> None:
    advisory = AreaAdvisory(
        area_id=factories.area(world.session, "XA-N").id,
        level="suspend",
        reason="fighting",
        valid_from=world.now.date(),
        created_at=world.now,
    )
    world.session.add(advisory)
    assert refusal(world, world.draft()) is Guard.AREA_NOT_SUSPENDED
    advisory.valid_to = world.now.date() - timedelta(days=1)
    world.session.flush()
    assert world.sent().state == "sent"


def test_a_child_needs_a_guardian_and_its_own_agreement(world: World) -> None:
    world.case.age = 16
    assert refusal(world, world.draft()) is Guard.CHILD_PROTECTED
    consent = world.session.scalars(select(Consent)).one()
    consent.given_by = "guardian"
    assert refusal(world, world.draft()) is Guard.CHILD_PROTECTED
    consent.child_assent = True
    assert world.sent().state == "sent"


def test_a_child_alone_needs_a_best_interests_decision(world: World) -> None:
    world.case.profiles = ["uac"]
    assert refusal(world, world.draft()) is Guard.CHILD_PROTECTED
    world.case.best_interests_reference = "BID 12"
    world.case.best_interests_on = world.now.date()
    assert world.sent().state == "sent"


def test_a_trafficked_person_needs_a_recent_risk_assessment(world: World) -> None:
    world.case.profiles = ["vot"]
    assert refusal(world, world.draft()) is Guard.TRAFFICKING_RISK_ASSESSED
    world.case.risk_assessed_on = world.now.date() - timedelta(days=91)
    assert refusal(world, world.draft()) is Guard.TRAFFICKING_RISK_ASSESSED
    world.case.risk_assessed_on = world.now.date()
    assert world.sent().state == "sent"


def test_a_second_referral_for_the_same_need_is_sent_only_when_confirmed(
    world: World,
) -> None:
    world.sent()
    world.listing = factories.make_service_at_location(
        world.session, service_name="Second post"
    )
    second = world.draft()
    with pytest.raises(GuardRefused) as found:
        world.send(second)
    assert found.value.guard is Guard.DUPLICATE_ANSWERED
    assert second.state == "draft"
    world.send(second, confirms_duplicate=True)
    assert second.state == "sent"


def test_a_listing_that_the_worker_may_not_see_cannot_be_referred_to(
    world: World,
) -> None:
    hidden = factories.make_service_at_location(
        world.session, service_name="Quiet house", taxonomy_terms=("protection.gbv",)
    )
    world.listing = hidden
    with pytest.raises(NotFound):
        world.draft()
    assert world.session.scalars(select(Referral)).all() == []
    assert world.session.get_one(Service, hidden.service_id).sensitivity == "L2"

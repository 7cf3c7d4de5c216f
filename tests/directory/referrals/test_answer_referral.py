"""Providers answer, returnees and senders go on; stamps, needs, listings and messages follow."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.errors import NotFound
from directory.models import (
    Change,
    Consent,
    Message,
    Offer,
    Referral,
    Service,
    UpkeepTask,
    User,
)
from directory.referrals import disclosure, operations, queries, states
from directory.referrals.guards import GuardRefused
from directory.referrals.lifecycle import Guard, MoveIncomplete, MoveRefused, Party
from directory.referrals.moves import By, Said
from directory.referrals.states import State
from directory.upkeep import kinds
from tests import factories
from tests.directory.referrals.conftest import World
from tests.pages import Page

PROVIDER = By(Party.RECEIVER)


def move(
    world: World, referral: Referral, name: str, by: By = PROVIDER, **said: object
) -> Referral:
    operations.move(
        world.session,
        referral=referral,
        name=name,
        by=by,
        said=Said(**said),  # type: ignore[arg-type]  # each test passes what Said takes
        now=world.now,
    )
    return referral


def told(world: World, kind: str) -> list[str]:
    query = select(Message.recipient).where(Message.kind == kind)
    return list(world.session.scalars(query))


def test_every_first_answer_counts_as_an_acknowledgement(world: World) -> None:
    referral = move(world, world.sent(), "accept")
    assert referral.acknowledged_at == referral.decided_at == world.now
    assert told(world, "referral_answered") == [world.worker.email]


def test_the_first_acknowledgement_stays(world: World) -> None:
    referral = move(world, world.sent(), "acknowledge")
    world.now += timedelta(hours=5)
    move(world, referral, "ask", question="Which day?")
    assert referral.acknowledged_at == world.now - timedelta(hours=5)


def test_a_question_stops_the_provider_s_clock_and_starts_ours(world: World) -> None:
    referral = move(world, world.sent(urgency="high"), "ask", question="Which day?")
    assert referral.acknowledge_due_at == world.now + timedelta(hours=24)
    sender = By(Party.SENDER, world.actor)
    move(world, referral, "answer", sender, answer="Any day")
    assert referral.state == "acknowledged"
    assert told(world, "referral_news") == ["desk@red-door.example"]


def test_an_answer_needs_a_consent_that_still_holds(world: World) -> None:
    referral = move(world, world.sent(), "ask", question="Which day?")
    world.session.scalars(select(Consent)).one().withdrawn_at = world.now
    with pytest.raises(GuardRefused):
        move(world, referral, "answer", By(Party.SENDER, world.actor), answer="Any")


def test_a_waiting_list_has_a_date(world: World) -> None:
    referral = world.sent()
    with pytest.raises(MoveIncomplete):
        move(world, referral, "waitlist")
    assert referral.state == "sent"
    move(world, referral, "waitlist", expected_on=date(2026, 12, 24))
    assert referral.expected_on == date(2026, 12, 24)


@pytest.mark.parametrize("reason", list(states.DECLINE_REASONS))
def test_a_decline_opens_the_need_again_and_may_doubt_the_listing(
    world: World, reason: str
) -> None:
    world.need.next_date = date(2027, 6, 1)
    referral = move(world, world.sent(), "decline", reason=reason)
    assert referral.closed_at == world.now
    assert referral.reason == reason
    assert world.need.status == "open"
    assert world.need.next_date == world.now.date() + timedelta(days=7)
    tasks = world.session.scalars(select(UpkeepTask)).all()
    expected = kinds.AFTER_DECLINE.get(reason)
    assert [task.kind for task in tasks] == ([expected] if expected else [])
    assert all(task.values is None for task in tasks)
    assert all(task.due_on == world.now.date() + timedelta(days=7) for task in tasks)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("discontinued", "inactive"),
        ("temporarily_closed", "temporarily closed"),
        ("other", "active"),
    ],
)
def test_a_provider_that_has_closed_is_not_matched_any_more(
    world: World, reason: str, status: str
) -> None:
    first = world.sent()
    move(world, first, "decline", reason=reason)
    offer = world.session.get_one(Offer, world.listing.service_at_location_id)
    assert offer.status == status
    if status != "active":
        with pytest.raises(GuardRefused) as refusal:
            world.sent()
        assert refusal.value.guard is Guard.SERVICE_ACTIVE
        change = world.session.scalars(
            select(Change).where(Change.field_name == "status")
        ).one()
        assert (change.origin, change.replacement_value) == ("link", status)


def test_other_open_referrals_to_a_service_that_ended_are_named(
    world: World, client_of: Callable[[User], FlaskClient], page: Callable[..., Page]
) -> None:
    first = world.sent()
    second = world.send(world.draft(), confirms_duplicate=True)
    move(world, first, "decline", reason="discontinued")
    shown = page(f"/referrals/{first.id}", by=client_of(world.worker))
    assert second.code in shown.words


def test_an_outcome_must_be_of_the_list(world: World) -> None:
    referral = move(world, world.sent(), "accept")
    with pytest.raises(Exception, match="correction"):
        move(world, referral, "complete", outcome="fine")
    assert referral.state == "accepted"
    move(world, referral, "complete", outcome="received_partial")
    assert referral.first_service_at == referral.completed_at == world.now
    assert referral.confirmed_at is None
    assert world.need.status == "open"


@pytest.mark.parametrize(
    ("outcome", "status", "shows_it_open"),
    [
        ("received_full", "met", True),
        ("received_partial", "open", True),
        ("not_provided", "open", False),
    ],
)
def test_only_the_person_s_word_meets_a_need(
    world: World, outcome: str, status: str, shows_it_open: bool
) -> None:
    referral = move(
        world, move(world, world.sent(), "accept"), "complete", outcome=outcome
    )
    service = world.session.get_one(Service, world.listing.service_id)
    service.assured_date = world.now.date() - timedelta(days=9)
    service.confirmed_on = None
    move(world, referral, "confirm", By(Party.RETURNEE), contact="code")
    assert referral.state == "verified"
    assert world.need.status == status
    assert (service.confirmed_on is not None) is shows_it_open


def test_the_sender_confirms_after_a_contact_with_the_person(world: World) -> None:
    referral = move(
        world, move(world, world.sent(), "accept"), "complete", outcome="received_full"
    )
    sender = By(Party.SENDER, world.actor)
    with pytest.raises(MoveIncomplete):
        move(world, referral, "confirm", sender)
    move(world, referral, "confirm", sender, contact="phone")
    assert referral.state == "verified"


def test_a_proxy_act_is_marked(world: World) -> None:
    proxy = By(Party.SENDER, world.actor, as_proxy=True)
    referral = world.sent()
    with pytest.raises(MoveIncomplete):
        move(world, referral, "accept", proxy)
    move(world, referral, "accept", proxy, note="Told by the desk at noon")
    event = queries.events(world.session, referral.id)[-1]
    assert (event.move, event.is_proxy, event.user_id) == (
        "accept",
        True,
        world.worker.id,
    )


def test_a_person_is_lost_only_after_enough_attempts(world: World) -> None:
    referral = move(world, world.sent(), "accept")
    sender, start = By(Party.SENDER, world.actor), world.now
    for day, mode in ((0, "phone"), (7, "phone"), (13, "visit")):
        world.now = start + timedelta(days=day)
        operations.remark(
            world.session, referral=referral, name="attempt", by=sender,
            said=Said(contact=mode), now=world.now,
        )  # fmt: skip
        with pytest.raises(GuardRefused):
            move(world, referral, "lose", sender)
    world.now = start + timedelta(days=14)
    operations.remark(
        world.session, referral=referral, name="attempt", by=sender,
        said=Said(contact="message"), now=world.now,
    )  # fmt: skip
    assert move(world, referral, "lose", sender).state == "lost_to_follow_up"


def test_silence_is_marked_and_told_and_never_rejects(
    world: World, supervisor: User
) -> None:
    referral = world.sent(urgency="high")
    soon, late = world.now + timedelta(hours=23), world.now + timedelta(hours=25)
    assert operations.mark_unanswered(world.session, now=soon) == 0
    assert operations.mark_unanswered(world.session, now=late) == 1
    assert referral.state == "no_response"
    assert told(world, "referral_reminder") == ["desk@red-door.example"]
    assert told(world, "referral_unanswered") == [world.worker.email]
    assert told(world, "referral_escalated") == []
    twice = world.now + timedelta(hours=49)
    assert operations.mark_unanswered(world.session, now=twice) == 0
    operations.mark_unanswered(world.session, now=twice + timedelta(hours=1))
    assert told(world, "referral_escalated") == [supervisor.email]
    assert move(world, referral, "accept").state == "accepted"


def test_redirecting_ends_the_old_and_links_the_new(world: World) -> None:
    first = world.sent()
    second = world.draft(previous=first)
    assert first.state == "redirected"
    assert second.previous_id == first.id
    assert world.send(second).state == "sent"


def test_a_referral_of_another_case_cannot_be_followed(world: World) -> None:
    first = world.sent()
    world.case = factories.make_case(world.session, world.worker)
    world.need = factories.make_need(world.session, world.case)
    with pytest.raises(NotFound):
        world.draft(previous=first)
    assert first.state == "sent"


def test_an_ended_referral_is_followed_and_never_opened_again(world: World) -> None:
    first = move(world, world.sent(), "decline", reason="other")
    second = world.draft(previous=first)
    assert (first.state, second.previous_id) == ("declined", first.id)
    moves = [event.move for event in queries.events(world.session, first.id)]
    assert moves[-1] == "refer_again"
    with pytest.raises(MoveRefused):
        world.draft(
            previous=move(world, world.send(second), "withdraw", By(Party.RETURNEE))
        )


def test_name_and_phone_are_read_only_between_acceptance_and_end() -> None:
    chosen = ["age_band", "name", "phone"]
    assert disclosure.items_now(chosen, State.SENT) == ["age_band"]
    assert disclosure.later_items(chosen, State.SENT) == ["name", "phone"]
    assert disclosure.items_now(chosen, State.WAITLISTED) == ["age_band"]
    assert disclosure.items_now(chosen, State.ACCEPTED) == chosen
    for state in (State.DRAFT, State.VERIFIED, State.WITHDRAWN, State.DECLINED):
        assert disclosure.items_now(chosen, state) == []

"""A change of mind or of travel reaches every referral of the case, and gives no reason away."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from directory.authz import Actor, NotYours
from directory.models import Consent, Message, User
from directory.referrals import operations, queries, travel
from directory.referrals.lifecycle import Party
from directory.referrals.moves import By, Said
from tests import factories
from tests.directory.referrals.conftest import World


def test_no_longer_returning_ends_what_is_open_and_tells_no_reason(
    world: World,
) -> None:
    sent = world.sent()
    world.need = factories.make_need(world.session, world.case, term="health.chronic")
    draft = world.draft()
    stopped = travel.decide(
        world.session,
        actor=world.actor,
        case=world.case,
        decision="withdrawn",
        now=world.now,
    )
    assert {one.id for one in stopped.ended} == {sent.id, draft.id}
    assert (sent.state, draft.state) == ("cancelled", "cancelled")
    assert world.case.closed_at == world.now
    ended = world.session.scalars(
        select(Message).where(Message.kind == "referral_ended")
    ).all()
    assert [message.recipient for message in ended] == ["desk@red-door.example"]
    for word in ("return", "cancel", "withdrawn"):
        assert word not in ended[0].body.lower()


def test_a_service_under_way_is_named_and_not_cancelled(world: World) -> None:
    referral = world.sent()
    for name in ("accept", "begin"):
        operations.move(
            world.session,
            referral=referral,
            name=name,
            by=By(Party.RECEIVER),
            now=world.now,
        )
    stopped = travel.decide(
        world.session,
        actor=world.actor,
        case=world.case,
        decision="withdrawn",
        now=world.now,
    )
    assert stopped.under_way == [referral]
    assert referral.state == "in_progress"


def test_who_decides_again_to_return_has_an_open_case(world: World) -> None:
    for decision in ("decided_to_stay", "confirmed"):
        travel.decide(
            world.session,
            actor=world.actor,
            case=world.case,
            decision=decision,
            now=world.now,
        )
    assert world.case.closed_at is None
    assert world.sent().state == "sent"


def test_a_new_arrival_moves_the_service_clocks_and_shows_clashes_first(
    world: World,
) -> None:
    referral = world.sent(urgency="high")
    by = By(Party.RECEIVER)
    said = Said(expected_on=date(2026, 12, 1))
    operations.move(
        world.session,
        referral=referral,
        name="waitlist",
        by=by,
        said=said,
        now=world.now,
    )
    before = referral.service_due_at
    arrival = date(2026, 12, 10)
    seen = travel.shifts(world.session, case=world.case, arrival=arrival)
    assert [(one.clashes, one.service_due_before) for one in seen] == [(True, before)]
    assert referral.service_due_at == before
    travel.change_arrival(
        world.session,
        actor=world.actor,
        case=world.case,
        arrival=arrival,
        now=world.now,
    )
    assert world.case.arrival_date == arrival
    assert referral.service_due_at is not None
    assert referral.service_due_at.date() == arrival + timedelta(days=3)


def test_withdrawing_a_consent_ends_only_what_rests_on_it(world: World) -> None:
    first = world.sent()
    old = world.session.scalars(select(Consent)).one()
    factories.make_consent(world.session, world.case, version=2)
    world.need = factories.make_need(world.session, world.case, term="health.chronic")
    second = world.sent()
    assert second.consent_id != first.consent_id == old.id
    ended = travel.withdraw_consent(
        world.session, actor=world.actor, case=world.case, consent=old, now=world.now
    )
    assert [one.id for one in ended] == [first.id]
    assert (first.state, second.state) == ("withdrawn", "sent")
    assert queries.events(world.session, first.id)[-1].move == "withdraw"
    with pytest.raises(travel.AlreadyWithdrawn):
        travel.withdraw_consent(
            world.session,
            actor=world.actor,
            case=world.case,
            consent=old,
            now=world.now,
        )


def test_a_stranger_changes_nothing(
    world: World, stranger: User, actor_for: Callable[[User], Actor]
) -> None:
    other = actor_for(stranger)
    sent = world.sent()
    with pytest.raises(NotYours):
        travel.decide(
            world.session,
            actor=other,
            case=world.case,
            decision="withdrawn",
            now=world.now,
        )
    with pytest.raises(NotYours):
        travel.change_arrival(
            world.session, actor=other, case=world.case, arrival=None, now=world.now
        )
    assert sent.state == "sent"
    assert world.case.decision_status == "confirmed"

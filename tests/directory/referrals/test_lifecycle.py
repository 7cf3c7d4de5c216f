"""The table of moves says who may do what from where, and nothing else does."""

import pytest

from directory.referrals import guards, lifecycle, states
from directory.referrals.lifecycle import Asks, Party, allowed, check
from directory.referrals.states import State


def moves(state: State, who: Party) -> set[str]:
    return {row.move for row in allowed(state, who)}


def test_every_state_and_every_guard_has_its_words() -> None:
    assert set(states.STATES) == set(State)
    assert set(guards.CHECKS) == set(lifecycle.Guard) == set(guards.REFUSALS)
    assert set(lifecycle.MISSING) == set(Asks)


def test_every_move_is_named_once() -> None:
    names = [row.move for row in lifecycle.TRANSITIONS]
    assert len(names) == len(set(names))


def test_nothing_leaves_a_terminal_state_but_a_new_linked_referral() -> None:
    for state in states.TERMINAL:
        for who in Party:
            assert all(row.makes_new for row in allowed(state, who))


def test_every_open_state_can_be_reached_and_left() -> None:
    reached = {row.target for row in lifecycle.TRANSITIONS}
    assert reached == set(State)
    for state in states.OPEN:
        assert any(
            state in row.sources and not row.makes_new for row in lifecycle.TRANSITIONS
        )


@pytest.mark.parametrize(
    ("state", "who", "expected"),
    [
        (State.DRAFT, Party.SENDER, {"send", "withdraw", "cancel"}),
        (State.DRAFT, Party.RECEIVER, set()),
        (
            State.SENT,
            Party.RECEIVER,
            {"acknowledge", "accept", "waitlist", "decline", "ask"},
        ),
        (
            State.NO_RESPONSE,
            Party.RECEIVER,
            {"acknowledge", "accept", "waitlist", "decline"},
        ),
        (State.ACCEPTED, Party.RECEIVER, {"decline", "begin", "complete"}),
        (State.WAITLISTED, Party.RECEIVER, {"accept", "decline"}),
        (State.COMPLETED, Party.RECEIVER, set()),
        (State.COMPLETED, Party.RETURNEE, {"confirm", "dispute", "withdraw"}),
        (State.DISPUTED, Party.SUPERVISOR, {"resume", "uphold", "close_dispute"}),
        (State.IN_PROGRESS, Party.SUPERVISOR, set()),
        (State.SENT, Party.SYSTEM, {"miss_answer", "cancel"}),
        (State.DECLINED, Party.SENDER, {"refer_again"}),
    ],
)
def test_it_offers_the_moves_of_the_table(
    state: State, who: Party, expected: set[str]
) -> None:
    assert moves(state, who) == expected


def test_the_clock_never_rejects() -> None:
    for state in State:
        targets = {row.target for row in allowed(state, Party.SYSTEM)}
        assert State.DECLINED not in targets


def test_it_refuses_a_move_that_the_state_does_not_have() -> None:
    with pytest.raises(lifecycle.MoveRefused):
        check(State.VERIFIED, "accept", Party.RECEIVER)
    with pytest.raises(lifecycle.MoveRefused):
        check(State.SENT, "teleport", Party.RECEIVER)


def test_it_refuses_a_move_of_another_party() -> None:
    with pytest.raises(lifecycle.NotYourMove):
        check(State.SENT, "accept", Party.SENDER)
    with pytest.raises(lifecycle.NotYourMove):
        check(State.COMPLETED, "confirm", Party.RECEIVER, said=[Asks.CONTACT])


def test_it_refuses_to_decline_without_a_reason() -> None:
    with pytest.raises(lifecycle.MoveIncomplete) as refusal:
        check(State.SENT, "decline", Party.RECEIVER)
    assert set(refusal.value.fields) == {"reason"}


def test_a_sender_may_act_for_a_provider_on_paper_but_must_say_who_told() -> None:
    with pytest.raises(lifecycle.MoveIncomplete) as refusal:
        check(State.SENT, "accept", Party.SENDER, as_proxy=True)
    assert set(refusal.value.fields) == {"note"}
    row = check(State.SENT, "accept", Party.SENDER, said=[Asks.NOTE], as_proxy=True)
    assert row.target is State.ACCEPTED


@pytest.mark.parametrize("who", [Party.SUPERVISOR, Party.RETURNEE, Party.SYSTEM])
def test_nobody_else_may_act_for_a_provider(who: Party) -> None:
    with pytest.raises(lifecycle.NotYourMove):
        check(State.SENT, "accept", who, said=[Asks.NOTE], as_proxy=True)

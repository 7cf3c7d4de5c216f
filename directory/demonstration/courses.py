"""How the demonstration's referrals go: one course of moves for each of the sixteen states."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from directory.referrals.lifecycle import Party
from directory.referrals.moves import NOTHING_SAID, Said
from directory.referrals.states import State


@dataclass(frozen=True, slots=True)
class Step:
    """One move or remark, so many hours after the step before, with what is said with it."""

    move: str
    party: Party
    hours: float
    words: Said = NOTHING_SAID
    expected_in_days: int | None = None
    is_remark: bool = False

    @property
    def is_paced(self) -> bool:
        """Whether the step comes sooner for urgent needs; limits and searches take their time."""
        return self.party is not Party.SYSTEM and self.move not in {"attempt", "lose"}

    def said(self, now: datetime) -> Said:
        """What is said with the step at its moment."""
        if self.expected_in_days is None:
            return self.words
        expected = now.date() + timedelta(days=self.expected_in_days)
        return replace(self.words, expected_on=expected)


S, R, SUP, SYS, RET = Party
SEND: Final = Step("send", S, 1)
ACKNOWLEDGE: Final = Step("acknowledge", R, 9)
ACCEPT: Final = Step("accept", R, 22)
BEGIN: Final = Step("begin", R, 96)
COMPLETE: Final = Step("complete", R, 170, Said(outcome="received_full"))
IN_PART: Final = Step("complete", R, 210, Said(outcome="received_partial"))
CONFIRM: Final = Step("confirm", RET, 50, Said(contact="code"))
CONFIRM_BY_PHONE: Final = Step("confirm", S, 80, Said(contact="phone"))
DISPUTE: Final = Step("dispute", RET, 30, Said(contact="code"))
MISSED: Final = Step("miss_answer", SYS, 24 * 9)
ATTEMPTS: Final = tuple(
    Step("attempt", S, hours, Said(contact=mode), is_remark=True)
    for hours, mode in ((300, "phone"), (150, "message"), (220, "visit"))
)

COURSES: Final[Mapping[State, tuple[Step, ...]]] = MappingProxyType(
    {
        State.DRAFT: (),
        State.SENT: (SEND,),
        State.ACKNOWLEDGED: (SEND, ACKNOWLEDGE),
        State.INFO_REQUESTED: (
            SEND,
            Step(
                "ask",
                R,
                20,
                Said(question="Which papers does the person have with them?"),
            ),
        ),
        State.WAITLISTED: (
            SEND,
            ACKNOWLEDGE,
            Step("waitlist", R, 30, expected_in_days=28),
        ),
        State.ACCEPTED: (SEND, ACKNOWLEDGE, ACCEPT),
        State.IN_PROGRESS: (SEND, ACKNOWLEDGE, ACCEPT, BEGIN),
        State.COMPLETED: (SEND, ACCEPT, BEGIN, COMPLETE),
        State.VERIFIED: (SEND, ACKNOWLEDGE, ACCEPT, BEGIN, COMPLETE, CONFIRM),
        State.DISPUTED: (SEND, ACKNOWLEDGE, ACCEPT, IN_PART, DISPUTE),
        State.DECLINED: (
            SEND,
            ACKNOWLEDGE,
            Step("decline", R, 26, Said(reason="no_funding")),
        ),
        State.NO_RESPONSE: (SEND, MISSED),
        State.REDIRECTED: (
            SEND,
            ACKNOWLEDGE,
            Step(
                "propose_redirect",
                R,
                20,
                Said(
                    note="Another service of the town takes new people at the moment."
                ),
                is_remark=True,
            ),
        ),
        State.WITHDRAWN: (SEND, ACKNOWLEDGE, Step("withdraw", RET, 60)),
        State.CANCELLED: (SEND, Step("cancel", S, 40, Said(reason="return_cancelled"))),
        State.LOST_TO_FOLLOW_UP: (
            SEND,
            ACKNOWLEDGE,
            ACCEPT,
            *ATTEMPTS,
            Step("lose", S, 20),
        ),
    }
)

SLOW: Final = (SEND, MISSED, ACKNOWLEDGE, ACCEPT, BEGIN, COMPLETE, CONFIRM_BY_PHONE)
"""Confirmed after a missed limit: so that late answers show in the indicators too."""

COUNTS: Final[Mapping[State, int]] = MappingProxyType(
    {
        State.VERIFIED: 42,
        State.DECLINED: 10,
        State.NO_RESPONSE: 11,
        State.IN_PROGRESS: 9,
        State.COMPLETED: 8,
        State.ACCEPTED: 8,
        State.ACKNOWLEDGED: 5,
        State.WAITLISTED: 5,
        State.SENT: 5,
        State.DISPUTED: 4,
        State.DRAFT: 3,
        State.INFO_REQUESTED: 3,
        State.REDIRECTED: 3,
        State.WITHDRAWN: 3,
        State.CANCELLED: 3,
        State.LOST_TO_FOLLOW_UP: 3,
    }
)

RECENT: Final[Mapping[State, float]] = MappingProxyType(
    {
        State.DRAFT: 0.3,
        State.SENT: 0.2,
        State.ACKNOWLEDGED: 1,
        State.INFO_REQUESTED: 1,
        State.ACCEPTED: 4,
        State.WAITLISTED: 6,
        State.IN_PROGRESS: 9,
        State.NO_RESPONSE: 11,
        State.COMPLETED: 16,
        State.DISPUTED: 15,
    }
)
"""Days since an open referral was begun, so that its clocks still say something."""


PACE: Final[Mapping[str, float]] = MappingProxyType(
    {"emergency": 0.15, "high": 0.4, "medium": 1.0, "low": 1.5}
)


def pace(urgency: str, moment: datetime) -> float:
    """Return how much of a step's usual time it takes: less when urgent, and not always alike."""
    return PACE[urgency] * (0.5, 0.8, 1.1, 1.7)[moment.toordinal() % 4]


def order() -> list[State]:
    """Return every state as often as it is wanted, well mixed, the same every time."""
    states = [state for state, count in COUNTS.items() for _ in range(count)]
    return [states[number * 37 % len(states)] for number in range(len(states))]


def begun(state: State, number: int, now: datetime) -> datetime:
    """Return when a referral was begun: lately while it is open, else over the last ten months."""
    if state in RECENT:
        return now - timedelta(days=RECENT[state], hours=number % 5)
    return now - timedelta(days=40 + number * 53 % 250, hours=number % 9)

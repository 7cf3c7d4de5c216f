"""Every move a referral can make: from which states, to which, by whom and under which guards.

The whole table of DOMAIN 12 is one literal, ``TRANSITIONS``; nothing else decides a move. Local
authorities and administrators are in no row: they have no move at all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from directory.errors import Conflict, Invalid, NotAllowed
from directory.referrals.states import OPEN, WITH_PROVIDER, State
from directory.text import N_


class Party(StrEnum):
    """Who makes a move."""

    SENDER = "sender"
    RECEIVER = "receiver"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    RETURNEE = "returnee"


class Guard(StrEnum):
    """A condition outside the referral's own state; ``guards.CHECKS`` holds one test for each."""

    NOT_FEARING_RETURN = "not_fearing_return"
    STILL_RETURNING = "still_returning"
    CONSENT_VALID = "consent_valid"
    ITEMS_CONSENTED = "items_consented"
    NEED_HAS_OWNER = "need_has_owner"
    SERVICE_ACTIVE = "service_active"
    LISTING_NOT_RED = "listing_not_red"
    AREA_NOT_SUSPENDED = "area_not_suspended"
    CAUTION_ACKNOWLEDGED = "caution_acknowledged"
    CHILD_PROTECTED = "child_protected"
    TRAFFICKING_RISK_ASSESSED = "trafficking_risk_assessed"
    DUPLICATE_ANSWERED = "duplicate_answered"
    LIMIT_PASSED = "limit_passed"
    SEARCHED_ENOUGH = "searched_enough"


class Asks(StrEnum):
    """What the person who makes the move must say."""

    REASON = "reason"
    OUTCOME = "outcome"
    EXPECTED_ON = "expected_on"
    QUESTION = "question"
    ANSWER = "answer"
    NOTE = "note"
    CONTACT = "contact"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. ``stamp`` is the time stamp of the referral that the move sets.

    ``makes_new``: the old referral stays as it is and a linked one begins in ``target``.
    """

    move: str
    sources: Collection[State]
    target: State
    who: Collection[Party]
    guards: tuple[Guard, ...] = ()
    asks: tuple[Asks, ...] = ()
    stamp: str | None = None
    makes_new: bool = False


S, R, SUP, SYS, RET = Party
(
    DRAFT, SENT, ACKNOWLEDGED, INFO_REQUESTED, WAITLISTED, ACCEPTED, IN_PROGRESS, COMPLETED,
    VERIFIED, DISPUTED, DECLINED, NO_RESPONSE, REDIRECTED, WITHDRAWN, CANCELLED, LOST,
) = State  # fmt: skip
UNDECIDED: Final = (SENT, ACKNOWLEDGED, INFO_REQUESTED, NO_RESPONSE)

SEND_GUARDS: Final = (
    Guard.NOT_FEARING_RETURN,
    Guard.STILL_RETURNING,
    Guard.CONSENT_VALID,
    Guard.ITEMS_CONSENTED,
    Guard.NEED_HAS_OWNER,
    Guard.SERVICE_ACTIVE,
    Guard.LISTING_NOT_RED,
    Guard.AREA_NOT_SUSPENDED,
    Guard.CAUTION_ACKNOWLEDGED,
    Guard.CHILD_PROTECTED,
    Guard.TRAFFICKING_RISK_ASSESSED,
    Guard.DUPLICATE_ANSWERED,
)


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition("send", (DRAFT,), SENT, (S,), SEND_GUARDS, stamp="sent_at"),
    Transition(
        "acknowledge", (SENT, NO_RESPONSE), ACKNOWLEDGED, (R,), stamp="acknowledged_at"
    ),
    Transition(
        "accept",
        (*UNDECIDED, WAITLISTED),
        ACCEPTED,
        (R,),
        (Guard.CONSENT_VALID,),
        stamp="decided_at",
    ),
    Transition(
        "waitlist",
        UNDECIDED,
        WAITLISTED,
        (R,),
        asks=(Asks.EXPECTED_ON,),
        stamp="decided_at",
    ),
    Transition(
        "decline",
        (*UNDECIDED, WAITLISTED, ACCEPTED, IN_PROGRESS),
        DECLINED,
        (R,),
        asks=(Asks.REASON,),
        stamp="decided_at",
    ),
    Transition(
        "ask",
        (SENT, ACKNOWLEDGED),
        INFO_REQUESTED,
        (R,),
        asks=(Asks.QUESTION,),
        stamp="acknowledged_at",
    ),
    Transition(
        "answer",
        (INFO_REQUESTED,),
        ACKNOWLEDGED,
        (S,),
        (Guard.CONSENT_VALID, Guard.ITEMS_CONSENTED),
        asks=(Asks.ANSWER,),
    ),
    Transition("miss_answer", (SENT,), NO_RESPONSE, (SYS,), (Guard.LIMIT_PASSED,)),
    Transition("begin", (ACCEPTED,), IN_PROGRESS, (R,), stamp="first_service_at"),
    Transition(
        "complete",
        (ACCEPTED, IN_PROGRESS),
        COMPLETED,
        (R,),
        asks=(Asks.OUTCOME,),
        stamp="completed_at",
    ),
    Transition(
        "confirm",
        (COMPLETED,),
        VERIFIED,
        (S, RET),
        asks=(Asks.CONTACT,),
        stamp="confirmed_at",
    ),
    Transition("dispute", (COMPLETED,), DISPUTED, (S, RET), asks=(Asks.CONTACT,)),
    Transition("resume", (DISPUTED,), IN_PROGRESS, (SUP,), asks=(Asks.NOTE,)),
    Transition(
        "uphold", (DISPUTED,), VERIFIED, (SUP,), asks=(Asks.NOTE,), stamp="confirmed_at"
    ),
    Transition("close_dispute", (DISPUTED,), LOST, (SUP,), asks=(Asks.NOTE,)),
    # A draft has reached no provider, so nobody could propose another service instead of it.
    Transition("redirect", WITH_PROVIDER, REDIRECTED, (S,), asks=(Asks.SERVICE,)),
    Transition("withdraw", OPEN, WITHDRAWN, (S, RET)),
    Transition(
        "cancel",
        (DRAFT, *UNDECIDED, WAITLISTED, ACCEPTED),
        CANCELLED,
        (S, SUP, SYS),
        asks=(Asks.REASON,),
    ),
    Transition(
        "lose",
        (ACCEPTED, IN_PROGRESS, COMPLETED, NO_RESPONSE, DISPUTED),
        LOST,
        (S,),
        (Guard.SEARCHED_ENOUGH,),
    ),
    Transition(
        "refer_again",
        (DECLINED, LOST, CANCELLED),
        DRAFT,
        (S,),
        asks=(Asks.SERVICE,),
        makes_new=True,
    ),
)
"""DOMAIN 12, row by row. A stamp is set by the first move that carries it and by later ones too,
except ``acknowledged_at``, which keeps the first answer."""

REMARKS: Final[tuple[str, ...]] = (
    "propose_redirect",
    "note",
    "attempt",
    "remind",
    "open",
)
"""What is written on the timeline without moving the referral: the provider proposes another
service, a note, an attempt to reach the person, a reminder, the first opening of the link."""

MOVES: Final = {transition.move: transition for transition in TRANSITIONS}


class MoveRefused(Conflict):
    """The referral's state has no such move (any more)."""

    code = "move_refused"
    message = N_("This step is no longer possible, because the referral has moved on.")
    remedy = N_("Look at the referral again and choose from the steps it offers now.")


class NotYourMove(NotAllowed):
    """Another party makes this move."""

    code = "not_your_move"
    message = N_("This step belongs to someone else.")


class MoveIncomplete(Invalid):
    """The move needs a word that was not said."""

    code = "move_incomplete"
    message = N_("This step needs a little more information.")


def allowed(
    state: State | str, who: Party, *, as_proxy: bool = False
) -> tuple[Transition, ...]:
    """The moves that ``who`` may make from ``state``, in the table's order.

    A sender who acts ``as_proxy`` for a provider on paper or phone has the receiver's moves; each
    is marked so on the timeline and needs a note.
    """
    party = _acting(who, as_proxy=as_proxy)
    return tuple(
        row for row in TRANSITIONS if state in row.sources and party in row.who
    )


def check(
    state: State | str,
    move: str,
    who: Party,
    *,
    said: Collection[Asks] = (),
    as_proxy: bool = False,
) -> Transition:
    """The row for this move.

    Raises MoveRefused where the state has no such move, NotYourMove where another party makes it,
    MoveIncomplete naming the fields that were not said.
    """
    row = MOVES.get(move)
    if row is None or state not in row.sources:
        raise MoveRefused(values={"move": move, "state": str(state)})
    if _acting(who, as_proxy=as_proxy) not in row.who:
        raise NotYourMove(values={"move": move})
    needed = [*row.asks, Asks.NOTE] if as_proxy else list(row.asks)
    missing = [ask for ask in needed if ask not in said]
    if missing:
        raise MoveIncomplete(fields={str(ask): MISSING[ask] for ask in missing})
    return row


def _acting(who: Party, *, as_proxy: bool) -> Party:
    if not as_proxy:
        return who
    if who is not Party.SENDER:
        raise NotYourMove(values={"move": "proxy"})
    return Party.RECEIVER


MISSING: Final = {
    Asks.REASON: N_("Choose a reason."),
    Asks.OUTCOME: N_("Choose what came of it."),
    Asks.EXPECTED_ON: N_("Enter the date you expect to be able to help."),
    Asks.QUESTION: N_("Write what you need to know."),
    Asks.ANSWER: N_("Write the answer."),
    Asks.NOTE: N_("Write a short note: who told you, and when."),
    Asks.CONTACT: N_("Choose how you were in contact with the person."),
    Asks.SERVICE: N_("Choose the service to refer to."),
}

"""Who makes a move, what is said with it, and what a new referral asks for: plain values."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from directory.authz import Actor
from directory.cases import consents
from directory.models import Referral
from directory.referrals.lifecycle import Asks, Party


@dataclass(frozen=True, slots=True)
class By:
    """Who makes a move. ``actor`` is ``None`` for links without an account and for the clock."""

    party: Party
    actor: Actor | None = None
    as_proxy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said with a move; empty is not said."""

    reason: str | None = None
    outcome: str | None = None
    expected_on: date | None = None
    appointment_at: datetime | None = None
    question: str | None = None
    answer: str | None = None
    note: str | None = None
    contact: str | None = None
    service_at_location_id: uuid.UUID | None = None
    confirms_duplicate: bool = False
    acknowledgement: str | None = None
    """Why to refer in spite of an advisory that asks for caution."""
    advisory_ids: tuple[uuid.UUID, ...] = ()

    @property
    def asks(self) -> list[Asks]:
        """Which of the table's questions are answered."""
        given = {
            Asks.REASON: self.reason,
            Asks.OUTCOME: self.outcome,
            Asks.EXPECTED_ON: self.expected_on,
            Asks.QUESTION: self.question,
            Asks.ANSWER: self.answer,
            Asks.NOTE: self.note,
            Asks.CONTACT: self.contact,
            Asks.SERVICE: self.service_at_location_id,
        }
        return [ask for ask, value in given.items() if value]

    @property
    def text(self) -> str | None:
        """The words of the move for the timeline."""
        return self.question or self.answer or self.note


NOTHING_SAID: Final = Said()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the sender decides about a new referral."""

    disclosed: list[str] = field(default_factory=lambda: list(consents.MINIMUM_ITEMS))
    urgency: str | None = None
    message: str | None = None
    was_called: bool = False
    """The provider's listing is out of date, and the sender called and confirmed it today."""
    confirms_duplicate: bool = False
    acknowledgement: str | None = None
    """Why to refer in spite of an advisory that asks for caution."""
    previous: Referral | None = None

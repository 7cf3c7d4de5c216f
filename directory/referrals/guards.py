"""The conditions a referral must meet before a move, each a small pure test with its reason."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from directory.advisories.reach import Standing
from directory.advisories.words import Level
from directory.cases import consents
from directory.errors import Conflict
from directory.models import Case, Consent, Need, Referral
from directory.referrals.lifecycle import Guard
from directory.text import N_

ADULT_AGE: Final = 18
ALONE: Final = frozenset({"uac", "sc"})
DECIDED_AGAINST: Final = frozenset({"withdrawn", "decided_to_stay"})
RISK_VALID_FOR: Final = timedelta(days=90)
ATTEMPTS, ATTEMPT_MODES, ATTEMPT_DAYS = 3, 2, 14


@dataclass(frozen=True, slots=True)
class Listing:
    """What the guards know of the service at a location."""

    organization_id: uuid.UUID
    status: str
    freshness: str
    """fresh, due, stale or unknown."""
    was_called_today: bool = False
    """Whether somebody has called today and found the service there."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach the person."""

    at: datetime
    mode: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the guards look at; gathered by ``queries.facts``."""

    case: Case
    need: Need
    referral: Referral
    listing: Listing
    consents: Sequence[Consent]
    duplicates: int
    """Open referrals of the same person for the same term, elsewhere."""
    is_duplicate_confirmed: bool
    attempts: Sequence[Attempt]
    now: datetime
    advisories: Sequence[Standing] = ()
    """Those in force where the person goes to live, or where the service is."""
    acknowledgement: str | None = None
    """Why to refer in spite of an advisory that asks for caution."""

    @property
    def today(self) -> date:
        """The day of the move."""
        return self.now.date()

    @property
    def consent(self) -> Consent | None:
        """The consent that this referral may rest on."""
        return consents.for_referral(
            self.consents,
            organization_id=self.listing.organization_id,
            items=self.referral.disclosed,
            today=self.today,
        )


class GuardRefused(Conflict):
    """A condition of the move is not met; ``guard`` says which one."""

    code = "guard_refused"

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        message, remedy = REFUSALS[guard]
        super().__init__(message, code=f"referral_{guard}", remedy=remedy)


def _child_protected(facts: Facts) -> bool:
    """Below 18 an adult consents and the child agrees; a child alone needs a decision on record."""
    case, consent = facts.case, facts.consent
    if set(case.profiles or ()) & ALONE and not (
        case.best_interests_reference and case.best_interests_on
    ):
        return False
    if case.age is None or case.age >= ADULT_AGE:
        return True
    return (
        consent is not None
        and consent.given_by != "self"
        and consent.child_assent is True
    )


def _risk_assessed(facts: Facts) -> bool:
    if "vot" not in (facts.case.profiles or ()):
        return True
    assessed = facts.case.risk_assessed_on
    return (
        assessed is not None and facts.today - RISK_VALID_FOR <= assessed <= facts.today
    )


def _searched_enough(facts: Facts) -> bool:
    """At least three attempts in two ways over fourteen days (DOMAIN 12)."""
    attempts = facts.attempts
    if len(attempts) < ATTEMPTS or len({one.mode for one in attempts}) < ATTEMPT_MODES:
        return False
    times = [one.at for one in attempts]
    return max(times) - min(times) >= timedelta(days=ATTEMPT_DAYS)


def _limit_passed(facts: Facts) -> bool:
    limit = facts.referral.acknowledge_due_at
    return limit is not None and limit < facts.now


def _consent_covers(facts: Facts) -> bool:
    consent = facts.consent
    return consent is None or consents.covers(consent, facts.referral.disclosed)


def _warned(facts: Facts, level: Level) -> bool:
    return any(advisory.level is level for advisory in facts.advisories)


def _called_today(facts: Facts) -> bool:
    return facts.referral.called_on == facts.today


CHECKS: Final[Mapping[Guard, Callable[[Facts], bool]]] = {
    Guard.NOT_FEARING_RETURN: lambda facts: not facts.case.fears_return,
    Guard.STILL_RETURNING: lambda facts: (
        facts.case.decision_status not in DECIDED_AGAINST
    ),
    Guard.CONSENT_VALID: lambda facts: facts.consent is not None,
    Guard.ITEMS_CONSENTED: _consent_covers,
    Guard.NEED_HAS_OWNER: lambda facts: facts.need.owner_id is not None,
    Guard.SERVICE_ACTIVE: lambda facts: facts.listing.status in {"", "active"},
    Guard.LISTING_NOT_RED: lambda facts: (
        facts.listing.freshness != "stale"
        or facts.listing.was_called_today
        or _called_today(facts)
    ),
    Guard.AREA_NOT_SUSPENDED: lambda facts: not _warned(facts, Level.SUSPEND),
    Guard.CAUTION_ACKNOWLEDGED: lambda facts: (
        not _warned(facts, Level.CAUTION) or bool(facts.acknowledgement)
    ),
    Guard.CHILD_PROTECTED: _child_protected,
    Guard.TRAFFICKING_RISK_ASSESSED: _risk_assessed,
    Guard.DUPLICATE_ANSWERED: lambda facts: (
        not facts.duplicates or facts.is_duplicate_confirmed
    ),
    Guard.LIMIT_PASSED: _limit_passed,
    Guard.SEARCHED_ENOUGH: _searched_enough,
}

ASKED_OF_THE_SENDER: Final = frozenset(
    {Guard.LISTING_NOT_RED, Guard.DUPLICATE_ANSWERED, Guard.CAUTION_ACKNOWLEDGED}
)
"""Guards that the sender meets by a tick: they are questions of the form, no hindrances."""

REFUSALS: Final[Mapping[Guard, tuple[str, str]]] = {
    Guard.NOT_FEARING_RETURN: (
        N_(
            "This person fears to return, so no referral in the country of return can be made."
        ),
        N_(
            "Open the list of asylum and legal aid services. A supervisor can clear this after review."
        ),
    ),
    Guard.STILL_RETURNING: (
        N_("This person is no longer returning."),
        N_("Change the decision on the case first, if the person has decided again."),
    ),
    Guard.CONSENT_VALID: (
        N_("There is no valid consent for this provider."),
        N_("Ask the person, and record the consent on the case."),
    ),
    Guard.ITEMS_CONSENTED: (
        N_("The consent does not cover everything you want to tell the provider."),
        N_("Take out what is not covered, or ask the person and record a new consent."),
    ),
    Guard.NEED_HAS_OWNER: (
        N_("Nobody looks after this need."),
        N_("Choose who looks after it, and the next date."),
    ),
    Guard.SERVICE_ACTIVE: (
        N_("This service is not open at present."),
        N_("Choose another service, or wait until it opens again."),
    ),
    Guard.LISTING_NOT_RED: (
        N_("What we know of this service is out of date."),
        N_("Call the provider, and confirm that you did so today."),
    ),
    Guard.AREA_NOT_SUSPENDED: (
        N_("Referrals to this area are suspended because of danger."),
        N_("Choose a service in another area."),
    ),
    Guard.CAUTION_ACKNOWLEDGED: (
        N_("An advisory asks for caution here."),
        N_("Read it, tick that you have, and write why you refer all the same."),
    ),
    Guard.CHILD_PROTECTED: (
        N_("The safeguards for a child are not complete."),
        N_(
            "Record the consent of the guardian with the child's agreement and, for a child who is"
            " alone, the reference and date of the best-interests decision."
        ),
    ),
    Guard.TRAFFICKING_RISK_ASSESSED: (
        N_("The risk for this person has not been assessed in the last 90 days."),
        N_("Assess the risk, and record the date on the case."),
    ),
    Guard.DUPLICATE_ANSWERED: (
        N_("This person already has an open referral for the same need."),
        N_("Confirm that a second one is wanted, or withdraw the first."),
    ),
    Guard.LIMIT_PASSED: (N_("The provider still has time to answer."), ""),
    Guard.SEARCHED_ENOUGH: (
        N_("There were not enough attempts to reach the person."),
        N_("Try at least three times, in two different ways, over at least 14 days."),
    ),
}


def failing(guards: Collection[Guard], facts: Facts) -> list[Guard]:
    """The guards that are not met, in the order given."""
    return [guard for guard in guards if not CHECKS[guard](facts)]


def require(guards: Collection[Guard], facts: Facts) -> None:
    """Raise GuardRefused for the first guard that is not met."""
    for guard in failing(guards, facts):
        raise GuardRefused(guard)

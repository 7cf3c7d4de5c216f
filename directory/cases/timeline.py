"""What happened in a case, newest first, put together from its own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from directory.cases.queries import ReferralRow
from directory.models import Case, ReferralEvent


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry. ``kind``: opened, need, consent, consent_withdrawn or referral."""

    at: datetime
    kind: str
    term: str | None = None
    event: ReferralEvent | None = None
    referral: ReferralRow | None = None


def moments(case: Case, referrals: Sequence[ReferralRow]) -> list[Moment]:
    """The entries of a case, newest first."""
    found = [Moment(case.created_at, "opened")]
    found += [Moment(need.created_at, "need", term=need.term) for need in case.needs]
    for consent in case.consents:
        found.append(Moment(consent.created_at, "consent"))
        if consent.withdrawn_at is not None:
            found.append(Moment(consent.withdrawn_at, "consent_withdrawn"))
    for row in referrals:
        found += [
            Moment(event.at, "referral", event=event, referral=row)
            for event in row.referral.events
        ]
    order = {id(moment): position for position, moment in enumerate(found)}
    return sorted(found, key=lambda one: (one.at, order[id(one)]), reverse=True)

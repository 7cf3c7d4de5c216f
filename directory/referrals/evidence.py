"""What the guards look at, gathered from the database: the listing, the consents, duplicates, attempts."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.advisories import reach
from directory.advisories.reach import Spot, Standing
from directory.errors import NotFound
from directory.listings import facts as offer_facts
from directory.listings import freshness, verifications
from directory.models import (
    Case,
    Consent,
    Need,
    Offer,
    Referral,
    ReferralEvent,
)
from directory.referrals.guards import Attempt, Facts, Listing
from directory.referrals.states import WITH_PROVIDER


def listing(
    session: Session, service_at_location_id: uuid.UUID, *, today: date
) -> Listing:
    """What the guards know of a service at a location; raises NotFound where it is gone."""
    offer = session.get(Offer, service_at_location_id)
    if offer is None:
        raise NotFound
    facts = offer_facts.as_of(offer.facts, today)
    return Listing(
        organization_id=offer.organization_id,
        status=facts.status,
        freshness=freshness.band(facts, today),
        was_called_today=verifications.was_called(
            session, offer.service_id, today=today
        ),
    )


def advisories(
    session: Session, case: Case, service_at_location_id: uuid.UUID, *, today: date
) -> list[Standing]:
    """Advisories in force where the person goes to live or where the service is, strongest first."""
    offer = session.get(Offer, service_at_location_id)
    spots = [Spot(case.latitude, case.longitude, case.area_id)]
    if offer is not None:
        spots.append(Spot(offer.latitude, offer.longitude, offer.area_id))
    return reach.holding(session, spots, today=today)


def duplicates(
    session: Session, *, case_id: uuid.UUID, term: str, besides: uuid.UUID | None = None
) -> list[Referral]:
    """Open referrals of the same person for the same need, other than ``besides``."""
    statement = select(Referral).where(
        Referral.case_id == case_id,
        Referral.term == term,
        Referral.state.in_([str(one) for one in WITH_PROVIDER]),
    )
    if besides is not None:
        statement = statement.where(Referral.id != besides)
    return list(session.scalars(statement.order_by(Referral.created_at)))


def facts(
    session: Session,
    referral: Referral,
    *,
    case: Case,
    need: Need,
    now: datetime,
    is_duplicate_confirmed: bool = False,
    acknowledgement: str | None = None,
) -> Facts:
    """Everything the guards of a move look at."""
    found = duplicates(
        session, case_id=case.id, term=referral.term, besides=referral.id
    )
    consents = session.scalars(select(Consent).where(Consent.case_id == case.id)).all()
    return Facts(
        case=case,
        need=need,
        referral=referral,
        listing=listing(session, referral.service_at_location_id, today=now.date()),
        consents=consents,
        duplicates=len([one for one in found if one.id != referral.previous_id]),
        is_duplicate_confirmed=is_duplicate_confirmed,
        attempts=attempts(session, referral.id),
        now=now,
        advisories=advisories(
            session, case, referral.service_at_location_id, today=now.date()
        ),
        acknowledgement=acknowledgement,
    )


def attempts(session: Session, referral_id: uuid.UUID) -> Sequence[Attempt]:
    """The recorded attempts to reach the person about a referral."""
    rows = session.execute(
        select(ReferralEvent.at, ReferralEvent.code).where(
            ReferralEvent.referral_id == referral_id, ReferralEvent.move == "attempt"
        )
    )
    return [Attempt(row.at, row.code or "") for row in rows]


def preview(
    session: Session, *, case: Case, need: Need, offer: Offer, now: datetime
) -> Facts:
    """What the guards would see of a referral that is not made yet, with the least disclosed."""
    found = duplicates(session, case_id=case.id, term=need.term)
    return Facts(
        case=case,
        need=need,
        referral=Referral(disclosed=[], called_on=None, term=need.term),
        listing=listing(session, offer.service_at_location_id, today=now.date()),
        consents=case.consents,
        duplicates=len(found),
        is_duplicate_confirmed=False,
        attempts=(),
        now=now,
        advisories=advisories(
            session, case, offer.service_at_location_id, today=now.date()
        ),
    )

"""What case staff keep in a corner of the world: a case with all that hangs on it."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory import tokens
from directory.models import Case, Referral, ReferralEvent, ShortlistItem, User
from tests import factories
from tests.factories import NOW
from tests.proofs.setting import Setting


def make_case(
    session: Session,
    setting: Setting,
    listing: Any,
    worker: User,
    people: dict[str, User],
) -> dict[str, str]:
    """A case with a need, consent, a kept service and a sent referral to the corner's listing."""
    sheet = f"SHEET0{setting.name.upper():0<10}"
    answer = f"ANSWER{setting.name.upper():0<20}"
    case = factories.make_case(
        session,
        worker,
        code=f"CASE{setting.name.upper()}",
        caseworker_id=people["caseworker"].id if setting.name == "own" else None,
        area_id=factories.area(session, setting.area).id,
        latitude=setting.latitude,
        longitude=setting.longitude,
        sheet_generation=1,
        sheet_token_hash=tokens.digest(tokens.tidy_code(sheet)),
    )
    need = factories.make_need(session, case)
    consent = factories.make_consent(session, case)
    item = ShortlistItem(
        case_id=case.id,
        need_id=need.id,
        service_at_location_id=listing.service_at_location_id,
        snapshot={"name": f"Clinic {setting.name}"},
        added_at=NOW,
    )
    session.add(item)
    referral = make_referral(session, case, need.id, consent.id, listing, worker)
    referral.answer_token_hash = tokens.digest(tokens.tidy_code(answer))
    session.flush()
    return {
        "case_id": str(case.id),
        "need_id": str(need.id),
        "consent_id": str(consent.id),
        "item_id": str(item.id),
        "referral_id": str(referral.id),
        "r/token": answer,
        "s/token": sheet,
    }


def make_referral(
    session: Session,
    case: Case,
    need_id: uuid.UUID,
    consent_id: uuid.UUID,
    listing: Any,
    worker: User,
) -> Referral:
    """A referral that waits for the provider's answer."""
    referral = Referral(
        code=f"R{uuid.uuid4().hex[:9].upper()}",
        case_id=case.id,
        need_id=need_id,
        service_at_location_id=listing.service_at_location_id,
        organization_id=listing.organization_id,
        consent_id=consent_id,
        term="health.primary",
        urgency="medium",
        state="sent",
        disclosed=["code"],
        created_by=worker.id,
        created_at=NOW,
        sent_at=NOW,
        acknowledge_due_at=NOW + timedelta(days=2),
        service_due_at=NOW + timedelta(days=20),
    )
    session.add(referral)
    session.flush()
    session.add(
        ReferralEvent(
            referral_id=referral.id,
            sequence=1,
            at=NOW,
            move="send",
            from_state="draft",
            to_state="sent",
            actor_kind="sender",
            user_id=worker.id,
        )
    )
    session.flush()
    return referral

"""A case ready to be referred, and ways to move its referral along."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.authz import Actor
from directory.config import Config
from directory.models import Case, Need, Referral, User
from directory.referrals import notifications, operations
from directory.referrals.moves import Request
from directory.web.identity import actor_of
from tests import factories


@dataclass
class World:
    """One case with a need and a consent, and one listing that can receive it."""

    session: Session
    secret_key: str
    now: datetime
    worker: User
    actor: Actor
    case: Case
    need: Need
    listing: Any

    def draft(self, **request: Any) -> Referral:
        """A draft of the need to the listing."""
        return operations.make_referral(
            self.session,
            actor=self.actor,
            case=self.case,
            need=self.need,
            service_at_location_id=self.listing.service_at_location_id,
            request=Request(**request),
            now=self.now,
        )

    def send(self, referral: Referral, **options: Any) -> Referral:
        """Send it."""
        operations.send(
            self.session,
            actor=self.actor,
            referral=referral,
            confirms_duplicate=options.pop("confirms_duplicate", False),
            secret_key=self.secret_key,
            now=options.pop("now", self.now),
        )
        return referral

    def sent(self, **request: Any) -> Referral:
        """A referral that was sent."""
        return self.send(self.draft(**request))

    def token(self, referral: Referral) -> str:
        """The secret of the provider's link."""
        return notifications.answer_token(referral, self.secret_key)


@pytest.fixture
def actor_for(session: Session) -> Callable[[User], Actor]:
    """The actor behind an account."""

    def make(user: User) -> Actor:
        session.flush()
        loaded = session.scalars(
            select(User)
            .where(User.id == user.id)
            .options(selectinload(User.memberships))
            .execution_options(populate_existing=True)
        ).one()
        return actor_of(loaded)

    return make


@pytest.fixture
def world(
    session: Session,
    counsellor: User,
    now: datetime,
    config: Config,
    actor_for: Callable[[User], Actor],
) -> World:
    """The usual scene: a woman of 31 who needs primary care, and a health post."""
    listing = factories.make_service_at_location(
        session, referral_email="desk@red-door.example", phone="+15550100"
    )
    case = factories.make_case(
        session,
        counsellor,
        given_name="Amina",
        family_name="Sundry",
        phone="+15550199",
    )
    need = factories.make_need(session, case, note="Needs a blood pressure check")
    factories.make_consent(session, case)
    return World(
        session=session,
        secret_key=config.secret_key,
        now=now,
        worker=counsellor,
        actor=actor_for(counsellor),
        case=case,
        need=need,
        listing=listing,
    )

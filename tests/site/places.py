"""Every page that a person can open, and who opens it: the list that the browser walks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory import tokens
from directory.authz import Actor
from directory.cases import operations as cases
from directory.database import make_engine
from directory.demonstration import cast
from directory.models import (
    Agreement,
    AreaAdvisory,
    Case,
    DuplicatePair,
    Feedback,
    ImportRun,
    Offer,
    Program,
    Referral,
    Service,
    User,
    Webhook,
    WebhookDelivery,
)
from directory.referrals import notifications
from directory.upkeep import links
from directory.web import identity
from geo.engine import for_writing


@dataclass(frozen=True, slots=True)
class Place:
    """One page: an address with names in braces, filled in from ``Known.ids``."""

    role: str
    path: str
    status: int = 200

    @property
    def id(self) -> str:
        """How the test is named."""
        return f"{self.role}-{self.path}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the demonstration data holds: ids to open, accounts to sign in with."""

    ids: dict[str, str]
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)


PLACES = (
    Place("visitor", "/"),
    Place("visitor", "/services"),
    Place("visitor", "/services?q=health&term=health"),
    Place("visitor", "/services?q=zzzzzz"),
    Place("visitor", "/services/{service}"),
    Place("visitor", "/services/{service}/report"),
    Place("visitor", "/organizations/{organization}"),
    Place("visitor", "/programmes"),
    Place("visitor", "/programmes/{programme}"),
    Place("visitor", "/areas"),
    Place("visitor", "/areas/{area}"),
    Place("supervisor", "/areas/{area}/profile/edit"),
    Place("counsellor", "/areas/{area}/profile/history"),
    Place("authority", "/areas/profiles"),
    Place("visitor", "/match"),
    Place("visitor", "/feedback"),
    Place("visitor", "/feedback/status"),
    Place("visitor", "/feedback/answered"),
    Place("visitor", "/sign-in"),
    Place("visitor", "/s"),
    Place("visitor", "/s/{sheet_code}"),
    Place("visitor", "/r/{answer_token}"),
    Place("visitor", "/no-such-page", 404),
    Place("counsellor", "/"),
    Place("counsellor", "/account"),
    Place("counsellor", "/services/{service}"),
    Place("counsellor", "/services/{service}/history"),
    Place("counsellor", "/cases"),
    Place("counsellor", "/cases/new"),
    Place("counsellor", "/cases/{case}"),
    Place("counsellor", "/cases/{case}/matches"),
    Place("counsellor", "/cases/{case}/sheet"),
    Place("counsellor", "/cases/{case}/edit"),
    Place("counsellor", "/cases/{case}/needs/new"),
    Place("counsellor", "/cases/{case}/needs/{need}/edit"),
    Place("counsellor", "/cases/{case}/consent/new"),
    Place("counsellor", "/cases/{case}/decision"),
    Place("counsellor", "/cases/{case}/arrival"),
    Place("counsellor", "/organizations/{organization}/history"),
    Place("counsellor", "/referrals"),
    Place("counsellor", "/referrals/{referral}"),
    Place("counsellor", "/arrivals"),
    Place("counsellor", "/imports", 403),
    Place("visitor", "/advisories", 404),
    Place("counsellor", "/advisories"),
    Place("counsellor", "/advisories/{advisory}"),
    Place("supervisor", "/advisories/new"),
    Place("supervisor", "/advisories/{advisory}/edit"),
    Place("caseworker", "/cases"),
    Place("provider", "/inbox"),
    Place("provider", "/inbox/{received}"),
    Place("provider", "/services?mine=1"),
    Place("visitor", "/v/{confirm_token}"),
    Place("authority", "/upkeep"),
    Place("authority", "/upkeep/calls"),
    Place("provider", "/upkeep"),
    Place("supervisor", "/upkeep/scores"),
    Place("authority", "/proposals"),
    Place("authority", "/insights"),
    Place("supervisor", "/insights"),
    Place("supervisor", "/insights/gaps?country=SN"),
    Place("supervisor", "/insights/unmet?country=SN"),
    Place("supervisor", "/insights/overlaps?country=SN"),
    Place("supervisor", "/countries/SN"),
    Place("supervisor", "/cases/{case}/readers"),
    Place("supervisor", "/feedback/inbox"),
    Place("supervisor", "/feedback/inbox/{feedback}"),
    Place("admin", "/imports"),
    Place("admin", "/imports/{run}"),
    Place("admin", "/imports/{run}/missing"),
    # Planned by a command, which keeps no copy of the file to choose columns from.
    Place("admin", "/imports/{run}/columns", 409),
    Place("admin", "/admin/users"),
    Place("admin", "/admin/users/new"),
    Place("admin", "/admin/users/{user}"),
    Place("admin", "/services/new"),
    Place("admin", "/services/{service}/edit"),
    Place("admin", "/organizations/{organization}/edit"),
    Place("admin", "/organizations/{organization}/programmes/new"),
    Place("admin", "/programmes/{programme}/edit"),
    Place("supervisor", "/organizations/{organization}"),
    Place("supervisor", "/organizations/{organization}/agreements/new"),
    Place("supervisor", "/agreements/{agreement}/edit"),
    Place("admin", "/proposals"),
    Place("admin", "/webhooks"),
    Place("admin", "/webhooks/{webhook}"),
    Place("admin", "/duplicates"),
    Place("admin", "/duplicates/{pair}"),
    Place("authority", "/duplicates"),
    Place("admin", "/insights"),
)


def known_places(database_url: str, secret_key: str) -> Known:
    """Ids and secrets of the demonstration data, and its accounts (role → e-mail, password)."""
    accounts: dict[str, tuple[str, str]] = {}
    for member in cast.MEMBERS:
        accounts.setdefault(str(member.role), (member.email, member.password))
    with Session(for_writing(make_engine(database_url))) as session, session.begin():
        users = {
            role: session.scalars(
                select(User)
                .where(User.email == email)
                .options(selectinload(User.memberships))
            ).one()
            for role, (email, _) in accounts.items()
        }
        case = session.scalars(
            select(Case)
            .join(Referral, Referral.case_id == Case.id)
            .join(
                Offer, Offer.service_at_location_id == Referral.service_at_location_id
            )
            .where(
                Offer.sensitivity == "L0",
                Offer.status == "active",
                Case.counsellor_id == users["counsellor"].id,
                Case.closed_at.is_(None),
            )
            .order_by(Case.code)
            .limit(1)
        ).one()
        actor = identity.actor_of(users["counsellor"])
        ids = {
            "case": case.id,
            "sheet_code": cases.sheet_code(
                session, actor=actor, case=case, secret_key=secret_key
            ),
            **_of_case(session, case),
            **_of_provider(session, identity.actor_of(users["provider"]), secret_key),
            **_of_directory(session),
            "confirm_token": _confirm_token(session, secret_key),
            "user": users["provider"].id,
            "area": "SN",
        }
    return Known(
        ids={name: str(value) for name, value in ids.items()}, accounts=accounts
    )


def _of_case(session: Session, case: Case) -> dict[str, object]:
    """A referral of the case to a service that every counsellor may know of."""
    referral = (
        select(Referral)
        .join(Offer, Offer.service_at_location_id == Referral.service_at_location_id)
        .where(
            Referral.case_id == case.id,
            Offer.sensitivity == "L0",
            Offer.status == "active",
        )
        .order_by(Referral.code)
    )
    found = session.scalars(referral.limit(1)).one()
    return {
        "referral": found.id,
        "need": found.need_id,
    }


def _of_provider(session: Session, actor: Actor, secret_key: str) -> dict[str, object]:
    received = (
        session.scalars(
            select(Referral)
            .where(
                Referral.organization_id.in_(actor.organization_ids),
                Referral.state == "sent",
            )
            .order_by(Referral.code)
            .limit(1)
        ).first()
        or session.scalars(
            select(Referral)
            .where(
                Referral.organization_id.in_(actor.organization_ids),
                Referral.state != "draft",
            )
            .order_by(Referral.code)
            .limit(1)
        ).one()
    )
    token = notifications.answer_token(received, secret_key)
    received.answer_token_hash = tokens.digest(token)
    return {"received": received.id, "answer_token": token}


def _confirm_token(session: Session, secret_key: str) -> str:
    """The secret of a link that asks whether a public listing is still right."""
    service = session.scalars(
        select(Service).where(Service.sensitivity == "L0").order_by(Service.id).limit(1)
    ).one()
    link = links.make_link(
        session,
        service=service,
        user_id=None,
        secret_key=secret_key,
        now=datetime(2100, 1, 1, tzinfo=UTC),
    )
    return links.token_of(link.id, secret_key)


def _of_directory(session: Session) -> dict[str, object]:
    offer = session.execute(
        select(Offer.service_id, Offer.organization_id)
        .where(Offer.sensitivity == "L0", Offer.latitude.is_not(None))
        .order_by(Offer.sort_name)
        .limit(1)
    ).one()
    return {
        "service": offer.service_id,
        "organization": offer.organization_id,
        "run": session.scalars(select(ImportRun.id).limit(1)).one(),
        "advisory": session.scalars(select(AreaAdvisory.id).limit(1)).one(),
        "feedback": session.scalars(select(Feedback.id).limit(1)).one(),
        "programme": session.scalars(select(Program.id).limit(1)).one(),
        "agreement": session.scalars(select(Agreement.id).limit(1)).one(),
        "pair": _pair_of(session),
        "webhook": _webhook(session),
    }


def _pair_of(session: Session) -> object:
    """A pair of public listings of one country, as the search for duplicates would keep it."""
    offers = session.execute(
        select(Offer.service_id, Offer.country)
        .where(Offer.sensitivity == "L0", Offer.country == "SN")
        .order_by(Offer.sort_name)
        .limit(40)
    ).all()
    first, second = sorted({offer.service_id for offer in offers})[:2]
    reasons = [{"code": "metres_apart", "bits": 4.0, "values": {"metres": 120}}]
    pair = DuplicatePair(
        first_id=first, second_id=second, country="SN", score=0.8, reasons=reasons,
        found_at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip
    session.add(pair)
    session.flush()
    return pair.id


def _webhook(session: Session) -> object:
    """A webhook that was called and did not answer."""
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    webhook = Webhook(
        url="https://directory.example.org/hooks/homeward/listings-have-changed",
        created_at=moment, told_at=moment, is_on=False, failures=3, failing_since=moment,
    )  # fmt: skip
    session.add(webhook)
    session.flush()
    answers = ((204, 7), (503, 12), (None, 12))
    session.add_all(
        WebhookDelivery(webhook_id=webhook.id, at=moment, status=status, listings=count)
        for status, count in answers
    )
    session.flush()
    return webhook.id

"""Every page that a person can open, and who opens it: the list that the browser walks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import make_engine
from directory.demonstration import cast
from directory.models import Case, ImportRun, Offer, Proposal, Referral, User

NOBODY = "00000000-0000-4000-8000-000000000000"


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
    Place("visitor", "/areas"),
    Place("visitor", "/areas/{area}"),
    Place("visitor", "/match"),
    Place("visitor", "/feedback"),
    Place("visitor", "/feedback/status"),
    Place("visitor", "/sign-in"),
    Place("visitor", "/s"),
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
    Place("counsellor", "/referrals"),
    Place("counsellor", "/referrals/{referral}"),
    Place("counsellor", "/arrivals"),
    Place("counsellor", "/imports", 403),
    Place("caseworker", "/cases"),
    Place("provider", "/inbox"),
    Place("provider", "/services?mine=1"),
    Place("authority", "/proposals"),
    Place("authority", "/insights"),
    Place("supervisor", "/insights"),
    Place("supervisor", "/feedback/inbox"),
    Place("admin", "/imports"),
    Place("admin", "/admin/users"),
    Place("admin", "/services/new"),
    Place("admin", "/services/{service}/edit"),
    Place("admin", "/organizations/{organization}/edit"),
    Place("admin", "/proposals"),
    Place("admin", "/insights"),
)


def known_places(database_url: str) -> Known:
    """Ids of the demonstration data, and its accounts (role → e-mail, password)."""
    accounts: dict[str, tuple[str, str]] = {}
    for member in cast.MEMBERS:
        accounts.setdefault(str(member.role), (member.email, member.password))
    with Session(make_engine(database_url)) as session:
        return Known(ids=dict(_ids(session, accounts)), accounts=accounts)


def _ids(
    session: Session, accounts: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    offer = session.execute(
        select(Offer.service_id, Offer.organization_id)
        .where(Offer.sensitivity == "L0", Offer.latitude.is_not(None))
        .order_by(Offer.sort_name)
        .limit(1)
    ).one()
    counsellor = (
        select(User.id).where(User.email == accounts["counsellor"][0]).scalar_subquery()
    )
    case = session.scalars(
        select(Case.id)
        .where(Case.counsellor_id == counsellor)
        .order_by(Case.code)
        .limit(1)
    ).one()
    referral = session.scalars(
        select(Referral.id)
        .join(Case, Case.id == Referral.case_id)
        .where(Case.counsellor_id == counsellor)
        .order_by(Referral.code)
        .limit(1)
    ).one()
    yield from {
        "service": str(offer.service_id),
        "organization": str(offer.organization_id),
        "case": str(case),
        "referral": str(referral),
        "area": "SN",
        "run": str(session.scalars(select(ImportRun.id).limit(1)).first() or NOBODY),
        "proposal": str(
            session.scalars(select(Proposal.id).limit(1)).first() or NOBODY
        ),
    }.items()

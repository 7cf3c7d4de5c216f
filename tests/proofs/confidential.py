"""Twenty listings that must show nowhere, with everything that can be known of a listing."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import h3
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import (
    Agreement,
    AreaAdvisory,
    DuplicatePair,
    Feedback,
    ImportRun,
    LinkCheck,
    ListingReport,
    Location,
    Merge,
    Message,
    Offer,
    Program,
    Proposal,
    Service,
    UpkeepTask,
    User,
    Verification,
    Watch,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.proofs import world
from tests.proofs.cases import make_referral
from tests.proofs.setting import SETTINGS
from tests.proofs.world import World

CANARY = "Qxzvyw"
"""No other word begins like this; each field has one of its own: Qxzvywaddress, Qxzvywphone …"""
LEVELS = ("L1", "L2", "L3") * 6 + ("L1", "L2")
FIRST = (2.71832, 10.31415)
STEP = 0.00137
REACH = 8
FIELDS = (
    "organization_name", "organization_description", "service_name", "alternate_name",
    "description", "address", "landmark", "location_name", "transportation",
    "fees_description", "application_process", "eligibility_description", "alert",
    "interpretation_services", "accreditations", "licenses", "referral_role",
    "funding_source", "capacity_unit",
)  # fmt: skip
OF_THE_PLACE = {
    "latitude", "longitude", "address", "landmark", "location_name", "transportation",
    "coverage_radius_km", "precision_m",
}  # fmt: skip


@dataclass(slots=True)
class Hidden:
    """What was hidden. ``ids`` lists, for each variable of an address, the ids to try."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def add(self, **ids: uuid.UUID) -> None:
        """Keep ids under the variables that name them."""
        for name, key in ids.items():
            self.ids.setdefault(name, []).append(str(key))

    def pattern(self) -> re.Pattern[str]:
        """Finds any of the secrets in a text in small letters."""
        words = {secret.lower() for secret in self.secrets}
        least = [one for one in words if not any(one != w and w in one for w in words)]
        return re.compile("|".join(map(re.escape, sorted(least))))


def hide(
    session: Session, built: World, levels: Sequence[str] = LEVELS, *, staff: bool
) -> Hidden:
    """Add the listings; ``staff``: also what all staff may know but nobody else (advisories)."""
    hidden = Hidden(secrets=[CANARY])
    trained = factories.make_user(
        session,
        role="supervisor",
        email="qxzvywtrained@example.org",
        organization_name="Office far",
        can_see_restricted=True,
    )
    for number, level in enumerate(levels):
        _hide_one(session, built, hidden, trained, number, level)
    if not staff:
        _advise(session, hidden, trained)
    hidden.secrets += _cells(session, hidden)
    session.flush()
    return hidden


def _hide_one(
    session: Session,
    built: World,
    hidden: Hidden,
    trained: User,
    number: int,
    level: str,
) -> None:
    fields = _fields(number, level)
    if number % 4 == 3:  # a hidden service of an organization that everybody knows
        fields["organization_name"] = world.provider_name(SETTINGS[1])
        fields.pop("organization_description")
    made = factories.make_service_at_location(session, **fields)
    hidden.add(
        service_id=made.service_id,
        service_at_location_id=made.service_at_location_id,
        location_id=made.location_id,
    )
    if number % 4 != 3:
        hidden.add(organization_id=made.organization_id)
        _papers(session, hidden, made)
    if level == "L1":
        location = session.get_one(Location, made.location_id)
        location.photo, location.photo_text = b"Qxzvywphoto", "Qxzvywphototext"
    _upkeep(session, hidden, trained, made)
    _pair(session, built, hidden, made)
    _voices(session, hidden, trained, made)
    _refer(session, hidden, trained, made)
    if level != "L3":
        hidden.secrets += _numbers(fields["latitude"])
        hidden.secrets += _numbers(fields["longitude"])
    hidden.secrets += _phones(number)


def _fields(number: int, level: str) -> dict[str, Any]:
    texts = {
        (name, language): f"Qxzvyw{name.replace('_', '')}{language}"
        for name in ("service_name", "description", "alert", "organization_name")
        for language in ("fr", "ar")
    }
    fields: dict[str, Any] = {
        name: f"{CANARY}{name.replace('_', '')} {number}" for name in FIELDS
    }
    fields |= {
        "description": f"Qxzvywdescription {number} open door health clinic legal",
        "taxonomy_terms": (("health.primary", "protection.gbv", "housing.safe_shelter")[
            int(level[1]) - 1
        ],),
        "sensitivity": level,
        "latitude": round(FIRST[0] + number * STEP, 5),
        "longitude": round(FIRST[1] + number * STEP, 5),
        "precision_m": 30.0,
        "coverage_radius_km": float(REACH),
        "coverage_areas": ("XA-N",),
        "phone": f"+1 202 555 01{40 + number}",
        "email": f"qxzvywmail{number}@example.org",
        "referral_email": f"qxzvywreferrals{number}@example.org",
        "website": f"https://qxzvywweb{number}.example.org/",
        "opening_hours": f"Mo-Fr 08:{number + 10}-16:00",
        "languages": ("fr", "ti"),
        "cost": "paid",
        "cost_amount": 87.0 + number,
        "cost_currency": "XAF",
        "capacity_available": 7,
        "capacity_maximum": 777,
        "alert_until": TODAY + timedelta(days=9),
        "status": "active",
        "assured_date": TODAY - timedelta(days=40),
        "texts": texts,
    }  # fmt: skip
    if level == "L3":
        fields = {
            name: value for name, value in fields.items() if name not in OF_THE_PLACE
        }
        fields |= {"latitude": None, "longitude": None}
    return fields


def _papers(session: Session, hidden: Hidden, made: Any) -> None:
    """A programme and an agreement of an organization that only has hidden services."""
    program = Program(
        organization_id=made.organization_id,
        name="Qxzvywprogramme",
        description="Qxzvywprogrammetext",
        gives="Qxzvywgives",
        plan_reference="Qxzvywplan",
        countries=["XA"],
    )
    agreement = Agreement(
        organization_id=made.organization_id, note="Qxzvywagreement", created_at=NOW
    )
    session.add_all((program, agreement))
    session.flush()
    hidden.add(programme_id=program.id, agreement_id=agreement.id)


def _upkeep(session: Session, hidden: Hidden, trained: User, made: Any) -> None:
    """A task, a check, a proposal, a report and a watch."""
    key = made.service_id
    task = UpkeepTask(
        service_id=key,
        kind="report",
        state="open",
        values={"text": "Qxzvywtask"},
        opened_at=NOW,
        due_on=TODAY - timedelta(days=2),
    )
    proposal = Proposal(
        service_id=key,
        changes={
            "service_at_location_id": str(made.service_at_location_id),
            "fields": {"description": [None, "Qxzvywproposal"]},
        },
        note="Qxzvywnote",
        proposed_by=trained.id,
        proposed_at=NOW - timedelta(days=3),
    )
    report = ListingReport(
        service_id=key,
        kind="other",
        text="Qxzvywreport",
        reported_at=NOW - timedelta(days=3),
    )
    check = Verification(
        service_id=key,
        checked_at=NOW,
        user_id=trained.id,
        role="supervisor",
        method="phone",
        result="confirmed",
        note="Qxzvywcheck",
    )
    watch = Watch(user_id=trained.id, service_id=key, created_at=NOW)
    session.add_all((task, proposal, report, check, watch))
    session.flush()
    hidden.add(task_id=task.id, proposal_id=proposal.id, report_id=report.id)


def _pair(session: Session, built: World, hidden: Hidden, made: Any) -> None:
    """A pair with a public listing, and a listing that was taken into the hidden one."""
    key = made.service_id
    public = uuid.UUID(built.corners["own"].ids["service_id"])
    first, second = sorted((key, public))
    pair = DuplicatePair(
        first_id=first,
        second_id=second,
        score=0.99,
        reasons=[["phone", "Qxzvywreason"]],
        country="XA",
        found_at=NOW,
    )
    merge = Merge(
        kept_id=key,
        gone_id=uuid.uuid4(),
        before={"name": "Qxzvywmerge"},
        version=1,
        merged_at=NOW,
    )
    session.add_all((pair, merge))
    session.flush()
    hidden.add(pair_id=pair.id, merge_id=merge.id, gone_id=merge.gone_id)


def _voices(session: Session, hidden: Hidden, trained: User, made: Any) -> None:
    """Feedback about the listing, and an import that names it."""
    feedback = Feedback(
        code_hash=uuid.uuid4().hex,
        category="thanks",
        text="Thank you",
        language="en",
        service_id=made.service_id,
        received_at=NOW,
        state_since=NOW,
    )
    run = ImportRun(
        filename="list.csv",
        checksum=uuid.uuid4().hex,
        format="csv",
        source="list",
        country="XA",
        state="planned",
        counts={},
        created_by=trained.id,
        created_at=NOW,
    )
    session.add_all((feedback, run))
    session.flush()
    level = session.get_one(Service, made.service_id).sensitivity
    world.add_import_rows(session, run.id, "Qxzvywrow", level)
    session.merge(
        LinkCheck(url="https://qxzvywweb1.example.org/", checked_at=NOW, failures=3)
    )
    hidden.add(feedback_id=feedback.id, run_id=run.id)


def _refer(session: Session, hidden: Hidden, trained: User, made: Any) -> None:
    """A restricted case with a referral to the listing, and the letter about it."""
    case = factories.make_case(
        session, trained, is_restricted=True, place_label="Qxzvywcase"
    )
    need = factories.make_need(session, case, "protection.gbv")
    consent = factories.make_consent(session, case)
    referral = make_referral(session, case, need.id, consent.id, made, trained)
    session.add(
        Message(
            kind="sent",
            recipient="qxzvywreferrals@example.org",
            subject="A referral",
            body="Qxzvywletter",
            referral_id=referral.id,
            created_at=NOW,
        )
    )
    session.flush()
    hidden.add(
        case_id=case.id,
        need_id=need.id,
        consent_id=consent.id,
        referral_id=referral.id,
    )


def _advise(session: Session, hidden: Hidden, trained: User) -> None:
    """Advisories, which staff read and nobody else."""
    for level in ("information", "caution"):
        advisory = AreaAdvisory(
            area_id=factories.area(session, "XA-N").id,
            country="XA",
            level=level,
            reason=f"Qxzvywadvisory{level}",
            valid_from=TODAY,
            issued_by=trained.id,
            created_at=NOW,
        )
        session.add(advisory)
        session.flush()
        hidden.add(advisory_id=advisory.id)


def _numbers(degrees: float) -> Iterator[str]:
    """A coordinate as it may be written: cut or rounded, with a point, a comma or Arabic digits."""
    arabic = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
    for places in (5, 4, 3):
        cut = f"{degrees:.8f}"[: places + len(str(int(degrees))) + 1]
        for text in (f"{degrees:.{places}f}", cut):
            yield from (text, text.replace(".", ","), text.translate(arabic))


def _phones(number: int) -> Iterator[str]:
    yield from (f"555 01{40 + number}", f"55501{40 + number}", f"555-01{40 + number}")


def _cells(session: Session, hidden: Hidden) -> list[str]:
    """The cells of the hidden places, as the database and as H3 write them."""
    keys = [uuid.UUID(key) for key in hidden.ids["service_id"]]
    cells = set(
        session.scalars(
            select(Offer.cell).where(
                Offer.service_id.in_(keys), Offer.cell.is_not(None)
            )
        )
    )
    return [text for cell in cells if cell for text in (str(cell), h3.int_to_str(cell))]

"""A small world in which every kind of thing exists three times: own, near and far.

``own`` belongs to the people who ask, ``near`` to other organizations in the same area, ``far`` to
other organizations in another area. Whatever an address may name is in a corner's ``ids``.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory import tokens
from directory.models import (
    Agreement,
    AreaAdvisory,
    Change,
    ConfirmLink,
    DuplicatePair,
    Feedback,
    ImportIssue,
    ImportRow,
    ImportRun,
    Invitation,
    ListingReport,
    Location,
    Membership,
    Merge,
    Program,
    Proposal,
    UpkeepTask,
    User,
    Verification,
    Watch,
    Webhook,
)
from tests import factories
from tests.factories import NOW, TODAY
from tests.proofs.cases import make_case
from tests.proofs.setting import SETTINGS, Setting

ROLES = ("counsellor", "caseworker", "authority", "provider", "supervisor", "admin")


@dataclass(slots=True)
class Corner:
    """One thing of each kind. ``ids``: what to put for each variable of an address.

    A variable may mean different things below different paths: ``r/token`` goes before ``token``.
    """

    name: str
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """The three corners, and one account of each role, all of ``own``."""

    corners: dict[str, Corner]
    people: dict[str, User]


def build(session: Session) -> World:
    """Make the world; flushes, does not commit."""
    own = SETTINGS[0]
    people: dict[str, User] = {}
    for role in ROLES:
        people[role] = factories.make_user(
            session,
            role=role,
            organization_name=f"Office {own.name}",
            area_code=own.area,
        )
    corners = {one.name: _corner(session, one, people) for one in SETTINGS}
    _bind_provider(session, people["provider"], corners["own"])
    return World(corners, people)


def _bind_provider(session: Session, provider: User, own: Corner) -> None:
    """Let the provider belong to the organization of ``own``."""
    session.execute(
        update(Membership)
        .where(Membership.user_id == provider.id)
        .values(organization_id=uuid.UUID(own.ids["organization_id"]))
    )
    session.flush()


def provider_name(setting: Setting) -> str:
    """What the organization that offers services in a corner is called."""
    return f"Providers {setting.name}"


def _corner(session: Session, setting: Setting, people: dict[str, User]) -> Corner:
    worker = people["counsellor"]
    if setting.name != "own":
        worker = factories.make_user(
            session,
            role="counsellor",
            email=f"worker-{setting.name}@example.org",
            organization_name=f"Office {setting.name}",
        )
    listing = make_listing(session, setting)
    second = make_listing(session, setting, service_name=f"Clinic {setting.name} two")
    location = session.get_one(Location, listing.location_id)
    location.photo, location.photo_text = b"\xff\xd8 a door", "A green door"
    corner = Corner(setting.name)
    corner.ids |= {
        "service_id": str(listing.service_id),
        "organization_id": str(listing.organization_id),
        "location_id": str(listing.location_id),
        "code": setting.area,
        "country": "XA",
        "user_id": str(_account(session, setting, listing.organization_id)),
        # Helpers of forms, that no address names:
        "second_id": str(second.service_id),
        "service_at_location_id": str(listing.service_at_location_id),
        "latitude": str(setting.latitude),
        "longitude": str(setting.longitude),
    }
    corner.ids |= _upkeep(session, listing, people)
    corner.ids |= _log(session, listing, second, people)
    corner.ids |= _papers(session, setting, listing, people)
    corner.ids |= _webhook(session, setting)
    corner.ids |= make_case(session, setting, listing, worker, people)
    return corner


def make_listing(session: Session, setting: Setting, **fields: Any) -> Any:
    """A public listing of the corner's organization."""
    values: dict[str, Any] = {
        "organization_name": provider_name(setting),
        "service_name": f"Clinic {setting.name}",
        "description": f"Open door for health {setting.name}",
        "taxonomy_terms": ("health.primary",),
        "latitude": setting.latitude,
        "longitude": setting.longitude,
        "address": f"1 Main street {setting.name}",
        "area_code": setting.area,
        "coverage_areas": (setting.area,),
        "phone": "+1 202 555 0100",
        "email": f"{setting.name}@example.org",
        "languages": ("en", "fr"),
        "cost": "free",
        "opening_hours": "Mo-Fr 08:00-16:00",
        "texts": {("service_name", "fr"): f"Clinique {setting.name}"},
        "assured_date": TODAY - timedelta(days=200),
    }
    return factories.make_service_at_location(session, **{**values, **fields})


def _account(session: Session, setting: Setting, organization_id: uuid.UUID) -> Any:
    """Another account, of the corner's provider, with an open invitation."""
    user = factories.make_user(
        session,
        role="admin",
        email=f"account-{setting.name}@example.org",
    )
    user.role = "provider"
    session.add(Membership(user_id=user.id, organization_id=organization_id))
    session.add(
        Invitation(
            user_id=user.id,
            token_hash=tokens.digest(f"INVITATION{setting.name}"),
            expires_at=NOW + timedelta(days=3),
        )
    )
    session.flush()
    return user.id


def _upkeep(session: Session, listing: Any, people: dict[str, User]) -> dict[str, str]:
    """What waits about the listing: a proposal, a change to go back to, a report, a task."""
    key = listing.service_id
    proposal = Proposal(
        service_id=key,
        changes={
            "service_at_location_id": str(listing.service_at_location_id),
            "fields": {"description": [None, "Another text"]},
        },
        proposed_by=people["admin"].id,
        proposed_at=NOW,
    )
    report = ListingReport(service_id=key, kind="other", text="Wrong", reported_at=NOW)
    task = UpkeepTask(
        service_id=key, kind="report", state="open", opened_at=NOW, due_on=TODAY
    )
    change = Change(
        resource_id=key,
        resource_type="service",
        last_action_date=NOW,
        last_action_type="update",
        field_name="description",
        previous_value="Open door before",
        replacement_value="Open door for health",
        updated_by="admin@example.org",
        user_id=people["admin"].id,
    )
    session.add_all((proposal, change, report, task))
    session.flush()
    return {
        "proposal_id": str(proposal.id),
        "change_id": str(change.id),
        "report_id": str(report.id),
        "task_id": str(task.id),
    }


def _log(
    session: Session, listing: Any, second: Any, people: dict[str, User]
) -> dict[str, str]:
    """What was done about the listing: a check, a link that asks, a watch, a pair, a merge."""
    key = listing.service_id
    first_id, second_id = sorted((key, second.service_id))
    pair = DuplicatePair(
        first_id=first_id,
        second_id=second_id,
        score=0.9,
        reasons=[],
        country="XA",
        found_at=NOW,
    )
    merge = Merge(
        kept_id=key,
        gone_id=uuid.uuid4(),
        before={},
        version=1,
        merged_by=people["admin"].id,
        merged_at=NOW,
    )
    link = f"CONFIRM{key.hex.upper()}"
    rows = (
        pair,
        merge,
        Verification(
            service_id=key,
            checked_at=NOW,
            role="admin",
            method="phone",
            result="confirmed",
        ),
        ConfirmLink(
            token_hash=tokens.digest(link),
            service_id=key,
            sent_at=NOW,
            expires_at=NOW + timedelta(days=30),
            version=1,
        ),
        Watch(user_id=people["admin"].id, service_id=key, created_at=NOW),
    )
    session.add_all(rows)
    session.flush()
    return {
        "pair_id": str(pair.id),
        "merge_id": str(merge.id),
        "v/token": link,
    }


def _papers(
    session: Session, setting: Setting, listing: Any, people: dict[str, User]
) -> dict[str, str]:
    """What belongs to an organization or an area: programme, agreement, advisory, feedback, import."""
    organization_id = listing.organization_id
    program = Program(organization_id=organization_id, name=f"Restart {setting.name}")
    agreement = Agreement(organization_id=organization_id, created_at=NOW)
    advisory = AreaAdvisory(
        area_id=factories.area(session, setting.area).id,
        country="XA",
        level="information",
        reason="Roads are wet",
        valid_from=TODAY,
        issued_by=people["admin"].id,
        created_at=NOW,
    )
    feedback = Feedback(
        code_hash=tokens.digest(tokens.tidy_code(f"FEEDBACK{setting.name}")),
        category="thanks",
        text="Thank you",
        language="en",
        service_id=listing.service_id,
        received_at=NOW,
        state_since=NOW,
    )
    run = ImportRun(
        filename=f"{setting.name}.csv",
        checksum=uuid.uuid4().hex,
        format="csv",
        source=setting.name,
        country="XA",
        state="planned",
        counts={},
        understood={},
        created_by=people["supervisor" if setting.name == "own" else "admin"].id,
        created_at=NOW,
    )
    session.add_all((program, agreement, advisory, feedback, run))
    session.flush()
    add_import_rows(session, run.id, f"Row {setting.name}")
    return {
        "programme_id": str(program.id),
        "agreement_id": str(agreement.id),
        "advisory_id": str(advisory.id),
        "feedback_id": str(feedback.id),
        "feedback_code": f"FEEDBACK{setting.name}",
        "run_id": str(run.id),
        "line": "2",
        "invitations/token": f"INVITATION{setting.name}",
    }


def _webhook(session: Session, setting: Setting) -> dict[str, str]:
    """An address that is told of changes; it leads inside, so that it is never called."""
    webhook = Webhook(
        url=f"https://10.0.0.1/{setting.name}", created_at=NOW, told_at=NOW
    )
    session.add(webhook)
    session.flush()
    return {"webhook_id": str(webhook.id)}


def add_import_rows(
    session: Session, run_id: uuid.UUID, text: str, level: str = "L0"
) -> None:
    """One planned row of a run, with a problem, both saying ``text``."""
    session.add_all(
        (
            ImportRow(
                run_id=run_id,
                line=2,
                action="create",
                name=text,
                organization_name=text,
                record=f'{{"service_name":"{text}","sensitivity":"{level}"}}',
            ),
            ImportIssue(
                run_id=run_id,
                line=2,
                column="address",
                code="value_unknown",
                severity="warning",
                values={"value": text},
            ),
        )
    )
    session.flush()

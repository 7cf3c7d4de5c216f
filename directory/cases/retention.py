"""When personal data goes: which rows are due, and how a case is made anonymous (DOMAIN 6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from directory import tokens
from directory.areas import queries as areas
from directory.models import (
    Case,
    CaseRead,
    Change,
    Consent,
    Feedback,
    Message,
    Need,
    Referral,
    ReferralEvent,
    ShortlistItem,
)

SMALLEST_CELL: Final = 5
"""A district with fewer cases than this would point at people; then only the province stays."""
AGE_BANDS: Final = (0, 5, 12, 18, 25, 40, 60)
FEEDBACK_ENDED: Final = ("closed_informed", "closed_unreachable")


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things are kept after the moment that ends their purpose."""

    draft: timedelta = timedelta(days=90)
    """A referral that was never sent, after it was written."""
    cancelled_return: timedelta = timedelta(days=90)
    """A case whose person does not return, after that decision."""
    inactive_case: timedelta = timedelta(days=730)
    """Any other case, after the last activity."""
    message: timedelta = timedelta(days=90)
    """An outgoing message, after it was written."""
    contact: timedelta = timedelta(days=90)
    """How to reach somebody who gave feedback, after it was closed."""
    register: timedelta = timedelta(days=5 * 365)
    """Feedback without identity, the log of readings, and the change log."""


DEFAULT: Final = Periods()


@dataclass(frozen=True, slots=True)
class Report:
    """How many rows were erased or made anonymous, or would be."""

    drafts: int
    cases: int
    messages: int
    contacts: int
    feedback: int
    reads: int
    changes: int


def run(
    session: Session,
    *,
    now: datetime,
    periods: Periods = DEFAULT,
    dry_run: bool = False,
) -> Report:
    """Erase what is due; with ``dry_run`` only count it."""
    cases = due_cases(session, now=now, periods=periods)
    drafts = _due_drafts(session, now=now, periods=periods)
    report = Report(
        drafts=len(drafts),
        cases=len(cases),
        **{name: _count(session, old) for name, old in _old(now, periods).items()},
        contacts=_contacts_due(session, now=now, periods=periods),
    )
    if dry_run:
        return report
    _delete_drafts(session, drafts)
    for case in cases:
        anonymise(session, case=case, now=now)
    for old in _old(now, periods).values():
        session.execute(delete(old.model).where(old.condition))
    session.execute(
        update(Feedback).where(*_contact_conditions(now, periods)).values(contact=None)
    )
    session.flush()
    return report


def due_cases(
    session: Session, *, now: datetime, periods: Periods = DEFAULT
) -> Sequence[Case]:
    """Cases whose time has come and that still hold something about a person."""
    stays_away = Case.decision_status.in_(("withdrawn", "decided_to_stay"))
    return session.scalars(
        select(Case).where(
            Case.anonymised_at.is_(None),
            or_(
                stays_away & (Case.closed_at < now - periods.cancelled_return),
                Case.last_activity_at < now - periods.inactive_case,
            ),
        )
    ).all()


def anonymise(session: Session, *, case: Case, now: datetime) -> None:
    """Leave of a case what counts for statistics: band of age, month, district, states and times.

    Names, phone, position, free text, circumstances and every code that was ever on paper go.
    """
    for name in (
        "given_name", "family_name", "phone", "place_label", "latitude", "longitude",
        "precision_m", "birth_year", "profiles", "profiles_unknown", "documents", "preferences",
        "programmes",
        "languages", "sheet_token_hash", "best_interests_reference", "best_interests_on",
        "risk_assessed_on",
    ):  # fmt: skip
        setattr(case, name, None)
    case.code = tokens.readable_code(8)
    case.age = _band_start(case.age)
    case.arrival_date = case.arrival_date.replace(day=1) if case.arrival_date else None
    case.area_id = _coarse_area(session, case.area_id)
    case.closed_at = case.closed_at or now
    case.anonymised_at = now
    _forget_texts(session, case.id)
    session.flush()


def _forget_texts(session: Session, case_id: uuid.UUID) -> None:
    of_case = select(Referral.id).where(Referral.case_id == case_id)
    session.execute(update(Need).where(Need.case_id == case_id).values(note=None))
    session.execute(
        update(Consent)
        .where(Consent.case_id == case_id)
        .values(interpreter=None, explained_by=None)
    )
    session.execute(
        update(Referral)
        .where(Referral.case_id == case_id)
        .values(message=None, answer_token_hash=None)
    )
    session.execute(
        update(ReferralEvent)
        .where(ReferralEvent.referral_id.in_(of_case))
        .values(note=None)
    )
    session.execute(delete(ShortlistItem).where(ShortlistItem.case_id == case_id))


def _band_start(age: int | None) -> int | None:
    return None if age is None else max(start for start in AGE_BANDS if start <= age)


def _coarse_area(session: Session, area_id: uuid.UUID | None) -> uuid.UUID | None:
    """The district of an area, or the province where the district holds too few cases."""
    if area_id is None:
        return None
    own = areas.area_by_id(session, area_id)
    chain = [*areas.ancestors(session, area_id), *([own] if own else [])]
    by_level = {area.level: area.id for area in chain}
    district = by_level.get(2)
    if district is None:
        return by_level.get(1, by_level.get(0))
    within = areas.descendant_ids(session, [district])
    cases = session.scalar(
        select(func.count()).select_from(Case).where(Case.area_id.in_(within))
    )
    return district if (cases or 0) >= SMALLEST_CELL else by_level.get(1)


def _due_drafts(
    session: Session, *, now: datetime, periods: Periods
) -> Sequence[uuid.UUID]:
    later = select(Referral.previous_id).where(Referral.previous_id.is_not(None))
    return session.scalars(
        select(Referral.id).where(
            Referral.state == "draft",
            Referral.created_at < now - periods.draft,
            Referral.id.not_in(later),
        )
    ).all()


def _delete_drafts(session: Session, ids: Sequence[uuid.UUID]) -> None:
    for model in (ReferralEvent, Message):
        session.execute(delete(model).where(model.referral_id.in_(ids)))
    session.execute(delete(Referral).where(Referral.id.in_(ids)))


@dataclass(frozen=True, slots=True)
class _Old:
    model: Any
    condition: ColumnElement[bool]


def _old(now: datetime, periods: Periods) -> dict[str, _Old]:
    """What is deleted by age alone, by its name in the report."""
    register = now - periods.register
    return {
        "messages": _Old(Message, Message.created_at < now - periods.message),
        "feedback": _Old(Feedback, Feedback.received_at < register),
        "reads": _Old(CaseRead, CaseRead.at < register),
        "changes": _Old(Change, Change.last_action_date < register),
    }


def _count(session: Session, old: _Old) -> int:
    query = select(func.count()).select_from(old.model).where(old.condition)
    return session.scalar(query) or 0


def _contact_conditions(now: datetime, periods: Periods) -> tuple[Any, ...]:
    return (
        Feedback.contact.is_not(None),
        Feedback.state.in_(FEEDBACK_ENDED),
        Feedback.state_since < now - periods.contact,
    )


def _contacts_due(session: Session, *, now: datetime, periods: Periods) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(Feedback)
        .where(*_contact_conditions(now, periods))
    )
    return found or 0

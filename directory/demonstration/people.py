"""The demonstration's cases and referrals, made through the same operations as real ones."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.cases import operations as cases
from directory.cases.details import CaseDetails, ConsentDetails, NeedDetails
from directory.demonstration import courses
from directory.demonstration.courses import Step
from directory.demonstration.listings import COUNTRIES, rows
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import Case, Message, Need, Referral
from directory.referrals import operations as referrals
from directory.referrals.moves import By, Request
from directory.referrals.states import State

Progress = Callable[[int, int], None]
Listing = tuple[ListingRecord, CreatedIds]

CASES: Final = 60
WITHOUT_REFERRAL: Final = 6
"""Cases that are still being talked about."""
TOWNS: Final = (0, 0, 1, 3, 0, 4, 2, 3, 0, 5)
"""Which town of its country a case goes back to, in turn: most to the capital's area."""
TERMS: Final = (
    "health.primary", "employment.placement", "psychosocial.individual", "training.vocational",
    "legal.identity", "business.startup", "housing.rental", "basic_needs.cash",
    "education.school", "health.chronic", "community.associations",
    "information.case_management",
)  # fmt: skip
NAMES: Final = {
    "SN": (
        ("Aminata", "Fall"),
        ("Ibrahima", "Sow"),
        ("Khady", "Diatta"),
        ("Modou", "Gueye"),
    ),
    "IQ": (
        ("Zainab", "Kadhim"),
        ("Ahmed", "Salman"),
        ("Shilan", "Aziz"),
        ("Omar", "Nasser"),
    ),
    "GT": (
        ("Rosa", "Tzul"),
        ("Carlos", "Morales"),
        ("Elena", "Caal"),
        ("Diego", "Ramirez"),
    ),
}
HOSTS: Final = ("DE", "FR", "ES", "MX", "US")
PROFILES: Final = (
    (),
    ("single_parent",),
    (),
    ("chronic",),
    ("long_absence",),
    ("disability",),
)
URGENCIES: Final = ("medium", "high", "medium", "low", "medium", "emergency")
ITEMS: Final = [
    "age_band",
    "sex",
    "need",
    "languages",
    "place_of_return",
    "name",
    "phone",
]


@dataclass(frozen=True, slots=True)
class Stage:
    """What every case of the demonstration needs: who works, what there is, what time it is."""

    session: Session
    workers: Sequence[Actor]
    listings: Sequence[Listing]
    secret_key: str
    now: datetime


def add_cases(stage: Stage, *, progress: Progress) -> None:
    """Open the cases and take their referrals through their courses."""
    states = courses.order()
    with_referral = CASES - WITHOUT_REFERRAL
    for number in range(CASES):
        own = states[number::with_referral] if number < with_referral else []
        _add_case(stage, number, own)
        progress(number + 1, CASES)
    _mark(stage.session, stage.now)


def _add_case(stage: Stage, number: int, states: Sequence[State]) -> None:
    worker = stage.workers[number % len(stage.workers)]
    begun = [
        courses.begun(state, number + 7 * place, stage.now)
        for place, state in enumerate(states)
    ]
    opened = min(begun, default=stage.now - timedelta(days=5)) - timedelta(days=2)
    details = _details(number, opened, stage.now, is_open=bool(states))
    case = cases.open_case(
        stage.session, actor=worker, details=details, needs=(), now=opened
    )
    case.is_demonstration = True
    consent = ConsentDetails(
        recipients=["any_provider"],
        data_items=ITEMS,
        form="written",
        language=details.sheet_language,
        given_on=opened.date(),
        explained_by=worker.name,
    )
    cases.record_consent(
        stage.session, actor=worker, case=case, details=consent, now=opened
    )
    for place, (state, moment) in enumerate(zip(states, begun, strict=True)):
        need = _need(stage, worker, case, number + place * 5, moment)
        _refer(stage, worker, case, need, state, moment)
    if not states:
        _need(stage, worker, case, number, opened)
    cases.sheet_code(
        stage.session, actor=worker, case=case, secret_key=stage.secret_key
    )
    stage.session.flush()
    # Rows of one case are not needed for the next one: forgetting them keeps flushes short.
    stage.session.expunge_all()


def _details(
    number: int, opened: datetime, now: datetime, *, is_open: bool
) -> CaseDetails:
    country = tuple(COUNTRIES)[number % 3]
    towns = [row for row in rows("towns") if row["country"] == country]
    town = towns[TOWNS[number // 3 % len(TOWNS)]]
    given_name, family_name = NAMES[country][number // 3 % 4]
    is_coming = number % 5 == 4 or not is_open
    arrival = (
        (now + timedelta(days=3 + number % 24))
        if is_coming
        else opened + timedelta(days=9)
    )
    return CaseDetails(
        decision_status="confirmed"
        if is_open
        else ("exploring", "intends_return")[number % 2],
        stage="pre_departure" if is_coming else "reintegration",
        return_modality="assisted_voluntary" if number % 4 else "voluntary_own_means",
        host_country=HOSTS[number % len(HOSTS)],
        return_country=country,
        latitude=float(town["latitude"]),
        longitude=float(town["longitude"]),
        precision_m=1000.0,
        place_label=town["name_ar"] if country == "IQ" else town["name"],
        arrival_date=arrival.date(),
        age=19 + number * 11 % 45,
        sex="female" if number // 3 % 2 == 0 else "male",
        languages=[COUNTRIES[country].language],
        profiles=list(PROFILES[number % len(PROFILES)]),
        documents=["passport", "national_id"] if number % 3 else [],
        fears_return=number == CASES - 1,
        given_name=given_name,
        family_name=family_name,
        phone=COUNTRIES[country].phone.format(900 + number),
        sheet_language=COUNTRIES[country].language,
    )


def _need(stage: Stage, worker: Actor, case: Case, turn: int, moment: datetime) -> Need:
    details = NeedDetails(
        term=TERMS[turn % len(TERMS)],
        urgency=URGENCIES[turn % len(URGENCIES)],
        importance_to_person=1 + turn % 5,
    )
    return cases.add_need(
        stage.session, actor=worker, case=case, details=details, now=moment
    )


def _refer(
    stage: Stage, worker: Actor, case: Case, need: Need, state: State, moment: datetime
) -> None:
    first, second = _offers(stage.listings, case, need.term)
    steps = courses.COURSES[state]
    if state is State.VERIFIED and case.age and case.age % 3 == 0:
        steps = courses.SLOW
    referral = _make(stage, worker, case, need, first, moment)
    moment = _walk(stage, worker, referral, steps, moment)
    if state is State.REDIRECTED:
        moment += timedelta(hours=5)
        child = _make(stage, worker, case, need, second, moment, previous=referral)
        _walk(stage, worker, child, courses.COURSES[State.ACCEPTED], moment)


def _make(
    stage: Stage,
    worker: Actor,
    case: Case,
    need: Need,
    service_at_location_id: uuid.UUID,
    moment: datetime,
    previous: Referral | None = None,
) -> Referral:
    request = Request(
        disclosed=["age_band", "need", "languages"], was_called=True, previous=previous
    )
    referral = referrals.make_referral(
        stage.session,
        actor=worker,
        case=case,
        need=need,
        service_at_location_id=service_at_location_id,
        request=request,
        now=moment,
    )
    referral.is_demonstration = True
    return referral


def _walk(
    stage: Stage,
    worker: Actor,
    referral: Referral,
    steps: Sequence[Step],
    moment: datetime,
) -> datetime:
    """Take a referral through its steps; returns the moment of the last one."""
    for step in steps:
        pace = courses.pace(referral.urgency, moment) if step.is_paced else 1
        moment += timedelta(hours=step.hours * pace)
        moment = min(moment, stage.now)
        if step.move == "send":
            _send(stage, worker, referral, moment)
            continue
        by = By(step.party, worker if step.party.value == "sender" else None)
        how: dict[str, Any] = {"referral": referral, "name": step.move, "by": by}
        make = referrals.remark if step.is_remark else referrals.move
        make(stage.session, said=step.said(moment), now=moment, **how)
    return moment


def _send(stage: Stage, worker: Actor, referral: Referral, moment: datetime) -> None:
    referrals.send(
        stage.session,
        actor=worker,
        referral=referral,
        confirms_duplicate=True,
        was_called=True,
        secret_key=stage.secret_key,
        now=moment,
    )


def _offers(
    listings: Sequence[Listing], case: Case, term: str
) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the first and second choice for a need: open services of the country, near ones first."""
    open_ones = [
        (_is_far(record, case), record.service_id or "", ids.service_at_location_id)
        for record, ids in listings
        if record.country == case.return_country and record.status == "active"
    ]
    fitting = sorted(one for one in open_ones if f"-{term}-" in one[1])
    return fitting[0][2], fitting[-1][2]


def _is_far(record: ListingRecord, case: Case) -> bool:
    """Whether the listing lies outside the town of return, as far as both are known."""
    if record.latitude is None or case.latitude is None:
        return True
    return abs(record.latitude - case.latitude) > 0.2


def _mark(session: Session, now: datetime) -> None:
    """Let no message about invented people leave the house."""
    session.execute(
        update(Message).where(Message.sent_at.is_(None)).values(sent_at=now)
    )

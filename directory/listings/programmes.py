"""The catalogue of programmes: what each gives, to whom, how much, from where, until when (F3)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.errors import Invalid, NotFound
from directory.listings import rules
from directory.models import Offer, Organization, Program, Service
from directory.text import N_, normalise

FIELDS: Final = (
    "name", "alternate_name", "description", "gives", "for_whom", "amount", "currency",
    "apply_within_days", "host_countries", "countries", "plan_reference", "source", "source_date",
    "valid_to",
)  # fmt: skip
_CODES: Final = ("host_countries", "countries")
_LONGEST: Final = {
    **dict.fromkeys(("name", "alternate_name", "source"), rules.NAME_LENGTH),
    **dict.fromkeys(("description", "gives", "for_whom"), rules.TEXT_LENGTH),
    "plan_reference": 200,
}
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: words of the name, the country of return, the host country."""

    q: str = ""
    country: str | None = None
    host_country: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A programme as a reader is shown it; ``organization`` is None where it may not be known."""

    programme: Program
    organization: str | None
    is_over: bool


def find(
    session: Session, filters: Filters, *, actor: Actor, today: date
) -> list[Listed]:
    """Return the programmes that are asked for, those that still run first, by name.

    A programme that names no country of return, or no host country, is for all of them.
    """
    query = select(Program).order_by(Program.name, Program.id)
    asked = normalise(filters.q)
    found = [
        each
        for each in session.scalars(query)
        if asked in normalise(f"{each.name} {each.alternate_name or ''}")
        and _is_for(each.countries, filters.country)
        and _is_for(each.host_countries, filters.host_country)
    ]
    listed = _listed(session, found, actor, today)
    return sorted(listed, key=lambda each: each.is_over)[:MOST_SHOWN]


@dataclass(frozen=True, slots=True)
class Named:
    """The countries (ISO 3166-1) that programmes name: of return, and people return from."""

    countries: frozenset[str]
    host_countries: frozenset[str]


def named(session: Session, *, actor: Actor, today: date) -> Named:
    """Return the countries that the programmes of which the actor may know name."""
    listed = _listed(session, session.scalars(select(Program)).all(), actor, today)
    return Named(
        frozenset(code for each in listed for code in each.programme.countries or ()),
        frozenset(
            code for each in listed for code in each.programme.host_countries or ()
        ),
    )


def get(
    session: Session, programme_id: uuid.UUID, *, actor: Actor, today: date
) -> Listed:
    """Return one programme; raises NotFound."""
    programme = session.get(Program, programme_id)
    listed = _listed(session, [programme], actor, today) if programme else []
    if not listed:
        raise NotFound
    return listed[0]


def of_organization(
    session: Session, organization_id: uuid.UUID, *, today: date
) -> Sequence[Program]:
    """Return the programmes of one organization that have not ended, by name."""
    query = (
        select(Program)
        .where(
            Program.organization_id == organization_id,
            or_(Program.valid_to.is_(None), Program.valid_to >= today),
        )
        .order_by(Program.name)
    )
    return session.scalars(query).all()


def create(
    session: Session,
    *,
    actor: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    now: datetime,
) -> Program:
    """Write a programme of an organization down; raises NotYours or Invalid."""
    authz.require(actor, Action.EDIT_ORGANIZATION, organization)
    programme = Program(organization_id=organization.id, name="", description="")
    _require_valid(values)
    _set(programme, values)
    session.add(programme)
    session.flush()
    _trace(session, actor, programme, {"name": (None, programme.name)}, "create", now)
    return programme


def edit(
    session: Session,
    *,
    actor: Actor,
    programme: Program,
    values: Mapping[str, Any],
    now: datetime,
) -> dict[str, tuple[Any, Any]]:
    """Set the fields of a programme and return those that changed; raises NotYours or Invalid."""
    owner = session.get_one(Organization, programme.organization_id)
    authz.require(actor, Action.EDIT_ORGANIZATION, owner)
    _require_valid(values)
    before = {name: getattr(programme, name) for name in FIELDS}
    _set(programme, values)
    session.flush()
    changes = {
        name: (before[name], getattr(programme, name))
        for name in FIELDS
        if before[name] != getattr(programme, name)
    }
    _trace(session, actor, programme, changes, "update", now)
    return changes


def _is_for(countries: Sequence[str] | None, asked: str | None) -> bool:
    return not countries or asked is None or asked in countries


def _listed(
    session: Session, found: Sequence[Program], actor: Actor, today: date
) -> list[Listed]:
    keys = {each.organization_id for each in found}
    names = _names(session, keys, actor)
    hidden = _with_listings(session, keys - names.keys())
    return [
        Listed(
            each,
            names.get(each.organization_id),
            each.valid_to is not None and each.valid_to < today,
        )
        for each in found
        if each.organization_id not in hidden
    ]


def _with_listings(session: Session, keys: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those organizations that have listings; a reader who may see none of them sees no programme.

    A programme would tell what its organization does, which its hidden listings must not.
    """
    query = select(Service.organization_id).where(
        Service.organization_id.in_(sorted(keys))
    )
    return set(session.scalars(query.distinct()))


def _names(
    session: Session, keys: set[uuid.UUID], actor: Actor
) -> dict[uuid.UUID, str]:
    """The names of the organizations among these that the actor may know of."""
    offered = select(Offer.organization_id).where(authz.visible_offers(actor))
    visible: ColumnElement[bool] = Organization.id.in_(offered)
    if authz.sees_everything(actor):
        has_any = exists().where(Service.organization_id == Organization.id)
        visible = or_(visible, ~has_any)
    own = Organization.id.in_(sorted(actor.organization_ids))
    query = select(Organization.id, Organization.name).where(
        and_(Organization.id.in_(sorted(keys)), or_(visible, own))
    )
    return {row.id: row.name for row in session.execute(query)}


def _set(programme: Program, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        value = values.get(name)
        if name in _CODES:
            value = list(value or ()) or None
        elif name == "amount" and value is not None:
            value = Decimal(str(value))
        setattr(programme, name, value)
    programme.description = programme.description or ""


def _require_valid(values: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    if not (values.get("name") or "").strip():
        problems["name"] = N_("Enter the name of the programme.")
    problems |= {
        name: N_("This text is too long.")
        for name, longest in _LONGEST.items()
        if len(values.get(name) or "") > longest
    }
    problems |= rules.check_money(values.get("amount"), values.get("currency"))
    for name in _CODES:
        if any(len(code) != 2 or not code.isalpha() for code in values.get(name) or ()):
            problems[name] = N_("Write countries as codes of two letters.")
    if problems:
        raise Invalid(fields=problems)


def _trace(
    session: Session,
    actor: Actor,
    programme: Program,
    changes: Mapping[str, tuple[Any, Any]],
    action: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type="program",
        resource_id=programme.id,
        changes=changes,
        action=action,
        now=now,
    )

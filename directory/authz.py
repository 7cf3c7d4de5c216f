"""Who may see and do what: every access rule of Homeward, and no other place has one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from directory.errors import NotAllowed
from directory.models import Case, Feedback, Offer, Referral, Role, Sensitivity, Service
from directory.text import N_

CASE_STAFF = frozenset({Role.COUNSELLOR, Role.CASEWORKER, Role.SUPERVISOR})
STAFF = CASE_STAFF | {Role.ADMIN}
OPEN_FEEDBACK = frozenset(
    {
        "thanks",
        "suggestion",
        "question",
        "help_request",
        "listing_error",
        "missing_service",
    }
)
"""Feedback that accuses nobody."""


class Action(StrEnum):
    """What can be done to a thing; ``_RULES`` says by whom."""

    CREATE_LISTING = "create_listing"
    EDIT_LISTING = "edit_listing"
    LOWER_LEVEL = "lower_level"
    EDIT_ORGANIZATION = "edit_organization"
    SEE_AGREEMENTS = "see_agreements"
    EDIT_AGREEMENTS = "edit_agreements"
    PROPOSE_CHANGE = "propose_change"
    DECIDE_PROPOSAL = "decide_proposal"
    ASSURE_LISTING = "assure_listing"
    SEE_HISTORY = "see_history"
    IMPORT = "import"
    MANAGE_USERS = "manage_users"
    CREATE_CASE = "create_case"
    SEE_CASE = "see_case"
    EDIT_CASE = "edit_case"
    REFER = "refer"
    ANSWER_REFERRAL = "answer_referral"
    REVIEW_REFERRAL = "review_referral"
    SEE_INSIGHTS = "see_insights"
    SEE_READINESS = "see_readiness"
    HANDLE_FEEDBACK = "handle_feedback"
    SEE_ADVISORIES = "see_advisories"
    ISSUE_ADVISORIES = "issue_advisories"
    EDIT_AREA_PROFILE = "edit_area_profile"
    MANAGE_WEBHOOKS = "manage_webhooks"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. ``area_ids`` are an authority's areas, ``organization_ids`` the own ones."""

    role: Role = Role.VISITOR
    user_id: uuid.UUID | None = None
    name: str = ""
    email: str = ""
    organization_ids: frozenset[uuid.UUID] = frozenset()
    area_ids: frozenset[uuid.UUID] = frozenset()
    can_see_restricted: bool = False
    locale: str | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether there is an account behind this actor."""
        return self.user_id is not None

    @property
    def label(self) -> str:
        """How the change log names this actor: by role and address, never by a returnee's name."""
        return self.email or self.role.value


VISITOR = Actor()


class NotYours(NotAllowed):
    """The actor's role or ties do not reach this thing."""

    code = "not_yours"
    message = N_("Your account does not allow this here.")
    remedy = N_("Ask the person who manages accounts in your office.")


def levels(actor: Actor) -> frozenset[str]:
    """The sensitivity levels whose listings this actor may know of (DOMAIN section 5).

    Signed out, authorities and providers: L0. Staff: L0 and L1. Staff trained for restricted
    listings: all. Providers see their own organization's listings besides (``visible_offers``).
    """
    if actor.role not in STAFF:
        return frozenset({Sensitivity.L0})
    if actor.can_see_restricted:
        return frozenset(Sensitivity)
    return frozenset({Sensitivity.L0, Sensitivity.L1})


def sees_staff_level(actor: Actor) -> bool:
    """Whether the actor may have listings for staff (L1) in a file."""
    return Sensitivity.L1 in levels(actor)


def whole_organizations(actor: Actor) -> frozenset[uuid.UUID]:
    """The organizations of whose listings this actor may know whatever their level: a provider's own."""
    return actor.organization_ids if actor.role is Role.PROVIDER else frozenset()


def sees_restricted(actor: Actor) -> bool:
    """Whether this actor is trained for listings of every level, and may know how they came to it."""
    return Sensitivity.L3 in levels(actor)


def sees_everything(actor: Actor) -> bool:
    """Whether this actor keeps the whole directory: organizations without a service too."""
    return actor.role in {Role.ADMIN, Role.SUPERVISOR}


def visible_offers(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a row of ``offer`` exists for this actor."""
    return _visible(actor, Offer.sensitivity, Offer.organization_id)


def visible_services(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a service exists for this actor."""
    return _visible(actor, Service.sensitivity, Service.organization_id)


def _visible(
    actor: Actor, sensitivity: Any, organization_id: Any
) -> ColumnElement[bool]:
    seen = sensitivity.in_(sorted(levels(actor)))
    own = whole_organizations(actor)
    return or_(seen, organization_id.in_(own)) if own else and_(seen)


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """Cases of the actor's own organizations, for case staff; restricted ones only for their workers."""
    if actor.role not in CASE_STAFF or not actor.organization_ids:
        return false()
    own = Case.organization_id.in_(actor.organization_ids)
    named = or_(
        Case.counsellor_id == actor.user_id, Case.caseworker_id == actor.user_id
    )
    return and_(own, or_(Case.is_restricted.is_(False), named))


def visible_referrals(actor: Actor) -> ColumnElement[bool]:
    """Referrals a provider received, or that belong to a visible case (join ``Case`` for staff)."""
    if actor.role is Role.PROVIDER and actor.organization_ids:
        return and_(
            Referral.organization_id.in_(actor.organization_ids),
            Referral.state != "draft",
        )
    if actor.role in CASE_STAFF:
        return and_(Referral.case_id == Case.id, visible_cases(actor))
    return false()


def counted_cases(actor: Actor) -> ColumnElement[bool]:
    """Cases whose referrals this actor may count, never read: for insights and maps.

    Restricted cases are counted nowhere (REQUIREMENTS O6.3). ``counts_in`` narrows by place.
    """
    open_cases = Case.is_restricted.is_(False)
    if actor.role in {Role.ADMIN, Role.AUTHORITY}:
        return open_cases
    if actor.role is Role.SUPERVISOR:
        return and_(open_cases, Case.organization_id.in_(actor.organization_ids))
    return false()


def counted_listings(actor: Actor) -> ColumnElement[bool]:
    """Listings to which this actor may count referrals (join ``Service``).

    Whoever reads the cases of the own office counts them all; for others a number of referrals
    would tell that there is a listing of which they may not know.
    """
    return true() if actor.role is Role.SUPERVISOR else visible_services(actor)


def counts_by_month(actor: Actor) -> bool:
    """Whether the actor may choose from which month to which to count referrals.

    Others than those who read the cases count whole years: the difference of two spans that overlap
    would tell a small count.
    """
    return actor.role is Role.SUPERVISOR


def counts_in(actor: Actor, area_ids: frozenset[uuid.UUID]) -> bool:
    """Whether the actor may count what happened in a place that these areas hold."""
    return actor.role is not Role.AUTHORITY or bool(actor.area_ids & area_ids)


def visible_feedback(actor: Actor) -> ColumnElement[bool]:
    """Feedback for supervisors; a complaint never reaches those it is about (join ``Service`` outer).

    Open kinds reach every supervisor; complaints and sensitive ones only those of other
    organizations than the one concerned.
    """
    if actor.role is not Role.SUPERVISOR:
        return false()
    about_own = Service.organization_id.in_(actor.organization_ids)
    is_complaint = Feedback.category.not_in(sorted(OPEN_FEEDBACK))
    return not_(and_(is_complaint, Service.id.is_not(None), about_own))


def may(actor: Actor, action: Action, thing: Any = None, **context: Any) -> bool:
    """Whether ``actor`` may do ``action``; ``context`` carries what the rule needs beside the thing."""
    return _RULES[action](actor, thing, context)


def require(actor: Actor, action: Action, thing: Any = None, **context: Any) -> None:
    """Raise NotYours unless ``may`` says yes."""
    if not may(actor, action, thing, **context):
        raise NotYours(values={"action": action.value})


Rule = Callable[[Actor, Any, dict[str, Any]], bool]


def _by_role(*allowed: Role) -> Rule:
    permitted = frozenset(allowed)
    return lambda actor, _thing, _context: actor.role in permitted


def _edits_listing(actor: Actor, service: Any, context: dict[str, Any]) -> bool:
    """Administrators and supervisors anywhere, providers their own, authorities inside their areas.

    ``context["area_ids"]``: the areas that hold every place (or, without a position, every coverage
    area) of the listing, each with all its ancestors, found by geometry; one set per place.
    """
    if actor.role in {Role.ADMIN, Role.SUPERVISOR}:
        return True
    if actor.role is Role.PROVIDER:
        return service is not None and service.organization_id in actor.organization_ids
    if actor.role is Role.AUTHORITY:
        places = context.get("area_ids") or []
        return bool(places) and all(
            actor.area_ids & frozenset(place) for place in places
        )
    return False


def _lowers_level(actor: Actor, _service: Any, _context: dict[str, Any]) -> bool:
    """Administrators and supervisors trained for restricted listings, from L2 or L3 downwards."""
    return actor.role in {Role.ADMIN, Role.SUPERVISOR} and actor.can_see_restricted


def _edits_organization(
    actor: Actor, organization: Any, _context: dict[str, Any]
) -> bool:
    """Administrators and supervisors any organization, providers their own."""
    if actor.role is Role.PROVIDER:
        return organization.id in actor.organization_ids
    return sees_everything(actor)


def _creates_listing(actor: Actor, thing: Any, context: dict[str, Any]) -> bool:
    if actor.role is Role.PROVIDER:
        return context.get("organization_id") in actor.organization_ids
    if actor.role is Role.AUTHORITY and not context:
        return True
    return _edits_listing(actor, thing, context)


def _proposes(actor: Actor, _thing: Any, _context: dict[str, Any]) -> bool:
    return actor.is_signed_in


def _owns_case(actor: Actor, case: Any, _context: dict[str, Any]) -> bool:
    if (
        actor.role not in CASE_STAFF
        or case.organization_id not in actor.organization_ids
    ):
        return False
    return not case.is_restricted or actor.user_id in {
        case.counsellor_id,
        case.caseworker_id,
    }


def _answers(actor: Actor, referral: Any, _context: dict[str, Any]) -> bool:
    return (
        actor.role is Role.PROVIDER
        and referral.organization_id in actor.organization_ids
    )


def _edits_area_profile(actor: Actor, _area: Any, context: dict[str, Any]) -> bool:
    """Administrators and supervisors anywhere, authorities inside their areas.

    ``context["area_ids"]``: the area with all that it lies in, by the outlines.
    """
    if actor.role is Role.AUTHORITY:
        return bool(actor.area_ids & frozenset(context["area_ids"]))
    return actor.role in {Role.ADMIN, Role.SUPERVISOR}


def _reviews(actor: Actor, case: Any, context: dict[str, Any]) -> bool:
    return actor.role is Role.SUPERVISOR and _owns_case(actor, case, context)


_RULES: dict[Action, Rule] = {
    Action.CREATE_LISTING: _creates_listing,
    Action.EDIT_LISTING: _edits_listing,
    Action.LOWER_LEVEL: _lowers_level,
    Action.EDIT_ORGANIZATION: _edits_organization,
    Action.SEE_AGREEMENTS: _by_role(*STAFF),
    Action.EDIT_AGREEMENTS: _by_role(Role.ADMIN, Role.SUPERVISOR),
    Action.PROPOSE_CHANGE: _proposes,
    Action.DECIDE_PROPOSAL: _edits_listing,
    Action.ASSURE_LISTING: _edits_listing,
    Action.SEE_HISTORY: _proposes,
    Action.IMPORT: _by_role(Role.ADMIN, Role.SUPERVISOR),
    Action.MANAGE_USERS: _by_role(Role.ADMIN),
    Action.CREATE_CASE: _by_role(*CASE_STAFF),
    Action.SEE_CASE: _owns_case,
    Action.EDIT_CASE: _owns_case,
    Action.REFER: _owns_case,
    Action.ANSWER_REFERRAL: _answers,
    Action.REVIEW_REFERRAL: _reviews,
    Action.SEE_INSIGHTS: _by_role(Role.SUPERVISOR, Role.ADMIN, Role.AUTHORITY),
    Action.SEE_READINESS: _by_role(Role.SUPERVISOR, Role.ADMIN),
    Action.HANDLE_FEEDBACK: _by_role(Role.SUPERVISOR),
    Action.SEE_ADVISORIES: _by_role(*STAFF),
    Action.ISSUE_ADVISORIES: _by_role(Role.ADMIN, Role.SUPERVISOR),
    Action.EDIT_AREA_PROFILE: _edits_area_profile,
    Action.MANAGE_WEBHOOKS: _by_role(Role.ADMIN),
}

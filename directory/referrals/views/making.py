"""Pages that make a referral, and that change what all referrals of a case hang on."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from directory.advisories.words import LEVELS
from directory.cases import consents
from directory.cases import queries as cases
from directory.cases.views.cases import CASE_STAFF
from directory.errors import Conflict, Invalid, NotFound
from directory.models import Case, Need, Referral
from directory.referrals import (
    evidence,
    forms,
    guards,
    operations,
    queries,
    tasks,
    travel,
)
from directory.referrals.lifecycle import SEND_GUARDS, Guard
from directory.referrals.states import OPEN
from directory.web import clock
from directory.web.fields import Fields, Form, sentences
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("referring", __name__)


@blueprint.get("/cases/<uuid:case_id>/referrals/new")
@roles(*CASE_STAFF)
def new(case_id: uuid.UUID) -> str:
    """What would be sent to whom, filled in; one button sends it."""
    session = db()
    case = cases.get_case(session, case_id, actor=current_actor())
    need = _need(case, request.args)
    chosen = _service(request.args)
    listing = evidence.listing(session, chosen, today=clock.today())
    form = forms.first_values(case, need, listing, now=clock.now())
    return _page(case, need, chosen, form)


@blueprint.post("/cases/<uuid:case_id>/referrals")
@roles(*CASE_STAFF)
def make(case_id: uuid.UUID) -> Any:
    """Make the referral and send it, or keep it as a draft."""
    session, actor, now = db(), current_actor(), clock.now()
    case = cases.get_case(session, case_id, actor=actor)
    need = _need(case, request.form)
    chosen = _service(request.form)
    sends = request.form.get("keep") != "draft"
    try:
        wanted = forms.request_of(request.form, previous=_previous(request.form))
        referral = operations.make_referral(
            session,
            actor=actor,
            case=case,
            need=need,
            service_at_location_id=chosen,
            request=wanted,
            now=now,
        )
        if sends:
            operations.send(
                session,
                actor=actor,
                referral=referral,
                confirms_duplicate=wanted.confirms_duplicate,
                acknowledgement=wanted.acknowledgement,
                secret_key=current_app.extensions["homeward"].secret_key,
                now=now,
            )
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        refused = error.guard if isinstance(error, guards.GuardRefused) else None
        page = _page(
            case, need, chosen, request.form, sentences(error), refused=refused
        )
        return page, status
    if sends:
        tasks.soon()
        flash(gettext("The referral was sent."), "success")
    else:
        flash(gettext("The referral was kept as a draft."), "success")
    return redirect(f"/referrals/{referral.id}", 303)


@blueprint.get("/cases/<uuid:case_id>/decision")
@roles(*CASE_STAFF)
def decision_form(case_id: uuid.UUID) -> str:
    """What the person has decided, and what "no longer returning" would end."""
    session = db()
    case = cases.get_case(session, case_id, actor=current_actor())
    running = [
        row
        for row in cases.referrals(
            session, case, actor=current_actor(), language=current_language()
        )
        if row.referral.state in OPEN
    ]
    return render_template(
        "referrals/decision.html", case=case, running=running, errors={}
    )


@blueprint.post("/cases/<uuid:case_id>/decision")
@roles(*CASE_STAFF)
def decide(case_id: uuid.UUID) -> Any:
    """Keep the decision; "no longer returning" ends what is open and gives providers no reason."""
    session, actor = db(), current_actor()
    case = cases.get_case(session, case_id, actor=actor)
    stopped = travel.decide(
        session,
        actor=actor,
        case=case,
        decision=request.form.get("decision_status", ""),
        now=clock.now(),
    )
    tasks.soon()
    ended = len(stopped.ended)
    if ended:
        flash(
            ngettext(
                "%(num)s referral was ended.", "%(num)s referrals were ended.", ended
            ),
            "success",
        )
    if stopped.under_way:
        flash(
            gettext("Some services are under way already. Call these providers."),
            "warning",
        )
    return redirect(f"/cases/{case.id}", 303)


@blueprint.get("/cases/<uuid:case_id>/arrival")
@roles(*CASE_STAFF)
def arrival_form(case_id: uuid.UUID) -> str:
    """The arrival date; with ``?to=`` a preview of what it would move."""
    case = cases.get_case(db(), case_id, actor=current_actor())
    return _arrival_page(case, request.args)


@blueprint.post("/cases/<uuid:case_id>/arrival")
@roles(*CASE_STAFF)
def change_arrival(case_id: uuid.UUID) -> Any:
    """Set the arrival date and move the clocks that hang on it."""
    session, actor = db(), current_actor()
    case = cases.get_case(session, case_id, actor=actor)
    fields = Fields(request.form)
    arrival = fields.day("to")
    try:
        fields.done()
    except Invalid as error:
        return _arrival_page(case, request.form, sentences(error)), 422
    travel.change_arrival(
        session, actor=actor, case=case, arrival=arrival, now=clock.now()
    )
    flash(gettext("The arrival was changed, and the dates that hang on it."), "success")
    return redirect(f"/cases/{case.id}", 303)


@blueprint.post("/cases/<uuid:case_id>/consent/<uuid:consent_id>/withdraw")
@roles(*CASE_STAFF)
def withdraw_consent(case_id: uuid.UUID, consent_id: uuid.UUID) -> Any:
    """End a consent, and every referral that rests on it."""
    session, actor = db(), current_actor()
    case = cases.get_case(session, case_id, actor=actor)
    consent = next((one for one in case.consents if one.id == consent_id), None)
    if consent is None:
        raise NotFound
    ended = travel.withdraw_consent(
        session, actor=actor, case=case, consent=consent, now=clock.now()
    )
    tasks.soon()
    flash(
        ngettext(
            "The consent was withdrawn; %(num)s referral ended.",
            "The consent was withdrawn; %(num)s referrals ended.",
            len(ended),
        ),
        "success",
    )
    return redirect(f"/cases/{case.id}", 303)


def _need(case: Case, form: Form) -> Need:
    """The need asked about: by its key, else by its code; raises NotFound."""
    key = Fields(form).key("need")
    if key is not None:
        return cases.get_need(case, key)
    term = form.get("term", "")
    found = [need for need in case.needs if need.term == term and need.status == "open"]
    if not found:
        raise NotFound
    return found[0]


def _service(form: Form) -> uuid.UUID:
    key = Fields(form).key("service_at_location")
    if key is None:
        raise NotFound
    return key


def _previous(form: Form) -> Referral | None:
    key = Fields(form).key("previous")
    if key is None:
        return None
    return queries.get_referral(db(), key, actor=current_actor(), to_change=True)


def _page(
    case: Case,
    need: Need,
    chosen: uuid.UUID,
    form: Form,
    errors: Mapping[str, str] | None = None,
    *,
    refused: Guard | None = None,
) -> str:
    session, actor, language = db(), current_actor(), current_language()
    offer = cases.offer(session, chosen, actor=actor)
    preview = evidence.preview(
        session, case=case, need=need, offer=offer, now=clock.now()
    )
    failing = guards.failing(SEND_GUARDS, preview)
    service_name, organization = queries.names_of(session, offer, language)
    duplicates = evidence.duplicates(session, case_id=case.id, term=need.term)
    return render_template(
        "referrals/new.html",
        case=case,
        need=need,
        offer=offer,
        service_name=service_name,
        organization=organization,
        form=form,
        errors=errors or {},
        needs_call=Guard.LISTING_NOT_RED in failing or refused is Guard.LISTING_NOT_RED,
        is_duplicate=bool(duplicates),
        advisories=preview.advisories,
        advisory_levels=LEVELS,
        needs_caution=Guard.CAUTION_ACKNOWLEDGED in failing,
        hindrances=[
            guards.REFUSALS[guard]
            for guard in failing
            if guard not in guards.ASKED_OF_THE_SENDER
        ],
        consent=consents.current(case.consents, today=clock.today()),
        freshness=preview.listing.freshness,
        term_name=cases.term_names(
            session, [need.term], language=language, country=case.return_country
        ).get(need.term),
        previous=form.get("previous") or request.args.get("previous", ""),
    )


def _arrival_page(
    case: Case, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    fields = Fields(form)
    arrival = fields.day("to")
    moved = travel.shifts(db(), case=case, arrival=arrival) if arrival else []
    return render_template(
        "referrals/arrival.html",
        case=case,
        arrival=arrival,
        moved=moved,
        typed=form.get("to") or (case.arrival_date or ""),
        errors=errors or {},
    )

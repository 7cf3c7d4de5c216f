"""The sender's pages of referrals: the worklist, one referral, its moves."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext

from directory.authz import Action, levels, may
from directory.cases import operations as case_operations
from directory.cases import queries as cases
from directory.cases.views.cases import CASE_STAFF
from directory.errors import Conflict, Invalid
from directory.listings import labels as listing_labels
from directory.models import Case, Referral
from directory.referrals import (
    changed_listings,
    clocks,
    corrections,
    effects,
    evidence,
    forms,
    guards,
    operations,
    queries,
    states,
    tasks,
)
from directory.referrals.lifecycle import SEND_GUARDS, Guard, Party
from directory.referrals.moves import By
from directory.referrals.states import OPEN, State
from directory.referrals.views import reading
from directory.web import clock
from directory.web.fields import Fields, Form, sentences
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.session import db, writes

blueprint = Blueprint("referrals", __name__)
PAGE_SIZE: Final = 25
NEXT_STEP: Final = {
    State.DRAFT: "send",
    State.INFO_REQUESTED: "answer",
    State.NO_RESPONSE: "redirect",
    State.COMPLETED: "confirm",
    State.DECLINED: "refer_again",
    State.LOST_TO_FOLLOW_UP: "refer_again",
}
"""The one step a row of the worklist names; other states are only opened."""


@blueprint.get("/referrals")
@roles(*CASE_STAFF)
def index() -> str:
    """The referrals of this office, what is late first."""
    number, now = page_number(), clock.now()
    show, state = request.args.get("show", "open"), request.args.get("state", "")
    rows, total = queries.worklist(
        db(),
        actor=current_actor(),
        language=current_language(),
        now=now,
        show=show,
        state=state,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    terms = [row.referral.term for row in rows]
    return render_template(
        "referrals/index.html",
        page=Page(rows, total, number, PAGE_SIZE),
        page_url=page_url,
        show=show,
        state=state,
        next_step=NEXT_STEP,
        term_names=cases.term_names(db(), terms, language=current_language()),
        now=now,
    )


@blueprint.get("/referrals/<uuid:referral_id>")
@roles(*CASE_STAFF)
@writes
def show(referral_id: uuid.UUID) -> str:
    """One referral: where it stands, what can be done now, what happened so far."""
    session, actor = db(), current_actor()
    referral = queries.get_referral(session, referral_id, actor=actor)
    whole = queries.whole(session, referral, language=current_language())
    case_operations.note_read(
        session, actor=actor, case=whole.case, purpose="referral", now=clock.now()
    )
    return _page(whole, Form())


@blueprint.post("/referrals/<uuid:referral_id>/send")
@roles(*CASE_STAFF)
def send(referral_id: uuid.UUID) -> Any:
    """Send a draft."""
    session, actor = db(), current_actor()
    referral = queries.get_referral(session, referral_id, actor=actor, to_change=True)
    try:
        operations.send(
            session,
            actor=actor,
            referral=referral,
            confirms_duplicate=bool(request.form.get("confirms_duplicate")),
            was_called=bool(request.form.get("was_called")),
            acknowledgement=forms.acknowledgement(Fields(request.form)),
            secret_key=current_app.extensions["homeward"].secret_key,
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        return _refused(referral, error)
    tasks.soon()
    flash(gettext("The referral was sent."), "success")
    return redirect(f"/referrals/{referral.id}", 303)


@blueprint.post("/referrals/<uuid:referral_id>/move")
@roles(*CASE_STAFF)
def move(referral_id: uuid.UUID) -> Any:
    """Make one move as the sender, for a provider who told it by phone, or as the supervisor."""
    session, actor = db(), current_actor()
    referral = queries.get_referral(session, referral_id, actor=actor, to_change=True)
    role = request.form.get("as", "")
    party = Party.SUPERVISOR if role == "supervisor" else Party.SENDER
    by = By(party, actor, as_proxy=role == "proxy")
    name = request.form.get("move", "")
    try:
        said = forms.said(request.form)
        if name in {"attempt", "note"}:
            operations.remark(
                session, referral=referral, name=name, by=by, said=said, now=clock.now()
            )
        else:
            operations.move(
                session, referral=referral, name=name, by=by, said=said, now=clock.now()
            )
    except (Invalid, Conflict) as error:
        return _refused(referral, error)
    tasks.soon()
    flash(gettext("It was written down."), "success")
    return redirect(f"/referrals/{referral.id}", 303)


def _refused(referral: Referral, error: Invalid | Conflict) -> Any:
    """The page again with what was typed; the session holds nothing of the attempt."""
    session = db()
    session.rollback()
    again = queries.get_referral(session, referral.id, actor=current_actor())
    status = 409 if isinstance(error, Conflict) else 422
    whole = queries.whole(session, again, language=current_language())
    return _page(whole, request.form, sentences(error)), status


def _page(
    whole: queries.Whole, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    session, actor, now = db(), current_actor(), clock.now()
    referral = whole.referral
    state = clocks.state_now(referral, now=now)
    stored = State(referral.state)
    reviews = may(actor, Action.REVIEW_REFERRAL, whole.case)
    offer = whole.offer
    seen = offer is not None and offer.sensitivity in levels(actor)
    term_names = cases.term_names(
        session,
        [referral.term],
        language=current_language(),
        country=whole.case.return_country,
    )
    return render_template(
        "referrals/show.html",
        whole=whole,
        referral=referral,
        state=state,
        running=clocks.clock(referral, now=now),
        is_open=stored in OPEN,
        steps=reading.steps(stored, Party.SENDER),
        proxy_steps=reading.steps(stored, Party.SENDER, as_proxy=True),
        review_steps=reading.steps(stored, Party.SUPERVISOR) if reviews else [],
        told=reading.facts_for_provider(whole, stored),
        told_later=reading.later_labels(whole, stored),
        instead=_instead(whole.case, referral),
        also_concerned=_also_concerned(referral),
        changed=changed_listings.fields_changed(session, referral) if seen else [],
        listing_labels=listing_labels,
        service_name=whole.service_name if seen else None,
        term_name=term_names.get(referral.term, referral.term),
        names=cases.user_names(session, [event.user_id for event in referral.events]),
        cancel_reasons=effects.CANCEL_REASONS,
        decline_reasons=states.DECLINE_REASONS,
        asked=_asked(whole, now) if stored is State.DRAFT else [],
        form=form,
        errors=errors or {},
        now=now,
    )


def _asked(whole: queries.Whole, now: datetime) -> list[Guard]:
    """What the sender of a draft must tick before it can be sent, and nothing that does not apply."""
    known = evidence.facts(
        db(), whole.referral, case=whole.case, need=whole.need, now=now
    )
    failing = guards.failing(SEND_GUARDS, known)
    return [guard for guard in failing if guard in guards.ASKED_OF_THE_SENDER]


def _instead(case: Case, referral: Referral) -> list[cases.Kept]:
    """Shortlisted services of the same need that could take this one's place."""
    kept = cases.shortlist(
        db(), case, actor=current_actor(), language=current_language()
    )
    return [
        one
        for one in kept
        if one.offer is not None
        and one.item.service_at_location_id != referral.service_at_location_id
        and one.item.need_id in {referral.need_id, None}
    ]


def _also_concerned(referral: Referral) -> list[Referral]:
    """After "service ended": the actor's other open referrals to the same service."""
    if referral.reason not in {"discontinued", "temporarily_closed"}:
        return []
    found = corrections.other_open_referrals(db(), referral=referral)
    seen = queries.visible_ids(db(), [one.id for one in found], actor=current_actor())
    return [one for one in found if one.id in seen]

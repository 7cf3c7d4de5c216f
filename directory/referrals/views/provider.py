"""The provider's pages: the answer link without an account, and the inbox with one."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext

from directory.cases import queries as cases
from directory.errors import Conflict, Invalid
from directory.models import Referral, Role
from directory.referrals import clocks, forms, operations, queries, states, tasks
from directory.referrals.lifecycle import Party
from directory.referrals.moves import By
from directory.referrals.states import State
from directory.referrals.views import reading
from directory.web import clock
from directory.web.fields import Form, sentences
from directory.web.identity import by_token, current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.security import limiter
from directory.web.session import db, writes

blueprint = Blueprint("answers", __name__)
PAGE_SIZE: Final = 25
FROM_ONE_ADDRESS: Final = "60 per 10 minutes"
"""How often one network address may open answer links; guessing 130 bits stays hopeless."""


@blueprint.get("/r/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
@writes
def open_link(token: str) -> Response:
    """What is asked of the provider, and the answers it can give now."""
    referral = queries.by_answer_token(db(), token)
    operations.note_opening(db(), referral=referral, now=clock.now())
    return _answer_page(referral, f"/r/{token}", Form())


@blueprint.post("/r/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def answer_link(token: str) -> Any:
    """Answer without an account: the link is the key."""
    referral = queries.by_answer_token(db(), token, to_change=True)
    return _answer(referral, By(Party.RECEIVER), f"/r/{token}")


@blueprint.get("/inbox")
@roles(Role.PROVIDER)
def inbox() -> str:
    """The referrals to the provider's organization, what is late first."""
    number, now = page_number(), clock.now()
    show = request.args.get("show", "open")
    rows, total = queries.worklist(
        db(),
        actor=current_actor(),
        language=current_language(),
        now=now,
        show=show,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    terms = [row.referral.term for row in rows]
    return render_template(
        "referrals/inbox.html",
        page=Page(rows, total, number, PAGE_SIZE),
        page_url=page_url,
        show=show,
        term_names=cases.term_names(db(), terms, language=current_language()),
        now=now,
    )


@blueprint.get("/inbox/<uuid:referral_id>")
@roles(Role.PROVIDER)
@writes
def open_referral(referral_id: uuid.UUID) -> Response:
    """One referral to the provider's organization."""
    session = db()
    referral = queries.get_referral(session, referral_id, actor=current_actor())
    operations.note_opening(session, referral=referral, now=clock.now())
    return _answer_page(referral, f"/inbox/{referral_id}", Form())


@blueprint.post("/inbox/<uuid:referral_id>")
@roles(Role.PROVIDER)
def answer(referral_id: uuid.UUID) -> Any:
    """Answer with the provider's account."""
    session, actor = db(), current_actor()
    referral = queries.get_referral(session, referral_id, actor=actor, to_change=True)
    return _answer(referral, By(Party.RECEIVER, actor), f"/inbox/{referral_id}")


def _answer(referral: Referral, by: By, address: str) -> Any:
    session, name = db(), request.form.get("move", "")
    act = operations.remark if name == "propose_redirect" else operations.move
    try:
        said = forms.said(request.form)
        act(session, referral=referral, name=name, by=by, said=said, now=clock.now())
    except (Invalid, Conflict) as error:
        key = referral.id
        session.rollback()
        again = session.get_one(Referral, key)
        status = 409 if isinstance(error, Conflict) else 422
        return _answer_page(again, address, request.form, sentences(error), status)
    tasks.soon()
    flash(gettext("Thank you. Your answer was passed on."), "success")
    return redirect(address, 303)


def _answer_page(
    referral: Referral,
    address: str,
    form: Form,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    session, now = db(), clock.now()
    whole = queries.whole(session, referral, language=current_language())
    stored = State(referral.state)
    body = render_template(
        "referrals/answer.html",
        referral=referral,
        service_name=whole.service_name,
        state=clocks.state_now(referral, now=now),
        running=clocks.clock(referral, now=now),
        steps=reading.steps(stored, Party.RECEIVER),
        may_propose=stored in states.WITH_PROVIDER,
        facts=reading.facts_for_provider(whole, stored),
        later=reading.later_labels(whole, stored),
        questions=queries.questions(session, referral.id),
        address=address,
        form=form,
        errors=errors or {},
        now=now,
    )
    return reading.secret_page(body, status)

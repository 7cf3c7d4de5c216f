"""The returnee's pages: the code on the sheet opens the state of things, to confirm or to dispute."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext

from directory import tokens
from directory.cases import queries as cases
from directory.errors import Conflict, Invalid, NotFound
from directory.models import Case, Offer, Referral, Sensitivity
from directory.referrals import clocks, lifecycle, operations, queries, tasks
from directory.referrals.lifecycle import Party
from directory.referrals.moves import By, Said
from directory.referrals.states import State
from directory.referrals.views import reading
from directory.web import clock
from directory.web.fields import Fields
from directory.web.identity import by_token, public
from directory.web.locale import current_language
from directory.web.security import limiter
from directory.web.session import db, reads

blueprint = Blueprint("returnee", __name__)
FROM_ONE_ADDRESS: Final = "20 per 10 minutes"
"""How often one network address may try a code."""
LONGEST_CODE: Final = 40
"""So much of what was typed is shown again."""
ANSWERS: Final = frozenset({"confirm", "dispute", "withdraw"})


@dataclass(frozen=True, slots=True)
class Line:
    """One referral as the person sees it; the name of the need only where it harms nobody."""

    referral: Referral
    state: State
    service_name: str
    need_name: str | None
    moves: frozenset[str]


@blueprint.get("/s")
@public
def code_form() -> Response:
    """Asks for the code on the sheet."""
    return reading.secret_page(render_template("sheet/code.html", errors={}, typed=""))


@blueprint.post("/s")
@public
@limiter.limit(FROM_ONE_ADDRESS)
@reads
def find() -> Any:
    """Opens the status page of a typed code."""
    typed = tokens.tidy_code(request.form.get("code", ""))
    try:
        queries.case_by_sheet_code(db(), typed)
    except NotFound:
        return _unknown(request.form.get("code", ""), 422)
    return redirect(f"/s/{tokens.grouped(typed)}", 303)


@blueprint.get("/s/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def status(token: str) -> Response:
    """How far each referral is, without a name and without the kind of sensitive services."""
    try:
        case = queries.case_by_sheet_code(db(), token)
    except NotFound:
        return _unknown(token, 404)
    body = render_template(
        "sheet/status.html",
        lines=_lines(_visible(case)),
        token=token,
        now=clock.now(),
    )
    return reading.secret_page(body)


@blueprint.post("/s/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def answer(token: str) -> Any:
    """The person confirms or disputes that a service was received, or withdraws a referral."""
    session, now = db(), clock.now()
    try:
        case = queries.case_by_sheet_code(session, token)
    except NotFound:
        return _unknown(token, 404)
    name, key = request.form.get("move", ""), Fields(request.form).key("referral")
    referral = _of_case(case, key)
    if name not in ANSWERS:
        raise NotFound
    said = Said(contact="code", note=Fields(request.form).text("note"))
    try:
        operations.move(
            session,
            referral=referral,
            name=name,
            by=By(Party.RETURNEE),
            said=said,
            now=now,
        )
    except (Invalid, Conflict):
        session.rollback()
        flash(gettext("This has changed in the meantime. Look again."), "warning")
        return redirect(f"/s/{token}", 303)
    tasks.soon()
    flash(gettext("Thank you. It was written down."), "success")
    return redirect(f"/s/{token}", 303)


def _unknown(typed: str, status: int) -> Response:
    """The field again, with the same words for every code that opens nothing."""
    errors = {"code": gettext("We do not know this code. Look at the sheet again.")}
    body = render_template("sheet/code.html", errors=errors, typed=typed[:LONGEST_CODE])
    return reading.secret_page(body, status)


def _visible(case: Case) -> list[Referral]:
    return [one for one in queries.of_case(db(), case.id) if one.state != State.DRAFT]


def _of_case(case: Case, key: uuid.UUID | None) -> Referral:
    """A sent referral of this case and of no other; raises NotFound."""
    found = [one for one in _visible(case) if one.id == key]
    if not found:
        raise NotFound
    return found[0]


def _lines(referrals: Sequence[Referral]) -> list[Line]:
    session, now, language = db(), clock.now(), current_language()
    keys = [one.service_at_location_id for one in referrals]
    offers = queries.offers(session, keys, language=language)
    terms = [one.term for one in referrals]
    names = cases.term_names(session, terms, language=language)
    return [
        _line(one, *offers[one.service_at_location_id], names[one.term], now=now)
        for one in referrals
    ]


def _line(
    referral: Referral, offer: Offer, name: str, term_name: str, *, now: datetime
) -> Line:
    neutral = offer.sensitivity != Sensitivity.L0
    offered = {row.move for row in lifecycle.allowed(referral.state, Party.RETURNEE)}
    if referral.state in {State.COMPLETED, State.DISPUTED}:
        offered -= {"withdraw"}
    return Line(
        referral=referral,
        state=clocks.state_now(referral, now=now),
        service_name=_neutral_name(referral) if neutral else name,
        need_name=None if neutral else term_name,
        moves=frozenset(offered & ANSWERS),
    )


def _neutral_name(referral: Referral) -> str:
    """What a sensitive service is called where somebody may look over a shoulder."""
    code = tokens.grouped(referral.code)
    return str(gettext("Contact point, referral %(code)s", code=code))

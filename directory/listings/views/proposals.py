"""What waits to be checked: proposed changes to decide on, and reports of what is wrong."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory.errors import Invalid
from directory.listings import labels, proposals, reports
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import current_actor, signed_in
from directory.web.session import db

blueprint = Blueprint("proposals", __name__)


@blueprint.get("/proposals")
@signed_in
def index() -> Any:
    """List the open proposals that the reader may decide or has made."""
    return _page({})


@blueprint.post("/proposals/<uuid:proposal_id>")
@signed_in
def decide(proposal_id: uuid.UUID) -> Any:
    """Approve, reject or hold one proposal."""
    actor = current_actor()
    proposed = proposals.get_proposal(db(), proposal_id, actor=actor)
    try:
        proposals.decide(
            db(),
            actor=actor,
            proposed=proposed,
            state=request.form.get("state", ""),
            reason=request.form.get("reason", ""),
            now=clock.now(),
        )
    except Invalid as error:
        named = {f"reason-{proposal_id}": each for each in sentences(error).values()}
        return _page(named), 422
    flash(gettext("Your decision is saved."), "success")
    return redirect(url_for("proposals.index"), 303)


@blueprint.post("/proposals/reports/<uuid:report_id>/close")
@signed_in
def close_report(report_id: uuid.UUID) -> Any:
    """Mark what a reader reported as dealt with."""
    reports.close_report(
        db(), actor=current_actor(), report_id=report_id, now=clock.now()
    )
    flash(gettext("The report is marked as dealt with."), "success")
    return redirect(url_for("proposals.index"), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "listings/proposals.html",
        proposals=proposals.list_open(db(), actor=current_actor()),
        reports=reports.list_open(db(), actor=current_actor()),
        kinds=reports.KINDS,
        states=proposals.STATES,
        labels=labels,
        errors=errors,
    )

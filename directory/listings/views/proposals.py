"""What waits to be checked: proposed changes to decide on, and reports of what is wrong."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from directory.errors import Invalid
from directory.listings import labels, proposals, reports
from directory.text import N_
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
            fields=request.form.getlist("field") if "choose" in request.form else None,
        )
    except Invalid as error:
        named = {f"reason-{proposal_id}": each for each in sentences(error).values()}
        return _page(named), 422
    flash(gettext("Your decision is saved."), "success")
    return redirect(url_for("proposals.index"), 303)


@blueprint.post("/proposals/decide")
@signed_in
def decide_many() -> Any:
    """Approve, reject or hold all ticked proposals, or none where one of them cannot be."""
    keys = request.form.getlist("proposal", type=uuid.UUID)
    try:
        _decide_all(keys)
    except Invalid as error:
        db().rollback()
        return _page({"many": " ".join(sentences(error).values())}), 422
    flash(
        ngettext(
            "%(num)s proposal is decided.", "%(num)s proposals are decided.", len(keys)
        ),
        "success",
    )
    return redirect(url_for("proposals.index"), 303)


def _decide_all(keys: Sequence[uuid.UUID]) -> None:
    if not keys:
        raise Invalid(fields={"proposal": N_("Tick the proposals first.")})
    actor = current_actor()
    for key in keys:
        proposals.decide(
            db(),
            actor=actor,
            proposed=proposals.get_proposal(db(), key, actor=actor),
            state=request.form.get("state", ""),
            reason=request.form.get("reason", ""),
            now=clock.now(),
        )


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
        decided=proposals.list_decided(db(), actor=current_actor(), now=clock.now()),
        reports=reports.list_open(db(), actor=current_actor()),
        kinds=reports.KINDS,
        states=proposals.STATES,
        labels=labels,
        errors=errors,
    )

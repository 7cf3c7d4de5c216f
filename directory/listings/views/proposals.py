"""The queue of proposed changes: what would change, and approving, rejecting or holding it."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory.errors import Invalid
from directory.listings import labels, proposals
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


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "listings/proposals.html",
        proposals=proposals.list_open(db(), actor=current_actor()),
        states=proposals.STATES,
        labels=labels,
        errors=errors,
    )

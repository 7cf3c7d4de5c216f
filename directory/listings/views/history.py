"""The way back to an earlier version of a listing."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory.errors import Invalid
from directory.listings import labels, queries, versions
from directory.listings.operations import EditedMeanwhile
from directory.listings.versions import Earlier
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import current_actor, signed_in
from directory.web.session import db

blueprint = Blueprint("listing_history", __name__)


@blueprint.get("/services/<uuid:service_id>/history/<uuid:change_id>")
@signed_in
def preview(service_id: uuid.UUID, change_id: uuid.UUID) -> Any:
    """Show what would change if the listing were as before this change."""
    return _page(_earlier(service_id, change_id), {})


@blueprint.post("/services/<uuid:service_id>/history/<uuid:change_id>")
@signed_in
def restore(service_id: uuid.UUID, change_id: uuid.UUID) -> Any:
    """Bring the ticked fields back."""
    earlier = _earlier(service_id, change_id)
    version = request.form.get("version", "")
    try:
        versions.restore(
            db(),
            actor=current_actor(),
            earlier=earlier,
            chosen=request.form.getlist("field"),
            expected_version=int(version) if version.isdecimal() else -1,
            now=clock.now(),
        )
    except EditedMeanwhile as error:
        return _page(_earlier(service_id, change_id), sentences(error)), 409
    except Invalid as error:
        return _page(earlier, sentences(error)), 422
    flash(gettext("The earlier version is back."), "success")
    return redirect(url_for("listings.show", service_id=service_id), 303)


def _earlier(service_id: uuid.UUID, change_id: uuid.UUID) -> Earlier:
    actor = current_actor()
    service = queries.get_service(db(), service_id, actor=actor)
    return versions.before_change(db(), service, change_id, actor=actor)


def _page(earlier: Earlier, errors: Mapping[str, str]) -> str:
    return render_template(
        "listings/restore.html", earlier=earlier, labels=labels, errors=errors
    )

"""Pages of advisories for staff: which stand, whom they concern, and how one is issued or lifted.

Whoever is not staff is told that there is no such page (REQUIREMENTS P3).
"""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from directory import authz
from directory.advisories import forms, operations, queries
from directory.advisories.reach import Standing
from directory.advisories.words import LEVELS, REASON_CLASSES
from directory.areas.forms import PlaceField
from directory.authz import Action
from directory.errors import Conflict, Invalid
from directory.web import clock
from directory.web.fields import Form, sentences
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("advisories", __name__, url_prefix="/advisories")


@blueprint.get("")
@public
def index() -> str:
    """All advisories: in force, to come, ended without having been lifted, lifted."""
    shelves = queries.shelves(
        db(), actor=current_actor(), today=clock.today(), language=current_language()
    )
    return render_template(
        "advisories/index.html",
        shelves=shelves,
        levels=LEVELS,
        may_issue=authz.may(current_actor(), Action.ISSUE_ADVISORIES),
    )


@blueprint.get("/<uuid:advisory_id>")
@public
def show(advisory_id: uuid.UUID) -> str:
    """One advisory, and the open cases it concerns that the reader may see."""
    return _page(advisory_id)


@blueprint.route("/new", methods=["GET", "POST"])
@public
def create() -> Any:
    """Show an empty form, and issue an advisory."""
    _require_issuer()
    if request.method == "GET":
        return _form_page(
            None, forms.first_values(clock.today()), forms.place_of(Form())
        )
    place = forms.place_of(request.form)
    if "place_open" in request.form:
        return _form_page(None, request.form, place)
    try:
        advisory = operations.issue(
            db(),
            actor=current_actor(),
            details=forms.details(request.form, request.files, place),
            now=clock.now(),
        )
    except Invalid as error:
        return _form_page(None, request.form, place, sentences(error)), 422
    flash(gettext("The advisory is issued."), "success")
    return _to(advisory.id)


@blueprint.route("/<uuid:advisory_id>/edit", methods=["GET", "POST"])
@public
def edit(advisory_id: uuid.UUID) -> Any:
    """Show the form of an advisory, and change it."""
    advisory = queries.get(db(), advisory_id, actor=current_actor())
    _require_issuer()
    if request.method == "GET":
        place = forms.place_of_advisory(advisory)
        return _form_page(advisory, forms.values_of(advisory), place)
    place = forms.place_of(request.form)
    if "place_open" in request.form:
        return _form_page(advisory, request.form, place)
    try:
        operations.change(
            db(),
            actor=current_actor(),
            advisory_id=advisory_id,
            details=forms.details(request.form, request.files, place),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _form_page(advisory, request.form, place, sentences(error)), status
    flash(gettext("The advisory is changed."), "success")
    return _to(advisory_id)


@blueprint.post("/<uuid:advisory_id>/lift")
@public
def lift(advisory_id: uuid.UUID) -> Any:
    """End an advisory at once."""
    try:
        operations.lift(
            db(), actor=current_actor(), advisory_id=advisory_id, now=clock.now()
        )
    except Conflict as error:
        return _page(advisory_id, sentences(error)), 409
    flash(gettext("The advisory is lifted."), "success")
    return _to(advisory_id)


def _require_issuer() -> None:
    """Staff who may not issue are refused; everybody else does not learn of the page."""
    queries.require_reader(current_actor())
    authz.require(current_actor(), Action.ISSUE_ADVISORIES)


def _to(advisory_id: uuid.UUID) -> Response:
    return redirect(f"/advisories/{advisory_id}", 303)


def _page(advisory_id: uuid.UUID, errors: Mapping[str, str] | None = None) -> str:
    actor, today = current_actor(), clock.today()
    advisory = queries.get(db(), advisory_id, actor=actor)
    return render_template(
        "advisories/show.html",
        advisory=advisory,
        place=queries.place_name(db(), advisory, language=current_language()),
        issuer=queries.issuer_name(db(), advisory),
        is_in_force=advisory.is_in_force(today),
        is_overdue=advisory.is_overdue(today),
        concerned=queries.concerned_cases(
            db(), advisory, actor=actor, language=current_language()
        ),
        reads_cases=actor.role in authz.CASE_STAFF,
        levels=LEVELS,
        reason_classes=REASON_CLASSES,
        may_issue=authz.may(actor, Action.ISSUE_ADVISORIES),
        errors=errors or {},
    )


def _form_page(
    advisory: Standing | None,
    form: Form,
    place: PlaceField,
    errors: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "advisories/form.html",
        advisory=advisory,
        form=form,
        place=place,
        levels=LEVELS,
        reason_classes=REASON_CLASSES,
        errors=errors or {},
    )

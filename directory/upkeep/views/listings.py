"""What is done on a listing's own page: checking it, reporting, watching, claiming it."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from directory.areas import queries as areas
from directory.errors import DomainError, NotFound
from directory.listings import labels, queries, reports, verifications
from directory.models import Role, Service
from directory.upkeep import answered as answers
from directory.upkeep import doubts, operations, watching
from directory.upkeep.operations import Check
from directory.web import clock
from directory.web.fields import Fields, sentences
from directory.web.identity import current_actor, public, roles, signed_in
from directory.web.locale import current_language
from directory.web.security import limiter
from directory.web.session import db

blueprint = Blueprint("listing_upkeep", __name__)


@blueprint.post("/services/<uuid:service_id>/verify")
@signed_in
def verify(service_id: uuid.UUID) -> Any:
    """Log a check of this listing: how it was made, and what came of it."""
    fields = Fields(request.form)
    note, next_try = fields.text("note"), fields.day("next_try")
    fields.done()
    result = request.form.get("result", "")
    check = Check(
        method=request.form.get("method", ""),
        result=result,
        note=note,
        next_try=next_try,
    )
    return _verified(_service(service_id), check)


@blueprint.post("/services/<uuid:service_id>/assure")
@signed_in
def assure(service_id: uuid.UUID) -> Any:
    """Record that somebody made sure today that the listing is right."""
    method = request.form.get("method", "")
    check = Check(method=method, result=verifications.CONFIRMED)
    return _verified(_service(service_id), check)


@blueprint.get("/feedback/answered")
@public
def answered() -> str:
    """Show what was corrected because readers said that it was wrong."""
    return render_template(
        "upkeep/answered.html",
        answered=answers.latest(db(), language=current_language(), now=clock.now()),
        report_kinds=reports.KINDS,
        labels=labels,
    )


@blueprint.post("/services/<uuid:service_id>/open")
@public
@limiter.limit("20/hour")
def seen_open(service_id: uuid.UUID) -> Any:
    """Take the word of somebody who was there and found it open, without an account."""
    service = _service(service_id)
    doubts.confirm_softly(db(), service=service, today=clock.today())
    flash(gettext("Thank you. This helps the people who come after you."), "success")
    return redirect(f"/services/{service_id}", 303)


@blueprint.post("/services/<uuid:service_id>/watch")
@signed_in
def watch(service_id: uuid.UUID) -> Any:
    """Begin or stop to watch a listing."""
    _service(service_id)
    watched = watching.toggle(
        db(), actor=current_actor(), service_id=service_id, now=clock.now()
    )
    return _watched(f"/services/{service_id}", is_watched=watched)


@blueprint.post("/areas/<code>/watch")
@signed_in
def watch_area(code: str) -> Any:
    """Begin or stop to watch an area."""
    area = areas.area_by_code(db(), code)
    if area is None:
        raise NotFound
    watched = watching.toggle(
        db(), actor=current_actor(), area_id=area.id, now=clock.now()
    )
    return _watched(f"/areas/{area.code}", is_watched=watched)


@blueprint.post("/services/<uuid:service_id>/claim")
@roles(Role.PROVIDER)
def claim(service_id: uuid.UUID) -> Any:
    """Say that a listing is one's own organization's; a supervisor decides."""
    service = _service(service_id)
    operations.claim(db(), actor=current_actor(), service=service, now=clock.now())
    flash(gettext("Thank you. A supervisor will look at it."), "success")
    return redirect(f"/services/{service_id}", 303)


@blueprint.route("/services/<uuid:service_id>/report", methods=["GET", "POST"])
@public
@limiter.limit("20/hour", methods=["POST"])
def report(service_id: uuid.UUID) -> Any:
    """Take a word about what is wrong with a listing, without an account."""
    service = _service(service_id)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            operations.take_report(
                db(),
                service=service,
                kind=request.form.get("kind", ""),
                text=request.form.get("text", ""),
                language=current_language(),
                now=clock.now(),
            )
        except DomainError as error:
            errors = sentences(error)
        else:
            flash(gettext("Thank you. Somebody will look at it."), "success")
            return redirect(f"/services/{service.id}", 303)
    page = render_template(
        "listings/report.html",
        service=service,
        kinds=reports.KINDS,
        form=request.form,
        errors=errors,
    )
    return page, 422 if errors else 200


def _service(service_id: uuid.UUID) -> Service:
    return queries.get_service(db(), service_id, actor=current_actor())


def _verified(service: Service, check: Check) -> Any:
    operations.verify(
        db(), actor=current_actor(), service=service, check=check, now=clock.now()
    )
    if check.result in verifications.RIGHT:
        flash(gettext("Thank you. The listing is marked as verified today."), "success")
    else:
        flash(gettext("Thank you. The check is written down."), "success")
    return redirect(f"/services/{service.id}", 303)


def _watched(address: str, *, is_watched: bool) -> Any:
    if is_watched:
        flash(gettext("You watch this now: changes come by e-mail, weekly."), "success")
    else:
        flash(gettext("You do not watch this any more."), "success")
    return redirect(address, 303)

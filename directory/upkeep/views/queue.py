"""The keepers' queue, the call list, tasks and the score card."""

import uuid
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from directory.authz import sees_everything
from directory.errors import DomainError, Invalid
from directory.listings import queries as listings
from directory.listings import reports, verifications
from directory.models import Role, UpkeepTask
from directory.taxonomy import codes
from directory.upkeep import kinds, operations, queries, scores, work
from directory.upkeep.operations import Check
from directory.upkeep.queries import Show, Wanted
from directory.web import clock
from directory.web.fields import Fields, Form, sentences
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.session import db

blueprint = Blueprint("upkeep", __name__)
KEEPERS: Final = (Role.AUTHORITY, Role.PROVIDER, Role.SUPERVISOR, Role.ADMIN)
PAGE_SIZE: Final = 25


@blueprint.get("/upkeep")
@roles(*KEEPERS)
def index() -> str:
    """What waits to be checked, of what the reader keeps."""
    return _queue_page(request.args)


@blueprint.post("/upkeep/verify")
@roles(*KEEPERS)
def verify() -> Any:
    """Mark one listing of the queue, or all ticked ones, as verified today."""
    fields = Fields(request.form)
    only = fields.key("only")
    try:
        fields.done()
        chosen = [only] if only else _ticked(request.form.getlist("service"))
        for service_id in chosen:
            operations.verify(
                db(),
                actor=current_actor(),
                service=listings.get_service(db(), service_id, actor=current_actor()),
                check=Check(
                    method=request.form.get("method", ""),
                    result=verifications.CONFIRMED,
                ),
                now=clock.now(),
            )
    except Invalid as error:
        return _queue_page(request.form, sentences(error)), 422
    if not chosen:
        nothing = {"service": gettext("Tick the listings that are right.")}
        return _queue_page(request.form, nothing), 422
    flash(
        ngettext(
            "%(num)s listing is marked as verified today.",
            "%(num)s listings are marked as verified today.",
            len(chosen),
        ),
        "success",
    )
    return redirect(_queue_url(request.form), 303)


@blueprint.get("/upkeep/calls")
@roles(*KEEPERS)
def calls() -> str:
    """The listing to call next, with its numbers and what we say of it."""
    return _call_page(Form(), {})


@blueprint.post("/upkeep/calls")
@roles(*KEEPERS)
def called() -> Any:
    """Log what a call brought; the next listing appears."""
    fields = Fields(request.form)
    service_id = fields.key("service") or uuid.UUID(int=0)
    service = listings.get_service(db(), service_id, actor=current_actor())
    try:
        check = Check(
            method="phone",
            result=request.form.get("result", ""),
            note=fields.text("note"),
            next_try=fields.day("next_try"),
        )
        fields.done()
        operations.verify(
            db(), actor=current_actor(), service=service, check=check, now=clock.now()
        )
    except Invalid as error:
        return _call_page(request.form, dict(sentences(error))), 422
    flash(
        gettext("The call to %(name)s is written down.", name=service.name), "success"
    )
    return redirect("/upkeep/calls", 303)


@blueprint.post("/upkeep/tasks/<uuid:task_id>")
@roles(*KEEPERS)
def close(task_id: uuid.UUID) -> Any:
    """Mark a task as dealt with, or decide on a claim."""
    actor = current_actor()
    task = work.get_task(db(), task_id, actor=actor)
    if task.kind == kinds.CLAIM:
        grants = request.form.get("decision") == "grant"
        operations.decide_claim(
            db(), actor=actor, task=task, grants=grants, now=clock.now()
        )
    else:
        work.close_task(db(), actor=actor, task=task, now=clock.now())
    flash(gettext("It is marked as dealt with."), "success")
    return redirect(f"/upkeep?show={Show.TASKS}", 303)


@blueprint.get("/upkeep/scores")
@roles(*KEEPERS)
def show_scores() -> str:
    """How much is verified in time, by authority and by organization."""
    number, actor, now = page_number(), current_actor(), clock.now()
    rows, total = scores.of_organizations(
        db(), actor=actor, now=now, start=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "upkeep/scores.html",
        authorities=scores.of_authorities(
            db(), actor=actor, language=current_language(), now=now
        ),
        page=Page(rows, total, number, PAGE_SIZE),
        page_url=page_url,
    )


def _queue_page(form: Form, errors: Any = None) -> str:
    actor, today, number = current_actor(), clock.today(), page_number()
    fields = Fields(form)
    asked = form.get("show", "")
    area, organization = fields.text("area", longest=40), fields.key("organization")
    wanted = Wanted(show=Show.RED, area=area, organization_id=organization)
    counts = queries.counts(db(), wanted, actor=actor, today=today)
    first = next((show for show in Show if counts[show]), Show.RED)
    show = Show(asked) if asked in set(Show) else first
    rows = queries.queue(
        db(),
        Wanted(show=show, area=area, organization_id=organization),
        actor=actor,
        today=today,
        start=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return render_template(
        "upkeep/index.html",
        page=Page(rows, min(counts[show], queries.MOST_COUNTED), number, PAGE_SIZE),
        show=show,
        tabs_of=[
            (each, counts[each], _queue_url(form, show=each)) for each in queries.Show
        ],
        most=queries.MOST_COUNTED,
        form=form,
        errors=errors or {},
        methods=operations.METHODS,
        preset="self_declared" if actor.role is Role.PROVIDER else "phone",
        decides_claims=sees_everything(actor),
        claimants=_claimants(rows),
        page_url=page_url,
        **_words(),
    )


def _call_page(form: Form, errors: Any) -> str:
    skip = request.args.get("skip", "0")
    passed = min(int(skip), queries.MOST_COUNTED) if skip.isdecimal() else 0
    actor, today = current_actor(), clock.today()
    row = queries.to_call(db(), actor=actor, today=today, skip=passed)
    listing = row and listings.get_listing(
        db(), row.service_id, actor=actor, language=current_language()
    )
    service = form.get("service")
    if service and row and str(row.service_id) != service:
        errors = {"page": gettext("Another listing has come first meanwhile.")}
    return render_template(
        "upkeep/calls.html",
        row=row,
        listing=listing,
        skip=passed + 1,
        waiting=queries.count_due(db(), actor=actor, today=today),
        most=queries.MOST_COUNTED,
        form=form,
        errors=errors,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "codes": codes,
        "kinds": kinds.KINDS,
        "report_kinds": reports.KINDS,
        "results": verifications.RESULTS,
    }


def _ticked(values: list[str]) -> list[uuid.UUID]:
    """The ticked listings, at most a page of them."""
    found = []
    for value in dict.fromkeys(values[:PAGE_SIZE]):
        key = Fields(Form({"key": value})).key("key")
        found += [key] if key else []
    return found


def _claimants(rows: list[queries.Row]) -> dict[uuid.UUID, str]:
    """The names of organizations that claim one of these listings, by task."""
    claims = [t for row in rows for t in row.tasks if t.kind == kinds.CLAIM]
    return {task.id: _organization_name(task) for task in claims}


def _organization_name(task: UpkeepTask) -> str:
    try:
        key = uuid.UUID((task.values or {})["organization_id"])
        return listings.get_organization(db(), key, actor=current_actor()).name
    except DomainError:
        return ""


def _queue_url(form: Form, show: str | None = None) -> str:
    """The address of the queue as the reader has it now."""
    kept = {"show": show or form.get("show", "")}
    kept |= {name: form.get(name, "") for name in ("area", "organization")}
    given = {name: value for name, value in kept.items() if value}
    return f"/upkeep?{urlencode(given)}" if given else "/upkeep"

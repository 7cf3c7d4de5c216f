"""Pages of feedback: give it, follow it by its code, handle it."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext

from directory.errors import Conflict, Invalid, NotFound
from directory.feedback import categories, operations, queries
from directory.models import Feedback, Role
from directory.tokens import grouped
from directory.web import clock
from directory.web.fields import Fields, Form, sentences
from directory.web.identity import current_actor, public, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.security import limiter
from directory.web.session import db

blueprint = Blueprint("feedback", __name__)
FROM_ONE_ADDRESS: Final = "20 per hour"
PAGE_SIZE: Final = 25


@blueprint.get("/feedback")
@public
def form() -> str:
    """What to say, about what; no account and no name."""
    return _form_page(Form({"service": request.args.get("service", "")}))


@blueprint.post("/feedback")
@public
@limiter.limit(FROM_ONE_ADDRESS)
def give() -> Any:
    """Keep what was said and show its code, once."""
    fields = Fields(request.form)
    service = queries.service_named(db(), fields.key("service"))
    try:
        given = operations.Given(
            category=fields.text("category", longest=40) or "",
            text=fields.text("text", longest=5000) or "",
            language=current_language(),
            service_id=service.id if service else None,
            happened_on=fields.day("happened_on"),
            contact=fields.text("contact", longest=300),
            may_share=fields.ticked("may_share"),
        )
        fields.done()
        code = operations.give(db(), given=given, now=clock.now())
    except Invalid as error:
        return _form_page(request.form, sentences(error)), 422
    return _private(
        render_template(
            "feedback/given.html", code=grouped(code), category=given.category
        )
    )


@blueprint.get("/feedback/status")
@public
def status_form() -> str:
    """Asks for the code."""
    return render_template("feedback/status.html", feedback=None, errors={}, code="")


@blueprint.post("/feedback/status")
@public
@limiter.limit(FROM_ONE_ADDRESS)
def status() -> Any:
    """How far it is; for sensitive matters the state only."""
    code = request.form.get("code", "")
    try:
        feedback = queries.by_code(db(), code)
        if request.form.get("appeal"):
            operations.appeal(db(), feedback=feedback, now=clock.now())
    except NotFound:
        errors = {"code": gettext("We do not know this code.")}
        page = render_template(
            "feedback/status.html", feedback=None, errors=errors, code=code
        )
        return _private(page, 422)
    except Conflict as error:
        page = _status_page(feedback, code, sentences(error))
        return _private(page, 409)
    return _private(_status_page(feedback, code))


@blueprint.get("/feedback/inbox")
@roles(Role.SUPERVISOR)
def inbox() -> str:
    """What waits for a handler."""
    number, ended = page_number(), request.args.get("show") == "ended"
    rows, total = queries.inbox(
        db(),
        actor=current_actor(),
        ended=ended,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "feedback/inbox.html",
        page=Page(rows, total, number, PAGE_SIZE),
        page_url=page_url,
        ended=ended,
        now=clock.now(),
    )


@blueprint.get("/feedback/inbox/<uuid:feedback_id>")
@roles(Role.SUPERVISOR)
def show(feedback_id: uuid.UUID) -> str:
    """One piece of feedback, for its handler."""
    return _item_page(queries.get(db(), feedback_id, actor=current_actor()), Form())


@blueprint.post("/feedback/inbox/<uuid:feedback_id>")
@roles(Role.SUPERVISOR)
def handle(feedback_id: uuid.UUID) -> Any:
    """Take the next step, with an answer where one is due."""
    session, actor = db(), current_actor()
    row = queries.get(session, feedback_id, actor=actor)
    fields = Fields(request.form)
    try:
        operations.handle(
            session,
            actor=actor,
            feedback=row.feedback,
            state=fields.text("state", longest=40) or "",
            answer=fields.text("answer", longest=5000),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _item_page(row, request.form, sentences(error)), status
    flash(gettext("It was written down."), "success")
    return redirect(f"/feedback/inbox/{feedback_id}", 303)


def _form_page(form: Form, errors: Mapping[str, str] | None = None) -> str:
    service = queries.service_named(db(), Fields(form).key("service"))
    return render_template(
        "feedback/form.html", form=form, errors=errors or {}, service=service
    )


def _status_page(
    feedback: Feedback, code: str, errors: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "feedback/status.html",
        feedback=feedback,
        is_sensitive=feedback.category in categories.SENSITIVE,
        may_appeal=feedback.state in operations.CLOSED and feedback.appealed_at is None,
        errors=errors or {},
        code=code,
    )


def _item_page(
    row: queries.Row, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    steps = [
        (state, gettext(categories.STATES[state]))
        for state in categories.NEXT[row.feedback.state]
        if state != "appealed"
    ]
    return render_template(
        "feedback/item.html", row=row, steps=steps, form=form, errors=errors or {}
    )


def _private(body: str, status: int = 200) -> Response:
    """A page that shows a code or what belongs to one: kept by nobody."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

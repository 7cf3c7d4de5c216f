"""Pages that list, open, show and edit cases."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from directory.areas.forms import country_options
from directory.authz import Action, may
from directory.cases import consents, forms, operations, queries, timeline
from directory.cases.views import choices
from directory.errors import Conflict, Invalid
from directory.models import Case, Role
from directory.web import clock
from directory.web.fields import Form, sentences
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.session import db, writes

blueprint = Blueprint("cases", __name__)
CASE_STAFF: Final = (Role.COUNSELLOR, Role.CASEWORKER, Role.SUPERVISOR)
PAGE_SIZE: Final = 25


@blueprint.get("/cases")
@roles(*CASE_STAFF)
def index() -> str:
    """The cases of this office, those with the nearest date first."""
    actor = current_actor()
    number = page_number()
    only_mine = (
        request.args.get("show", "") != "all" and actor.role is not Role.SUPERVISOR
    )
    closed = request.args.get("show") == "closed"
    rows, total = queries.list_cases(
        db(),
        actor=actor,
        code=request.args.get("code", ""),
        only_mine=only_mine and not closed,
        closed=closed,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "cases/index.html",
        page=Page(rows, total, number, PAGE_SIZE),
        places=_places(rows),
        show=request.args.get("show", ""),
        code=request.args.get("code", ""),
        page_url=page_url,
        now=clock.now(),
    )


@blueprint.get("/arrivals")
@roles(*CASE_STAFF)
def arrivals() -> str:
    """Who arrives in the next 14 days, and what is not yet settled for them."""
    rows = queries.arrivals(db(), actor=current_actor(), today=clock.today())
    return render_template(
        "cases/arrivals.html", rows=rows, places=_places(rows), now=clock.now()
    )


def _places(rows: Sequence[queries.CaseRow]) -> Mapping[uuid.UUID, str]:
    return queries.place_names(db(), (row.case for row in rows), current_language())


@blueprint.get("/cases/new")
@roles(*CASE_STAFF)
def new() -> str:
    """The empty form of a case."""
    return _form_page("cases/new.html", Form())


@blueprint.post("/cases/new")
@roles(*CASE_STAFF)
def create() -> Any:
    """Open a case; what a match already knew comes filled in (``prefill``)."""
    if request.form.get("prefill"):
        return _form_page("cases/new.html", request.form)
    session, actor = db(), current_actor()
    try:
        details = forms.case_details(request.form, forms.place_typed(request.form))
        needs = forms.first_needs(request.form)
        chosen = forms.chosen_service(request.form)
        now = clock.now()
        case = operations.open_case(
            session, actor=actor, details=details, needs=needs, now=now
        )
        consent = forms.quick_consent(request.form, language=details.sheet_language)
        if consent is not None:
            operations.record_consent(
                session, actor=actor, case=case, details=consent, now=now
            )
    except Invalid as error:
        return _form_page("cases/new.html", request.form, sentences(error)), 422
    flash(
        gettext("The case was opened under the code %(code)s.", code=case.code),
        "success",
    )
    if chosen is None:
        return redirect(f"/cases/{case.id}", 303)
    target = f"/cases/{case.id}/referrals/new"
    query = f"service_at_location={chosen.service_at_location_id}&term={chosen.term}"
    return redirect(f"{target}?{query}", 303)


@blueprint.get("/cases/<uuid:case_id>")
@roles(*CASE_STAFF)
@writes
def show(case_id: uuid.UUID) -> str:
    """The person, the needs, and what happened so far; opening it is written down."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    operations.note_read(
        session, actor=actor, case=case, purpose="view", now=clock.now()
    )
    language = current_language()
    referrals = queries.referrals(session, case, actor=actor, language=language)
    terms = [need.term for need in case.needs] + [
        row.referral.term for row in referrals
    ]
    return render_template(
        "cases/show.html",
        case=case,
        referrals=referrals,
        shortlist=queries.shortlist(session, case, actor=actor, language=language),
        consent=consents.current(case.consents, today=clock.today()),
        moments=timeline.moments(case, referrals),
        term_names=queries.term_names(
            session, terms, language=language, country=case.return_country
        ),
        names=queries.user_names(session, [need.owner_id for need in case.needs]),
        place_name=queries.place_name(session, case, language),
        reviews=may(actor, Action.REVIEW_REFERRAL, case),
        now=clock.now(),
    )


@blueprint.get("/cases/<uuid:case_id>/edit")
@roles(*CASE_STAFF)
def edit_form(case_id: uuid.UUID) -> str:
    """The facts of a case, to be changed."""
    case = queries.get_case(db(), case_id, actor=current_actor())
    return _form_page("cases/edit.html", forms.case_values(case), case=case)


@blueprint.post("/cases/<uuid:case_id>/edit")
@roles(*CASE_STAFF)
def edit(case_id: uuid.UUID) -> Any:
    """Save the facts of a case; who comes second is told and keeps what was typed."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    try:
        operations.edit_case(
            session,
            actor=actor,
            case=case,
            details=forms.case_details(
                request.form, forms.place_typed(request.form, kept=case), kept=case
            ),
            expected_version=request.form.get("version", 0, type=int) or 0,
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        page = _form_page("cases/edit.html", request.form, sentences(error), case=case)
        return page, status
    flash(gettext("The case was saved."), "success")
    return redirect(f"/cases/{case.id}", 303)


@blueprint.post("/cases/<uuid:case_id>/fear")
@roles(*CASE_STAFF)
def fear(case_id: uuid.UUID) -> Any:
    """Record that the person fears to return, or (supervisors) that this was cleared."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    fears = request.form.get("fears_return") == "yes"
    operations.record_fear(
        session, actor=actor, case=case, fears_return=fears, now=clock.now()
    )
    if fears:
        return redirect("/services?term=legal", 303)
    return redirect(f"/cases/{case.id}", 303)


@blueprint.get("/cases/<uuid:case_id>/readers")
@roles(Role.SUPERVISOR)
def readers(case_id: uuid.UUID) -> str:
    """Who opened the case, for its supervisor."""
    session = db()
    case = queries.get_case(session, case_id, actor=current_actor())
    return render_template(
        "cases/readers.html", case=case, reads=queries.reads(session, case)
    )


def _form_page(
    template: str,
    form: Form,
    errors: Mapping[str, str] | None = None,
    case: Case | None = None,
) -> str:
    language = current_language()
    return render_template(
        template,
        form=form,
        place=forms.place_typed(form, kept=case),
        errors=errors or {},
        case=case,
        terms=queries.term_choices(
            db(), language=language, country=case.return_country if case else None
        ),
        spoken=choices.languages(language),
        sheet_languages=choices.sheet_languages(),
        countries=country_options(form.get("host_country")),
        version=form.get("version") or (case.version if case else 0),
    )

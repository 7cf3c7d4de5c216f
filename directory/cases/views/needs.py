"""Pages to add and change the needs, the consent and the shortlist of a case."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from directory.cases import consents, forms, operations, queries
from directory.cases.views import choices
from directory.cases.views.cases import CASE_STAFF
from directory.errors import Invalid
from directory.models import Case, Need
from directory.web import clock
from directory.web.fields import Fields, Form, sentences
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("needs", __name__)


@blueprint.get("/cases/<uuid:case_id>/needs/new")
@roles(*CASE_STAFF)
def new(case_id: uuid.UUID) -> str:
    """The empty form of a need."""
    case = queries.get_case(db(), case_id, actor=current_actor())
    return _need_page(case, None, Form({"urgency": "medium"}))


@blueprint.post("/cases/<uuid:case_id>/needs/new")
@roles(*CASE_STAFF)
def add(case_id: uuid.UUID) -> Any:
    """Add a need, with an owner and a next date."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    try:
        details = forms.need_details(request.form)
        operations.add_need(
            session, actor=actor, case=case, details=details, now=clock.now()
        )
    except Invalid as error:
        return _need_page(case, None, request.form, sentences(error)), 422
    return redirect(f"/cases/{case.id}", 303)


@blueprint.get("/cases/<uuid:case_id>/needs/<uuid:need_id>/edit")
@roles(*CASE_STAFF)
def edit_form(case_id: uuid.UUID, need_id: uuid.UUID) -> str:
    """One need, to be changed."""
    case = queries.get_case(db(), case_id, actor=current_actor())
    need = queries.get_need(case, need_id)
    return _need_page(case, need, forms.need_values(need))


@blueprint.post("/cases/<uuid:case_id>/needs/<uuid:need_id>/edit")
@roles(*CASE_STAFF)
def edit(case_id: uuid.UUID, need_id: uuid.UUID) -> Any:
    """Change a need; an open one keeps an owner and a next date."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    need = queries.get_need(case, need_id)
    try:
        operations.edit_need(
            session,
            actor=actor,
            case=case,
            need=need,
            details=forms.need_details(request.form),
            now=clock.now(),
        )
    except Invalid as error:
        return _need_page(case, need, request.form, sentences(error)), 422
    return redirect(f"/cases/{case.id}", 303)


@blueprint.get("/cases/<uuid:case_id>/consent/new")
@roles(*CASE_STAFF)
def consent_form(case_id: uuid.UUID) -> str:
    """The form of a consent, with the usual answers ticked."""
    case = queries.get_case(db(), case_id, actor=current_actor())
    form = Form(
        {"form": "written", "given_by": "self", "language": case.sheet_language}
    )
    form["given_on"] = clock.today().isoformat()
    form["expires_on"] = (clock.today() + consents.DEFAULT_VALID_FOR).isoformat()
    form.setlist("purposes", ["referral"])
    form.setlist("recipients", [consents.ANY_PROVIDER])
    form.setlist("data_items", list(forms.QUICK_CONSENT))
    return _consent_page(case, form)


@blueprint.post("/cases/<uuid:case_id>/consent/new")
@roles(*CASE_STAFF)
def record_consent(case_id: uuid.UUID) -> Any:
    """Keep what the person allows."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    try:
        details = forms.consent_details(request.form)
        operations.record_consent(
            session, actor=actor, case=case, details=details, now=clock.now()
        )
    except Invalid as error:
        return _consent_page(case, request.form, sentences(error)), 422
    flash(gettext("The consent was recorded."), "success")
    return redirect(f"/cases/{case.id}", 303)


@blueprint.post("/cases/<uuid:case_id>/shortlist")
@roles(*CASE_STAFF)
def keep(case_id: uuid.UUID) -> Any:
    """Keep the ticked services for a need of this case."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    term = request.form.get("term", "")
    need = next((one for one in case.needs if one.term == term), None)
    for key in _keys(request.form.getlist("service_at_location")):
        offer = queries.offer(session, key, actor=actor)
        operations.keep(
            session,
            actor=actor,
            case=case,
            need_id=need.id if need else None,
            service_at_location_id=key,
            snapshot={"name": offer.name, "facts": offer.facts},
            now=clock.now(),
        )
    return redirect(f"/cases/{case.id}#shortlist", 303)


@blueprint.post("/cases/<uuid:case_id>/shortlist/<uuid:item_id>/drop")
@roles(*CASE_STAFF)
def drop(case_id: uuid.UUID, item_id: uuid.UUID) -> Any:
    """Take a service off the shortlist."""
    session, actor = db(), current_actor()
    case = queries.get_case(session, case_id, actor=actor)
    item = queries.get_kept(session, case, item_id)
    operations.drop(session, actor=actor, case=case, item=item)
    return redirect(f"/cases/{case.id}#shortlist", 303)


def _keys(texts: list[str]) -> list[uuid.UUID]:
    keys = []
    for text in texts:
        fields = Fields(Form({"service_at_location": text}))
        key = fields.key("service_at_location")
        fields.done()
        if key is not None:
            keys.append(key)
    return keys


def _need_page(
    case: Case, need: Need | None, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "cases/need.html",
        case=case,
        need=need,
        form=form,
        errors=errors or {},
        terms=queries.term_choices(
            db(), language=current_language(), country=case.return_country
        ),
        colleagues=[
            (str(user.id), user.name or user.email)
            for user in queries.colleagues(db(), case)
        ],
    )


def _consent_page(
    case: Case, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    language = current_language()
    kept = queries.shortlist(db(), case, actor=current_actor(), language=language)
    named = {
        str(one.offer.organization_id): one.organization for one in kept if one.offer
    }
    return render_template(
        "cases/consent.html",
        case=case,
        form=form,
        errors=errors or {},
        organizations=list(named.items()),
        spoken=choices.languages(language),
    )

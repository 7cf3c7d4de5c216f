"""Agreements with providers: written by supervisors and administrators, read by staff."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory import authz
from directory.authz import Action
from directory.errors import Invalid
from directory.listings import agreements, queries
from directory.models import Organization, Role
from directory.taxonomy import codes
from directory.web import clock
from directory.web.fields import Fields, sentences
from directory.web.identity import current_actor, roles
from directory.web.session import db

blueprint = Blueprint("agreements", __name__)


@blueprint.route(
    "/organizations/<uuid:organization_id>/agreements/new", methods=["GET", "POST"]
)
@roles(Role.SUPERVISOR, Role.ADMIN)
def create(organization_id: uuid.UUID) -> Any:
    """Write an agreement with an organization down."""
    actor = current_actor()
    organization = queries.get_organization(db(), organization_id, actor=actor)
    authz.require(actor, Action.EDIT_AGREEMENTS)
    if request.method == "GET":
        return _form(organization, {}, {})
    try:
        agreements.create(
            db(),
            actor=actor,
            organization=organization,
            values=_typed(),
            now=clock.now(),
        )
    except Invalid as error:
        return _form(organization, request.form, sentences(error)), 422
    return _done(organization)


@blueprint.route("/agreements/<uuid:agreement_id>/edit", methods=["GET", "POST"])
@roles(Role.SUPERVISOR, Role.ADMIN)
def edit(agreement_id: uuid.UUID) -> Any:
    """Change an agreement."""
    actor = current_actor()
    agreement = agreements.get(db(), agreement_id, actor=actor)
    authz.require(actor, Action.EDIT_AGREEMENTS)
    organization = queries.get_organization(
        db(), agreement.organization_id, actor=actor
    )
    if request.method == "GET":
        stored = {name: getattr(agreement, name) for name in agreements.FIELDS}
        return _form(organization, stored, {})
    try:
        agreements.edit(
            db(), actor=actor, agreement=agreement, values=_typed(), now=clock.now()
        )
    except Invalid as error:
        return _form(organization, request.form, sentences(error)), 422
    return _done(organization)


def _done(organization: Organization) -> Any:
    flash(gettext("The agreement is saved."), "success")
    return redirect(url_for("organizations.show", organization_id=organization.id), 303)


def _typed() -> dict[str, Any]:
    typed = Fields(request.form)
    values = {
        "has_memorandum": typed.ticked("has_memorandum"),
        "signed_on": typed.day("signed_on"),
        "valid_to": typed.day("valid_to"),
        "referral_channel": typed.text("referral_channel"),
        "has_data_sharing_clause": typed.ticked("has_data_sharing_clause"),
        "note": typed.text("note", longest=10_000),
    }
    typed.done()
    return values


def _form(
    organization: Organization, form: Mapping[str, Any], errors: Mapping[str, str]
) -> str:
    return render_template(
        "organizations/agreement.html",
        organization=organization,
        form=form,
        errors=errors,
        codes=codes,
    )

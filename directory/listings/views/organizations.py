"""The page of an organization: who it is, its listings, editing it, its history."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory import authz
from directory.authz import Action
from directory.errors import DomainError
from directory.listings import (
    agreements,
    labels,
    organizations,
    programmes,
    queries,
)
from directory.models import Organization
from directory.taxonomy import codes
from directory.web import clock
from directory.web.fields import Fields, sentences
from directory.web.identity import current_actor, public, signed_in
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number
from directory.web.session import db

blueprint = Blueprint("organizations", __name__)

PAGE_SIZE: Final = 50


@blueprint.get("/organizations/<uuid:organization_id>")
@public
def show(organization_id: uuid.UUID) -> Any:
    """Show an organization and those of its listings that the reader may see."""
    actor, number, language = current_actor(), page_number(), current_language()
    organization = queries.get_organization(db(), organization_id, actor=actor)
    offers, total = queries.list_offers_of(
        db(),
        organization_id,
        actor=actor,
        limit=PAGE_SIZE,
        start=(number - 1) * PAGE_SIZE,
    )
    keys = [organization.id, *(offer.service_id for offer in offers)]
    return render_template(
        "organizations/show.html",
        organization=organization,
        texts=queries.texts_in(db(), keys, language),
        page=Page(offers, total, number, PAGE_SIZE),
        url_for_page=lambda page: f"/organizations/{organization_id}?page={page}",
        can_edit=authz.may(actor, Action.EDIT_ORGANIZATION, organization),
        programmes=programmes.of_organization(
            db(), organization_id, today=clock.today()
        ),
        agreements=agreements.of_organization(db(), organization, actor=actor)
        if authz.may(actor, Action.SEE_AGREEMENTS)
        else None,
        can_agree=authz.may(actor, Action.EDIT_AGREEMENTS),
        agreement_is_over=lambda each: agreements.is_over(each, clock.today()),
        labels=labels,
        codes=codes,
    )


@blueprint.route("/organizations/<uuid:organization_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(organization_id: uuid.UUID) -> Any:
    """Show the form of an organization, and save what was typed."""
    actor = current_actor()
    organization = queries.get_organization(db(), organization_id, actor=actor)
    authz.require(actor, Action.EDIT_ORGANIZATION, organization)
    if request.method == "GET":
        return _form(organization, _as_form(organization), {})
    try:
        typed = Fields(request.form)
        changes = {
            name: typed.whole(name)
            if name in organizations.NUMBERS
            else typed.text(name, longest=10_000)
            for name in organizations.FIELDS
        }
        typed.done()
        version = request.form.get("version", "")
        organizations.edit_organization(
            db(),
            actor=actor,
            organization=organization,
            changes=changes,
            expected_version=int(version) if version.isdecimal() else -1,
            now=clock.now(),
        )
    except DomainError as error:
        organization = queries.get_organization(db(), organization_id, actor=actor)
        is_conflict = isinstance(error, organizations.OrganizationChanged)
        page = _form(
            organization, request.form, sentences(error), is_conflict=is_conflict
        )
        return page, 409 if is_conflict else 422
    flash(gettext("The organization is saved."), "success")
    return redirect(url_for("organizations.show", organization_id=organization_id), 303)


@blueprint.get("/organizations/<uuid:organization_id>/history")
@signed_in
def history(organization_id: uuid.UUID) -> Any:
    """Show who changed what of an organization."""
    actor = current_actor()
    organization = queries.get_organization(db(), organization_id, actor=actor)
    authz.require(actor, Action.SEE_HISTORY, organization)
    return render_template(
        "listings/history.html",
        name=organization.name,
        back=url_for("organizations.show", organization_id=organization_id),
        changes=queries.list_changes(db(), "organization", organization_id),
        labels=labels,
        names_people=authz.sees_everything(actor),
    )


def _as_form(organization: Organization) -> dict[str, str]:
    return {
        name: str(getattr(organization, name) or "") for name in organizations.FIELDS
    }


def _form(
    organization: Organization,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    is_conflict: bool = False,
) -> str:
    return render_template(
        "organizations/edit.html",
        organization=organization,
        form=form,
        errors=errors,
        is_conflict=is_conflict,
        stored=_as_form(organization),
        labels=labels,
        codes=codes,
    )

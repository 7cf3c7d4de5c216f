"""The catalogue of programmes: side by side for everybody, written by who keeps the organization."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory import authz
from directory.authz import Action
from directory.errors import Invalid
from directory.listings import programmes, queries
from directory.listings.programmes import Filters
from directory.models import Organization, Program
from directory.web import clock
from directory.web.fields import Fields, sentences
from directory.web.identity import current_actor, public, signed_in
from directory.web.session import db
from directory.web.templating import by_name, country_name

blueprint = Blueprint("programmes", __name__)


@blueprint.get("/programmes")
@public
def index() -> Any:
    """Programmes side by side, by country of return and host country."""
    filters = Filters(
        q=request.args.get("q", "")[:200],
        country=_country("country"),
        host_country=_country("host"),
    )
    actor, today = current_actor(), clock.today()
    named = programmes.named(db(), actor=actor, today=today)
    return render_template(
        "programmes/index.html",
        filters=filters,
        countries=_options(named.countries, filters.country),
        host_countries=_options(named.host_countries, filters.host_country),
        programmes=programmes.find(db(), filters, actor=actor, today=today),
    )


def _options(named: frozenset[str], asked: str | None) -> list[tuple[str, str]]:
    """Countries to choose from, that of the address among them, by name."""
    codes = named | {asked} if asked else named
    return by_name((code, country_name(code)) for code in codes)


@blueprint.get("/programmes/<uuid:programme_id>")
@public
def show(programme_id: uuid.UUID) -> Any:
    """One programme."""
    actor = current_actor()
    listed = programmes.get(db(), programme_id, actor=actor, today=clock.today())
    owner = db().get_one(Organization, listed.programme.organization_id)
    return render_template(
        "programmes/show.html",
        listed=listed,
        programme=listed.programme,
        can_edit=authz.may(actor, Action.EDIT_ORGANIZATION, owner),
    )


@blueprint.route(
    "/organizations/<uuid:organization_id>/programmes/new", methods=["GET", "POST"]
)
@signed_in
def create(organization_id: uuid.UUID) -> Any:
    """Write a programme of an organization down."""
    actor = current_actor()
    organization = queries.get_organization(db(), organization_id, actor=actor)
    authz.require(actor, Action.EDIT_ORGANIZATION, organization)
    if request.method == "GET":
        return _form(organization, None, {}, {})
    try:
        made = programmes.create(
            db(),
            actor=actor,
            organization=organization,
            values=_typed(),
            now=clock.now(),
        )
    except Invalid as error:
        return _form(organization, None, request.form, sentences(error)), 422
    flash(gettext("The programme is saved."), "success")
    return redirect(url_for("programmes.show", programme_id=made.id), 303)


@blueprint.route("/programmes/<uuid:programme_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(programme_id: uuid.UUID) -> Any:
    """Change a programme."""
    actor = current_actor()
    programme = programmes.get(
        db(), programme_id, actor=actor, today=clock.today()
    ).programme
    organization = db().get_one(Organization, programme.organization_id)
    authz.require(actor, Action.EDIT_ORGANIZATION, organization)
    if request.method == "GET":
        return _form(organization, programme, _as_form(programme), {})
    try:
        programmes.edit(
            db(), actor=actor, programme=programme, values=_typed(), now=clock.now()
        )
    except Invalid as error:
        return _form(organization, programme, request.form, sentences(error)), 422
    flash(gettext("The programme is saved."), "success")
    return redirect(url_for("programmes.show", programme_id=programme.id), 303)


def _country(name: str) -> str | None:
    code = request.args.get(name, "").strip().upper()
    return code if re.fullmatch(r"[A-Z]{2}", code) else None


def _typed() -> dict[str, Any]:
    typed = Fields(request.form)
    values: dict[str, Any] = {
        name: typed.text(name, longest=10_000)
        for name in ("name", "alternate_name", "description", "gives", "for_whom", "source", "plan_reference")
    }  # fmt: skip
    values["amount"] = typed.decimal("amount")
    values["currency"] = (typed.text("currency") or "").upper() or None
    values["apply_within_days"] = typed.whole("apply_within_days")
    for name in ("host_countries", "countries"):
        values[name] = re.findall(r"\w+", (typed.text(name) or "").upper())
    values["source_date"] = typed.day("source_date")
    values["valid_to"] = typed.day("valid_to")
    typed.done()
    return values


def _as_form(programme: Program) -> dict[str, Any]:
    form = {name: getattr(programme, name) for name in programmes.FIELDS}
    for name in ("host_countries", "countries"):
        form[name] = ", ".join(form[name] or ())
    return form


def _form(
    organization: Organization,
    programme: Program | None,
    form: Mapping[str, Any],
    errors: Mapping[str, str],
) -> str:
    return render_template(
        "programmes/edit.html",
        organization=organization,
        programme=programme,
        form=form,
        errors=errors,
    )

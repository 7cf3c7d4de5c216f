"""Editing a listing, proposing a change where one may not, and writing a new one down."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory import authz
from directory.areas.forms import country_options
from directory.authz import Action
from directory.countries import queries as countries
from directory.errors import DomainError, Invalid, NotFound
from directory.listings import (
    affected,
    forms,
    labels,
    lookalikes,
    operations,
    photos,
    proposals,
    queries,
    reference,
    sealing,
    stored,
    translations,
)
from directory.listings.forms import ALL_FIELDS, Form
from directory.listings.lookalikes import Lookalike
from directory.listings.operations import EditedMeanwhile
from directory.listings.record import ListingRecord, differences
from directory.listings.views import coverage
from directory.listings.views.listings import Rights, rights
from directory.models import Role, Service
from directory.taxonomy import codes
from directory.text import N_
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import current_actor, roles, signed_in
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("listing_edits", __name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A form in the making: what it edits, what was typed, and what is wrong with it."""

    service: Service
    key: uuid.UUID
    stored: ListingRecord
    rights: Rights
    form: Form
    errors: Mapping[str, str]
    conflict: Mapping[str, tuple[Any, Any]]

    @property
    def can_have_photo(self) -> bool:
        """Whether a photograph of the entrance may be kept: never of a protected place."""
        return (
            self.rights.can_edit and self.service.sensitivity not in sealing.PROTECTED
        )


@blueprint.route("/services/<uuid:service_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(service_id: uuid.UUID) -> Any:
    """Show the form of a listing, and save or propose what was typed."""
    actor = current_actor()
    service = queries.get_service(db(), service_id, actor=actor)
    authz.require(actor, Action.PROPOSE_CHANGE, service)
    key = _place_key(service)
    record = stored.read_records(db(), [key])[key]
    allowed = rights(service, actor)
    if request.method == "GET":
        return _page(
            Draft(service, key, record, allowed, forms.as_form(record), {}, {})
        )
    settled = coverage.settled(request.form, request.files, country=record.country)
    if "find" in request.form:
        return _page(Draft(service, key, record, allowed, settled.form, {}, {}))
    try:
        settled.done()
        typed = forms.record_of(
            settled.form, record, fields=shown_fields(service, allowed)
        )
        return _save(service, key, typed, allowed)
    except EditedMeanwhile as error:
        return _clash(service_id, key, sentences(error)), 409
    except Invalid as error:
        problems = sentences(error)
        draft = Draft(service, key, record, allowed, settled.form, problems, {})
        return _page(draft), 422


@blueprint.route("/services/new", methods=["GET", "POST"])
@roles(Role.ADMIN, Role.SUPERVISOR, Role.PROVIDER, Role.AUTHORITY)
def create() -> Any:
    """Show an empty form, and write a new listing down."""
    organizations = queries.own_organizations(db(), current_actor())
    if request.method == "GET":
        return _new_page(Form({"language": current_language()}), {}, organizations)
    country = request.form.get("country", "").strip().upper()[:2] or None
    settled = coverage.settled(request.form, request.files, country=country)
    if "find" in request.form:
        return _new_page(settled.form, {}, organizations)
    try:
        settled.done()
        own, chosen = _organization(organizations)
        empty = ListingRecord(
            organization_name=chosen,
            service_name="",
            taxonomy_terms=(),
            country=country,
        )
        record = forms.record_of(settled.form, empty, fields=ALL_FIELDS)
        if "another" not in request.form and (
            alike := lookalikes.find(db(), actor=current_actor(), record=record)
        ):
            return _new_page(settled.form, {}, organizations, alike)
        ids = operations.create_services(
            db(),
            actor=current_actor(),
            records=[record],
            now=clock.now(),
            origin="form",
            organization_id=own,
        )[0]
    except DomainError as error:
        return _new_page(settled.form, sentences(error), organizations), 422
    flash(gettext("The listing is saved."), "success")
    return redirect(url_for("listings.show", service_id=ids.service_id), 303)


def shown_fields(service: Service, allowed: Rights) -> frozenset[str]:
    """Return the fields of the form: who may only propose does not see what is hidden."""
    if allowed.can_edit:
        return ALL_FIELDS
    hidden = frozenset({"sensitivity", "referral_email"})
    if service.sensitivity in sealing.PROTECTED:
        hidden |= sealing.HIDDEN
    return ALL_FIELDS - hidden


def _place_key(service: Service) -> uuid.UUID:
    """The place that is edited: ``at`` of the address or form, else the first."""
    keys = queries.places_of(db(), service.id)
    asked = request.values.get("at", "")
    for key in keys:
        if str(key) == asked or (not asked and key == keys[0]):
            return key
    raise NotFound


def _save(
    service: Service, key: uuid.UUID, record: ListingRecord, allowed: Rights
) -> Any:
    if allowed.can_edit:
        version = request.form.get("version", "")
        operations.edit_service(
            db(),
            actor=current_actor(),
            service_at_location_id=key,
            record=record,
            expected_version=int(version) if version.isdecimal() else -1,
            now=clock.now(),
        )
        _mark_texts(key)
        flash(gettext("The listing is saved."), "success")
    else:
        proposals.propose(
            db(),
            actor=current_actor(),
            service=service,
            service_at_location_id=key,
            record=record,
            note=request.form.get("note", ""),
            now=clock.now(),
        )
        flash(
            gettext("Thank you. The change waits for somebody to approve it."),
            "success",
        )
    return redirect(url_for("listings.show", service_id=service.id), 303)


def _mark_texts(key: uuid.UUID) -> None:
    """Keep what was ticked beside the translations."""
    ids = reference.read_ids(db(), [key])[key]
    before = translations.read_states(db(), ids)
    states = forms.states_of(request.form, before)
    translations.mark(
        db(), actor=current_actor(), ids=ids, states=states, now=clock.now()
    )


def _clash(service_id: uuid.UUID, key: uuid.UUID, errors: Mapping[str, str]) -> str:
    """Show the form again with what was typed, and beside it what somebody else has written."""
    service = queries.get_service(db(), service_id, actor=current_actor())
    now = stored.read_records(db(), [key])[key]
    allowed = rights(service, current_actor())
    form = coverage.settled(request.form, request.files, country=now.country).form
    typed = forms.record_of(form, now, fields=shown_fields(service, allowed))
    return _page(
        Draft(service, key, now, allowed, form, errors, differences(now, typed))
    )


def _page(draft: Draft) -> str:
    return render_template(
        "listings/edit.html",
        draft=draft,
        service=draft.service,
        form=draft.form,
        errors=draft.errors,
        fields=shown_fields(draft.service, draft.rights),
        coverage=coverage.fields_of(draft.form, country=draft.stored.country),
        places=queries.places_of(db(), draft.service.id),
        uses=affected.uses_of(db(), draft.service.id, actor=current_actor()),
        states=translations.read_states(
            db(), reference.read_ids(db(), [draft.key])[draft.key]
        ),
        photo_text=photos.text_of(db(), draft.key) if draft.can_have_photo else None,
        **_lists(draft.stored.country),
    )


def _new_page(
    form: Form,
    errors: Mapping[str, str],
    organizations: Mapping[str, str],
    alike: Sequence[Lookalike] = (),
) -> str:
    return render_template(
        "listings/new.html",
        alike=alike,
        form=form,
        errors=errors,
        fields=ALL_FIELDS,
        coverage=coverage.fields_of(form, country=form.get("country", "").upper()),
        organizations=organizations,
        lands=country_options(form.get("country", "").upper()),
        states={},
        **_lists(form.get("country", "").upper()),
    )


def _lists(country: str | None) -> dict[str, Any]:
    """What the fields offer; categories in the words of the listing's country."""
    return {
        "labels": labels,
        "codes": codes,
        "categories": countries.categories(db(), country),
        "written_in": ("ar", "en", "es", "fr"),
        "text_states": translations.STATES,
    }


def _organization(organizations: Mapping[str, str]) -> tuple[uuid.UUID | None, str]:
    """The organization's key, if it is chosen, and name; providers choose one of their own."""
    if organizations:
        key = request.form.get("organization", "")
        if key not in organizations:
            raise Invalid(fields={"organization": N_("Choose from the list.")})
        return uuid.UUID(key), organizations[key]
    name = request.form.get("organization_name", "").strip()
    if not name:
        raise Invalid(
            fields={"organization_name": N_("Enter the name of the organization.")}
        )
    return None, name

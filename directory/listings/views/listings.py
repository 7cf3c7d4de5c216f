"""The page of one listing: what it offers, its history, assuring it, reporting what is wrong."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from directory import authz
from directory.areas import queries as areas
from directory.authz import Action, Actor
from directory.errors import DomainError
from directory.listings import (
    freshness,
    hours,
    labels,
    operations,
    queries,
    reference,
    reports,
    texts,
)
from directory.listings.queries import Listing, Place
from directory.models import Service
from directory.taxonomy import codes
from directory.taxonomy import queries as taxonomy
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import current_actor, public, signed_in
from directory.web.locale import current_language
from directory.web.security import limiter
from directory.web.session import db

blueprint = Blueprint("listings", __name__)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do with a listing."""

    can_edit: bool
    can_propose: bool
    sees_history: bool


@blueprint.get("/services/<uuid:service_id>")
@public
def show(service_id: uuid.UUID) -> Any:
    """Show one listing."""
    language, actor = current_language(), current_actor()
    listing = queries.get_listing(db(), service_id, actor=actor, language=language)
    return render_template(
        "listings/show.html",
        listing=listing,
        record=listing.first,
        say=lambda column, record=listing.first: texts.choose(record, column, language),
        places=[_place(place, listing) for place in listing.places],
        freshness=_freshness(listing),
        terms=taxonomy.term_names(db(), _with_categories(listing), language),
        coverage_names=_coverage_names(listing, language),
        others=queries.others_at_place(db(), listing, actor=actor),
        rights=rights(listing.service, actor),
        codes=codes,
    )


@blueprint.post("/services/<uuid:service_id>/assure")
@signed_in
def assure(service_id: uuid.UUID) -> Any:
    """Record that somebody made sure today that the listing is right."""
    service = queries.get_service(db(), service_id, actor=current_actor())
    operations.assure_service(
        db(),
        actor=current_actor(),
        service=service,
        method=request.form.get("method", ""),
        now=clock.now(),
    )
    flash(gettext("Thank you. The listing is marked as verified today."), "success")
    return redirect(url_for("listings.show", service_id=service_id), 303)


@blueprint.get("/services/<uuid:service_id>/history")
@signed_in
def history(service_id: uuid.UUID) -> Any:
    """Show who changed what, when and from where."""
    actor = current_actor()
    service = queries.get_service(db(), service_id, actor=actor)
    authz.require(actor, Action.SEE_HISTORY, service)
    return render_template(
        "listings/history.html",
        name=service.name,
        back=url_for("listings.show", service_id=service.id),
        changes=queries.history_of(db(), service, actor=actor),
        labels=labels,
        names_people=authz.sees_everything(actor),
    )


@blueprint.route("/services/<uuid:service_id>/report", methods=["GET", "POST"])
@public
@limiter.limit("20/hour", methods=["POST"])
def report(service_id: uuid.UUID) -> Any:
    """Take a word about what is wrong with a listing, without an account."""
    service = queries.get_service(db(), service_id, actor=current_actor())
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            reports.report_listing(
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
            return redirect(url_for("listings.show", service_id=service.id), 303)
    page = render_template(
        "listings/report.html",
        service=service,
        kinds=reports.KINDS,
        form=request.form,
        errors=errors,
    )
    return page, 422 if errors else 200


def rights(service: Service, actor: Actor) -> Rights:
    """Return what the actor may do with a service, asking for its areas only where they matter."""
    chains = []
    if actor.area_ids:
        chains = reference.listing_areas(db(), [service.id]).get(service.id, [])
    return Rights(
        can_edit=authz.may(actor, Action.EDIT_LISTING, service, area_ids=chains),
        can_propose=authz.may(actor, Action.PROPOSE_CHANGE, service),
        sees_history=authz.may(actor, Action.SEE_HISTORY, service),
    )


def _place(place: Place, listing: Listing) -> dict[str, Any]:
    record = place.record
    local = hours.local_moment(clock.now(), record.longitude)
    return {
        "key": place.key,
        "record": record,
        "area_names": place.area_names,
        "week": hours.week(record.opening_hours, local.date(), record.country),
        "today": local.date(),
        "phones": [
            number.strip()
            for number in (record.phone or "").split(";")
            if number.strip()
        ],
        "hides": listing.hides_place,
    }


def _freshness(listing: Listing) -> freshness.Freshness:
    return freshness.freshness(
        assured_date=listing.facts.assured_date,
        review_days=listing.facts.review_days,
        today=clock.today(),
    )


def _with_categories(listing: Listing) -> set[str]:
    terms = set(listing.first.taxonomy_terms)
    return terms | {term.partition(".")[0] for term in terms}


def _coverage_names(listing: Listing, language: str) -> dict[str, str]:
    """Names of the areas that the coverage speaks of, by code."""
    wanted = {
        code
        for place in listing.places
        for code in (
            *place.record.coverage_areas,
            *place.record.coverage_excluded_areas,
        )
    }
    rows = areas.areas_by_codes(db(), wanted)
    names = areas.names(db(), [row.id for row in rows.values()], language)
    return {code: names.get(row.id, row.name) for code, row in rows.items()}

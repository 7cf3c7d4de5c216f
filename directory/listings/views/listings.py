"""The page of one listing: what it offers, who has checked it, its history."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for

from directory import authz
from directory.accounts import watches
from directory.areas import queries as areas
from directory.authz import Action, Actor
from directory.countries import queries as countries
from directory.listings import (
    freshness,
    hours,
    labels,
    local_time,
    photos,
    queries,
    reference,
    standing,
    texts,
    translations,
    travel_time,
    verifications,
)
from directory.listings.queries import Listing, Place
from directory.models import Role, Service
from directory.taxonomy import codes
from directory.web import clock
from directory.web.identity import current_actor, public, signed_in
from directory.web.locale import current_language
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
        say=_speaker(listing, language),
        places=[_place(place, listing) for place in listing.places],
        standing=standing.of(listing.first, clock.today()),
        residence_names=_area_names(listing.first.residence_areas, language),
        freshness=_freshness(listing),
        terms=_term_names(listing, language),
        coverage_names=_coverage_names(listing, language),
        others=queries.others_at_place(db(), listing, actor=actor),
        rights=rights(listing.service, actor),
        keeping=_keeping(listing.service, actor),
        codes=codes,
    )


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
        can_restore=rights(service, actor).can_edit,
    )


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


def _keeping(service: Service, actor: Actor) -> dict[str, Any]:
    """What the part about checks shows: who keeps it, the log, what may be done, the words."""
    chains = reference.listing_areas(db(), [service.id]).get(service.id, [])
    # Of a protected listing not even the area of its authority is told.
    is_open = service.sensitivity not in queries.WITHOUT_PLACE
    keepers = verifications.keeping_areas(db(), chains) if is_open else ()
    names = areas.names(db(), keepers, current_language())
    own = service.organization_id in actor.organization_ids
    return {
        "authorities": [names[key] for key in keepers],
        "checks": verifications.latest(db(), service, actor=actor, area_ids=chains),
        "is_watched": bool(
            watches.own_watches(db(), actor=actor, service_id=service.id)
        ),
        "may_claim": actor.role is Role.PROVIDER and not own,
        "results": verifications.RESULTS,
        "today": clock.today(),
    }


def _speaker(listing: Listing, language: str) -> Callable[..., texts.Text | None]:
    """What tells a column's text: ``say(column)``, for a further place ``say(column, place)``."""
    first = listing.places[0]
    ids = reference.read_ids(db(), [place.key for place in listing.places])
    states = {
        place.key: translations.read_states(db(), ids[place.key])
        for place in listing.places
    }

    def say(column: str, place: Mapping[str, Any] | None = None) -> texts.Text | None:
        record, key = (
            (place["record"], place["key"]) if place else (first.record, first.key)
        )
        return texts.choose(record, column, language, states[key])

    return say


def _place(place: Place, listing: Listing) -> dict[str, Any]:
    record = place.record
    moments = local_time.moments(clock.now(), record.country, record.longitude)
    local = local_time.likeliest(clock.now(), record.country, record.longitude)
    packs = countries.packs(db())
    photo_text = None if listing.hides_place else photos.text_of(db(), place.key)
    return {
        "key": place.key,
        "record": record,
        "area_names": place.area_names,
        "week": hours.week(record.opening_hours, local.date(), record.country, packs),
        "openness": hours.openness_of(
            record.opening_hours, moments, record.country, packs
        ),
        "today": local.date(),
        "photo_text": photo_text,
        "phones": [
            number.strip()
            for number in (record.phone or "").split(";")
            if number.strip()
        ],
        "hides": listing.hides_place,
        "travel_km": travel_time.reach_km(
            record.coverage_travel_minutes, record.coverage_travel_mode
        )
        if record.coverage_travel_minutes
        else None,
    }


def _freshness(listing: Listing) -> freshness.Freshness:
    return freshness.of(listing.facts, clock.today())


def _term_names(listing: Listing, language: str) -> Mapping[str, str]:
    """What the categories are called, in the words of the listing's country where it has its own."""
    codes = _with_categories(listing)
    return countries.term_names(db(), codes, language, listing.first.country)


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
    return _area_names(wanted, language)


def _area_names(codes: Collection[str], language: str) -> dict[str, str]:
    rows = areas.areas_by_codes(db(), set(codes))
    names = areas.names(db(), [row.id for row in rows.values()], language)
    return {code: names.get(row.id, row.name) for code, row in rows.items()}

"""The photograph of a listing's entrance: shown to whoever sees the listing, kept by who edits it."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext

from directory.errors import DomainError, NotFound
from directory.listings import photos, queries
from directory.models import Service
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import current_actor, public, signed_in
from directory.web.session import db

blueprint = Blueprint("photos", __name__)


@blueprint.get("/services/<uuid:service_id>/photo")
@public
def show(service_id: uuid.UUID) -> Response:
    """The photograph of one place of a listing, to everybody who may see the listing."""
    service = queries.get_service(db(), service_id, actor=current_actor())
    photo = photos.read(db(), service, _place_key(service))
    if photo is None:
        raise NotFound
    return Response(photo, mimetype="image/jpeg")


@blueprint.post("/services/<uuid:service_id>/photo")
@signed_in
def change(service_id: uuid.UUID) -> Any:
    """Keep the photograph that was uploaded, or forget the one there is."""
    service = queries.get_service(db(), service_id, actor=current_actor())
    key = _place_key(service)
    uploaded = request.files.get("photo")
    try:
        if request.form.get("remove"):
            photos.remove_photo(
                db(),
                actor=current_actor(),
                service=service,
                service_at_location_id=key,
                now=clock.now(),
            )
        else:
            photos.set_photo(
                db(),
                actor=current_actor(),
                service=service,
                service_at_location_id=key,
                data=uploaded.stream.read(photos.MOST_UPLOADED + 1)
                if uploaded
                else b"",
                text=request.form.get("photo_text", ""),
                now=clock.now(),
            )
    except DomainError as error:
        if not error.fields:
            raise
        for sentence in sentences(error).values():
            flash(sentence, "error")
        return redirect(_back(service, key), 303)
    flash(gettext("The photograph is saved."), "success")
    return redirect(_back(service, key), 303)


def _back(service: Service, key: uuid.UUID) -> str:
    return f"{url_for('listing_edits.edit', service_id=service.id, at=key)}#photograph"


def _place_key(service: Service) -> uuid.UUID:
    """The place that is meant: ``at`` of the address or form, else the first."""
    keys = queries.places_of(db(), service.id)
    asked = request.values.get("at", "")
    for key in keys:
        if str(key) == asked or (not asked and key == keys[0]):
            return key
    raise NotFound

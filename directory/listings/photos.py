"""The photograph of a listing's entrance: made anew without metadata, never of a protected place."""

import io
import uuid
from datetime import datetime
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.errors import Invalid
from directory.listings import reference, sealing
from directory.models import Location, Service, ServiceAtLocation
from directory.text import N_

FORMATS: Final = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE: Final = 1280
MOST_BYTES: Final = 200_000
MOST_UPLOADED: Final = 15_000_000
MOST_PIXELS: Final = 50_000_000
LONGEST_TEXT: Final = 300
_QUALITIES: Final = (85, 75, 65, 50, 35)

# A picture of more pixels is refused by Pillow before it takes any memory.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class UnusablePhoto(Invalid):
    """What was uploaded is no photograph that can be shown."""

    code = "photo_unusable"
    message = N_("This file is not a photograph that can be used.")
    remedy = N_("Choose a JPEG, PNG or WebP file of at most 15 MB.")


def prepare(data: bytes) -> bytes:
    """Return a photograph as a small JPEG: upright, RGB, without any metadata.

    At most ``LONGEST_SIDE`` pixels wide and high and ``MOST_BYTES`` long. Raises UnusablePhoto for
    everything that is no JPEG, PNG or WebP, is broken, or is too large to be opened safely.
    """
    if not data or len(data) > MOST_UPLOADED:
        raise _unusable()
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _unusable()
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = _on_white(upright)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise _unusable() from error
    return _compressed(plain)


def set_photo(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    service_at_location_id: uuid.UUID,
    data: bytes,
    text: str,
    now: datetime,
) -> None:
    """Keep a photograph of the entrance with the words that say what it shows.

    Raises NotYours, UnusablePhoto, or Invalid: without words, or where the place is protected.
    """
    _require(session, actor, service)
    words = " ".join(text.replace("\x00", "").split())
    problems = {}
    if not words:
        problems["photo_text"] = N_("Say what the photograph shows.")
    elif len(words) > LONGEST_TEXT:
        problems["photo_text"] = N_("This text is too long.")
    if service.sensitivity in sealing.PROTECTED:
        problems["photo"] = N_("A protected place must not be shown.")
    if problems:
        raise Invalid(fields=problems)
    _write(session, actor, service, service_at_location_id, prepare(data), words, now)


def remove_photo(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    service_at_location_id: uuid.UUID,
    now: datetime,
) -> None:
    """Forget the photograph; raises NotYours."""
    _require(session, actor, service)
    _write(session, actor, service, service_at_location_id, None, None, now)


def read(
    session: Session, service: Service, service_at_location_id: uuid.UUID
) -> bytes | None:
    """Return the photograph of one place of a service; never that of a protected one."""
    if service.sensitivity in sealing.PROTECTED:
        return None
    query = _of_place(select(Location.photo), service_at_location_id)
    photo: bytes | None = session.scalar(
        query.where(ServiceAtLocation.service_id == service.id)
    )
    return photo


def text_of(session: Session, service_at_location_id: uuid.UUID) -> str | None:
    """Return what the photograph of a place shows, in words; None where there is none."""
    query = _of_place(select(Location.photo_text), service_at_location_id)
    text: str | None = session.scalar(query.where(Location.photo.is_not(None)))
    return text


def _require(session: Session, actor: Actor, service: Service) -> None:
    chains = reference.listing_areas(session, [service.id]).get(service.id, [])
    authz.require(actor, Action.EDIT_LISTING, service, area_ids=chains)


def _write(
    session: Session,
    actor: Actor,
    service: Service,
    key: uuid.UUID,
    photo: bytes | None,
    words: str | None,
    now: datetime,
) -> None:
    before = text_of(session, key)
    place = select(ServiceAtLocation.location_id).where(ServiceAtLocation.id == key)
    session.execute(
        update(Location)
        .where(Location.id == place.scalar_subquery())
        .values(photo=photo, photo_text=words),
        execution_options={"synchronize_session": False},
    )
    service.version += 1
    service.last_modified = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        resource_type="service",
        resource_id=service.id,
        changes={"photo": (before, words)},
        now=now,
        origin="form",
    )


def _of_place(query: Any, key: uuid.UUID) -> Any:
    return query.join(
        ServiceAtLocation, ServiceAtLocation.location_id == Location.id
    ).where(ServiceAtLocation.id == key)


def _on_white(image: Image.Image) -> Image.Image:
    """The bare pixels; what is transparent becomes white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        colours = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(colours, mask=colours.getchannel("A"))
        return ground
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _compressed(image: Image.Image) -> bytes:
    """The image as JPEG, ever more strongly compressed and then smaller until it is small enough."""
    while True:
        for quality in _QUALITIES:
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=quality, optimize=True, progressive=True)
            if stream.tell() <= MOST_BYTES:
                return stream.getvalue()
        image = image.resize(
            (max(1, image.width * 3 // 4), max(1, image.height * 3 // 4))
        )


def _unusable() -> UnusablePhoto:
    return UnusablePhoto(fields={"photo": UnusablePhoto.message})

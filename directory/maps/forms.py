"""What the address of a map says, as values the queries understand."""

import math
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.areas.forms import read_place
from directory.authz import Actor
from directory.errors import Invalid
from directory.search import forms as search_forms
from directory.search import queries as search
from directory.search.choice import engine_for
from directory.text import N_
from geo.points import BoundingBox, OutOfRange, Point

Arguments = MultiDict[str, str]

MOST_MATCHES: Final = 50
ROUNDED_TO: Final = 2
"""Decimals of a place in an address or on a map: about a kilometre, so that it is nobody's home."""
DEEPEST_ZOOM: Final = 20


class BadMap(Invalid):
    """The address of a map or of its points cannot be understood."""

    code = "invalid_map"
    message = N_("This part of the map cannot be shown.")


@dataclass(frozen=True, slots=True)
class Matched:
    """A place, rounded, and services at locations in the order of their list."""

    place: Point | None
    ids: tuple[uuid.UUID, ...]


def matched(arguments: Arguments) -> Matched:
    """Read ``at=latitude,longitude`` and repeated ``id=``; raises BadMap."""
    try:
        ids = tuple(uuid.UUID(text) for text in arguments.getlist("id"))
    except ValueError:
        raise BadMap(fields={"id": BadMap.message}) from None
    return Matched(_place(arguments.get("at", "")), ids[:MOST_MATCHES])


def box_of(arguments: Arguments) -> BoundingBox | None:
    """Read ``bbox=west,south,east,north``, as Leaflet writes it; raises BadMap.

    A view wider than the world, or scrolled round it, is brought back onto the earth.
    """
    text = arguments.get("bbox", "")
    if not text:
        return None
    west, south, east, north = _numbers(text, 4, "bbox")
    if south > north or west > east:
        raise BadMap(fields={"bbox": BadMap.message})
    south, north = max(south, -90.0), min(north, 90.0)
    if south > north:
        raise BadMap(fields={"bbox": BadMap.message})
    if east - west >= 360:
        west, east = -180.0, 180.0
    else:
        west, east = _turned(west), _turned(east)
    return BoundingBox(south=south, west=west, north=north, east=east)


def zoom_of(arguments: Arguments, box: BoundingBox | None) -> int:
    """Read ``zoom=``; without it, the zoom at which the box fills a screen of 800 points."""
    text = arguments.get("zoom", "")
    if text:
        (zoom,) = _numbers(text, 1, "zoom")
        return int(min(max(zoom, 0), DEEPEST_ZOOM))
    width = (box.east - box.west) % 360 if box else 360
    return int(min(max(math.log2(360 * 800 / (256 * (width or 360))), 0), DEEPEST_ZOOM))


def _place(text: str) -> Point | None:
    if not text:
        return None
    latitude, longitude = _numbers(text, 2, "at")
    try:
        return Point(
            latitude=round(latitude, ROUNDED_TO), longitude=round(longitude, ROUNDED_TO)
        )
    except OutOfRange:
        raise BadMap(fields={"at": BadMap.message}) from None


def _numbers(text: str, count: int, name: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise BadMap(fields={name: BadMap.message})
    return numbers


def _turned(longitude: float) -> float:
    turned = (longitude + 180) % 360 - 180
    return 180.0 if turned == -180 and longitude > 0 else turned


def conditions(
    session: Session, arguments: Arguments, *, actor: Actor, today: date
) -> list[ColumnElement[bool]]:
    """Return what /services finds for these arguments as conditions on ``Offer``."""
    filters = search_forms.filters_of(arguments)
    place = read_place(arguments, "place", country=filters.country).place
    filters = search_forms.placed(filters, place)
    engine = engine_for(current_app.extensions["homeward"])
    hits = search.search_text(session, engine, filters, actor=actor)
    return search.conditions(session, filters, hits, actor=actor, today=today)

"""Outlines of areas, read once and kept: a match asks for the same few again and again."""

import uuid
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.database import among, fetch
from directory.models import Area

AREA: Final = (Area.id, Area.level, Area.area_km2, Area.latitude, Area.longitude)
"""What tells an outline from an earlier one of the same area; pass rows of these to ``read``."""

MOST = 1000
_kept: OrderedDict[Hashable, BaseGeometry] = OrderedDict()
_lock = Lock()


def read(session: Session, rows: Iterable[Any]) -> dict[uuid.UUID, BaseGeometry]:
    """Return the outline of each area; an empty one where there is none.

    An area whose outline was replaced has another size and surface point, and is read anew.
    """
    versions = {row.id: tuple(row[:5]) for row in rows}
    with _lock:
        found = {
            key: _kept[version] for key, version in versions.items() if version in _kept
        }
        for key in found:
            _kept.move_to_end(versions[key])
    missing = [key for key in versions if key not in found]
    if not missing:
        return found
    query = select(Area.id, func.ST_AsBinary(Area.geometry, type_=None)).where(
        among(session, Area.id, missing)
    )
    read_now = {
        key: shapely.MultiPolygon()
        if outline is None
        else shapely.from_wkb(bytes(outline))
        for key, outline in fetch(session, query)
    }
    shapely.prepare(list(read_now.values()))
    with _lock:
        for key, shape in read_now.items():
            _kept[versions[key]] = shape
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found | read_now

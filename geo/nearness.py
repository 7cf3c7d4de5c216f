"""How far a shape lies from a place, when only what is close by matters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.points import BoundingBox, Point
from geo.shapes import bounds

_A_KM, _E2 = 6378.137, 0.00669437999014


@dataclass(frozen=True)
class Surroundings:
    """Everything within ``reach_km`` of a place: a point, or an area with its ``outline``.

    Distances are measured on a plane that touches the ellipsoid at ``point``: exact to a thousandth
    over some tens of kilometres around it.
    """

    point: Point
    reach_km: float
    outline: BaseGeometry | None = None

    @cached_property
    def box(self) -> BoundingBox:
        """A box that holds everything within reach."""
        if self.outline is None or self.outline.is_empty:
            return BoundingBox.around(self.point, self.reach_km)
        own = bounds(self.outline)
        edge = max(
            (Point(latitude=lat, longitude=own.west) for lat in (own.south, own.north)),
            key=lambda corner: abs(corner.latitude),
        )
        margin = BoundingBox.around(edge, self.reach_km)
        height = (margin.north - margin.south) / 2
        width = ((margin.east - margin.west) % 360) / 2
        return BoundingBox(
            south=max(-90.0, own.south - height),
            west=max(-180.0, own.west - width),
            north=min(90.0, own.north + height),
            east=min(180.0, own.east + width),
        )

    @cached_property
    def _target(self) -> BaseGeometry:
        if self.outline is None:
            return shapely.Point(0, 0)
        return shapely.transform(self.outline, self._to_plane)

    def distance_km(self, shape: BaseGeometry) -> float | None:
        """Return kilometres from the place to the shape, 0 inside it; None beyond reach."""
        if self._is_far(shape):
            return None
        close = self.close_part(shape)
        if close.is_empty:
            return None
        km = float(
            shapely.distance(self._target, shapely.transform(close, self._to_plane))
        )
        return km if km <= self.reach_km else None

    def _is_far(self, shape: BaseGeometry) -> bool:
        """Whether the shape surely lies beyond reach: quick, where it has been prepared."""
        if self.outline is not None or self.box.crosses_antimeridian:
            return False
        height = (self.box.north - self.box.south) / 2
        width = (self.box.east - self.box.west) / 2
        place = shapely.Point(self.point.longitude, self.point.latitude)
        return not shapely.dwithin(shape, place, float(np.hypot(height, width)))

    def close_part(self, shape: BaseGeometry) -> BaseGeometry:
        """Return what of the shape lies in the box; may be a little untidy at the box's edge."""
        parts = [
            shapely.clip_by_rect(shape, part.west, part.south, part.east, part.north)
            for part in self.box.parts()
        ]
        return parts[0] if len(parts) == 1 else shapely.union_all(parts)

    def _to_plane(self, degrees: np.ndarray) -> np.ndarray:
        latitude = np.radians(self.point.latitude)
        squeeze = 1 - _E2 * np.sin(latitude) ** 2
        across = _A_KM / np.sqrt(squeeze)
        along = _A_KM * (1 - _E2) / squeeze**1.5
        turn = (degrees[:, 0] - self.point.longitude + 180) % 360 - 180
        x = across * np.radians(turn) * np.cos(np.radians(degrees[:, 1]))
        y = along * np.radians(degrees[:, 1] - self.point.latitude)
        return np.column_stack([x, y])

"""A point on the earth and a box around points: checked, frozen, axes always named."""

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth (IUGG R1)."""

KM_PER_DEGREE = math.radians(1) * EARTH_RADIUS_KM
"""Length of one degree of latitude on the mean sphere."""


class OutOfRange(ValueError):
    """A latitude or longitude that does not exist on the earth."""

    def __init__(self, latitude: float, longitude: float) -> None:
        super().__init__(f"no such place: latitude {latitude}, longitude {longitude}")
        self.latitude = latitude
        self.longitude = longitude

    @property
    def would_fit_exchanged(self) -> bool:
        """Say whether the two numbers make a point in the other order."""
        return abs(self.longitude) <= 90 and 90 < abs(self.latitude) <= 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A position in WGS 84 degrees. Raises OutOfRange when there is no such place."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse what is not on the earth, NaN included."""
        if not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise OutOfRange(self.latitude, self.longitude)

    @property
    def is_null_island(self) -> bool:
        """Say whether this is (0, 0), which files write when they know no position."""
        return self.latitude == 0 and self.longitude == 0

    @property
    def exchanged(self) -> "Point":
        """Return the point with latitude and longitude in each other's place."""
        return Point(latitude=self.longitude, longitude=self.latitude)

    def __str__(self) -> str:
        """Write as people paste it: latitude first, five decimals (about a metre)."""
        return f"{self.latitude:.5f}, {self.longitude:.5f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundingBox:
    """A box in degrees; when west > east it crosses the 180th meridian (RFC 7946)."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        """Refuse corners that are not on the earth, and a south above the north."""
        Point(latitude=self.south, longitude=self.west)
        Point(latitude=self.north, longitude=self.east)
        if self.south > self.north:
            raise ValueError("the south of a box lies above its north")

    @property
    def crosses_antimeridian(self) -> bool:
        """Say whether the box runs over the 180th meridian."""
        return self.west > self.east

    def parts(self) -> tuple["BoundingBox", ...]:
        """Return one box, or the two on either side of the 180th meridian."""
        if not self.crosses_antimeridian:
            return (self,)
        south, north = self.south, self.north
        return (
            BoundingBox(south=south, west=self.west, north=north, east=180.0),
            BoundingBox(south=south, west=-180.0, north=north, east=self.east),
        )

    def contains(self, point: Point) -> bool:
        """Say whether the point is inside or on the edge."""
        return any(
            part.south <= point.latitude <= part.north
            and part.west <= point.longitude <= part.east
            for part in self.parts()
        )

    @property
    def center(self) -> Point:
        """Return the middle of the box."""
        width = (self.east - self.west) % 360
        longitude = (self.west + width / 2 + 180) % 360 - 180
        return Point(latitude=(self.south + self.north) / 2, longitude=longitude)

    @classmethod
    def around(cls, point: Point, radius_km: float) -> "BoundingBox":
        """Return the smallest box known to hold everything within ``radius_km``.

        0.6 % is added because the earth is not a sphere (most on a meridian at the equator).
        """
        angle = radius_km * 1.006 / EARTH_RADIUS_KM
        degrees = math.degrees(angle)
        south, north = point.latitude - degrees, point.latitude + degrees
        if south <= -90 or north >= 90:
            return cls(
                south=max(south, -90.0), west=-180.0, north=min(north, 90.0), east=180.0
            )
        # The widest parallel of the circle is not the one of its centre.
        ratio = math.sin(angle) / math.cos(math.radians(point.latitude))
        if angle >= math.pi / 2 or ratio >= 1:
            return cls(south=south, west=-180.0, north=north, east=180.0)
        half_width = math.degrees(math.asin(ratio))
        return cls(
            south=south,
            west=_wrap(point.longitude - half_width),
            north=north,
            east=_wrap(point.longitude + half_width),
        )


def _wrap(longitude: float) -> float:
    if -180 <= longitude <= 180:
        return longitude
    return (longitude + 180) % 360 - 180

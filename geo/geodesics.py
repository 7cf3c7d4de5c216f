"""Geodesic distances from one place to many at once, as exact as one by one."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.distance import geodesic_km
from geo.points import Point

_A_KM = 6378.137
_F = 1 / 298.257223563
_B_KM = _A_KM * (1 - _F)
_MOST_ROUNDS = 30
_CLOSE_ENOUGH = 1e-12

Numbers = NDArray[np.float64]


def distances_km(start: Point, latitudes: ArrayLike, longitudes: ArrayLike) -> Numbers:
    """Return kilometres on the WGS 84 ellipsoid from ``start`` to each position.

    NaN where a coordinate is NaN. Vincenty's inverse formula (Survey Review 23, 1975), good to a
    millimetre; the few nearly opposite points where it does not settle are asked of geographiclib.
    """
    latitude = np.asarray(latitudes, dtype=np.float64)
    longitude = np.asarray(longitudes, dtype=np.float64)
    difference = np.radians((longitude - start.longitude + 180) % 360 - 180)
    with np.errstate(invalid="ignore", divide="ignore"):
        distances, open_rows = _vincenty(start.latitude, latitude, difference)
    for row in open_rows:
        end = Point(latitude=float(latitude[row]), longitude=float(longitude[row]))
        distances[row] = geodesic_km(start, end)
    return distances


def _vincenty(
    start: float, latitude: Numbers, difference: Numbers
) -> tuple[Numbers, NDArray[np.int64]]:
    """Return distances, and the rows that did not settle. Names as in the paper."""
    reduced_1 = np.arctan((1 - _F) * np.tan(np.radians(start)))
    reduced_2 = np.arctan((1 - _F) * np.tan(np.radians(latitude)))
    sin_1, cos_1 = np.sin(reduced_1), np.cos(reduced_1)
    sin_2, cos_2 = np.sin(reduced_2), np.cos(reduced_2)
    lam = difference.copy()
    for _ in range(_MOST_ROUNDS):
        sin_lam, cos_lam = np.sin(lam), np.cos(lam)
        sin_sigma = np.hypot(cos_2 * sin_lam, cos_1 * sin_2 - sin_1 * cos_2 * cos_lam)
        cos_sigma = sin_1 * sin_2 + cos_1 * cos_2 * cos_lam
        sigma = np.arctan2(sin_sigma, cos_sigma)
        sin_alpha = np.where(sin_sigma > 0, cos_1 * cos_2 * sin_lam / sin_sigma, 0.0)
        cos2_alpha = 1 - sin_alpha**2
        cos_2m = np.where(
            cos2_alpha > 0, cos_sigma - 2 * sin_1 * sin_2 / cos2_alpha, 0.0
        )
        c = _F / 16 * cos2_alpha * (4 + _F * (4 - 3 * cos2_alpha))
        bend = cos_2m + c * cos_sigma * (2 * cos_2m**2 - 1)
        previous, lam = (
            lam,
            difference + (1 - c) * _F * sin_alpha * (sigma + c * sin_sigma * bend),
        )
        moving = np.abs(lam - previous) > _CLOSE_ENOUGH
        if not moving.any():
            break
    u2 = cos2_alpha * (_A_KM**2 - _B_KM**2) / _B_KM**2
    big_a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    big_b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    tail = cos_sigma * (2 * cos_2m**2 - 1) - big_b / 6 * cos_2m * (
        4 * sin_sigma**2 - 3
    ) * (4 * cos_2m**2 - 3)
    delta = big_b * sin_sigma * (cos_2m + big_b / 4 * tail)
    unsettled = moving | (np.abs(lam) > np.pi)
    return _B_KM * big_a * (sigma - delta), np.flatnonzero(unsettled)

"""Many distances at once are the distances one by one."""

import random

import numpy as np

from geo.distance import geodesic_km
from geo.geodesics import distances_km
from geo.points import Point


def test_they_equal_geographiclib_to_a_millimetre() -> None:
    chance = random.Random(7)  # noqa: S311 -- places, not secrets
    for _ in range(40):
        start = Point(
            latitude=chance.uniform(-90, 90), longitude=chance.uniform(-180, 180)
        )
        ends = [
            Point(latitude=chance.uniform(-90, 90), longitude=chance.uniform(-180, 180))
            for _ in range(40)
        ]
        near = [
            Point(
                latitude=max(-90, min(90, start.latitude + chance.uniform(-0.5, 0.5))),
                longitude=start.longitude,
            )
            for _ in range(20)
        ]
        every = [*ends, *near]
        found = distances_km(
            start, [p.latitude for p in every], [p.longitude for p in every]
        )
        expected = [geodesic_km(start, end) for end in every]
        assert np.abs(found - expected).max() < 1e-6


def test_special_places_hold() -> None:
    start = Point(latitude=0.0, longitude=0.0)
    found = distances_km(
        start, [0.0, 0.0, 0.5, 90.0, np.nan], [0.0, 1.0, 179.7, 0.0, 3.0]
    )
    expected = [
        geodesic_km(start, Point(latitude=lat, longitude=lon))
        for lat, lon in [(0.0, 0.0), (0.0, 1.0), (0.5, 179.7), (90.0, 0.0)]
    ]
    assert np.abs(found[:4] - expected).max() < 1e-6
    assert np.isnan(found[4])


def test_the_180th_meridian_is_no_border() -> None:
    start = Point(latitude=-17.0, longitude=179.9)
    found = distances_km(start, [-17.0], [-179.9])
    assert (
        abs(found[0] - geodesic_km(start, Point(latitude=-17.0, longitude=-179.9)))
        < 1e-6
    )

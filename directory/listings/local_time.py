"""The local time at a place, from its country's time zones; more than one where it is not certain."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

MOST_FROM_THE_SUN: Final = timedelta(hours=2, minutes=30)
"""No official time is further from that of the sun: China's west keeps the time of Beijing."""
_WITHOUT_ZONE: Final = tuple(timedelta(hours=step) for step in (0, -1, 1))


def moments(
    now: datetime, country: str | None, longitude: float | None = None
) -> tuple[datetime, ...]:
    """Return the local times (naive) that it may be at a place, the likeliest first.

    A country with one time zone has one. Of several zones those count that the longitude (degrees)
    allows; without a country the sun tells the time to about an hour. Empty: nobody knows.
    """
    zones = _zones(country or "")
    sun = None
    if longitude is not None:
        sun = now.replace(tzinfo=None) + timedelta(hours=longitude / 15)
    if not zones:
        if sun is None:
            return ()
        hour = now.replace(tzinfo=None) + timedelta(hours=round((longitude or 0) / 15))
        return tuple(hour + step for step in _WITHOUT_ZONE)
    found = sorted({now.astimezone(zone).replace(tzinfo=None) for zone in zones})
    if sun is None:
        return tuple(found)
    by_sun = sorted(found, key=lambda moment: abs(moment - sun))
    near = [each for each in by_sun if abs(each - sun) <= MOST_FROM_THE_SUN]
    return tuple(near or by_sun)


def likeliest(
    now: datetime, country: str | None, longitude: float | None = None
) -> datetime:
    """Return the likeliest local time (naive); that of UTC where nothing is known."""
    return next(iter(moments(now, country, longitude)), now.replace(tzinfo=None))


@lru_cache(maxsize=512)
def _zones(country: str) -> tuple[ZoneInfo, ...]:
    """The time zones of a country (ISO 3166-1) in Unicode CLDR, as far as this computer has them."""
    zones = []
    for name in get_global("territory_zones").get(country, ()):
        try:
            zones.append(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            return ()
    return tuple(zones)

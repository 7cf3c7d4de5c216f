"""The public holidays of a country: those of a kept library, and what a pack adds or takes away."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import holidays as known

from directory.countries.packs import Pack

NO_PACKS: Final[Mapping[str, Pack]] = MappingProxyType({})


@lru_cache(maxsize=1024)
def in_year(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166-1) in a year; none where it is not known."""
    try:
        return frozenset(known.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_known(country: str, day: date) -> bool:
    """Whether the library has a day as a public holiday of a country."""
    return day in in_year(country, day.year)


def is_holiday(country: str, day: date, packs: Mapping[str, Pack] = NO_PACKS) -> bool:
    """Whether a day is a public holiday in a country; its pack goes before the library."""
    pack = packs.get(country)
    if pack is not None:
        if any(one.falls_on(day) for one in pack.removed):
            return False
        if any(one.falls_on(day) for one in pack.added):
            return True
    return is_known(country, day)

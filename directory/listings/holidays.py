"""The public holidays of a country, where they are known."""

from datetime import date
from functools import lru_cache

import holidays as known


@lru_cache(maxsize=1024)
def in_year(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166-1) in a year; none where it is not known."""
    try:
        return frozenset(known.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_holiday(country: str, day: date) -> bool:
    """Whether a day is a public holiday in a country."""
    return day in in_year(country, day.year)

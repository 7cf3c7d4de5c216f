"""Writes country packs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.countries import queries
from directory.countries.packs import InvalidPack, Pack
from directory.models import CountryPack


def load_pack(session: Session, *, pack: Pack, now: datetime) -> bool:
    """Store a pack that ``packs.read`` has checked; return whether anything changed.

    Review intervals take effect when the derived rows are made anew (``flask cells rebuild``).
    Raises InvalidPack where the country is not known here.
    """
    country = areas.area_by_code(session, pack.country)
    if country is None or country.level != 0:
        problem = {"country": f"{pack.country} is not known here; load the areas first"}
        raise InvalidPack(
            values={"problems": f"country: {problem['country']}"}, fields=problem
        )
    content = _stored(pack)
    row = session.get(CountryPack, pack.country)
    if row is not None and row.content == content:
        return False
    if row is None:
        row = CountryPack(country=pack.country)
        session.add(row)
    row.content, row.version, row.loaded_at = content, pack.version, now
    session.flush()
    queries.forget(session)
    return True


def _stored(pack: Pack) -> dict[str, Any]:
    """A pack as JSON: days of rest and holidays as lists."""
    return {
        "country": pack.country,
        "version": pack.version,
        "languages": list(pack.languages),
        "first_weekday": pack.first_weekday,
        "weekend": None if pack.weekend is None else sorted(pack.weekend),
        "added": [[one.month, one.day, one.year] for one in pack.added],
        "removed": [[one.month, one.day, one.year] for one in pack.removed],
        "provider_types": list(pack.provider_types),
        "fields": list(pack.fields),
        "review_days": dict(pack.review_days),
        "labels": {code: dict(labels) for code, labels in pack.labels.items()},
    }

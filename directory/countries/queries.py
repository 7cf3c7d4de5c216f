"""Reads country packs: once for a session, whatever asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.countries.packs import Holiday, Pack
from directory.models import CountryPack

_KEPT: Final = "country_packs"
NO_DAYS: Final[Mapping[str, int]] = MappingProxyType({})


def packs(session: Session) -> Mapping[str, Pack]:
    """Return the packs by country; read once in a session."""
    found = session.info.get(_KEPT)
    if found is None:
        rows = session.execute(select(CountryPack.country, CountryPack.content))
        found = session.info[_KEPT] = {row.country: _pack(row.content) for row in rows}
    return cast("Mapping[str, Pack]", found)


def forget(session: Session) -> None:
    """Have the packs read anew, after one was written."""
    session.info.pop(_KEPT, None)


def pack_of(session: Session, country: str | None) -> Pack | None:
    """Return the pack of a country, if there is one."""
    return packs(session).get(country or "")


def required_fields(session: Session, country: str | None) -> tuple[str, ...]:
    """Return the fields that a listing in a country must have, beside those needed everywhere."""
    pack = pack_of(session, country)
    return pack.fields if pack else ()


def weekend(session: Session, country: str | None) -> frozenset[int] | None:
    """Return the weekdays of rest (Monday is 0) that a country's pack states, if it does."""
    pack = pack_of(session, country)
    return pack.weekend if pack else None


def review_days(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Return the review intervals that packs state, by country; countries without any are left out."""
    return {
        country: pack.review_days
        for country, pack in packs(session).items()
        if pack.review_days
    }


def labels(session: Session, country: str | None, language: str) -> Mapping[str, str]:
    """Return what a country calls categories, by code, in a language."""
    pack = pack_of(session, country)
    return pack.labels.get(language, {}) if pack else {}


def _pack(content: Mapping[str, Any]) -> Pack:
    """Return a pack as ``operations.load_pack`` stored it: checked when it was loaded."""
    stated = dict(content)
    for name in ("added", "removed"):
        stated[name] = tuple(Holiday(*day) for day in stated.get(name, ()))
    if stated.get("weekend") is not None:
        stated["weekend"] = frozenset(stated["weekend"])
    for name in ("languages", "provider_types", "fields"):
        stated[name] = tuple(stated.get(name, ()))
    return Pack(**stated)

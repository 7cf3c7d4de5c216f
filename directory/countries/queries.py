"""Reads country packs: once for a session, whatever asks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.countries.packs import Holiday, Pack
from directory.models import CountryPack
from directory.taxonomy import queries as taxonomy
from directory.taxonomy.queries import Category, Term

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


def term_names(
    session: Session, codes: Iterable[str], language: str, country: str | None
) -> dict[str, str]:
    """Return the labels of some terms by code, in a country's own words where it has any."""
    found = taxonomy.term_names(session, codes, language)
    own = labels(session, country, language)
    return found | {code: own[code] for code in found.keys() & own.keys()}


def terms(session: Session, country: str | None) -> list[Term]:
    """Return all terms in the taxonomy's own order, in a country's own words where it has any."""
    found = taxonomy.terms(session)
    pack = pack_of(session, country)
    if pack is None or not pack.labels:
        return found
    return [_called(term, pack) for term in found]


def categories(session: Session, country: str | None) -> list[Category]:
    """Return the tree of categories in a country's own words where it has any."""
    found = taxonomy.categories(session)
    pack = pack_of(session, country)
    if pack is None or not pack.labels:
        return found
    return [
        Category(
            _called(each.term, pack), tuple(_called(leaf, pack) for leaf in each.leaves)
        )
        for each in found
    ]


def _called(term: Term, pack: Pack) -> Term:
    own = {
        language: names[term.code]
        for language, names in pack.labels.items()
        if term.code in names
    }
    return replace(term, names=term.names | own) if own else term


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

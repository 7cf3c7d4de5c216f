"""Type-ahead: categories, areas and public listings whose names begin so, in the reader's language."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import search as gazetteer
from directory.areas.search import Kind
from directory.countries import queries as countries
from directory.listings.filters import SHOWN_STATUSES
from directory.models import Offer, Sensitivity
from directory.search.analyzers import stem
from directory.text import normalise

SHORTEST: Final = 2
MOST_OF_A_KIND: Final = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant, and the page that shows it. ``kind``: term, area or service."""

    kind: str
    label: str
    url: str


def suggest(
    session: Session, text: str, *, country: str | None, language: str
) -> list[Suggestion]:
    """Return at most a dozen suggestions. Listings above L0 are suggested to nobody, staff included."""
    folded = normalise(text)
    if len(folded) < SHORTEST:
        return []
    return [
        *_terms(session, folded, country, language),
        *_areas(session, text, country),
        *_services(session, folded, country),
    ]


def _terms(
    session: Session, folded: str, country: str | None, language: str
) -> list[Suggestion]:
    """Categories one of whose words, in any language, begins like the last word typed."""
    last = folded.rsplit(maxsplit=1)[-1]
    beginnings = {last, stem(last)}
    found = []
    for term in countries.terms(session, country):
        words = {
            word for name in term.names.values() for word in normalise(name).split()
        }
        words |= {stem(word) for word in words}
        if any(word.startswith(begin) for word in words for begin in beginnings):
            url = f"/services?{_query(term=term.code, country=country)}"
            found.append(Suggestion("term", term.label(language), url))
    return found[:MOST_OF_A_KIND]


def _areas(session: Session, text: str, country: str | None) -> list[Suggestion]:
    found = gazetteer.search(session, text, country=country, limit=MOST_OF_A_KIND)
    return [
        Suggestion("area", each.name, f"/services?{_query(area=each.code)}")
        for each in found
        if each.kind is Kind.AREA and each.code
    ]


def _services(session: Session, folded: str, country: str | None) -> list[Suggestion]:
    query = (
        select(Offer.service_id, Offer.name)
        .where(
            Offer.sort_name >= folded,
            # The highest character there is closes the range of names that begin so.
            Offer.sort_name < f"{folded}\U0010ffff",
            Offer.sensitivity == Sensitivity.L0,
            Offer.status.in_(SHOWN_STATUSES),
        )
        .order_by(Offer.sort_name)
        .limit(MOST_OF_A_KIND)
    )
    if country:
        query = query.where(Offer.country == country)
    return [
        Suggestion("service", row.name, f"/services/{row.service_id}")
        for row in session.execute(query)
    ]


def _query(**arguments: str | None) -> str:
    return urlencode({name: value for name, value in arguments.items() if value})

"""Finds public services for the Open Referral API and reads them whole."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from directory.authz import VISITOR
from directory.errors import NotFound
from directory.listings import extracts, hsds, stored
from directory.listings.filters import Filters
from directory.listings.hsds_tables import Json
from directory.models import Offer, OfferTerm, Sensitivity, TaxonomyTerm
from directory.search import queries as search
from directory.search.engine import Engine

PUBLIC: Final = (Sensitivity.L0,)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the specification lets a reader ask for."""

    search: str = ""
    taxonomy_term_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    modified_after: datetime | None = None


def list_services(
    session: Session,
    engine: Engine,
    asked: Asked,
    *,
    today: date,
    start: int,
    limit: int,
) -> tuple[list[Json], int]:
    """Return some public services, whole, by key, and how many there are.

    Whoever asks gets what a visitor may know, so that other programs may pass it on.
    """
    conditions = _conditions(session, engine, asked, today)
    chosen = select(Offer.service_id).where(*conditions).distinct()
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = chosen.order_by(Offer.service_id).offset(start).limit(limit)
    return _read(session, list(session.scalars(page))), total


def get_service(session: Session, service_id: uuid.UUID, *, today: date) -> Json:
    """Return one public service, whole; raises NotFound."""
    public = public_keys(session, today)
    key = session.scalar(public.where(Offer.service_id == service_id).limit(1))
    if key is None:
        raise NotFound
    return _read(session, [key])[0]


def public_keys(session: Session, today: date) -> Select[uuid.UUID]:
    """Return the query of the keys of all services that these pages list."""
    conditions = search.conditions(
        session, Filters(status="all"), None, actor=VISITOR, today=today
    )
    return select(Offer.service_id).where(Offer.sensitivity.in_(PUBLIC), *conditions)


def _conditions(
    session: Session, engine: Engine, asked: Asked, today: date
) -> list[ColumnElement[bool]]:
    filters = Filters(q=asked.search, status="all")
    hits = search.search_text(session, engine, filters, actor=VISITOR)
    found = search.conditions(session, filters, hits, actor=VISITOR, today=today)
    found.append(Offer.sensitivity.in_(PUBLIC))
    if asked.organization_id is not None:
        found.append(Offer.organization_id == asked.organization_id)
    if asked.taxonomy_term_id is not None:
        tagged = (
            select(OfferTerm.service_at_location_id)
            .join(TaxonomyTerm, TaxonomyTerm.code == OfferTerm.term)
            .where(TaxonomyTerm.id == asked.taxonomy_term_id)
        )
        found.append(Offer.service_at_location_id.in_(tagged))
    if asked.modified_after is not None:
        found.append(extracts.edited_since(asked.modified_after))
    return found


def _read(session: Session, keys: list[uuid.UUID]) -> list[Json]:
    places = session.scalars(
        select(Offer.service_at_location_id)
        .where(Offer.service_id.in_(keys), Offer.sensitivity.in_(PUBLIC))
        .order_by(Offer.service_id, Offer.service_at_location_id)
    ).all()
    records = stored.read_records(session, places)
    return list(hsds.read_services(session, {key: records[key] for key in places}))

"""Rows that belong to a listing and are replaced whole when their fields change."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.orm import Session

from directory.database import among, insert_many
from directory.listings import rows, units
from directory.listings.record import TEXT_FIELDS
from directory.listings.rewrite import COVERAGE_FIELDS, Rewrite
from directory.models import (
    Attribute,
    Base,
    CostOption,
    CoverageCell,
    Funding,
    Language,
    Phone,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    Translation,
)

Make = Callable[..., list[rows.Row]]
Condition = Callable[[Session, Sequence[Rewrite]], ColumnElement[bool]]


def _by_service(column: Any) -> Condition:
    return lambda session, chosen: among(
        session, column, [e.ids.service_id for e in chosen]
    )


def _own_terms(session: Session, chosen: Sequence[Rewrite]) -> ColumnElement[bool]:
    own = among(session, Attribute.link_id, [each.ids.service_id for each in chosen])
    return and_(Attribute.link_entity == "service", own)


def _own_phones(session: Session, chosen: Sequence[Rewrite]) -> ColumnElement[bool]:
    places = among(
        session, Phone.location_id, [each.ids.location_id for each in chosen]
    )
    return and_(_by_service(Phone.service_id)(session, chosen), places)


def _own_hours(session: Session, chosen: Sequence[Rewrite]) -> ColumnElement[bool]:
    keys = [each.ids.service_at_location_id for each in chosen]
    return among(session, Schedule.service_at_location_id, keys)


_CHILDREN: Sequence[tuple[Sequence[str], Any, Condition, Make]] = (
    (
        ("taxonomy_terms",),
        Attribute,
        _own_terms,
        lambda each, setting: rows.attribute_rows(
            each.new, each.ids.service_id, setting
        ),
    ),
    (
        ("required_documents",),
        RequiredDocument,
        _by_service(RequiredDocument.service_id),
        lambda each, setting: rows.document_rows(
            each.new, each.ids.service_id, setting
        ),
    ),
    (
        ("languages",),
        Language,
        _by_service(Language.service_id),
        lambda each, setting: rows.language_rows(
            each.new, each.ids.service_id, setting
        ),
    ),
    (
        ("capacity_available", "capacity_maximum", "capacity_unit", "capacity_updated"),
        ServiceCapacity,
        _by_service(ServiceCapacity.service_id),
        lambda each, setting: rows.capacity_rows(
            each.new, each.ids.service_id, setting
        ),
    ),
    (
        ("cost_amount", "cost_currency", "cost_waiver"),
        CostOption,
        _by_service(CostOption.service_id),
        lambda each, setting: rows.cost_rows(each.new, each.ids.service_id, setting),
    ),
    (
        ("funding_source", "funding_until"),
        Funding,
        _by_service(Funding.service_id),
        lambda each, setting: rows.funding_rows(each.new, each.ids.service_id, setting),
    ),
    (
        ("phone",),
        Phone,
        _own_phones,
        lambda each, setting: rows.phone_rows(each.new, each.ids, setting),
    ),
    (
        ("opening_hours",),
        Schedule,
        _own_hours,
        lambda each, setting: rows.schedule_rows(each.new, each.ids, setting),
    ),
)
"""Fields kept in tables of their own: which rows are replaced, and by what."""


def replace_all(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> None:
    """Replace terms, documents, languages, capacity, cost, phones, hours, coverage and texts that changed."""
    units.ensure(session, [each.new for each in rewrites])
    for fields, model, condition, make in _CHILDREN:
        chosen = [each for each in rewrites if each.touches(fields)]
        _replace(session, chosen, model, condition, partial(make, setting=setting))
    covered = [
        each
        for each in rewrites
        if each.touches(COVERAGE_FIELDS) or _radius_moves(each)
    ]
    _replace_coverage(session, covered, setting)
    _texts(session, rewrites, setting)


def _radius_moves(rewrite: Rewrite) -> bool:
    reaches = (rewrite.new.coverage_radius_km, rewrite.new.coverage_travel_minutes)
    return rewrite.moves and any(reach is not None for reach in reaches)


def _replace(
    session: Session,
    chosen: Sequence[Rewrite],
    model: Any,
    condition: Condition,
    make: Callable[[Rewrite], list[rows.Row]],
) -> None:
    if not chosen:
        return
    session.execute(
        delete(model).where(condition(session, chosen)),
        execution_options={"synchronize_session": False},
    )
    fresh: dict[Any, list[rows.Row]] = {}
    for each in chosen:
        # Rows of the service are written once, however many of its places change.
        owner = each.ids.service_id if model not in {Phone, Schedule} else each.ids
        fresh.setdefault(owner, make(each))
    made = [row for group in fresh.values() for row in group]
    insert_many(session.connection(), model.metadata.tables[model.__tablename__], made)


def _replace_coverage(
    session: Session, chosen: Sequence[Rewrite], setting: rows.Setting
) -> None:
    keys = [each.ids.service_at_location_id for each in chosen]
    for model in (CoverageCell, ServiceArea):
        own = among(session, model.service_at_location_id, keys)
        options = {"synchronize_session": False}
        session.execute(delete(model).where(own), execution_options=options)
    made = [
        row
        for each in chosen
        for row in rows.coverage_rows(each.new, each.ids, setting)
    ]
    insert_many(session.connection(), Base.metadata.tables["service_area"], made)


def _texts(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> None:
    """Write changed translations; those of a changed original that stay are marked outdated."""
    for each in rewrites:
        for field in each.changes:
            column, _, language = field.partition(":")
            if column not in TEXT_FIELDS:
                continue
            entity, name = TEXT_FIELDS[column]
            key = getattr(each.ids, f"{entity}_id")
            own = and_(
                Translation.entity == entity,
                Translation.entity_id == key,
                Translation.field == name,
            )
            if not language:
                session.execute(update(Translation).where(own).values(state="outdated"))
                continue
            session.execute(
                delete(Translation).where(own, Translation.language == language)
            )
            if text := each.new.texts.get((column, language)):
                session.add(
                    Translation(
                        entity=entity,
                        entity_id=key,
                        field=name,
                        language=language,
                        text=text,
                        updated_at=setting.now,
                    )
                )
    session.flush()

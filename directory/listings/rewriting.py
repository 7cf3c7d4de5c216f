"""Brings the HSDS rows of listings from one record to another; only what changed is rewritten."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from directory.database import among, insert_many
from directory.listings import belongings, reference, rows, tables
from directory.listings.record import CreatedIds
from directory.listings.rewrite import ORGANIZATION_FIELDS, PLACE_FIELDS, Rewrite
from directory.models import Base, Phone, ServiceAtLocation


def apply(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> list[Rewrite]:
    """Write the changes and return the rewrites with the keys they have afterwards.

    A place that other listings share stays as it is for them: the changed listing gets its own.
    """
    moved = _organizations(session, rewrites, setting)
    moved = _places(session, moved, setting)
    _services(session, moved, setting)
    belongings.replace_all(session, moved, setting)
    return moved


def _services(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> None:
    """Update every changed service once; any change at all makes it a newer version."""
    table = Base.metadata.tables["service"]
    by_service = {each.ids.service_id: each for each in rewrites}
    values = [
        {
            "key": key,
            **rows.service_columns(each.new),
            "organization_id": each.ids.organization_id,
            "sensitivity": setting.level_of(each.new),
            "source": each.new.source,
            "external_id": each.new.service_id,
            "is_demonstration": each.new.is_demonstration,
            "last_modified": setting.now,
        }
        for key, each in by_service.items()
    ]
    _update_many(session, table, values, version=table.c.version + 1)
    assured = [
        {
            "key": key,
            "assurer_email": setting.assurer_email,
            "assurer_role": setting.assurer_role,
        }
        for key, each in by_service.items()
        if "assured_date" in each.changes
    ]
    _update_many(session, table, assured)


def _organizations(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> list[Rewrite]:
    """Rename an organization known by its id; otherwise move the service to the one that is named."""
    table = Base.metadata.tables["organization"]
    renamed: dict[uuid.UUID, dict[str, Any]] = {}
    result: list[Rewrite] = []
    for each in rewrites:
        old, new = each.old, each.new
        is_same = old.organization_id == new.organization_id
        keeps_name = old.organization_name == new.organization_name
        if not each.touches(ORGANIZATION_FIELDS):
            result.append(each)
        elif is_same and (new.organization_id or keeps_name):
            columns = rows.organization_columns(new)
            renamed[each.ids.organization_id] = {
                "key": each.ids.organization_id,
                **columns,
            }
            result.append(each)
        else:
            result.append(_moved_to_organization(session, each, setting))
    values = [{**columns, "last_modified": setting.now} for columns in renamed.values()]
    _update_many(session, table, values, version=table.c.version + 1)
    return result


def _moved_to_organization(
    session: Session, rewrite: Rewrite, setting: rows.Setting
) -> Rewrite:
    batch = tables.Batch()
    identity = tables.organization_identity(rewrite.new, rewrite.place.country)
    reference.remember_known(
        session, batch, [rewrite.new], {identity}, actor=setting.actor
    )
    key = batch.organization(rewrite.new, rewrite.place, setting, identity)
    connection = session.connection()
    for name in ("organization", "translation"):
        insert_many(connection, Base.metadata.tables[name], batch.tables[name])
    return _with_ids(rewrite, organization_id=key)


def _places(
    session: Session, rewrites: Sequence[Rewrite], setting: rows.Setting
) -> list[Rewrite]:
    shared = _shared_locations(
        session, [e for e in rewrites if e.touches(PLACE_FIELDS)]
    )
    locations, addresses, result = [], [], []
    for each in rewrites:
        if not each.touches(PLACE_FIELDS):
            result.append(each)
        elif each.ids.location_id in shared:
            result.append(_given_own_place(session, each, setting))
        else:
            key = each.ids.location_id
            columns = rows.location_columns(each.new, each.place.area_id)
            locations.append({"key": key, **columns})
            addresses.append(
                {
                    "place": key,
                    "address_1": each.new.address or "",
                    "country": each.place.country or "",
                }
            )
            result.append(each)
    _update_many(session, Base.metadata.tables["location"], locations)
    if addresses:
        table = Base.metadata.tables["address"]
        columns = {name: bindparam(name) for name in ("address_1", "country")}
        statement = (
            update(table)
            .where(table.c.location_id == bindparam("place"))
            .values(columns)
        )
        session.connection().execute(statement, addresses)
    return result


def _shared_locations(session: Session, rewrites: Sequence[Rewrite]) -> set[uuid.UUID]:
    keys = [each.ids.location_id for each in rewrites]
    counted = (
        select(ServiceAtLocation.location_id)
        .where(among(session, ServiceAtLocation.location_id, keys))
        .group_by(ServiceAtLocation.location_id)
        .having(func.count() > 1)
    )
    return set(session.scalars(counted))


def _given_own_place(
    session: Session, rewrite: Rewrite, setting: rows.Setting
) -> Rewrite:
    batch = tables.Batch()
    key = batch.location(
        rewrite.new, rewrite.place, rewrite.ids.organization_id, setting
    )
    connection = session.connection()
    for name in ("location", "address", "translation"):
        insert_many(connection, Base.metadata.tables[name], batch.tables[name])
    ids = rewrite.ids
    session.execute(
        update(ServiceAtLocation)
        .where(ServiceAtLocation.id == ids.service_at_location_id)
        .values(location_id=key)
    )
    own_phones = and_(
        Phone.service_id == ids.service_id, Phone.location_id == ids.location_id
    )
    session.execute(update(Phone).where(own_phones).values(location_id=key))
    return _with_ids(rewrite, location_id=key)


def _with_ids(rewrite: Rewrite, **changed: uuid.UUID) -> Rewrite:
    names = ("organization_id", "service_id", "location_id", "service_at_location_id")
    keys = {name: changed.get(name, getattr(rewrite.ids, name)) for name in names}
    return Rewrite(
        CreatedIds(**keys), rewrite.old, rewrite.new, rewrite.place, rewrite.changes
    )


def _update_many(
    session: Session, table: Any, values: list[dict[str, Any]], **computed: Any
) -> None:
    if not values:
        return
    names = [name for name in values[0] if name != "key"]
    columns = {name: bindparam(name) for name in names} | computed
    statement = update(table).where(table.c.id == bindparam("key")).values(columns)
    session.connection().execute(statement, values)

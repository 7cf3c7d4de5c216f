"""Writes areas: loads one level of one country, and lets official sets replace older ones."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from directory.areas import cells, parents, succession
from directory.areas.records import DECIMALS, AreaRecord
from directory.errors import Invalid
from directory.models import Area, AreaName
from directory.text import N_, normalise
from geo import shapes

Progress = Callable[[int, int], None]
"""Told (areas done, areas in all)."""


class OutsideCountry(Invalid):
    """The outlines lie elsewhere than the country that was named."""

    code = "coordinates_other_country"
    message = N_("The outlines of this file do not lie in %(country)s.")
    remedy = N_("Check --country, and that the file is in longitude and latitude.")


class ExchangedOutlines(OutsideCountry):
    """The outlines fit the country only with latitude and longitude exchanged."""

    code = "coordinates_exchanged"
    message = N_("Latitude and longitude are exchanged in this file.")
    remedy = N_("Write longitude first, as GeoJSON asks, and load the file again.")


class UnknownCountry(Invalid):
    """There is no country of that code."""

    code = "area_unknown"
    message = N_("There is no country with the code %(country)s.")
    remedy = N_("Use the two-letter code of ISO 3166-1, and load the countries first.")


@dataclass(slots=True)
class LoadReport:
    """What a load did; counts of areas unless said otherwise."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    replaced: int = 0
    parents_by_code: int = 0
    parents_by_position: int = 0
    without_parent: list[str] = field(default_factory=list)
    cells: int = 0
    references_moved: int = 0
    locations_moved: int = 0


def load_areas(
    session: Session,
    *,
    country: str,
    level: int,
    records: Sequence[AreaRecord],
    source: str,
    today: date,
    progress: Progress | None = None,
) -> LoadReport:
    """Bring one level of one country to what ``records`` say.

    Areas are known by code. Those of an older set, mostly covered by the new outlines
    and not among their codes, are replaced: they stay with ``valid_to`` set, and what
    refers to them moves to the area that matches best (see ``succession``). Loading the
    same again changes nothing. Raises UnknownCountry and OutsideCountry.
    """
    report = LoadReport()
    _check_position(session, country, level, records)
    finder = parents.ParentFinder(session, country, level)
    known = _in_force(session, country, level)
    touched: list[uuid.UUID] = []
    for done, record in enumerate(records, start=1):
        area = known.get(record.code)
        if area is None or _differs(area, record, source):
            area = _write(session, area, record, source, report)
            touched.append(area.id)
        else:
            report.unchanged += 1
        _adopt(area, record, finder, report)
        if progress is not None:
            progress(done, len(records))
    session.flush()
    report.cells = cells.refresh(session, touched)
    replaced = succession.replace_older(
        session,
        country=country,
        level=level,
        codes=[r.code for r in records],
        today=today,
    )
    report.replaced = len(replaced)
    if touched or replaced:
        report.references_moved = succession.move_references(session, country)
        report.locations_moved = succession.relocate(session, country)
    return report


def _in_force(session: Session, country: str, level: int) -> dict[str, Area]:
    statement = select(Area).where(
        Area.country == country, Area.level == level, Area.valid_to.is_(None)
    )
    return {area.code: area for area in session.scalars(statement)}


def _check_position(
    session: Session, country: str, level: int, records: Sequence[AreaRecord]
) -> None:
    statement = select(Area).where(
        Area.level == 0, Area.code == country, Area.valid_to.is_(None)
    )
    own = session.scalars(statement).one_or_none()
    if own is None or own.geometry is None:
        if level > 0:
            raise UnknownCountry(values={"country": country})
        return
    outline = parents.coarse(to_shape(own.geometry))
    middles = shapely.centroid([record.shape for record in records])
    near = shapely.buffer(outline.envelope, 0.5)
    if shapely.contains(near, middles).sum() * 2 >= len(records):
        return
    swapped = shapely.transform(middles, lambda xy: xy[:, ::-1])
    if shapely.contains(near, swapped).sum() * 2 >= len(records):
        raise ExchangedOutlines(values={"country": own.name})
    raise OutsideCountry(values={"country": own.name})


def _differs(area: Area, record: AreaRecord, source: str) -> bool:
    if area.name != record.name or area.source != source or area.geometry is None:
        return True
    return not shapely.equals_exact(
        to_shape(area.geometry), record.shape, tolerance=10**-DECIMALS
    )


def _write(
    session: Session,
    area: Area | None,
    record: AreaRecord,
    source: str,
    report: LoadReport,
) -> Area:
    if area is None:
        area = Area(
            id=uuid.uuid4(),
            code=record.code,
            level=record.level,
            country=record.country,
        )
        session.add(area)
        report.created += 1
    else:
        report.updated += 1
    for name, value in values_of(record, source).items():
        setattr(area, name, value)
    session.flush()
    session.execute(delete(AreaName).where(AreaName.area_id == area.id))
    session.execute(insert(AreaName), name_rows(area.id, record))
    return area


def values_of(record: AreaRecord, source: str) -> dict[str, Any]:
    """Return the columns of an area that come from its record (values of each type)."""
    middle = shapes.surface_point(record.shape)
    outline = shapely.to_wkt(record.shape, rounding_precision=DECIMALS + 1)
    return {
        "name": record.name,
        "latitude": middle.latitude,
        "longitude": middle.longitude,
        "area_km2": shapes.area_km2(record.shape),
        "geometry": f"SRID=4326;{outline}",
        "source": source,
        "valid_from": record.valid_from,
    }


def name_rows(area_id: uuid.UUID, record: AreaRecord) -> list[dict[str, Any]]:
    """Return the AreaName rows of a record: one per language, then other spellings."""
    named = list(record.names.items())
    seen = {normalise(name) for name in record.names.values()}
    for spelling in (record.name, *record.spellings):
        if normalise(spelling) not in seen:
            seen.add(normalise(spelling))
            named.append(("", spelling))
    return [
        {
            "id": uuid.uuid4(),
            "area_id": area_id,
            "language": language,
            "name": name,
            "normalised": normalise(name),
        }
        for language, name in named
        if normalise(name)
    ]


def _adopt(
    area: Area, record: AreaRecord, finder: parents.ParentFinder, report: LoadReport
) -> None:
    """Give the area its parent, and count how it was found."""
    if record.level == 0:
        return
    if stated := finder.by_code(record.parent_codes):
        report.parents_by_code += 1
        area.parent_id = stated
    elif found := finder.by_position(record.shape):
        report.parents_by_position += 1
        area.parent_id = found
    else:
        report.without_parent.append(record.code)

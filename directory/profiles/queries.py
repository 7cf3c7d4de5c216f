"""Reads profiles of areas and the figures of assessments: public, for everybody alike."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.listings import queries as listings
from directory.listings.freshness import Band, freshness
from directory.listings.queries import Changed
from directory.listings.texts import Text, pick
from directory.models import AreaIndicator, AreaProfile, Change, Translation, User
from directory.profiles.words import TEXTS

ENTITY: Final = "area_profile"
FIGURE: Final = "area_indicator"
REVIEW_DAYS: Final = 365
"""Beyond a year a profile is due for a look, beyond two it is old; it is always shown."""
Key = tuple[str, str]
"""A text's field and language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is said of an area, in the reader's language where there is one.

    ``band`` follows from the day of the source, else from the day of writing; ``writer_role`` is
    that of the account that wrote last.
    """

    id: uuid.UUID
    area: AreaRow
    texts: Mapping[str, Text]
    source: str | None
    source_date: date | None
    written_on: date
    writer_role: str | None
    band: Band
    version: int

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields of which nothing is said yet."""
        return tuple(name for name in TEXTS if name not in self.texts)


@dataclass(frozen=True, slots=True)
class Figure:
    """The latest figure of one code."""

    code: str
    value: float
    unit: str | None
    measured_on: date
    source: str | None


def of_area(
    session: Session, area: AreaRow, *, language: str, today: date
) -> Profile | None:
    """Return the profile of an area itself."""
    return _deepest(session, [area], language=language, today=today)


def nearest(
    session: Session, area_id: uuid.UUID, *, language: str, today: date
) -> Profile | None:
    """Return the profile of an area, else of the nearest area around it that has one."""
    chain = areas.chains(session, [area_id]).get(area_id, [])
    return _deepest(session, chain, language=language, today=today) if chain else None


def figures(session: Session, area_id: uuid.UUID) -> list[Figure]:
    """Return the latest figure of each code, by code."""
    rows = session.execute(
        select(
            AreaIndicator.code,
            AreaIndicator.value,
            AreaIndicator.unit,
            AreaIndicator.measured_on,
            AreaIndicator.source,
        )
        .where(AreaIndicator.area_id == area_id)
        .order_by(AreaIndicator.code, AreaIndicator.measured_on)
    )
    latest = {row.code: Figure(*row) for row in rows}
    return list(latest.values())


def stored(session: Session, area_id: uuid.UUID) -> AreaProfile | None:
    """Return the row of an area's profile."""
    return session.scalar(select(AreaProfile).where(AreaProfile.area_id == area_id))


def translations(session: Session, profile_id: uuid.UUID) -> dict[Key, Translation]:
    """Return all texts of a profile in other languages than its own."""
    rows = session.scalars(
        select(Translation).where(
            Translation.entity == ENTITY, Translation.entity_id == profile_id
        )
    )
    return {(row.field, row.language): row for row in rows}


def history(session: Session, area_id: uuid.UUID) -> list[Changed]:
    """Return the latest changes of an area's profile and of its figures, newest first."""
    profile = stored(session, area_id)
    found = (
        listings.list_changes(session, ENTITY, profile.id)
        if profile is not None
        else []
    )
    rows = session.execute(
        select(Change, User.role)
        .join(AreaIndicator, AreaIndicator.id == Change.resource_id)
        .outerjoin(User, User.id == Change.user_id)
        .where(Change.resource_type == FIGURE, AreaIndicator.area_id == area_id)
        .order_by(Change.last_action_date.desc())
        .limit(200)
    )
    found += [Changed(change, role) for change, role in rows]
    return sorted(found, key=lambda one: one.change.last_action_date, reverse=True)


def count_with(session: Session, area_ids: Iterable[uuid.UUID]) -> int:
    """Count the areas among these that have a profile."""
    wanted = list(area_ids)
    found = session.scalars(
        select(AreaProfile.area_id).where(AreaProfile.area_id.in_(wanted))
    )
    return len(set(found))


def _deepest(
    session: Session, chain: Sequence[AreaRow], *, language: str, today: date
) -> Profile | None:
    rows = session.execute(
        select(AreaProfile, User.role)
        .outerjoin(User, User.id == AreaProfile.written_by)
        .where(or_(*(AreaProfile.area_id == area.id for area in chain)))
    ).all()
    by_area = {row.AreaProfile.area_id: row for row in rows}
    for area in reversed(chain):
        if area.id in by_area:
            profile, role = by_area[area.id]
            return _shown(session, area, profile, role, language, today)
    return None


def _shown(
    session: Session,
    area: AreaRow,
    profile: AreaProfile,
    role: str | None,
    language: str,
    today: date,
) -> Profile:
    others = translations(session, profile.id)
    texts: dict[str, Text] = {}
    for name in TEXTS:
        other = others.get((name, language))
        text = pick(
            getattr(profile, name),
            profile.language,
            other.text if other else None,
            language,
            other.state if other else "human",
        )
        if text is not None:
            texts[name] = text
    written_on = profile.last_modified.date()
    stated = freshness(
        assured_date=profile.source_date or written_on,
        review_days=REVIEW_DAYS,
        today=today,
    )
    return Profile(
        id=profile.id,
        area=area,
        texts=texts,
        source=profile.source,
        source_date=profile.source_date,
        written_on=written_on,
        writer_role=role,
        band=stated.band,
        version=profile.version,
    )

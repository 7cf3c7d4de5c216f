"""Finds places and areas by name: any script, beginnings, misspellings.

Three ways gather candidates, each answered by an index: the name begins with what was
typed; the name has the same skeleton; and, when these find little, names of the country
(or with the same first letters) that differ by few letters. One measure ranks them all.
"""

import math
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.areas import queries
from directory.areas.spelling import script_of, skeleton
from directory.models import Area, AreaName, Place, PlaceName
from directory.text import N_, normalise
from geo.points import Point

MIN_LETTERS = 2
_GATHER = 120
_POOL = 40_000
_CLOSE = 74.0
"""Likeness (0–100) below which a name is another name, not a misspelling."""

_ENOUGH_TO_MISSPELL = 4
"""Letters below which every name is close to every other."""

_SURE = 88.0
"""Likeness above which nobody needs to look for misspellings."""

_NOISE = 12.0
"""How much less like than a sure one a name may be and still be shown; else half."""

_OTHER_SCRIPT = 75.0
"""Likeness of a name that has the same skeleton in the other script."""

_HELPED_BY_BONES = 58.0
"""Likeness from which a like skeleton can make a name close."""

_ENOUGH_BONES = 3
"""Consonants that a skeleton needs to say anything across scripts."""

_AREA_WEIGHT = {0: 12.0, 1: 9.0, 2: 7.0}
"""How areas stand beside towns, whose weight grows with their people (3.2 million: 9.8)."""

TOWN = N_("Town or village")
DISTRICT = N_("District")
AREAS = {0: N_("Country"), 1: N_("Region")}
"""The first levels of areas; all below are districts."""


class Kind(StrEnum):
    """What was found."""

    PLACE = "place"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Found:
    """A place or area whose name fits.

    ``matched`` is the spelling that fits, ``likeness`` is 0–100 (100: the very name).
    ``area_id`` is the area itself, or the deepest that holds the place.
    """

    kind: Kind
    name: str
    matched: str
    country: str
    point: Point
    likeness: float
    weight: float
    place_id: int | None = None
    area_id: uuid.UUID | None = None
    code: str | None = None
    level: int | None = None
    population: int = 0

    @property
    def what(self) -> str:
        """What it is, in a word to translate: a town and its region often share their names."""
        if self.kind is Kind.PLACE:
            return TOWN
        return AREAS.get(self.level or 0, DISTRICT)

    @property
    def rank(self) -> tuple[float, float, str]:
        """Order: the likest first, weightier before lighter."""
        return (-(self.likeness + self.weight), -self.population, self.name)


def search(
    session: Session, text: str, *, country: str | None = None, limit: int = 8
) -> list[Found]:
    """Return places and areas whose name fits a text, best first."""
    folded = normalise(text)[:80]
    if len(folded) < MIN_LETTERS:
        return []
    areas = _areas(session, folded, country)
    return _likeliest([*areas, *_places(session, folded, country, limit)], limit)


def search_areas(session: Session, text: str, *, limit: int = 8) -> list[Found]:
    """Return only areas whose name fits a text, best first."""
    folded = normalise(text)[:80]
    if len(folded) < MIN_LETTERS:
        return []
    return _likeliest(_areas(session, folded, None), limit)


def exactly(
    session: Session, names: Collection[str], *, countries: Collection[str]
) -> list[Found]:
    """Return the places and areas of some countries that have one of these folded names, best first.

    Two statements, each answered by an index: nothing is compared. ``matched`` is the folded name.
    """
    if not names or not countries:
        return []
    towns = (
        select(Place, PlaceName.normalised)
        .join(PlaceName, PlaceName.place_id == Place.id)
        .where(PlaceName.normalised.in_(names), PlaceName.country.in_(countries))
    )
    areas = (
        select(*queries.COLUMNS, AreaName.normalised)
        .join(AreaName, AreaName.area_id == Area.id)
        .where(
            AreaName.normalised.in_(names),
            Area.country.in_(countries),
            Area.valid_to.is_(None),
            Area.latitude.is_not(None),
        )
        .distinct()
    )
    found = [
        _place_found(place, folded, 100.0) for place, folded in session.execute(towns)
    ]
    found += [
        _area_found(queries.AreaRow(*row[:-1]), 100.0, row[-1])
        for row in session.execute(areas)
    ]
    return sorted(found, key=lambda hit: hit.rank)


def _likeliest(found: list[Found], limit: int) -> list[Found]:
    # Beside the very name, names that only resemble it would be noise.
    best = max((hit.likeness for hit in found), default=0.0)
    least = best - (_NOISE if best >= _SURE else _NOISE / 2)
    likely = (hit for hit in found if hit.likeness >= least)
    return sorted(likely, key=lambda hit: hit.rank)[:limit]


def likeness(typed: str, name: str) -> float:
    """Return how well a folded name fits what was typed, 0–100.

    The very name gives 100, a name that begins so a little less; otherwise letters that
    differ count against it, exchanged neighbours once. A like skeleton helps; between
    two scripts it is all there is.
    """
    if typed == name:
        return 100.0
    if name.startswith(typed):
        # The more is left to type, the less sure.
        return 96.0 - min(12.0, (len(name) - len(typed)) * 0.6)
    alike = OSA.normalized_similarity(typed, name) * 100
    if script_of(typed[:1]) != script_of(name[:1]):
        return _OTHER_SCRIPT if _share_bones(typed, name, _ENOUGH_BONES) else 0.0
    # Below this not even a like skeleton brings it up to what counts as close.
    if alike >= _HELPED_BY_BONES and _share_bones(typed, name, 1):
        alike += (100 - alike) * 0.35
    words = fuzz.token_sort_ratio(typed, name) - 4
    return float(min(94.0, max(alike, words)))


def _share_bones(one: str, other: str, least: int) -> bool:
    bones = skeleton(one)
    return len(bones) >= least and bones == skeleton(other)


def _places(
    session: Session, typed: str, country: str | None, limit: int
) -> list[Found]:
    best: dict[int, tuple[float, str]] = {}
    pairs = list(session.execute(_beginning(typed, country)))
    bones = skeleton(typed)
    if len(bones) >= 2 and len(typed) >= _ENOUGH_TO_MISSPELL:
        pairs += session.execute(_same_bones(bones, country)).all()
    _judge(pairs, typed, best)
    is_found = any(score >= _SURE for score, _ in best.values())
    if not is_found and len(typed) >= _ENOUGH_TO_MISSPELL:
        _judge(_near_misses(session, typed, country), typed, best)
    ids = sorted(best, key=lambda key: -best[key][0])[: limit * 4]
    statement = (
        select(Place, PlaceName.normalised, PlaceName.name)
        .join(PlaceName, PlaceName.place_id == Place.id)
        .where(Place.id.in_(ids))
    )
    return [
        _place_found(place, name, best[place.id][0])
        for place, folded, name in session.execute(statement)
        if folded == best[place.id][1]
    ]


def _judge(
    pairs: Iterable[Row[int, str]], typed: str, best: dict[int, tuple[float, str]]
) -> None:
    """Keep each place's likest spelling, if it is like enough."""
    for place_id, folded in pairs:
        score = likeness(typed, folded)
        if score >= _CLOSE and score > best.get(place_id, (0.0, ""))[0]:
            best[place_id] = (score, folded)


def _place_found(place: Place, matched: str, score: float) -> Found:
    return Found(
        kind=Kind.PLACE,
        name=place.name,
        matched=matched,
        country=place.country,
        point=Point(latitude=place.latitude, longitude=place.longitude),
        likeness=score,
        weight=math.log10(place.population + 1) * 1.5,
        place_id=place.id,
        area_id=place.area_id,
        population=place.population,
    )


def _names(country: str | None) -> Select[int, str]:
    statement = select(PlaceName.place_id, PlaceName.normalised)
    return statement.where(PlaceName.country == country) if country else statement


def _beginning(typed: str, country: str | None) -> Select[int, str]:
    """Names that begin with the text, those of larger places first."""
    statement = _names(country).where(*_between(PlaceName.normalised, typed))
    return statement.order_by(PlaceName.population.desc()).limit(_GATHER)


def _same_bones(bones: str, country: str | None) -> Select[int, str]:
    statement = _names(country).where(PlaceName.skeleton == bones)
    return statement.order_by(PlaceName.population.desc()).limit(_GATHER)


def _near_misses(
    session: Session, typed: str, country: str | None
) -> list[Row[int, str]]:
    """Names of the country, or with the same first two letters, that are close."""
    length = func.length(PlaceName.normalised)
    statement = _names(country).where(length.between(len(typed) - 2, len(typed) + 2))
    if country is None:
        statement = statement.where(*_between(PlaceName.normalised, typed[:2]))
    pool = session.execute(statement.limit(_POOL)).all()
    close = process.extract(
        typed,
        [row.normalised for row in pool],
        scorer=OSA.normalized_similarity,
        score_cutoff=_CLOSE / 100,
        limit=_GATHER,
    )
    return [pool[index] for _, _, index in close]


def _areas(session: Session, typed: str, country: str | None) -> list[Found]:
    """Areas by name: beginnings, or close ones of the country or the first two letters."""
    statement = (
        select(Area.id, AreaName.normalised, AreaName.name)
        .join(AreaName, AreaName.area_id == Area.id)
        .where(Area.valid_to.is_(None), Area.latitude.is_not(None))
    )
    if country:
        statement = statement.where(Area.country == country)
    else:
        start = typed[:2] if len(typed) >= _ENOUGH_TO_MISSPELL else typed
        statement = statement.where(*_between(AreaName.normalised, start))
    best: dict[uuid.UUID, tuple[float, str]] = {}
    for area_id, folded, name in session.execute(statement):
        # One cheap look spares the full comparison for most.
        if folded[:1] != typed[:1] and OSA.distance(typed, folded, score_cutoff=3) > 3:
            continue
        score = likeness(typed, folded)
        if score >= _CLOSE and score > best.get(area_id, (0.0, ""))[0]:
            best[area_id] = (score, name)
    ids = sorted(best, key=lambda key: -best[key][0])[:_GATHER]
    rows = session.execute(select(*queries.COLUMNS).where(Area.id.in_(ids)))
    return [_area_found(queries.AreaRow(*row), *best[row.id]) for row in rows]


def _area_found(area: queries.AreaRow, score: float, matched: str) -> Found:
    return Found(
        kind=Kind.AREA,
        name=area.name,
        matched=matched,
        country=area.country,
        point=Point(latitude=area.latitude or 0.0, longitude=area.longitude or 0.0),
        likeness=score,
        weight=_AREA_WEIGHT.get(area.level, 4.0),
        area_id=area.id,
        code=area.code,
        level=area.level,
    )


def _between(
    column: InstrumentedAttribute[str], prefix: str
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Bounds that an index in code-point order answers: begins with ``prefix``."""
    return column >= prefix, column < prefix + "\U0010ffff"

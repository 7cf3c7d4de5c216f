"""A second, slow and simple matching, written from docs/interfaces alone; only tests use it.

It shares no code with ``directory.matching``: outlines are Shapely rectangles, distances come from
geographiclib, and every listing is looked at for every question.
"""

import json
import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import shapely
from geographiclib.geodesic import Geodesic
from shapely.geometry.base import BaseGeometry

from directory.listings.record import ListingRecord

AREAS = {
    "XA": shapely.box(10, 0, 14, 4),
    "XB": shapely.box(14, 0, 16, 4),
    "XA-N": shapely.box(10, 2, 14, 4),
    "XA-S": shapely.box(10, 0, 14, 2),
    "XA-NW": shapely.box(10, 2, 12, 4),
    "XA-NE": shapely.box(12, 2, 14, 4),
    "XA-SW": shapely.box(10, 0, 12, 2),
    "XA-SE": shapely.box(12, 0, 14, 2),
}
SPECIFIC_FIRST = ["shape", "radius", "area", "national", "remote", "near"]
EARTH = Geodesic.WGS84


@dataclass
class Verdict:
    """What one listing is to one question."""

    statuses: dict[str, str]
    covered_by: str | None
    kilometres: float | None
    miss_km: float = 0.0
    is_close_call: bool = False
    failures: list[str] = field(default_factory=list)


@lru_cache(maxsize=1000)
def geodesic(lat: float, lon: float, lat2: float, lon2: float) -> float:
    """Kilometres between two positions."""
    return float(EARTH.Inverse(lat, lon, lat2, lon2)["s12"]) / 1000


class Listing:
    """A record with its outlines, which are slow to draw."""

    def __init__(self, record: ListingRecord) -> None:
        self.record = record
        self.stated = statements(record)
        whole = shapely.union_all([shape for _, shape in self.stated])
        excluded: list[BaseGeometry] = [
            AREAS[code] for code in record.coverage_excluded_areas
        ]
        if record.coverage_excluded_geojson:
            excluded.append(shapely.from_geojson(record.coverage_excluded_geojson))
        out = shapely.union_all(excluded)
        self.left = shapely.difference(whole, out)
        for _, shape in self.stated:
            shapely.prepare(shape)
        shapely.prepare(self.left)
        self._answered: tuple[Any, Verdict] | None = None

    def covers(self, question: dict[str, Any]) -> Verdict:
        """How the coverage relates to the place; asked once for all needs of a question."""
        if self._answered is None or self._answered[0] is not question:
            self._answered = (question, coverage(self, question))
        found = self._answered[1]
        return replace(found, statuses=dict(found.statuses), failures=[])


def country_of(record: ListingRecord) -> str:
    """The listing's own country: by its area, else its position, else as the file says."""
    if record.area_code:
        return record.area_code[:2]
    if record.latitude is not None and record.longitude is not None:
        for code in ("XA", "XB"):
            if AREAS[code].covers(shapely.Point(record.longitude, record.latitude)):
                return code
    return record.country or ""


def statements(record: ListingRecord) -> list[tuple[str, BaseGeometry]]:
    """Every stated coverage as an outline."""
    found: list[tuple[str, BaseGeometry]] = []
    if record.coverage_geojson:
        found.append(("shape", shapely.from_geojson(record.coverage_geojson)))
    if record.latitude is not None:
        found += [("radius", circle(record, km)) for km in radii(record)]
    kind = "remote" if record.coverage == "remote" else "area"
    found += [(kind, AREAS[code]) for code in record.coverage_areas]
    if record.coverage == "national" or (
        record.coverage == "remote" and not record.coverage_areas
    ):
        found.append((str(record.coverage), AREAS[country_of(record)]))
    return found


def radii(record: ListingRecord) -> list[float]:
    """Every radius in kilometres: the stated one, and the one that stands for a journey."""
    found = [] if record.coverage_radius_km is None else [record.coverage_radius_km]
    if record.coverage_travel_minutes is not None:
        speed = {"walk": 4.5, "car": 40}.get(record.coverage_travel_mode or "", 20)
        found.append(round(record.coverage_travel_minutes / 60 * speed / 1.4, 1))
    return found


def circle(record: ListingRecord, km: float) -> BaseGeometry:
    """The circle of a radius, as 240 corners."""
    corners = [
        EARTH.Direct(record.latitude, record.longitude, number * 1.5, km * 1000)
        for number in range(240)
    ]
    return shapely.Polygon([(corner["lon2"], corner["lat2"]) for corner in corners])


def coverage(listing: Listing, question: dict[str, Any]) -> Verdict:
    """Whether and how the coverage reaches the place, and how far it misses."""
    record, stated, left = listing.record, listing.stated, listing.left
    place, lat, lon = _place(question)
    if not stated:
        return _near(record, lat, lon)
    share = _share(left, place)
    miss = _kilometres_between(left, place, lat) if share == 0 else 0.0
    shares = [(kind, _share(shape, place)) for kind, shape in stated]
    wholly = [kind for kind, each in shares if each == 1]
    partly = [kind for kind, each in shares if each > 0]
    status = "met" if share == 1 else "unknown" if share else "not_met"
    named = min(wholly or partly, key=SPECIFIC_FIRST.index, default=None)
    beyond, edges = [], radii(record)
    if edges and record.latitude is not None and record.longitude is not None:
        km = geodesic(record.latitude, record.longitude, lat, lon)
        beyond = [km - edge for edge in edges]
    return Verdict(
        {"coverage": status},
        named if share else None,
        None,
        miss_km=miss,
        is_close_call=abs(miss - 10) < 0.1 or any(abs(each) < 0.05 for each in beyond),
    )


def _near(record: ListingRecord, lat: float, lon: float) -> Verdict:
    if record.latitude is None or record.longitude is None:
        return Verdict({"coverage": "not_met"}, None, None, miss_km=float("inf"))
    km = geodesic(record.latitude, record.longitude, lat, lon)
    if km <= 50:
        return Verdict({"coverage": "unknown"}, "near", None)
    return Verdict({"coverage": "not_met"}, None, None, miss_km=km - 50)


def _place(question: dict[str, Any]) -> tuple[BaseGeometry, float, float]:
    where = question["place"]
    if "area" in where:
        outline = AREAS[where["area"]]
        return outline, outline.centroid.y, outline.centroid.x
    return shapely.Point(where["lon"], where["lat"]), where["lat"], where["lon"]


def _share(shape: BaseGeometry, place: BaseGeometry) -> float:
    """1 for the whole place, 0 for nothing of it, else something between."""
    if place.geom_type == "Point":
        return 1 if shape.covers(place) else 0
    share = shape.intersection(place).area / place.area
    return 1 if share > 1 - 1e-4 else 0 if share < 1e-9 else 0.5


def _kilometres_between(shape: BaseGeometry, place: BaseGeometry, lat: float) -> float:
    # A degree is at least a hundred kilometres here: no need to measure what is far.
    if shape.is_empty or shapely.distance(shape, place) > 0.2:
        return float("inf")
    squeeze = shapely.transform(shape, lambda xy: xy * [_cosine(lat), 1])
    target = shapely.transform(place, lambda xy: xy * [_cosine(lat), 1])
    (x, y), (x2, y2) = shapely.shortest_line(squeeze, target).coords
    return geodesic(y, x / _cosine(lat), y2, x2 / _cosine(lat))


def _cosine(lat: float) -> float:
    return math.cos(math.radians(lat))


def judge(listing: Listing, question: dict[str, Any], term: str) -> Verdict | None:
    """All hard criteria of one listing for one need; None where it does not offer it at all."""
    record = listing.record
    need = _need(record, term)
    if need == "not_met" or record.status in {"inactive", "defunct"}:
        return None
    verdict = listing.covers(question)
    person, wishes = question.get("person", {}), question.get("preferences", {})
    _, lat, lon = _place(question)
    if (
        record.latitude is not None
        and record.longitude is not None
        and record.coverage != "remote"
    ):
        verdict.kilometres = geodesic(record.latitude, record.longitude, lat, lon)
    verdict.statuses |= {
        "need": need,
        "status": "not_met" if record.status == "temporarily closed" else "met",
        "age": _age(record, person.get("age")),
        "sex": _one_of(record.sexes, person.get("sex")),
        "profile": _profile(record, person),
        "documents": _documents(record, person.get("documents")),
        "cost": _cost(record, wishes),
        "distance": _distance(
            record, verdict.kilometres, wishes.get("max_distance_km")
        ),
    }
    verdict.statuses |= _about_the_return(record, person)
    verdict.failures = sorted(
        code for code, status in verdict.statuses.items() if status == "not_met"
    )
    return verdict


def _about_the_return(record: ListingRecord, person: dict[str, Any]) -> dict[str, str]:
    """What is listed only where the service states a condition."""
    found: dict[str, str] = {}
    if record.programmes:
        given = person.get("programmes")
        names = {name.casefold() for name in record.programmes}
        shared = names & {name.casefold() for name in given or ()}
        found["programme"] = (
            "unknown" if given is None else "met" if shared else "not_met"
        )
    low, high = record.minimum_months_since_return, record.maximum_months_since_return
    if (low, high) != (None, None):
        months = person.get("months_since_return")
        fits = months is not None and (low or 0) <= months <= (high or 9999)
        found["months_since_return"] = (
            "unknown" if months is None else "met" if fits else "not_met"
        )
    if record.residence_areas:
        home = person.get("residence")
        allowed = record.residence_areas
        if home is None:
            found["residence"] = "unknown"
        elif any(AREAS[code].covers(AREAS[home]) for code in allowed):
            found["residence"] = "met"
        else:
            within = any(AREAS[home].covers(AREAS[code]) for code in allowed)
            found["residence"] = "unknown" if within else "not_met"
    return found


def _need(record: ListingRecord, term: str) -> str:
    tags = set(record.taxonomy_terms)
    category, _, leaf = term.partition(".")
    of_category = {tag for tag in tags if tag.startswith(f"{category}.")}
    if not leaf:
        return "met" if of_category or term in tags else "not_met"
    if term in tags:
        return "met"
    return "unknown" if category in tags and not of_category else "not_met"


def _age(record: ListingRecord, age: int | None) -> str:
    if record.minimum_age is None and record.maximum_age is None:
        return "met"
    if age is None:
        return "unknown"
    too_young = record.minimum_age is not None and age < record.minimum_age
    too_old = record.maximum_age is not None and age > record.maximum_age
    return "not_met" if too_young or too_old else "met"


def _one_of(allowed: tuple[str, ...], given: str | None) -> str:
    if not allowed:
        return "met"
    if given is None:
        return "unknown"
    return "met" if given in allowed else "not_met"


def _profile(record: ListingRecord, person: dict[str, Any]) -> str:
    if not record.profiles:
        return "met"
    if person.get("profiles") is None:
        return "unknown"
    if set(person["profiles"]) & set(record.profiles):
        return "met"
    return (
        "unknown"
        if set(person.get("profiles_unknown", [])) & set(record.profiles)
        else "not_met"
    )


def _documents(record: ListingRecord, given: list[str] | None) -> str:
    known = [
        each
        for each in record.required_documents
        if each in {"passport", "national_id"}
    ]
    if not record.required_documents:
        return "met"
    if given is None:
        return "unknown"
    if set(known) - set(given):
        return "not_met"
    return "unknown" if len(known) < len(record.required_documents) else "met"


def _cost(record: ListingRecord, wishes: dict[str, Any]) -> str:
    if record.cost is None:
        return "unknown"
    return "not_met" if wishes.get("free_only") and record.cost != "free" else "met"


def _distance(
    record: ListingRecord, kilometres: float | None, limit: float | None
) -> str:
    if record.coverage == "remote":
        return "met"
    if kilometres is None:
        return "unknown"
    return "not_met" if limit is not None and kilometres > limit else "met"


def to_geojson(shape: BaseGeometry) -> str:
    """A shape as the listing file writes it."""
    return json.dumps(shapely.geometry.mapping(shape))

"""Coverage shapes of a file: read strictly, repaired with a report, checked against the country."""

from dataclasses import dataclass

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo import geojson, shapes
from geo.shapes import Repair
from importers.geography import Geography
from importers.records import Draft


@dataclass(frozen=True, slots=True)
class ReadShape:
    """A usable shape as GeoJSON text, and whether its outline had to be repaired."""

    text: str
    was_repaired: bool


class UnusableShape(ValueError):
    """The shape cannot be taken; ``is_exchanged`` where it would fit the other way round."""

    def __init__(self, reason: str, *, is_exchanged: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_exchanged = is_exchanged


def read(text: str) -> ReadShape:
    """Return the surfaces of a geometry or Feature; raises UnusableShape."""
    try:
        document = geojson.loads(text)
        if document.get("type") == "FeatureCollection":
            features = [
                one
                for one in geojson.read_features(document)
                if one.geometry is not None
            ]
            geometry: BaseGeometry = shapely.GeometryCollection(
                [one.geometry for one in features]
            )
            repairs = {repair for one in features for repair in one.repairs}
        else:
            feature = next(iter(geojson.read_features(document)))
            if feature.geometry is None:
                raise UnusableShape(geojson.Problem.EMPTY.value)
            geometry, repairs = feature.geometry, set(feature.repairs)
        repaired = shapes.repair(geometry)
    except geojson.GeoJSONError as error:
        is_exchanged = error.problem is geojson.Problem.EXCHANGED
        raise UnusableShape(error.problem.value, is_exchanged=is_exchanged) from error
    except (shapes.NoSurface, shapely.GEOSException) as error:
        raise UnusableShape("no_surface") from error
    repairs |= set(repaired.repairs)
    written = orjson.dumps(geojson.write_geometry(repaired.shape)).decode()
    return ReadShape(
        written, bool(repairs & {Repair.SELF_CROSSING, Repair.RING_CLOSED})
    )


def check(draft: Draft, geography: Geography, title: str | None) -> None:
    """Leave out a shape that lies outside of the stated country; say so when exchanging mends it."""
    text = draft.values.get("coverage_geojson")
    country = geography.by_code(draft.country) if draft.country else None
    if text is None or country is None:
        return
    shape = shapely.from_geojson(text)
    place = shape.representative_point()
    if geography.is_near(country.id, latitude=place.y, longitude=place.x):
        return
    if shape.intersects(geography.outline(country.id)):
        return
    del draft.values["coverage_geojson"]
    if geography.is_near(country.id, latitude=place.x, longitude=place.y):
        draft.note(
            "coordinates_exchanged", title, value=f"{place.y:.4f}, {place.x:.4f}",
            country=country.name, proposal=f"{place.x:.4f}, {place.y:.4f}",
        )  # fmt: skip
        return
    found = geography.locate([(place.y, place.x)])[0][0]
    code = "coordinates_nowhere" if found is None else "coordinates_other_country"
    draft.note(
        code, title, value=f"{place.y:.4f}, {place.x:.4f}", country=country.name,
        found=geography.country_name(found) if found else "–", proposal="–",
    )  # fmt: skip

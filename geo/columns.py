"""Geometry column types with the reference system said once: WGS 84, EPSG:4326."""

from geoalchemy2 import Geometry

SRID = 4326


def point_column() -> Geometry:
    """A column type for one position, indexed; longitude is x and latitude is y."""
    return Geometry("POINT", srid=SRID, spatial_index=True)


def area_column() -> Geometry:
    """A column type for administrative areas and drawn shapes, indexed."""
    return Geometry("MULTIPOLYGON", srid=SRID, spatial_index=True)

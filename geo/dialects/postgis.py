"""How PostGIS spells the conditions of ``geo.spatial``."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

Function = type[GenericFunction[Any]]  # Each returns what its own class says.


def spell(*, covers: Function, in_box: Function, distance_km: Function) -> None:
    """Teach SQLAlchemy the three spellings."""
    compiles(covers, "postgresql")(_covers)
    compiles(in_box, "postgresql")(_in_box)
    compiles(distance_km, "postgresql")(_distance_km)


# Compiler and keywords are SQLAlchemy's own, which has no public types for them.
def _covers(element: GenericFunction[bool], compiler: Any, **kw: Any) -> str:
    shape, x, y = (compiler.process(part, **kw) for part in element.clauses)
    return f"ST_Intersects({shape}, ST_SetSRID(ST_MakePoint({x}, {y}), 4326))"


def _in_box(element: GenericFunction[bool], compiler: Any, **kw: Any) -> str:
    shape, *sides = (compiler.process(part, **kw) for part in element.clauses)
    return f"({shape} && ST_MakeEnvelope({', '.join(sides)}, 4326))"


def _distance_km(element: GenericFunction[float], compiler: Any, **kw: Any) -> str:
    shape, x, y = (compiler.process(part, **kw) for part in element.clauses)
    point = f"ST_SetSRID(ST_MakePoint({x}, {y}), 4326)::geography"
    return f"(ST_Distance({shape}::geography, {point}) / 1000.0)"

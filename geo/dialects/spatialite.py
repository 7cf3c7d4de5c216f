"""How SpatiaLite spells the conditions of ``geo.spatial``."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

Function = type[GenericFunction[Any]]  # Each returns what its own class says.


def spell(*, covers: Function, in_box: Function, distance_km: Function) -> None:
    """Teach SQLAlchemy the three spellings."""
    compiles(covers, "sqlite")(_covers)
    compiles(in_box, "sqlite")(_in_box)
    compiles(distance_km, "sqlite")(_distance_km)


# Compiler and keywords are SQLAlchemy's own, which has no public types for them.
def _covers(element: GenericFunction[bool], compiler: Any, **kw: Any) -> str:
    shape, x, y = (compiler.process(part, **kw) for part in element.clauses)
    return f"(ST_Intersects({shape}, MakePoint({x}, {y}, 4326)) = 1)"


def _in_box(element: GenericFunction[bool], compiler: Any, **kw: Any) -> str:
    """Ask the R-tree, which SpatiaLite keeps as idx_<table>_<column>, by row number."""
    column, *sides = element.clauses
    west, south, east, north = (compiler.process(side, **kw) for side in sides)
    owner, table = _owner_and_table(column, compiler)
    index = compiler.preparer.quote(f"idx_{table}_{column.name}")
    return (
        f"({owner}.ROWID IN (SELECT pkid FROM {index} WHERE xmin <= {east}"  # noqa: S608 -- names from the models
        f" AND xmax >= {west} AND ymin <= {north} AND ymax >= {south}))"
    )


def _distance_km(element: GenericFunction[float], compiler: Any, **kw: Any) -> str:
    shape, x, y = (compiler.process(part, **kw) for part in element.clauses)
    # The third argument asks for metres on the ellipsoid instead of degrees.
    return f"(ST_Distance({shape}, MakePoint({x}, {y}, 4326), 1) / 1000.0)"


def _owner_and_table(column: Any, compiler: Any) -> tuple[str, str]:
    """Return the name by which the query knows the table, quoted, and its real name."""
    owner = column.table
    real = getattr(owner, "element", owner)
    return compiler.preparer.quote(owner.name), str(real.name)

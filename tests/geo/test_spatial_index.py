"""A box is looked up in the spatial index: without it, every outline would be read."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from directory.models import Area
from geo import spatial
from geo.points import BoundingBox


def test_sqlite_begins_with_the_index(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL decides by its statistics.
    box = BoundingBox(south=1.0, west=11.0, north=1.1, east=11.1)
    query = select(Area.code).where(
        Area.valid_to.is_(None), spatial.in_box(Area.geometry, box)
    )
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
    steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN area")], steps


def test_it_finds_what_touches_the_box_and_nothing_else(session: Session) -> None:
    box = BoundingBox(south=1.0, west=11.0, north=1.1, east=11.1)
    query = select(Area.code).where(spatial.in_box(Area.geometry, box))
    assert set(session.scalars(query)) == {"XA", "XA-S", "XA-SW"}

"""The offline gazetteer: towns and villages with their spellings (GeoNames, CC BY 4.0)."""

import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base

# Ranges over folded names mean code-point order, which PostgreSQL keeps in collation C only.
Folded = String().with_variant(String(collation="C"), "postgresql")


class Place(Base):
    """A populated place; ``id`` is its GeoNames number.

    ``area_id`` is the deepest known area that holds it, kept up when areas change.
    """

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    admin1_code: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    population: Mapped[int] = mapped_column(default=0)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)


class PlaceName(Base):
    """One spelling of a place, Latin or Arabic, folded by ``directory.text.normalise``.

    ``skeleton`` is what different spellings of one name share (``directory.areas.spelling``).
    Country and population repeat those of the place, so that one index answers.
    """

    __tablename__ = "place_name"
    __table_args__ = (
        # Each answers its search alone, without a look at the table.
        Index("ix_place_name_normalised", "normalised", "population", "place_id"),
        Index(
            "ix_place_name_country", "country", "normalised", "population", "place_id"
        ),
        Index(
            "ix_place_name_skeleton", "skeleton", "population", "place_id", "normalised"
        ),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    normalised: Mapped[str] = mapped_column(Folded, primary_key=True)
    name: Mapped[str]
    skeleton: Mapped[str] = mapped_column(Folded)
    country: Mapped[str]
    population: Mapped[int] = mapped_column(default=0)

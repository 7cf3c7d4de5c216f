"""The offline gazetteer: towns and villages with their spellings (GeoNames, CC BY 4.0)."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base


class Place(Base):
    """A populated place; ``id`` is its GeoNames number."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    admin1_code: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    population: Mapped[int] = mapped_column(default=0)


class PlaceName(Base):
    """One spelling of a place, in any script, folded by ``directory.text.normalise``."""

    __tablename__ = "place_name"
    __table_args__ = (Index("ix_place_name_normalised", "normalised"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    normalised: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]

"""What is particular to one country of return."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base


class CountryPack(Base):
    """Languages, week, holidays, mandatory actors and fields, review intervals, labels of a country."""

    __tablename__ = "country_pack"

    country: Mapped[str] = mapped_column(primary_key=True)
    """ISO 3166-1 alpha-2."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[str | None]
    loaded_at: Mapped[datetime]

"""One field of one listing in one language."""

import uuid
from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base


class Translation(Base):
    """A text of a listing in a language other than its original.

    ``state``: human, machine, or outdated since the original changed.
    """

    __tablename__ = "translation"
    __table_args__ = (Index("ix_translation_entity_id", "entity_id", "language"),)

    entity: Mapped[str] = mapped_column(primary_key=True)
    """organization, service or location."""
    entity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="human")
    updated_at: Mapped[datetime]

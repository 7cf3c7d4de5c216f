"""The field-level change log (HSDS ``metadata``)."""

import uuid
from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Change(Keyed, Base):
    """Who changed which field, from what, to what, when, and through which door.

    The table is HSDS ``metadata``; the class has another name because SQLAlchemy reserves that
    word. Never holds anything about a returnee.
    """

    __tablename__ = "metadata"
    __table_args__ = (Index("ix_metadata_resource", "resource_type", "resource_id"),)

    resource_id: Mapped[uuid.UUID]
    resource_type: Mapped[str]
    last_action_date: Mapped[datetime]
    last_action_type: Mapped[str]
    """create, update, delete, assure, restore."""
    field_name: Mapped[str]
    previous_value: Mapped[str] = mapped_column(Text, default="")
    replacement_value: Mapped[str] = mapped_column(Text, default="")
    updated_by: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    origin: Mapped[str] = mapped_column(default="form")
    """form, import, api, command, link."""

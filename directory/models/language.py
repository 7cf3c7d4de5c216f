"""Languages that can be spoken at a service or a place (HSDS)."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Language(Keyed, Base):
    """One language; ``code`` is ISO 639-1 (or 639-3 where there is none)."""

    __tablename__ = "language"

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id"), index=True
    )
    phone_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("phone.id"), index=True
    )
    name: Mapped[str | None]
    code: Mapped[str | None]
    note: Mapped[str | None]

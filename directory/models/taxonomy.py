"""Taxonomies, their terms, and the links from a term to anything (HSDS)."""

import uuid

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Taxonomy(Keyed, Base):
    """A list of terms with its source and version."""

    __tablename__ = "taxonomy"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    uri: Mapped[str | None]
    version: Mapped[str | None]


class TaxonomyTerm(Keyed, Base):
    """A category (no parent) or a leaf. ``names`` maps language codes to labels."""

    __tablename__ = "taxonomy_term"

    taxonomy_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("taxonomy.id"), index=True
    )
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    description: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("taxonomy_term.id"), index=True
    )
    dimension: Mapped[str | None]
    """economic, social or psychosocial."""
    default_sensitivity: Mapped[str] = mapped_column(default="L0")
    osm_tags: Mapped[str | None]
    open_eligibility: Mapped[str | None]
    term_uri: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class Attribute(Keyed, Base):
    """A term attached to a row of another table (HSDS ``attribute``)."""

    __tablename__ = "attribute"
    __table_args__ = (Index("ix_attribute_link", "link_entity", "link_id"),)

    link_id: Mapped[uuid.UUID]
    link_entity: Mapped[str]
    link_type: Mapped[str | None]
    taxonomy_term_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("taxonomy_term.id"), index=True
    )
    value: Mapped[str | None]
    label: Mapped[str | None]

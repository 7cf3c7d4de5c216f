"""The name of a service or organization in the reader's language, as part of any statement."""

import uuid

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from directory.models import Offer, Organization, Translation


def service_name(language: str) -> ColumnElement[str]:
    """The name of an offer's service in a language, else as its source has it.

    For statements that select from ``offer``: a list of names costs no statement of its own.
    """
    return func.coalesce(_translated("service", Offer.service_id, language), Offer.name)


def organization_name(language: str) -> ColumnElement[str]:
    """The name of an organization in a language, else as its source has it.

    For statements that select from ``organization``.
    """
    return func.coalesce(
        _translated("organization", Organization.id, language), Organization.name
    )


def _translated(
    entity: str, key: InstrumentedAttribute[uuid.UUID], language: str
) -> ColumnElement[str]:
    return (
        select(Translation.text)
        .where(
            Translation.entity == entity,
            Translation.entity_id == key,
            Translation.field == "name",
            Translation.language == language,
        )
        .correlate(Offer, Organization)
        .scalar_subquery()
    )

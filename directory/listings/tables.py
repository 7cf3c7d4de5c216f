"""Turns listing records into rows of the HSDS tables; pure but for the keys it draws."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from directory.listings import rows
from directory.listings.record import CreatedIds, ListingRecord
from directory.listings.rows import Place, Row, Setting
from directory.text import normalise

ORDER: Final = (
    "organization", "service", "location", "address", "service_at_location", "attribute",
    "required_document", "language", "phone", "schedule", "service_capacity", "cost_option",
    "funding", "service_area", "translation",
)  # fmt: skip
"""Table names in the order that foreign keys ask for."""


@dataclass(slots=True)
class Batch:
    """Rows by table, and the organizations, services and places already seen by their identity."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    organizations: dict[tuple[Any, ...], uuid.UUID] = field(default_factory=dict)
    services: dict[tuple[Any, ...], uuid.UUID] = field(default_factory=dict)
    locations: dict[tuple[Any, ...], uuid.UUID] = field(default_factory=dict)
    provider_types: dict[uuid.UUID, str | None] = field(default_factory=dict)
    """Of the organizations made in this batch."""
    stored: dict[uuid.UUID, ListingRecord] = field(default_factory=dict)
    """The record that each service made in this batch was stored from."""

    def add(
        self,
        record: ListingRecord,
        place: Place,
        setting: Setting,
        identity: tuple[Any, ...],
    ) -> CreatedIds:
        """Add the rows of one record; what an earlier record of the batch shares is made once.

        ``identity`` is that of its organization (``organization_identity``).
        """
        organization_id = self.organization(record, place, setting, identity)
        service_id = self._service(record, organization_id, setting)
        location_id = self.location(record, place, organization_id, setting)
        key = next(setting.keys)
        self.tables["service_at_location"].append(
            {
                "id": key,
                "service_id": service_id,
                "location_id": location_id,
                "description": None,
            }
        )
        ids = CreatedIds(organization_id, service_id, location_id, key)
        self.tables["schedule"] += rows.schedule_rows(record, ids, setting)
        self.tables["phone"] += rows.phone_rows(record, ids, setting)
        self.tables["service_area"] += rows.coverage_rows(record, ids, setting)
        return ids

    def forget_records(self) -> None:
        """Let go of the records whose derived rows are made."""
        self.stored.clear()

    def organization(
        self,
        record: ListingRecord,
        place: Place,
        setting: Setting,
        identity: tuple[Any, ...],
    ) -> uuid.UUID:
        """Return the organization's key, adding its row when the batch does not know it."""
        if (found := self.organizations.get(identity)) is not None:
            return found
        key = self.organizations[identity] = next(setting.keys)
        self.provider_types[key] = record.provider_type
        self.tables["organization"].append(
            {
                "id": key,
                **rows.organization_columns(record),
                "country": place.country,
                "language": record.language,
                "source": record.source,
                "external_id": record.organization_id,
                "is_demonstration": record.is_demonstration,
                "created_at": setting.now,
                "last_modified": setting.now,
            }
        )
        if record.texts:
            self.tables["translation"] += rows.text_rows(
                record, "organization", key, setting.now
            )
        return key

    def _service(
        self, record: ListingRecord, organization_id: uuid.UUID, setting: Setting
    ) -> uuid.UUID:
        identity = (organization_id, record.service_id) if record.service_id else None
        if identity is not None and (found := self.services.get(identity)) is not None:
            return found
        key = next(setting.keys)
        if identity is not None:
            self.services[identity] = key
        self.stored[key] = record
        row = {
            "id": key,
            "organization_id": organization_id,
            **rows.service_columns(record),
        }
        row["sensitivity"] = setting.level_of(record)
        row["source"] = record.source
        row["external_id"] = record.service_id
        row["import_run_id"] = setting.import_run_id
        row["is_demonstration"] = record.is_demonstration
        row["created_at"] = row["last_modified"] = setting.now
        is_assured = record.assured_date is not None
        row["assurer_email"] = setting.assurer_email if is_assured else None
        row["assurer_role"] = setting.assurer_role if is_assured else None
        self.tables["service"].append(row)
        self.tables["attribute"] += rows.attribute_rows(record, key, setting)
        self.tables["required_document"] += rows.document_rows(record, key, setting)
        self.tables["language"] += rows.language_rows(record, key, setting)
        self.tables["service_capacity"] += rows.capacity_rows(record, key, setting)
        self.tables["cost_option"] += rows.cost_rows(record, key, setting)
        self.tables["funding"] += rows.funding_rows(record, key, setting)
        if record.texts:
            self.tables["translation"] += rows.text_rows(
                record, "service", key, setting.now
            )
        return key

    def location(
        self,
        record: ListingRecord,
        place: Place,
        organization_id: uuid.UUID,
        setting: Setting,
    ) -> uuid.UUID:
        """Return the place's key, adding its rows when the batch does not know it."""
        identity: tuple[Any, ...] | None = None
        if record.latitude is not None or record.address:
            where = (
                record.latitude,
                record.longitude,
                record.address,
                record.location_name,
            )
            identity = (organization_id, *where)
            if (found := self.locations.get(identity)) is not None:
                return found
        key = next(setting.keys)
        if identity is not None:
            self.locations[identity] = key
        self.tables["location"].append(
            {
                "id": key,
                "organization_id": organization_id,
                **rows.location_columns(record, place.area_id),
            }
        )
        self.tables["address"].append(
            {
                "id": next(setting.key_texts),
                "location_id": key,
                "address_1": record.address or "",
                "country": place.country or "",
            }
        )
        if record.texts:
            self.tables["translation"] += rows.text_rows(
                record, "location", key, setting.now
            )
        return key


def organization_identity(
    record: ListingRecord, country: str | None
) -> tuple[Any, ...]:
    """What makes two records one organization: the source's id, else the name in a country."""
    if record.organization_id:
        return ("id", record.source, record.organization_id)
    return ("name", normalise(record.organization_name), country)

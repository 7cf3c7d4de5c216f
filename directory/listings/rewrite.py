"""One listing that changes: what it says, what it shall say, and which fields differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from directory.listings import rows
from directory.listings.record import CreatedIds, ListingRecord

PLACE_FIELDS = frozenset(
    {
        "latitude", "longitude", "address", "area_code", "location_name", "landmark",
        "precision_m", "country", "transportation", "location_type",
    }
)  # fmt: skip
COVERAGE_FIELDS = frozenset(
    {
        "coverage", "coverage_areas", "coverage_excluded_areas", "coverage_radius_km",
        "coverage_geojson", "coverage_excluded_geojson", "coverage_travel_minutes",
        "coverage_travel_mode",
    }
)  # fmt: skip
ORGANIZATION_FIELDS = frozenset(
    {
        "organization_name",
        "organization_id",
        "organization_description",
        "provider_type",
    }
)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One listing that changes: its keys, what it says now, what it shall say, and the fields."""

    ids: CreatedIds
    old: ListingRecord
    new: ListingRecord
    place: rows.Place
    changes: Mapping[str, tuple[Any, Any]]

    def touches(self, fields: Iterable[str]) -> bool:
        """Whether any of these fields changes."""
        return not self.changes.keys().isdisjoint(fields)

    @property
    def moves(self) -> bool:
        """Whether the position changes, from which a radius is measured."""
        return self.touches(("latitude", "longitude"))

"""One pharmacy of the demonstration that two people wrote down, so that there is a pair to merge."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from directory.listings.record import ListingRecord

FIRST: Final = "sn-health.medicines-008"
AGAIN: Final = "sn-health.medicines-090"
_NAME: Final = "Pharmacie et aprovisionnement en medicaments - Pikine"


def written_twice(records: Sequence[ListingRecord]) -> list[ListingRecord]:
    """Return the records; the place and telephone of one are those of another, its name is misspelt."""
    first = next(record for record in records if record.service_id == FIRST)
    again: dict[str, Any] = {
        "service_name": _NAME, "texts": first.texts, "phone": first.phone,
        "address": first.address, "latitude": first.latitude, "longitude": first.longitude,
    }  # fmt: skip
    return [
        replace(record, **again) if record.service_id == AGAIN else record
        for record in records
    ]

"""Where the three corners of the world lie."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a corner lies, and how its things are called."""

    name: str
    area: str
    latitude: float
    longitude: float


SETTINGS = (
    Setting("own", "XA-NW", 3.0, 11.0),
    Setting("near", "XA-NW", 3.1, 11.2),
    Setting("far", "XA-SE", 1.0, 13.0),
)

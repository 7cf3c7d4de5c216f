"""What `/api/v1/areas` and `/api/v1/places` take and give, as models."""

from pydantic import BaseModel, Field

from directory.areas.places import PlaceKind


class AreasQuery(BaseModel):
    """Areas by name, holding a position, or below another; without any: the countries."""

    q: str | None = Field(
        default=None, description="A name in any script, also misspelled"
    )
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    parent: str | None = Field(default=None, description="Code of the area above")
    limit: int = Field(default=8, ge=1, le=50)


class AreaAnswer(BaseModel):
    """One administrative area in force. ``lat`` and ``lon`` lie on its surface."""

    code: str
    name: str
    own_name: str
    level: int
    country: str
    parent: str | None
    path: list[str]
    lat: float | None
    lon: float | None


class AreasAnswer(BaseModel):
    """Areas, in the order of what was asked."""

    areas: list[AreaAnswer]


class PlacesQuery(BaseModel):
    """What a person typed, and the country to look in."""

    q: str = Field(description="A name in Latin or Arabic letters, or coordinates")
    country: str | None = Field(default=None, min_length=2, max_length=2)
    limit: int = Field(default=8, ge=1, le=50)


class PlaceAnswer(BaseModel):
    """A place that may be meant. ``token`` names it to forms; ``code`` is its area's.

    ``what``: a town, a region … in the reader's language.
    """

    token: str
    kind: PlaceKind
    label: str
    what: str | None = None
    name: str | None = None
    matched: str | None = None
    spelling: str | None = None
    country: str | None = None
    code: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision_m: float | None = None
    population: int | None = None
    likeness: int | None = None


class PlaceProblem(BaseModel):
    """Why a text that looks like a position is none."""

    code: str
    detail: str


class PlacesAnswer(BaseModel):
    """Places, the likeliest first."""

    places: list[PlaceAnswer]
    problem: PlaceProblem | None = None

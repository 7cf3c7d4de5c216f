"""The body of `POST /api/v1/match`: what a program asks, checked and turned into Needs."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from directory.matching.criteria import WEIGHED
from directory.matching.needs import (
    DEFAULT_LIMIT,
    MOST_MATCHES,
    Needs,
    Person,
    Preferences,
)
from directory.taxonomy.codes import (
    ACCESS_FLAGS,
    DOCUMENTS,
    PROFILES,
    RETURN_MODALITIES,
    Urgency,
)
from geo.points import Point

MOST_NEEDS = 50
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, Field(max_length=60)]


def _one_of(codes: Collection[str]) -> Any:
    """A text that is one of a closed list; the list is in the description."""

    def check(code: str) -> str:
        if code not in codes:
            raise ValueError(f"unknown code; one of {', '.join(codes)}")
        return code

    return Annotated[
        str, AfterValidator(check), Field(json_schema_extra={"enum": list(codes)})
    ]


if TYPE_CHECKING:
    ProfileCode = str
    DocumentCode = str
    ModalityCode = str
    AccessFlag = str
    WeighedCode = str
else:
    ProfileCode = _one_of(PROFILES)
    DocumentCode = _one_of(DOCUMENTS)
    ModalityCode = _one_of(RETURN_MODALITIES)
    AccessFlag = _one_of(ACCESS_FLAGS)
    WeighedCode = _one_of(WEIGHED)


class Place(BaseModel):
    """A position in degrees, or the code of an area; exactly one of them."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    area: Code | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> "Place":
        if (self.lat is None) != (self.lon is None):
            raise ValueError("give both lat and lon")
        if (self.lat is None) == (self.area is None):
            raise ValueError("give either lat and lon, or area")
        return self


class Need(BaseModel):
    """One need: a taxonomy code, category or leaf."""

    term: Code
    urgency: Urgency | None = None


class PersonBody(BaseModel):
    """What is known of the person; every key may be missing, and missing excludes nothing."""

    model_config = ConfigDict(strict=True)

    age: int | None = Field(default=None, ge=0, le=130)
    sex: Literal["female", "male", "other"] | None = None
    languages: list[LanguageCode] | None = Field(default=None, max_length=50)
    profiles: list[ProfileCode] | None = None
    profiles_unknown: list[ProfileCode] | None = None
    documents: list[DocumentCode] | None = None
    return_modality: ModalityCode | None = None
    host_country: CountryCode | None = None
    programmes: list[Code] | None = Field(default=None, max_length=50)
    months_since_return: int | None = Field(default=None, ge=0, le=1200)
    residence: Code | None = Field(default=None, min_length=1)

    def person(self) -> Person:
        """The same as the core says it."""
        return Person(
            age=self.age,
            sex=self.sex,
            languages=None if self.languages is None else frozenset(self.languages),
            profiles=None if self.profiles is None else frozenset(self.profiles),
            profiles_unknown=frozenset(self.profiles_unknown or ()),
            documents=None if self.documents is None else frozenset(self.documents),
            return_modality=self.return_modality,
            host_country=self.host_country,
            programmes=None if self.programmes is None else frozenset(self.programmes),
            months_since_return=self.months_since_return,
            residence=self.residence,
        )


class PreferencesBody(BaseModel):
    """What the person would like; every key may be missing."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    max_distance_km: float | None = Field(default=None, ge=0)
    free_only: bool | None = None
    female_staff: bool | None = None
    access: list[AccessFlag] | None = None

    def preferences(self) -> Preferences:
        """The same as the core says it."""
        return Preferences(
            max_distance_km=self.max_distance_km,
            free_only=bool(self.free_only),
            female_staff=bool(self.female_staff),
            access=frozenset(self.access or ()),
        )


class MatchRequest(BaseModel):
    """One question to the directory. Nothing of it is stored."""

    place: Place
    needs: list[Need] = Field(min_length=1, max_length=MOST_NEEDS)
    person: PersonBody | None = None
    preferences: PreferencesBody | None = None
    weights: (
        dict[WeighedCode, Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]]
        | None
    ) = None
    lang: Literal["en", "fr", "es", "ar"] | None = None
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MOST_MATCHES, strict=True)

    def as_needs(self, language: str) -> Needs:
        """The same as the core says it; ``language`` is that of the reasons."""
        place = self.place
        point = None
        if place.lat is not None and place.lon is not None:
            point = Point(latitude=place.lat, longitude=place.lon)
        return Needs(
            terms=tuple(need.term for need in self.needs),
            point=point,
            area_code=place.area,
            person=(self.person or PersonBody()).person(),
            preferences=(self.preferences or PreferencesBody()).preferences(),
            weights=dict(self.weights or {}),
            language=language,
            limit=self.limit,
        )

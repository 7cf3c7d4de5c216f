"""About 300 invented services at real towns of three countries of return, as listing records."""

import csv
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson

from directory.demonstration import details, twins
from directory.listings.record import ListingRecord
from geo.circles import circle
from geo.distance import destination
from geo.geojson import write_geometry
from geo.points import Point

FOLDER: Final = Path(__file__).parents[2] / "data" / "demo"
TAXONOMY: Final = Path(__file__).parents[2] / "data" / "taxonomy.csv"
SOURCE: Final = "demonstration"
LANGUAGES: Final = ("en", "fr", "es", "ar")
SEALED: Final = "housing.safe_shelter"
HOST_TERMS: Final = ("information.return_counselling", "legal.asylum")
"""Given in the country that people leave; the demonstration's is Germany."""
OFFICE: Final = "de-return-counselling"
"""The organization whose staff keep the demonstration's cases."""
FURTHER: Final = (
    "health.primary", "health.primary", "health.hospital", "health.medicines",
    "health.medicines", "training.vocational", "training.vocational", "employment.placement",
    "employment.placement", "legal.identity", "education.school", "psychosocial.individual",
    "information.case_management",
)  # fmt: skip
"""Services that a country has in several towns."""
DAYS_SINCE_VERIFIED: Final = (3, 12, 30, 55, 80, 110, 150, 210, 400, None)
"""So that every band of freshness is there; ``None``: never verified."""
METHODS: Final = ("visit", "phone", "email", "self_declared", "returnee_feedback")


@dataclass(frozen=True, slots=True)
class Country:
    """What differs from country to country. ``local`` are further languages by area."""

    language: str
    further: tuple[str, ...]
    phone: str
    hours: Mapping[str, str]
    local: Mapping[str, str]


_MONDAY_WEEK: Final = {
    "office": "Mo-Fr 08:00-12:30,14:00-17:00",
    "clinic": "Mo-Sa 07:30-15:00",
    "shop": "Mo-Sa 08:00-20:00",
    "evening": "Tu,Th 18:00-20:00",
    "always": "24/7",
}
_SUNDAY_WEEK: Final = {
    "office": "Su-Th 08:00-14:00",
    "clinic": "Su-Th 08:00-15:00; Sa 08:00-12:00",
    "shop": "Sa-Th 09:00-21:00",
    "evening": "Mo,We 16:00-18:00",
    "always": "24/7",
}
# Numbers that no operator has given out: nobody is rung up by mistake.
COUNTRIES: Final[Mapping[str, Country]] = MappingProxyType(
    {
        "SN": Country(
            "fr",
            ("wo",),
            "+221 33 000 {:04d}",
            _MONDAY_WEEK,
            {"SN-KD": "ff", "SN-MT": "ff", "SN-ZG": "dyo"},
        ),
        "IQ": Country(
            "ar",
            (),
            "+964 1 000 {:04d}",
            _SUNDAY_WEEK,
            {"IQ-AR": "ku", "IQ-SU": "ku", "IQ-DA": "ku", "IQ-KA": "ku", "IQ-NI": "ku"},
        ),
        "GT": Country(
            "es",
            (),
            "+502 0000 {:04d}",
            _MONDAY_WEEK,
            {
                "GT-QC": "quc",
                "GT-SO": "quc",
                "GT-AV": "kek",
                "GT-HU": "mam",
                "GT-SM": "mam",
            },
        ),
    }
)
NAMES_OF_SEALED: Final = {
    "en": "Protected accommodation",
    "fr": "Hébergement protégé",
    "es": "Alojamiento protegido",
    "ar": "إيواء محمي",
}
LANDMARKS: Final = (
    {
        "en": "Opposite the big market",
        "fr": "En face du grand marché",
        "es": "Frente al mercado grande",
        "ar": "مقابل السوق الكبير",
    },
    {
        "en": "Behind the bus station",
        "fr": "Derrière la gare routière",
        "es": "Detrás de la terminal de buses",
        "ar": "خلف محطة الحافلات",
    },
    {
        "en": "Next to the post office",
        "fr": "À côté de la poste",
        "es": "Al lado del correo",
        "ar": "بجانب مكتب البريد",
    },
    {
        "en": "Near the football field",
        "fr": "Près du terrain de football",
        "es": "Cerca del campo de fútbol",
        "ar": "قرب ملعب كرة القدم",
    },
)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one service of the demonstration is: its town, and the next town of the country."""

    number: int
    code: str
    town: Row
    neighbour: Row


def make_records(today: date) -> list[ListingRecord]:
    """Return the services of the demonstration; the same every time but for the dates."""
    records = [_record(place, today) for code in COUNTRIES for place in _places(code)]
    records = twins.written_twice(records)
    return [*records, *(_host_record(term, today) for term in HOST_TERMS)]


@cache
def rows(name: str) -> Sequence[Row]:
    """Return the rows of one of the demonstration's tables."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


@cache
def labels() -> Mapping[str, Row]:
    """Return the taxonomy's labels by code."""
    with TAXONOMY.open(encoding="utf-8") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def _places(code: str) -> Iterator[Place]:
    """One service for each leaf, then those that a country has more often, over its towns."""
    towns = [row for row in rows("towns") if row["country"] == code]
    terms = [row["code"] for row in rows("services")] + list(FURTHER)
    for number, term in enumerate(terms):
        is_central = _template(term)["coverage"] in {"national", "remote"}
        at = 0 if is_central else (number * 5 + number // len(towns)) % len(towns)
        # A service of the whole country may leave out an area that is not the capital's.
        further = at + (5 if is_central else 1)
        yield Place(number, term, towns[at], towns[further % len(towns)])


def _record(place: Place, today: date) -> ListingRecord:
    template, town = _template(place.code), place.town
    country = COUNTRIES[town["country"]]
    key = f"{town['country'].lower()}-{place.code}-{place.number:03d}"
    organization = _organization(town["country"], template["provider"], place.number)
    texts = _texts(place, template, organization)
    texts |= details.texts_of(place.number, has_door=_has_door(place.code, template))
    minimum, maximum = _ages(template["ages"])
    own = country.language
    said: dict[str, Any] = {
        column: texts.pop((column, own), None)
        for column in ("landmark", *details.WORDS)
    }
    return ListingRecord(
        organization_name=texts.pop(("organization_name", own)),
        organization_id=organization["key"],
        service_name=texts.pop(("service_name", own)),
        service_id=key,
        description=texts.pop(("description", own)),
        **said,
        taxonomy_terms=(place.code,),
        minimum_age=minimum,
        maximum_age=maximum,
        sexes=_several(template["sexes"]),
        profiles=_several(template["profiles"]),
        required_documents=_several(template["documents"]),
        access_flags=_several(template["flags"]),
        languages=_languages(country, town["area_code"], place.number),
        cost=template["cost"],
        opening_hours=country.hours[template["hours"]],
        phone=country.phone.format(place.number),
        email=f"{organization['key']}@example.org",
        referral_email=f"{organization['key']}@example.org",
        website=f"https://example.org/{organization['key']}",
        provider_type=template["provider"],
        area_code=town["area_code"],
        country=town["country"],
        language=own,
        texts=texts,
        source=SOURCE,
        is_demonstration=True,
        **_position(place, key),
        **_coverage(place, template["coverage"]),
        **_upkeep(place.number, today),
        **details.facts_of(place.number, template, town["country"], today),
    )


def _host_record(term: str, today: date) -> ListingRecord:
    label = labels()[term]
    return ListingRecord(
        organization_name="Return Counselling Office",
        organization_id=OFFICE,
        service_name=f"{label['en'].partition(' (')[0]} – Berlin",
        service_id=f"de-{term}",
        description="Talks in your language about staying and about returning. No decision is made"
        " for you, and nothing is passed on without your consent.",
        taxonomy_terms=(term,),
        latitude=52.5170,
        longitude=13.3889,
        area_code="DE-BE",
        coverage="national",
        languages=("de", *LANGUAGES),
        cost="free",
        opening_hours="Mo-Fr 09:00-16:00",
        phone="+49 30 23125 000",
        email=f"{OFFICE}@example.org",
        provider_type="nngo_cso",
        access_flags=("walk_in", "remote_phone"),
        country="DE",
        texts={("service_name", code): label[code] for code in LANGUAGES[1:]},
        source=SOURCE,
        is_demonstration=True,
        assured_date=today - timedelta(days=9),
        verification_method="visit",
    )


def _template(code: str) -> Row:
    return next(row for row in rows("services") if row["code"] == code)


def _organization(country: str, provider: str, number: int) -> Row:
    of_kind = [
        row
        for row in rows("organizations")
        if row["country"] == country and row["provider_type"] == provider
    ]
    return of_kind[number % len(of_kind)]


def _texts(
    place: Place, template: Row, organization: Row
) -> dict[tuple[str, str], str]:
    texts: dict[tuple[str, str], str] = {}
    for language in LANGUAGES:
        town = place.town["name_ar"] if language == "ar" else place.town["name"]
        name = f"{labels()[place.code][language]} – {town}"
        texts["organization_name", language] = organization[language]
        texts["service_name", language] = (
            NAMES_OF_SEALED[language] if place.code == SEALED else name
        )
        texts["description", language] = template[language]
        if _has_door(place.code, template):
            texts["landmark", language] = LANDMARKS[place.number % len(LANDMARKS)][
                language
            ]
    return texts


def _has_door(code: str, template: Row) -> bool:
    return code != SEALED and template["coverage"] != "remote"


def _position(place: Place, key: str) -> dict[str, Any]:
    """A point of the town, the same for the same service; none for sealed and remote ones."""
    if not _has_door(place.code, _template(place.code)):
        return {}
    scatter = zlib.crc32(key.encode())
    north, east = (
        (scatter % 1000 - 500) / 50_000,
        (scatter // 1000 % 1000 - 500) / 50_000,
    )
    street = 1 + scatter % 40
    return {
        "latitude": round(float(place.town["latitude"]) + north, 5),
        "longitude": round(float(place.town["longitude"]) + east, 5),
        "precision_m": 100.0,
        "address": {
            "SN": f"Rue {street}, {place.town['name']}",
            "IQ": f"شارع {street}، {place.town['name_ar']}",
            "GT": f"{street}a calle 4-12, zona 1, {place.town['name']}",
        }[place.town["country"]],
    }


def _coverage(place: Place, kind: str) -> dict[str, Any]:
    area, next_area = place.town["area_code"], place.neighbour["area_code"]
    if kind == "area":
        both = (area, next_area) if place.number % 4 == 0 else (area,)
        return {"coverage_areas": tuple(dict.fromkeys(both))}
    if kind == "radius" and place.number % 4 == 3:
        mode = ("public_transport", "walk", "car")[place.number % 3]
        return {"coverage_travel_minutes": 75, "coverage_travel_mode": mode}
    if kind == "radius":
        return {"coverage_radius_km": float(10 + place.number % 5 * 10)}
    if kind == "shape":
        town = Point(
            latitude=float(place.town["latitude"]),
            longitude=float(place.town["longitude"]),
        )
        drawn = {"coverage_geojson": _drawn(town, 22 + place.number % 3 * 9)}
        if place.number % 2:
            far = destination(town, bearing_degrees=60, distance_km=14)
            drawn["coverage_excluded_geojson"] = _drawn(far, 5)
        return drawn
    if kind == "national" and place.number % 3 == 0 and area != next_area:
        return {"coverage": "national", "coverage_excluded_areas": (next_area,)}
    return {"coverage": kind} if kind in {"national", "remote"} else {}


def _drawn(middle: Point, radius_km: float) -> str:
    """A shape as somebody might draw it round a place: seven corners."""
    shape = write_geometry(circle(middle, radius_km, corners=7), decimals=4)
    return orjson.dumps(shape).decode()


def _upkeep(number: int, today: date) -> dict[str, Any]:
    """When and how it was verified, whether it is open, and how many places are free."""
    days = DAYS_SINCE_VERIFIED[number * 7 % len(DAYS_SINCE_VERIFIED)]
    found: dict[str, Any] = {"status": "active"}
    if days is not None:
        found["assured_date"] = today - timedelta(days=days)
        found["verification_method"] = METHODS[number % len(METHODS)]
    if number % 37 == 36:
        found |= {
            "status": "temporarily closed",
            "status_until": today + timedelta(days=21),
        }
    elif number % 61 == 60:
        found["status"] = "inactive"
    if number % 3 == 0:
        found |= {
            "capacity_available": number * 5 % 12,
            "wait_time_days": number % 4 * 7,
        }
    return found


def _languages(country: Country, area: str, number: int) -> tuple[str, ...]:
    spoken = [country.language, *country.further]
    if area in country.local:
        spoken.append(country.local[area])
    if number % 5 == 0:
        spoken.append("en")
    return tuple(spoken)


def _ages(text: str) -> tuple[int | None, int | None]:
    low, _, high = text.partition("-")
    return int(low) if low else None, int(high) if high else None


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)

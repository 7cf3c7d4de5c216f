"""Checks all positions of a file at once against the stated country and first-level area.

A position that cannot be right is left out of the listing and reported with a proposal; nothing is
corrected by itself. Outlines are simplified, so a position counts as inside when it lies less than
``BORDER_KM`` (land border) or ``COAST_KM`` (sea) outside.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from directory.areas.locating import Located
from importers.geography import Floats, Geography, KnownArea
from importers.records import Draft

BORDER_KM: Final = 5.0
COAST_KM: Final = 12.0
FAR_KM: Final = 40.0
"""Farther than this from the stated country, a position in the sea is a mistake, not an islet."""
EXCHANGE_KM: Final = 50.0
"""Where latitude and longitude are alike, exchanging them moves a place by less than this."""
STRANGE_KM: Final = 500.0
"""Neighbours may mirror each other (Syria lies where Turkey's numbers exchanged do); nothing so far does."""
METERS_PER_DEGREE: Final = 111_195.0
IMPRECISE_M: Final = 500.0

# The ways a position is most often spoilt: exchanged, a lost sign, or both.
_MENDS: Final = ((True, 1, 1), (False, -1, 1), (False, 1, -1), (False, -1, -1), (True, -1, 1), (True, 1, -1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Titles:
    """The file's own titles of the position's columns."""

    latitude: str | None
    longitude: str | None


def check(
    drafts: Sequence[Draft],
    geography: Geography,
    titles: Titles,
    likely: str | None = None,
) -> None:
    """Judge the position of every draft that has one; those that cannot be right lose it.

    ``likely``: the country that most rows lie in. Where nothing states a country, it tells whether the
    two numbers were exchanged, and nothing else.
    """
    on_earth = [
        draft
        for draft in drafts
        if "latitude" in draft.values
        and not _is_off_earth(draft, geography, titles)
        and not _is_null_island(draft, titles)
    ]
    located = geography.locate([_place(draft) for draft in on_earth])
    believed = list(zip(on_earth, located, strict=True))
    if likely is not None:
        believed = _without_exchanged(believed, likely, geography, titles)
    elsewhere: dict[str, list[tuple[Draft, str | None]]] = defaultdict(list)
    within: dict[KnownArea, list[tuple[Draft, KnownArea | None]]] = defaultdict(list)
    for draft, (country, region_id, _deepest) in believed:
        if draft.country is None:
            _take_country(draft, country, titles)
        elif country != draft.country:
            elsewhere[draft.country].append((draft, country))
            continue
        stated = geography.by_code(draft.area_code) if draft.area_code else None
        if stated is not None and stated.id != region_id:
            found = geography.by_id(region_id) if region_id else None
            within[stated].append((draft, found))
    for stated_country, questioned in elsewhere.items():
        _judge_country(stated_country, questioned, geography, titles)
    for region, doubtful in within.items():
        _judge_region(region, doubtful, geography, titles)


def exchanged(
    places: Sequence[tuple[float, float]], code: str, geography: Geography
) -> list[bool]:
    """Whether each place lies far from a country, and inside it with its two numbers exchanged."""
    country = geography.by_code(code)
    if country is None or not places:
        return [False] * len(places)
    outside_km = geography.distance_km(country.id, *_columns(places))
    turned = geography.locate(
        [(second, first) if abs(second) <= 90 else (first, second) for first, second in places]
    )  # fmt: skip
    return [
        bool(kilometres > STRANGE_KM) and found == code
        for kilometres, (found, _, _) in zip(outside_km, turned, strict=True)
    ]


def _without_exchanged(
    believed: Sequence[tuple[Draft, Located]],
    likely: str,
    geography: Geography,
    titles: Titles,
) -> list[tuple[Draft, Located]]:
    """Leave out positions of rows without a country that lie among the others once exchanged."""
    strangers = [
        draft
        for draft, (found, _, _) in believed
        if draft.country is None and found != likely
    ]
    judged = exchanged([_place(draft) for draft in strangers], likely, geography)
    for draft, is_exchange in zip(strangers, judged, strict=True):
        if is_exchange:
            latitude, longitude = _place(draft)
            _leave_out(
                draft, "coordinates_exchanged", titles,
                country=geography.country_name(likely), proposal=_pair(longitude, latitude),
            )  # fmt: skip
    return [(draft, found) for draft, found in believed if "latitude" in draft.values]


def _take_country(draft: Draft, found: str | None, titles: Titles) -> None:
    """Believe the position where nothing states a country; in the open sea there is nothing to believe."""
    if found is None:
        _leave_out(draft, "coordinates_nowhere", titles, country="–", proposal="–")
    else:
        draft.country = found


def precision_m(latitude: str, longitude: str) -> float:
    """Return how far off a position may be, in metres: half a unit of the last decimal written."""
    decimals = max(_decimals(latitude), _decimals(longitude))
    return max(1.0, round(0.5 * 10.0**-decimals * METERS_PER_DEGREE))


def _decimals(text: str) -> int:
    whole, point, fraction = text.strip().replace(",", ".").partition(".")
    return len(fraction) if point and whole else 0


def _place(draft: Draft) -> tuple[float, float]:
    return draft.values["latitude"], draft.values["longitude"]


def _written(draft: Draft) -> str:
    latitude, longitude = _place(draft)
    return (
        f"{latitude:g}, {longitude:g}"
        if abs(latitude) > 999
        else _pair(latitude, longitude)
    )


def _pair(latitude: float, longitude: float) -> str:
    return (
        f"{latitude:.6f}".rstrip("0").rstrip(".")
        + ", "
        + f"{longitude:.6f}".rstrip("0").rstrip(".")
    )


def _is_null_island(draft: Draft, titles: Titles) -> bool:
    if _place(draft) != (0.0, 0.0):
        return False
    _leave_out(draft, "coordinates_zero", titles)
    return True


def _is_off_earth(draft: Draft, geography: Geography, titles: Titles) -> bool:
    latitude, longitude = _place(draft)
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return False
    proposal = _mended(draft, geography)
    value = str(latitude if abs(latitude) > 90 else longitude)
    if proposal is not None and _is_exchange(draft, proposal):
        _leave_out(
            draft, "coordinates_exchanged", titles,
            country=_country_name(draft, geography), proposal=proposal,
        )  # fmt: skip
    else:
        column = titles.latitude if abs(latitude) > 90 else titles.longitude
        _forget(draft)
        draft.note("coordinates_range", column, value=value, proposal=proposal or "–")
    return True


def _judge_country(
    code: str,
    questioned: Sequence[tuple[Draft, str | None]],
    geography: Geography,
    titles: Titles,
) -> None:
    """Judge positions that do not lie in the stated country: near its border, exchanged or wrong."""
    country = geography.by_code(code)
    if country is None:
        return
    latitudes, longitudes = _coordinates(draft for draft, _ in questioned)
    outside_km = geography.distance_km(country.id, latitudes, longitudes)
    for (draft, found), kilometres in zip(questioned, outside_km, strict=True):
        if kilometres <= (COAST_KM if found is None else BORDER_KM):
            continue
        proposal = _mended(draft, geography)
        if proposal is not None and _is_exchange(draft, proposal):
            _leave_out(
                draft,
                "coordinates_exchanged",
                titles,
                country=country.name,
                proposal=proposal,
            )
        elif found is not None:
            _leave_out(
                draft, "coordinates_other_country", titles, country=country.name,
                found=geography.country_name(found), proposal=proposal or "–",
            )  # fmt: skip
        elif kilometres > FAR_KM or proposal is not None:
            _leave_out(
                draft,
                "coordinates_nowhere",
                titles,
                country=country.name,
                proposal=proposal or "–",
            )


def _judge_region(
    region: KnownArea,
    doubtful: Sequence[tuple[Draft, KnownArea | None]],
    geography: Geography,
    titles: Titles,
) -> None:
    """Judge positions in the right country that do not lie in the stated first-level area.

    Far away, and inside it the other way round, the two numbers were exchanged.
    """
    latitudes, longitudes = _coordinates(draft for draft, _ in doubtful)
    outside_km = geography.distance_km(region.id, latitudes, longitudes)
    for (draft, found), kilometres in zip(doubtful, outside_km, strict=True):
        if kilometres <= BORDER_KM or "latitude" not in draft.values:
            continue
        latitude, longitude = _place(draft)
        is_exchange = (
            kilometres > EXCHANGE_KM
            and abs(longitude) <= 90
            and geography.is_near(region.id, latitude=longitude, longitude=latitude)
        )
        if is_exchange:
            proposal = _pair(longitude, latitude)
            _leave_out(
                draft,
                "coordinates_exchanged",
                titles,
                country=region.name,
                proposal=proposal,
            )
        elif found is not None:
            draft.note(
                "area_mismatch", titles.latitude, value=_written(draft), area=region.name, found=found.name
            )  # fmt: skip


def _mended(draft: Draft, geography: Geography) -> str | None:
    """Return the likeliest true position: one that lies in the stated country, else in its area."""
    country = geography.by_code(draft.country) if draft.country else None
    if country is None:
        return None
    latitude, longitude = _place(draft)
    candidates = []
    for is_exchanged, sign_of_latitude, sign_of_longitude in _MENDS:
        first, second = (longitude, latitude) if is_exchanged else (latitude, longitude)
        candidate = (sign_of_latitude * first, sign_of_longitude * second)
        if abs(candidate[0]) <= 90 and abs(candidate[1]) <= 180:
            candidates.append(candidate)
    if not candidates:
        return None
    outside_km = geography.distance_km(country.id, *_columns(candidates))
    for candidate, kilometres in zip(candidates, outside_km, strict=True):
        if kilometres <= BORDER_KM:
            return _pair(*candidate)
    return None


def _is_exchange(draft: Draft, proposal: str) -> bool:
    latitude, longitude = _place(draft)
    return proposal == _pair(longitude, latitude)


def _country_name(draft: Draft, geography: Geography) -> str:
    return geography.country_name(draft.country) if draft.country else "–"


def _coordinates(drafts: Iterator[Draft]) -> tuple[Floats, Floats]:
    return _columns([_place(draft) for draft in drafts])


def _columns(places: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    table = np.array(places, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _leave_out(draft: Draft, code: str, titles: Titles, **values: str) -> None:
    written = _written(draft)
    _forget(draft)
    draft.note(code, titles.latitude, value=written, **values)


def _forget(draft: Draft) -> None:
    """Leave the position out, and with it what was said of how exact it is."""
    for field in ("latitude", "longitude", "precision_m"):
        draft.values.pop(field, None)
    draft.issues[:] = [
        one for one in draft.issues if one.code != "coordinates_imprecise"
    ]

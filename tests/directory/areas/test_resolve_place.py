from pathlib import Path

import orjson
import pytest
from sqlalchemy.orm import Session

from directory.areas import gazetteer
from directory.areas.places import (
    Ambiguous,
    Given,
    PlaceError,
    PlaceKind,
    ResolvedPlace,
    resolve_place,
    town_precision_m,
)


def town(
    number: int, name: str, people: int, at: tuple[float, float], *also: str
) -> dict[str, object]:
    return {
        "geonameid": number,
        "name": name,
        "latitude": at[0],
        "longitude": at[1],
        "countrycode": "XA" if at[1] < 14 else "XB",
        "population": people,
        "admin1code": "01",
        "alternatenames": list(also),
    }


TOWNS = [
    town(1, "Northtown", 250_000, (3.0, 11.0), "بلدة الشمال", "Ville du Nord"),
    town(2, "Twinford", 4_000, (1.0, 11.0)),
    town(3, "Twinford", 9_000, (1.0, 15.0)),
    town(4, "Bigham", 900_000, (1.0, 13.0)),
    town(5, "Bigham", 600, (2.5, 15.0)),
]


@pytest.fixture
def known(session: Session, tmp_path: Path) -> Session:
    file = tmp_path / "towns.json"
    file.write_bytes(orjson.dumps({str(one["geonameid"]): one for one in TOWNS}))
    gazetteer.seed(session, file=file)
    return session


def place(session: Session, text: str, **options: str) -> ResolvedPlace:
    found = resolve_place(session, Given(text=text), **options)
    assert isinstance(found, ResolvedPlace), found
    return found


def test_a_town_gives_its_point_area_precision_and_whole_name(known: Session) -> None:
    found = place(known, "northtown")
    assert found.kind == PlaceKind.TOWN
    assert (found.point.latitude, found.point.longitude) == (3.0, 11.0)
    assert found.area is not None
    assert found.area.code == "XA-NW"
    assert found.country == "XA"
    assert found.precision_m == 8000
    assert found.label == "Northtown, North, Exampleland"


def test_the_label_is_in_the_readers_letters(known: Session) -> None:
    assert place(known, "northtown", language="ar").label.startswith("بلدة الشمال، ")
    assert place(known, "بلدة الشمال").label == "Northtown, North, Exampleland"


def test_towns_of_one_name_are_offered_and_not_guessed(known: Session) -> None:
    found = resolve_place(known, Given(text="Twinford"))
    assert isinstance(found, Ambiguous)
    assert {choice.label for choice in found.choices} == {
        "Twinford, South, Exampleland",
        "Twinford, Borderland",
    }
    picked = resolve_place(known, Given(token=found.choices[0].token))
    assert isinstance(picked, ResolvedPlace)
    assert picked.label == found.choices[0].label


def test_the_country_decides_between_towns_of_one_name(known: Session) -> None:
    assert place(known, "Twinford", country="XB").country == "XB"


def test_a_town_far_larger_than_its_namesakes_is_meant(known: Session) -> None:
    assert place(known, "Bigham").country == "XA"


def test_a_misspelling_is_offered_and_not_taken(known: Session) -> None:
    found = resolve_place(known, Given(text="Nortown"))
    assert isinstance(found, Ambiguous)
    assert found.choices[0].label == "Northtown, North, Exampleland"


def test_an_area_is_known_by_name_and_by_code(known: Session) -> None:
    for text in ("Exampleland", "XA-NW", "xa-nw"):
        assert place(known, text).kind == PlaceKind.AREA
    whole = place(known, "XA-NW")
    assert whole.token == "area:XA-NW"
    assert whole.label == "North W, North, Exampleland"
    # The radius of a circle as large: two degrees square near the equator.
    assert whole.precision_m == pytest.approx(125_000, rel=0.05)


def test_coordinates_give_the_precision_that_was_typed(known: Session) -> None:
    found = place(known, "3.00, 11.00")
    assert found.kind == PlaceKind.COORDINATES
    assert found.precision_m == pytest.approx(557, abs=1)
    assert found.area is not None
    assert found.area.code == "XA-NW"
    again = resolve_place(known, Given(token=found.token))
    assert isinstance(again, ResolvedPlace)
    assert again.point == found.point
    assert again.precision_m == pytest.approx(found.precision_m, abs=1)


def test_a_short_plus_code_is_completed_by_its_town(known: Session) -> None:
    found = place(known, "2222+22 Northtown")
    assert found.kind == PlaceKind.PLUS_CODE
    assert found.area is not None
    assert found.precision_m < 15


def test_a_pin_brings_its_own_precision(known: Session) -> None:
    given = Given(text="3, 11", latitude=3.0, longitude=11.0, precision_m=42.0)
    found = resolve_place(known, given)
    assert isinstance(found, ResolvedPlace)
    assert found.precision_m == 42.0


def test_the_quay_counts_as_land(known: Session) -> None:
    found = place(known, "3.000, 9.985")
    assert found.country == "XA"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Atlantis Nova", "place_unknown"),
        ("", "place_unknown"),
        ("3.0", "place_unknown"),
        ("0, 0", "coordinates_zero"),
        ("-40, -40", "coordinates_nowhere"),
        ("95, 100", "coordinates_range"),
        ("2222+22", "place_unknown"),
        ("2222+22 Atlantis Nova", "place_unknown"),
    ],
)
def test_it_says_why_a_place_cannot_be_used(
    known: Session, text: str, code: str
) -> None:
    with pytest.raises(PlaceError) as caught:
        resolve_place(known, Given(text=text))
    assert caught.value.code == code
    assert caught.value.message


def test_a_position_in_another_country_is_refused_with_both_names(
    known: Session,
) -> None:
    with pytest.raises(PlaceError) as caught:
        resolve_place(known, Given(text="3.0, 15.0"), country="XA")
    assert caught.value.code == "coordinates_other_country"
    assert caught.value.values["found"] == "Borderland"
    assert caught.value.values["country"] == "Exampleland"


def test_exchanged_numbers_are_proposed_never_taken(known: Session) -> None:
    found = resolve_place(known, Given(text="11.0, 3.0"), country="XA")
    assert isinstance(found, Ambiguous)
    (choice,) = found.choices
    assert choice.token.startswith("point:3.000000,11.000000")


@pytest.mark.parametrize(
    "token",
    ["", "town:999", "area:none", "point:1", "point:x,y,z", "point:99,0,1", "?"],
)
def test_a_made_up_token_is_refused(known: Session, token: str) -> None:
    with pytest.raises(PlaceError):
        resolve_place(known, Given(token=token))


def test_villages_are_more_exact_than_cities() -> None:
    assert [town_precision_m(n) for n in (0, 5000, 100_000)] == [1000, 3000, 8000]

"""Names and facts: what is one listing in other words, and what must never be taken for one."""

import pytest

from directory.duplicates import names
from directory.duplicates.comparison import FOUND, Entry, compare
from geo.points import Point

HERE = Point(latitude=6.69, longitude=-1.62)
NEAR = Point(latitude=6.6905, longitude=-1.6205)
FAR = Point(latitude=7.69, longitude=-1.62)


def entry(name: str, place: Point | None = HERE, **fields: object) -> Entry:
    """An entry with one name."""
    given: dict[str, object] = {"country": "GH", **fields}
    return Entry(key=name, names=(names.read(name),), place=place, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aboaso Health Centre", "ABOASO HEALTH CENTER"),
        ("Hôpital Saint-Joseph", "Hopital St Joseph"),
        ("Gaikundo Sec Sch", "GAIKUNDO SECONDARY SCHOOL"),
        ("A.M.E Zion Clinic Afrancho", "AME Zion Clinic, Afrancho"),
        ("Kumasi South Hospital", "Hospital Kumasi South"),
        ("مستشفى الموصل العام", "Mosul General Hospital"),
        ("ቤተል ሜዲካል ኮሌጅ", "Betel Medical College"),
        ("Centro de Salud Xela", "Xela Health Centre"),
        ("Health Post No. 2 Luebo", "Luebo Health Post II"),
        ("Mossoul Clinique", "Mosul Clinic"),
    ],
)
def test_one_listing_in_other_words_is_found(one: str, other: str) -> None:
    assert compare(entry(one), entry(other, NEAR)).score >= FOUND
    assert compare(entry(other, NEAR), entry(one)).score >= FOUND


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Luebo Health Post 2", "Luebo Health Post 3"),
        ("Luebo Health Centre II", "Luebo Health Centre III"),
        ("Luebo Clinic", "Luebo Clinic 2"),
        ("Camp A Clinic", "Camp B Clinic"),
        ("Kumasi North Hospital", "Kumasi South Hospital"),
        ("Kumasi Hospital", "Kumasi South Hospital"),
        ("Aboaso Girls School", "Aboaso Boys School"),
        ("Aboaso Primary School", "Aboaso Secondary School"),
        ("Aboaso Methodist Clinic", "Aboaso Catholic Clinic"),
        ("Aboaso Hospital", "Aboaso Pharmacy"),
        ("École primaire de Thiès", "École secondaire de Thiès"),
        ("مدرسة الموصل للبنات", "مدرسة الموصل للبنين"),
        ("Aboaso Clinic", "Mampong Clinic"),
    ],
)
def test_neighbours_that_a_word_tells_apart_stay_two(one: str, other: str) -> None:
    same_phone = frozenset({"302223333"})
    a, b = entry(one, phones=same_phone), entry(other, HERE, phones=same_phone)
    assert compare(a, b).score < FOUND


def test_one_name_far_away_is_another_place() -> None:
    assert compare(entry("Aboaso Clinic"), entry("Aboaso Clinic", FAR)).score < FOUND


def test_a_telephone_number_counts_where_the_place_is_unknown() -> None:
    one, other = entry("Aboaso Clinic", None), entry("Aboasso Clinic", None)
    assert compare(one, other).score < FOUND
    phones = frozenset({"302223333"})
    assert (
        compare(one._replace(phones=phones), other._replace(phones=phones)).score
        >= FOUND
    )


def test_a_rough_position_says_nothing_for_and_much_against() -> None:
    rough = entry("Aboaso Clinic")._replace(precision_km=60.0)
    codes = {each.code for each in compare(rough, entry("Aboaso Clinic", NEAR)).reasons}
    assert not codes & {"metres_apart", "kilometres_apart"}
    assert "kilometres_apart" in {
        each.code for each in compare(rough, entry("Aboaso Clinic", FAR)).reasons
    }


def test_reasons_name_the_evidence() -> None:
    found = compare(entry("Aboaso Clinic"), entry("Aboaso Clinic", NEAR))
    said = {each.code: each.values for each in found.reasons}
    assert said["same_name"] == {}
    assert 50 < said["metres_apart"]["metres"] < 100
    assert "numbers_differ" in {
        each.code for each in compare(entry("Luebo 2"), entry("Luebo 3")).reasons
    }

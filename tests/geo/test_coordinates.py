from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coordinates import (
    CoordinatesError,
    Notation,
    Problem,
    looks_like_coordinates,
    parse_coordinates,
    plus_code,
)
from geo.distance import geodesic_km
from geo.points import Point

KUMASI = Point(latitude=6.69, longitude=-1.62)


@pytest.mark.parametrize(
    "text",
    [
        "6.69, -1.62",
        "(6.69, -1.62)",
        "6.69 -1.62",
        "6,69 -1,62",
        "6,69; -1,62",
        "6,69,-1,62",
        "6,69, -1,62",
        "٦٫٦٩، -١٫٦٢",
        "6.69/-1.62",
        "lat: 6.69, lon: -1.62",
        "lon=-1.62 lat=6.69",
        "Longitud -1,62; Latitud 6,69",
        "خط العرض 6.69 خط الطول -1.62",
        "6.69 N, 1.62 W",
        "1.62 W, 6.69 N",
        "N 6.69 O 1.62",
        "6,69 nord 1,62 ouest",
        "6,69 norte, 1,62 oeste",
        "6.69 شمالا 1.62 غربا",
        "6°41'24\"N 1°37'12\"W",
        "6°41′24″ N, 1°37′12″ O",
        "6º41'24''N 1º37'12''W",
        "6 41 24 N 1 37 12 W",
        "6:41:24N 1:37:12W",
        "6d41m24s N 1d37m12s W",
        "N 06° 41.4' W 001° 37.2'",
        "N6 41.4 W1 37.2",
        "6°41,4'N 1°37,2'O",
        "geo:6.69,-1.62?z=12",
        "https://www.google.com/maps/@6.69,-1.62,15z",
        "https://maps.google.com/?q=6.69,-1.62",
        "https://www.openstreetmap.org/#map=15/6.69/-1.62",
    ],
)
def test_it_reads_the_same_place_in_every_notation(text: str) -> None:
    typed = parse_coordinates(text)
    assert geodesic_km(typed.point, KUMASI) < 0.001
    assert looks_like_coordinates(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Kumasi", Problem.NOT_COORDINATES),
        ("route N 5", Problem.NOT_COORDINATES),
        ("", Problem.NOT_COORDINATES),
        ("1 2 3", Problem.NOT_COORDINATES),
        ("6 61 0 N 1 0 0 W", Problem.NOT_COORDINATES),
        ("-6 N 1 W", Problem.NOT_COORDINATES),
        ("6.69", Problem.ONE_NUMBER),
        ("6,69", Problem.ONE_NUMBER),
        ("6.69 N", Problem.ONE_NUMBER),
        ("N 5 N 6", Problem.SAME_AXIS),
        ("91, 100", Problem.OUT_OF_RANGE),
        ("AAAA+BB", Problem.NOT_COORDINATES),
        ("M9R6+X2 Kumasi", Problem.REFERENCE_NEEDED),
        ("9" * 300, Problem.NOT_COORDINATES),
    ],
)
def test_it_says_why_a_text_is_no_position(text: str, problem: Problem) -> None:
    with pytest.raises(CoordinatesError) as caught:
        parse_coordinates(text)
    assert caught.value.problem == problem


def test_it_proposes_but_does_not_make_the_exchange() -> None:
    with pytest.raises(CoordinatesError) as caught:
        parse_coordinates("120.5, 5.2")
    assert caught.value.proposal == Point(latitude=5.2, longitude=120.5)


def test_precision_follows_from_what_was_typed() -> None:
    assert parse_coordinates("6.69, -1.62").precision_m == pytest.approx(557, abs=1)
    assert parse_coordinates("6.69000, -1.62000").precision_m == 1.0
    # The coarser of the two axes counts.
    assert parse_coordinates("6.69000, -1.6").precision_m == pytest.approx(5566, abs=1)
    dms = parse_coordinates("6°41'24\"N 1°37'12\"W")
    assert dms.precision_m == pytest.approx(15, abs=1)
    assert dms.notation == Notation.SEXAGESIMAL
    assert parse_coordinates("6 41 N 1 37 W").precision_m == pytest.approx(928, abs=1)


def test_a_full_plus_code_is_its_small_square() -> None:
    typed = parse_coordinates(plus_code(KUMASI))
    assert geodesic_km(typed.point, KUMASI) < 0.015
    assert typed.notation == Notation.PLUS_CODE
    assert typed.precision_m == pytest.approx(9.8, abs=0.2)


def test_a_short_plus_code_is_completed_by_its_reference() -> None:
    short = plus_code(KUMASI)[4:]
    with pytest.raises(CoordinatesError) as caught:
        parse_coordinates(f"{short}, Kumasi")
    assert caught.value.near == "Kumasi"
    typed = parse_coordinates(f"{short} Kumasi", reference=KUMASI)
    assert geodesic_km(typed.point, KUMASI) < 0.015


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_a_point_prints_it_reads_again(latitude: float, longitude: float) -> None:
    point = Point(latitude=latitude, longitude=longitude)
    assert geodesic_km(parse_coordinates(str(point)).point, point) < 0.002


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789.,;:/-+°'\"NSEWO nsewo()٣٫A", max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(CoordinatesError):
        assert abs(parse_coordinates(text).point.latitude) <= 90

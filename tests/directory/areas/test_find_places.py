from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import gazetteer, queries, search, seeding
from directory.areas.spelling import script_of, skeleton
from directory.models import Place, PlaceName
from directory.text import normalise
from tests.directory.areas.conftest import TODAY

COUNTRIES = {"GM", "GH", "IQ", "GT", "SN"}


@pytest.fixture(scope="module")
def few_cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = orjson.loads(gazetteer.dataset_file().read_bytes())
    few = {key: city for key, city in whole.items() if city["countrycode"] in COUNTRIES}
    path = tmp_path_factory.mktemp("gazetteer") / "cities.json"
    path.write_bytes(orjson.dumps(few))
    return path


@pytest.fixture
def towns(session: Session, few_cities: Path) -> Session:
    gazetteer.seed(session, file=few_cities)
    return session


SPELLINGS = [
    ("Kumasi", "Kumasi", "GH"),
    ("kumassi", "Kumasi", "GH"),
    ("Koumasi", "Kumasi", "GH"),
    ("Kunasi", "Kumasi", "GH"),
    ("Kmuasi", "Kumasi", "GH"),
    ("Mosul", "Mosul", "IQ"),
    ("Mossoul", "Mosul", "IQ"),
    ("الموصل", "Mosul", "IQ"),
    ("موصل", "Mosul", "IQ"),
    ("المُوصِل", "Mosul", "IQ"),
    ("Sulaimaniya", "Sulaymaniyah", "IQ"),
    ("السليمانيه", "Sulaymaniyah", "IQ"),
    ("Tambakunda", "Tambacounda", "SN"),
    ("Thies", "Thiès", "SN"),
    ("Cotzumalguapa", "Santa Lucía Cotzumalguapa", "GT"),
    ("Quetzaltenago", "Quetzaltenango", "GT"),
]


def test_a_town_is_found_in_both_scripts_and_misspelled(towns: Session) -> None:
    for typed, name, country in SPELLINGS:
        best = search.search(towns, typed)[0]
        assert (best.name, best.country) == (name, country), typed


def test_a_country_narrows_the_search(towns: Session) -> None:
    assert search.search(towns, "Jumasi", country="GH")[0].name == "Kumasi"
    in_iraq = search.search(towns, "Kumasi", country="IQ")
    assert {hit.country for hit in in_iraq} <= {"IQ"}
    assert all(hit.likeness < 90 for hit in in_iraq)


def test_areas_are_found_beside_towns(session: Session) -> None:
    found = search.search(session, "exampleland")
    assert [(hit.kind, hit.code) for hit in found] == [(search.Kind.AREA, "XA")]
    assert search.search(session, "Exmapleland")[0].code == "XA"


def test_nothing_is_found_for_nothing(towns: Session) -> None:
    for typed in ("", "x", "  ", "zzzqqqvvv", "%", "_'", "\x00\x00"):
        assert search.search(towns, typed) == [], typed


def test_seeding_twice_writes_once(towns: Session, few_cities: Path) -> None:
    before = towns.scalar(select(func.count()).select_from(PlaceName))
    assert gazetteer.seed(towns, countries=["GM", "GH"], file=few_cities) == 0
    assert gazetteer.seed(towns, file=few_cities) == 0
    assert towns.scalar(select(func.count()).select_from(PlaceName)) == before
    assert (towns.scalar(select(func.count()).where(Place.country == "GM")) or 0) > 20


def test_airport_codes_and_letters_put_one_by_one_are_no_spellings(
    towns: Session,
) -> None:
    codes = select(PlaceName).where(PlaceName.normalised.in_(["acc", "dkr", "kun si"]))
    assert towns.scalars(codes).all() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mosul", "الموصل"),
        ("Kumasi", "Koumassi"),
        ("Muqdisho", "مقديشو"),
        ("Al Basrah", "البصرة"),
        ("Hargeysa", "Hargeisa"),
    ],
)
def test_spellings_of_one_name_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(normalise(one)) == skeleton(normalise(other))
    assert skeleton(normalise(one)) != skeleton("tambacounda")


def test_scripts_are_told_apart() -> None:
    assert script_of("Thiès") == "latin"
    assert script_of("بغداد") == "arabic"
    assert script_of("Москва") == "other"
    assert script_of("Baghdad بغداد") == "other"


def test_the_gazetteer_may_come_before_the_areas(
    towns: Session, few_countries: Path
) -> None:
    kumasi = towns.scalars(select(Place).where(Place.id == 2298890)).one()
    assert kumasi.area_id is None
    seeding.seed_world(towns, today=TODAY, folder=few_countries)
    towns.refresh(kumasi)
    ashanti = queries.area_by_code(towns, "GH-AH")
    assert ashanti is not None
    assert kumasi.area_id == ashanti.id

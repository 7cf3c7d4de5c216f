import gzip
from pathlib import Path

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import queries, seeding
from directory.models import Area, AreaCell
from tests.directory.areas.conftest import COUNTRIES, TODAY


def test_countries_and_first_levels_nest(world: Session) -> None:
    ghana = queries.area_by_code(world, "GH")
    assert ghana is not None
    assert ghana.level == 0
    assert {"GH-AH", "GH-AA"} <= {
        area.code for area in queries.children(world, ghana.id)
    }
    found = queries.areas_containing(world, 6.69, -1.62)
    assert [area.code for area in found] == ["GH", "GH-AH"]


def test_names_are_there_in_four_languages(world: Session) -> None:
    ghana = queries.area_by_code(world, "GH")
    ashanti = queries.area_by_code(world, "GH-AH")
    assert ghana is not None
    assert ashanti is not None
    both = [ghana.id, ashanti.id]
    arabic = queries.names(world, both, "ar")
    assert (arabic[ghana.id], arabic[ashanti.id]) == ("غانا", "منطقة أشانتي")
    assert queries.names(world, both, "fr")[ashanti.id] == "Ashanti"


def test_seeding_again_writes_nothing(world: Session, few_countries: Path) -> None:
    before = world.scalar(select(func.count()).select_from(AreaCell))
    assert seeding.seed_world(world, today=TODAY, folder=few_countries) == 0
    assert world.scalar(select(func.count()).select_from(AreaCell)) == before


def test_every_country_has_its_levels_and_cells(world: Session) -> None:
    statement = select(Area.country).where(
        Area.level == 1, Area.source == seeding.SOURCE
    )
    assert set(world.scalars(statement)) == COUNTRIES
    bare = select(Area.code).where(~Area.id.in_(select(AreaCell.area_id)))
    assert world.scalars(bare).all() == []


def test_the_files_hold_the_whole_world() -> None:
    sizes = {}
    for name in (seeding.COUNTRIES, seeding.LEVEL_1):
        text = gzip.decompress((seeding.FOLDER / name).read_bytes())
        features = orjson.loads(text)["features"]
        codes = [feature["properties"]["code"] for feature in features]
        assert len(set(codes)) == len(codes)
        sizes[name] = len(codes)
    assert sizes[seeding.COUNTRIES] >= 245
    assert sizes[seeding.LEVEL_1] >= 4500

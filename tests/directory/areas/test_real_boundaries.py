from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import files, queries, records
from directory.areas.operations import LoadReport, load_areas
from directory.models import Area
from tests.directory.areas.conftest import TODAY

# File, country, level, areas, of which with a stated parent.
FILES = [
    ("SEN_admin1", "SN", 1, 14, 14),
    ("SEN_admin2", "SN", 2, 45, 45),
    ("SEN_admin3", "SN", 3, 121, 121),
    ("GIN_admin1", "GN", 1, 8, 8),
    ("GIN_admin2", "GN", 2, 34, 34),
    ("GIN_admin3", "GN", 3, 340, 340),
    ("NGA_admin1", "NG", 1, 37, 37),
    ("NGA_admin3", "NG", 3, 714, 714),
    ("SOM_admin1", "SO", 1, 18, 18),
    ("SOM_admin2", "SO", 2, 74, 74),
    ("IRQ_admin1", "IQ", 1, 18, 18),
    ("IRQ_admin2", "IQ", 2, 101, 101),
    ("IRQ_admin3", "IQ", 3, 294, 294),
    ("GTM_admin1", "GT", 1, 22, 22),
    ("GTM_admin2", "GT", 2, 342, 342),
    ("GM_admin0", "GM", 0, 1, 0),
    ("GM_admin1", "GM", 1, 6, 0),
    ("GM_admin2", "GM", 2, 36, 0),
    ("GH_admin0", "GH", 0, 1, 0),
    ("GH_admin1", "GH", 1, 10, 0),
    ("GH_admin2", "GH", 2, 110, 0),
]


def load(
    session: Session, folder: Path, name: str, country: str, level: int
) -> LoadReport:
    path = folder / "boundaries" / f"{name}.geojson.gz"
    read = records.read_records(files.read_features(path), country=country, level=level)
    assert read.notices == ()
    return load_areas(
        session,
        country=country,
        level=level,
        records=read.records,
        source=name,
        today=TODAY,
    )


def test_every_real_file_loads_and_points_find_their_areas(
    world: Session, real_data: Path
) -> None:
    for name, country, level, areas, stated in FILES:
        report = load(world, real_data, name, country, level)
        assert report.created + report.updated == areas, name
        assert report.parents_by_code == stated, name
        assert report.without_parent == [], name
        if level:
            assert report.parents_by_code + report.parents_by_position == areas, name
    in_force = world.execute(
        select(Area.country, Area.level, func.count())
        .where(Area.valid_to.is_(None), Area.country.in_({row[1] for row in FILES}))
        .group_by(Area.country, Area.level)
    )
    counts = {(country, level): number for country, level, number in in_force}
    for name, country, level, areas, _ in FILES:
        assert counts[country, level] == areas, name
    check_points(world)
    check_missing_level(world)


def check_points(world: Session) -> None:
    """Tambacounda and Dakar lie in the same areas on every level as on paper."""
    for latitude, longitude, codes in (
        (13.77, -13.67, ["SN", "SN12"]),
        (14.69, -17.45, ["SN", "SN01"]),
    ):
        found = queries.areas_containing(world, latitude, longitude)
        assert [area.level for area in found] == [0, 1, 2, 3]
        assert [area.code for area in found][:2] == codes


def check_missing_level(world: Session) -> None:
    """There is no NGA_admin2: the wards of Borno hang on its state."""
    ward = queries.area_by_code(world, "NG008022002")
    assert ward is not None
    above = queries.ancestors(world, ward.id)
    assert [area.name for area in above] == ["Nigeria", "Borno"]


def test_names_come_in_the_languages_of_the_file_and_of_the_one_before(
    world: Session, real_data: Path
) -> None:
    load(world, real_data, "IRQ_admin1", "IQ", 1)
    area = queries.area_by_code(world, "IQG01")
    assert area is not None
    assert area.name == "Al-Anbar"
    assert queries.names(world, [area.id], "ar")[area.id] == "الانبار"
    # French is not in the official file; Natural Earth had it.
    assert queries.names(world, [area.id], "fr")[area.id] == "Al-Anbar"

"""Real lists, read whole: facilities of the WHO and of Ghana, schools of Kenya, colleges of Ethiopia."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import seeding
from directory.models import ImportRun, Service
from importers import undo as undoing
from tests.conftest import NOW
from tests.importers.conftest import ADMIN, quiet

Run = Callable[..., ImportRun]
SEED_DAY = NOW.date()
AFRICA = frozenset(
    [
        "AO",
        "BJ",
        "BW",
        "BF",
        "BI",
        "CM",
        "CV",
        "CF",
        "TD",
        "KM",
        "CG",
        "CI",
        "CD",
        "DJ",
        "GQ",
        "ER",
        "ET",
        "GA",
        "GM",
        "GH",
        "GN",
        "GW",
        "KE",
        "LS",
        "LR",
        "MG",
        "MW",
        "ML",
        "MR",
        "MU",
        "MZ",
        "NA",
        "NE",
        "NG",
        "RW",
        "ST",
        "SN",
        "SC",
        "SL",
        "SO",
        "ZA",
        "SS",
        "SD",
        "TZ",
        "TG",
        "UG",
        "ZM",
        "ZW",
        "SZ",
    ]
)

pytestmark = pytest.mark.real_data


@pytest.fixture
def world_of(session: Session, tmp_path: Path) -> Callable[..., None]:
    """Puts countries with their first-level areas into the database."""

    def seed(*countries: str) -> None:
        for name in (seeding.COUNTRIES, seeding.LEVEL_1):
            whole = json.loads(gzip.decompress((seeding.FOLDER / name).read_bytes()))
            whole["features"] = [
                one
                for one in whole["features"]
                if one["properties"]["country"] in countries
            ]
            (tmp_path / name).write_bytes(gzip.compress(json.dumps(whole).encode(), 1))
        seeding.seed_world(session, today=SEED_DAY, folder=tmp_path)

    return seed


def by_code(run: ImportRun) -> dict[str, int]:
    assert run.counts is not None
    found: dict[str, int] = run.counts["issues"]["by_code"]
    return found


def number(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service)) or 0


def test_the_health_facilities_of_ghana_come_in_alike_from_both_kinds_of_file(
    applied: Run,
    planned: Run,
    session: Session,
    world_of: Callable[..., None],
    real_data: Path,
) -> None:
    world_of("GH", "TG", "CI", "BF")
    data = (real_data / "facilities" / "health-facilities-gh.csv").read_bytes()
    run = applied(data, "health-facilities-gh.csv")
    assert run.counts is not None
    assert run.country == "GH"
    assert run.counts["rows"] == 2856
    assert run.counts["create"] > 2750
    assert by_code(run)["term_unknown"] == 33
    assert number(session) == run.counts["create"]
    workbook = (real_data / "facilities" / "health-facilities-gh.xlsx").read_bytes()
    again = planned(workbook, "health-facilities-gh.xlsx")
    assert again.counts is not None
    assert (again.format, again.counts["create"]) == ("xlsx", 0)
    assert again.counts["update"] + again.counts["unchanged"] == run.counts["create"]
    undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert number(session) == 0


def test_the_schools_of_kenya_are_schools_where_they_stand(
    planned: Run, world_of: Callable[..., None], real_data: Path
) -> None:
    world_of("KE", "TZ", "UG", "ET", "SO", "SS")
    data = (real_data / "facilities" / "kenya-secondary-schools.csv.gz").read_bytes()
    run = planned(data, "kenya-secondary-schools.csv.gz")
    assert run.counts is not None
    assert run.counts["rows"] == 6494
    assert run.counts["create"] > 6400
    assert run.country == "KE"
    assert "coordinates_missing" not in by_code(run)
    assert "term_unknown" not in by_code(run)


def test_the_colleges_of_ethiopia_keep_their_amharic_names(
    applied: Run, session: Session, world_of: Callable[..., None], real_data: Path
) -> None:
    world_of("ET", "KE", "SO", "ER")
    data = (
        real_data / "facilities" / "ethiopia_colleges_overpass.json.gz"
    ).read_bytes()
    run = applied(data, "ethiopia_colleges_overpass.json.gz")
    assert run.counts is not None
    assert (run.format, run.counts["rows"]) == ("overpass", 154)
    assert run.counts["create"] > 140
    assert (
        session.scalar(
            select(func.count()).where(Service.external_id == "node/463219668")
        )
        == 1
    )


def test_who_does_what_where_is_read_by_its_hashtags(
    planned: Run, world_of: Callable[..., None], real_data: Path
) -> None:
    world_of("HN", "GT", "IQ")
    folder = real_data / "operational_presence"
    for path, rows in (
        (folder / "whowhatwhere_345_honduras.csv", 2730),
        (folder / "whowhatwhere_345w_guatemala.csv", 1197),
        (folder / "whowhatwhere_iraq_3w_jan_to_apr_2022_longtable_20220518.xlsx", 4839),
    ):
        run = planned(path.read_bytes(), path.name)
        assert run.counts is not None
        assert run.counts["rows"] == rows
        assert run.counts["create"] > 0
        assert by_code(run).get("term_unknown", 0) < 0.04 * rows


@pytest.mark.drill  # a minute and a half; benchmarks/bench_import.py carries it out as well
def test_the_whole_list_of_the_who_is_read_and_its_positions_are_counted(
    planned: Run, session: Session, world_of: Callable[..., None], real_data: Path
) -> None:
    world_of(*AFRICA)
    data = (real_data / "facilities" / "who_ssa_mfl_98745.csv.gz").read_bytes()
    run = planned(data, "who_ssa_mfl_98745.csv.gz")
    assert run.counts is not None
    counts = run.counts
    assert counts["rows"] == 98745
    assert counts["create"] + counts["skip"] == 98745
    assert counts["skip"] < 500
    found = by_code(run)
    assert found["coordinates_missing"] == 2350
    assert found["coordinates_other_country"] > 10
    assert "term_unknown" not in found
    assert number(session) == 0

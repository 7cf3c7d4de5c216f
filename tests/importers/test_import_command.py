"""`flask import plan|apply|undo`: the promised JSON and exit statuses."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.cli import alembic_config
from directory.database import make_engine
from directory.models import ImportMapping, Service
from importers.cli import import_cli
from tests import factories
from tests.conftest import NOW
from tests.importers import feeds
from tests.importers.conftest import csv_bytes

TITLES = "service_id,organization_name,service_name,taxonomy_terms,latitude,longitude"
POST = "A1,Red Door,Post,health.primary,3.12345,11.12345"
WRONG = "A2,Red Door,Clinic,health.primary,91,11.12345"


@pytest.fixture
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database of the command's own: commands commit."""
    url = f"sqlite:///{tmp_path}/own.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef-test")
    command.upgrade(alembic_config(url), "head")
    with Session(make_engine(url)) as session, session.begin():
        factories.seed_reference_data(session)
    return url


def flask(*words: str) -> Result:
    return CliRunner().invoke(import_cli, list(words))


def plan(path: Path, *options: str) -> dict[str, Any]:
    result = flask("plan", str(path), *options, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def written(tmp_path: Path, data: bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def services(url: str) -> int:
    with Session(make_engine(url)) as session:
        return session.scalar(select(func.count()).select_from(Service)) or 0


def test_rows_that_look_like_a_listing_can_be_left_out(
    own_database: str, tmp_path: Path
) -> None:
    post = POST.replace("Post", "Aboaso Health Centre")
    flask("apply", plan(written(tmp_path, csv_bytes(TITLES, post)))["run"])
    twin = "B7,Ministry,ABOASSO HEALTH CENTER,health.primary,3.12385,11.12345"
    path = written(tmp_path, csv_bytes(TITLES, twin), "other.csv")
    made = plan(path)
    assert (made["create"], made["skip"], made["duplicates"]) == (1, 0, 1)
    left = plan(path, "--leave-out-lookalikes")
    assert (left["create"], left["skip"], left["duplicates"]) == (0, 1, 1)
    flask("apply", left["run"])
    assert services(own_database) == 1


def test_plan_apply_and_undo_answer_as_promised(
    own_database: str, tmp_path: Path
) -> None:
    path = written(tmp_path, csv_bytes(TITLES, POST, WRONG))
    answer = plan(path, "--country", "XA")
    run = answer.pop("run")
    assert answer == {
        "format": "csv", "rows": 2, "create": 2, "update": 0, "unchanged": 0, "skip": 0,
        "conflicts": 0, "duplicates": 0, "withheld": 0,
        "issues": {"error": 1, "warning": 0, "by_code": {"coordinates_range": 1}},
    }  # fmt: skip
    assert services(own_database) == 0
    applied = flask("apply", run)
    assert applied.exit_code == 0, applied.output
    done = json.loads(applied.stdout)
    assert done.pop("seconds") >= 0
    assert done == {
        "run": run,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "skipped": 0,
    }
    assert services(own_database) == 2
    assert plan(path, "--country", "XA")["unchanged"] == 2
    undone = flask("undo", run)
    assert json.loads(undone.stdout) == {"run": run, "undone": 2}
    assert services(own_database) == 0


def test_the_second_person_gets_status_four(own_database: str, tmp_path: Path) -> None:
    path = written(tmp_path, csv_bytes(TITLES, POST))
    first, second = plan(path)["run"], plan(path)["run"]
    assert flask("apply", first).exit_code == 0
    again = flask("apply", first)
    assert again.exit_code == 4
    assert again.stdout == ""
    assert "has been carried out already" in again.stderr
    late = flask("apply", second)
    assert late.exit_code == 4
    assert "The directory has changed since this plan was made" in late.stderr
    assert services(own_database) == 1
    assert flask("undo", second).exit_code == 4


def test_a_refused_file_gets_status_three_and_says_why(
    own_database: str, tmp_path: Path
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 59_000_000)
    for data, code in (
        (stream.getvalue(), "archive_unsafe"),
        (b"", "empty_file"),
        (b"%PDF-1.7", "wrong_type"),
    ):
        result = flask("plan", str(written(tmp_path, data, "list.xlsx")), "--json")
        assert result.exit_code == 3
        refused = json.loads(result.stdout)["refused"]
        assert refused["code"] == code
        assert refused["message"]
        assert refused["remedy"]
    assert services(own_database) == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("plan", "nowhere.csv"), 2),
        (("plan",), 2),
        (("apply", "not-a-run"), 2),
        (("apply", "00000000-0000-0000-0000-000000000001"), 1),
    ],
)
def test_wrong_usage_is_told_apart(
    own_database: str, words: tuple[str, ...], status: int
) -> None:
    assert flask(*words).exit_code == status


def test_wrong_options_refuse_the_file(own_database: str, tmp_path: Path) -> None:
    path = str(written(tmp_path, csv_bytes(TITLES, POST)))
    for option, value, code in (
        ("--term", "health.magic", "term_not_known"),
        ("--country", "QQ", "country_not_known"),
        ("--mapping", "nobody", "mapping_not_known"),
    ):
        result = flask("plan", path, option, value, "--json")
        assert result.exit_code == 3
        assert json.loads(result.stdout)["refused"]["code"] == code


def test_a_remembered_mapping_is_used_by_name(
    own_database: str, tmp_path: Path
) -> None:
    with Session(make_engine(own_database)) as session, session.begin():
        session.add(
            ImportMapping(
                name="Ministry",
                columns={"Colour": "service_name", "Weight": "kind"},
                values={"kinds": {"Wibble": "education.school"}},
                created_at=NOW,
            )
        )
    path = written(tmp_path, csv_bytes("Colour,Weight", "Post,Wibble"))
    answer = plan(path, "--mapping", "Ministry", "--country", "XA")
    assert answer["create"] == 1


def test_without_json_the_answer_is_words(own_database: str, tmp_path: Path) -> None:
    result = flask("plan", str(written(tmp_path, csv_bytes(TITLES, POST, WRONG))))
    assert result.exit_code == 0
    assert "create 2" in result.stdout
    assert "coordinates_range: 1" in result.stdout
    assert "Checking rows" in result.stderr


def test_every_problem_of_a_feed_is_written_out(
    own_database: str, tmp_path: Path
) -> None:
    answer = plan(written(tmp_path, feeds.zipped(), "feed.zip"))
    assert answer["format"] == "hsds"
    assert answer["tables"]["phone"] == {"rows": 2, "reference_dangling": 1}
    result = flask("issues", answer["run"])
    assert result.exit_code == 0, result.output
    lines = list(csv.DictReader(io.StringIO(result.stdout)))
    told = {(one["code"], one["message"]) for one in lines}
    assert (
        "reference_dangling",
        "Table phone, row 3 (id p2): it refers to location missing, which is not in the file. It is left out.",
    ) in told
    by_code = answer["issues"]["by_code"]
    assert (
        len([one for one in lines if one["code"] == "id_missing"])
        == by_code["id_missing"]
        == 4
    )
    assert services(own_database) == 0

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas.cli import areas_cli
from directory.cli import alembic_config
from directory.database import make_engine
from directory.models import Area
from directory.taxonomy.cli import seed_taxonomy

WriteFile = Callable[..., Path]


@pytest.fixture
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database of the command's own: commands commit."""
    url = f"sqlite:///{tmp_path}/own.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef-test")
    command.upgrade(alembic_config(url), "head")
    return url


def load(path: Path, level: int, *options: str) -> Result:
    arguments = ["load", str(path), "--country", "xa", "--level", str(level), *options]
    return CliRunner().invoke(areas_cli, arguments)


def codes(url: str) -> list[str]:
    with Session(make_engine(url)) as session:
        return list(session.scalars(select(Area.code).order_by(Area.level, Area.code)))


def test_it_loads_level_by_level_and_reports(
    own_database: str, geojson_file: WriteFile
) -> None:
    country = load(geojson_file(({"name": "Exampleland"}, (10, 0, 14, 4))), 0)
    assert country.exit_code == 0, country.output
    path = geojson_file(
        ({"admin1Pcode": "P1", "admin1Name": "North"}, (10, 2, 14, 4)),
        ({"admin1Pcode": "P2", "admin1Name": "South"}, (10, 0, 14, 2)),
    )
    first = load(path, 1)
    assert "created 2, updated 0, unchanged 0, replaced 0" in first.output
    assert "parents: 0 by code" in first.output
    assert "2 by position" in first.output
    again = load(path, 1)
    assert "created 0, updated 0, unchanged 2" in again.output
    assert codes(own_database) == ["XA", "P1", "P2"]


def test_a_refusal_is_one_sentence_with_cause_and_remedy_and_writes_nothing(
    own_database: str, geojson_file: WriteFile
) -> None:
    path = geojson_file(({"label": "North"}, (10, 2, 14, 4)))
    refused = load(path, 1)
    assert refused.exit_code == 1
    assert "--code-field" in refused.output
    assert "label" in refused.output
    unknown = load(path, 1, "--code-field", "label", "--name-field", "label")
    assert unknown.exit_code == 1
    assert "There is no country with the code XA." in unknown.output
    assert codes(own_database) == []


def test_wrong_usage_is_told_apart(own_database: str, tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere.geojson", 1).exit_code == 2
    assert load(tmp_path, 9).exit_code == 2


def test_the_taxonomy_command_can_be_run_again(own_database: str) -> None:
    first = CliRunner().invoke(seed_taxonomy)
    assert "created 102, changed 0" in first.output, first.output
    assert "created 0, changed 0" in CliRunner().invoke(seed_taxonomy).output

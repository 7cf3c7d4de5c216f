"""Makes the site of the browser tests: the database, its demonstration data, a planned import, the index.

``python -m tests.site.preparation FOLDER`` does it in one process, so that `make test` can begin with
it while the first tests run. What is made is copied by each worker and stays as it is.
"""

import fcntl
import gzip
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import orjson
from click.testing import CliRunner
from flask.cli import ScriptInfo

from app import create_app
from directory.areas import seeding
from directory.config import Config
from directory.database import unit_of_work
from tests.factories import NOW

ROOT: Final = Path(__file__).resolve().parents[2]
SECRET_KEY: Final = "browser-tests-0123456789"
COUNTRIES: Final = ("SN", "IQ", "GT", "DE")
LIST: Final = """organization_name,service_name,taxonomy_terms,latitude,longitude,area_code,minimum_age
Harbour House,Evening classes,training.digital,14.70,-17.44,SN,16
Harbour House,Night shelter,housing.emergency,-17.44,14.70,SN,
Harbour House,No such thing,nothing.known,14.70,-17.44,SN,
"""


def environment(folder: Path) -> dict[str, str]:
    """The settings of the site in ``folder``."""
    return {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/homeward.sqlite3",
        "SECRET_KEY": SECRET_KEY,
    }


def prepare(folder: Path) -> None:
    """Make the site in ``folder`` unless it is there; whoever comes second waits for the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "prepared").exists():
            _clear(folder)  # of what an interrupted preparation left
            _make(folder)
            (folder / "prepared").touch()


def _clear(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != "lock":
            left.unlink()


def _make(folder: Path) -> None:
    was = dict(os.environ)
    os.environ.update(environment(folder))
    try:
        _flask("db", "upgrade")
        _seed_areas(folder)
        _flask("seed", "gazetteer", *(f"--country={code}" for code in COUNTRIES))
        _flask("seed", "taxonomy")
        _flask("seed", "demo")
        (folder / "list.csv").write_text(LIST, encoding="utf-8")
        _flask("import", "plan", str(folder / "list.csv"))
        _flask("search", "rebuild")
    finally:
        os.environ.clear()
        os.environ.update(was)


def _flask(*words: str) -> None:
    info = ScriptInfo(create_app=create_app)
    cli = info.load_app().cli
    done = CliRunner().invoke(cli, words, obj=info, catch_exceptions=False)
    if done.exit_code:
        raise RuntimeError(f"flask {' '.join(words)}: {done.output[-2000:]}")


def _seed_areas(folder: Path) -> None:
    """All countries of the world, and first-level areas of the few that the pages show."""
    few = folder / "areas"
    few.mkdir(exist_ok=True)
    (few / seeding.COUNTRIES).symlink_to(seeding.FOLDER / seeding.COUNTRIES)
    world = orjson.loads(
        gzip.decompress((seeding.FOLDER / seeding.LEVEL_1).read_bytes())
    )
    world["features"] = [
        feature
        for feature in world["features"]
        if feature["properties"]["country"] in COUNTRIES
    ]
    (few / seeding.LEVEL_1).write_bytes(gzip.compress(orjson.dumps(world)))
    with unit_of_work(Config.from_environment()) as session:
        seeding.seed_world(session, today=NOW.date(), folder=few)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))

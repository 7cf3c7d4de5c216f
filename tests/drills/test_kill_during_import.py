"""The program is killed, or the disk is full, while an import is applied: all of it, or nothing."""

import json
import random
import resource
import subprocess
import time
from pathlib import Path

import pytest

from tests.drills.conftest import FLASK, ROOT, Installation

pytestmark = pytest.mark.drill
LISTINGS = 3000
KILLS = 12


def apply_whole(installation: Installation, run: str) -> float:
    """Apply a plan undisturbed and return the seconds it took."""
    started = time.monotonic()
    done = installation.flask("import", "apply", run)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["created"] == LISTINGS
    return time.monotonic() - started


def test_an_import_that_is_killed_is_applied_wholly_or_not_at_all(
    installation: Installation, listing_file: Path
) -> None:
    run = installation.plan(listing_file)["run"]
    moments = random.Random(7)  # noqa: S311 – moments, not secrets
    killed = 0
    for _ in range(KILLS):
        process = installation.start("import", "apply", run)
        try:
            process.communicate(timeout=moments.uniform(0.8, 6.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            killed += 1
        count = installation.count("service_at_location")
        assert count in {0, LISTINGS}
        assert installation.count("service") == count
        assert installation.is_sound()
        if count:
            break
    assert killed
    if installation.count("service_at_location") == 0:
        apply_whole(installation, run)
    again = installation.flask("import", "apply", run)
    assert again.returncode == 4, "a plan is applied once"
    assert installation.count("service_at_location") == LISTINGS


def test_an_import_onto_a_full_disk_changes_nothing_and_can_be_repeated(
    installation: Installation, listing_file: Path
) -> None:
    run = installation.plan(listing_file)["run"]
    limit = 1_000_000  # bytes that a file may hold; the import needs several times that

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    disturbed = subprocess.run(
        [*FLASK, "import", "apply", run],
        cwd=ROOT,
        env=installation.environment,
        preexec_fn=fill_the_disk,  # one thread here, so nothing can be held
        capture_output=True,
        text=True,
        check=False,
    )
    assert disturbed.returncode != 0
    assert installation.count("service_at_location") == 0
    assert installation.is_sound()
    apply_whole(installation, run)
    assert installation.count("service_at_location") == LISTINGS

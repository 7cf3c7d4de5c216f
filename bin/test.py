"""`make test`: the whole suite on SpatiaLite and on PostGIS, with everything it needs."""

import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bin import browser, catalogues, environment, pages, postgis, progress

LEAST_COVERAGE = 90
WORKERS = "2"


def main() -> int:
    """Run both halves, also when the first fails, and return the exit code."""
    try:
        environment.ensure("dev")
        catalogues.compile_catalogues()
        postgis.ensure_installed()
        pages.ensure()
        settings = {
            "CHROMIUM": str(browser.ensure()),
            # Tests start many processes; none should compile every module anew.
            "PYTHONDONTWRITEBYTECODE": "",
            **pages.collect(),
        }
        with site_in_preparation(settings) as its_settings:
            codes = [run_suite("spatialite", {**settings, **its_settings})]
        with postgis.server() as address:
            codes.append(
                run_suite("postgis", {**settings, "TEST_POSTGIS_URL": address})
            )
    except progress.StepFailedError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 130
    return max(pages.validate(), report_coverage(), *codes)


@contextmanager
def site_in_preparation(settings: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Begin with the site that the browser looks at while the first tests run.

    A part of the suite makes it only when one of its tests asks.
    """
    if os.environ.get("ARGS"):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="homeward-site-") as folder:
        site = Path(folder, "site")
        command = [environment.tool("python"), "-m", "tests.site.preparation"]
        process = subprocess.Popen(
            [*command, str(site)],
            cwd=progress.ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a failure is told by the tests, which try again
        )
        try:
            yield {"TEST_SITE_DIR": str(site)}
        finally:
            process.terminate()
            process.wait()


def run_suite(database: str, settings: Mapping[str, str]) -> int:
    """Run pytest on one database and return its exit code."""
    chosen = shlex.split(os.environ.get("ARGS", ""))
    seed = secrets.randbelow(2**32)
    progress.say(f"\nThe suite on {database}, in the order of --randomly-seed={seed}")
    command = [
        environment.tool("python"),
        "-m",
        "pytest",
        "-q",
        f"--numprocesses={WORKERS}",
        "--dist=worksteal",
        f"--db={database}",
        f"--randomly-seed={seed}",
        *(["--cov", "--cov-report="] if database == "spatialite" else []),
        *chosen,
    ]
    process = subprocess.Popen(
        command,
        cwd=progress.ROOT,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(
            signal.SIGINT
        )  # which Ctrl+C has sent already, and kill has not
        process.wait()
        raise


def report_coverage() -> int:
    """Print the branch coverage of the embedded half; 2 when it is under the least allowed.

    The other half runs the same code but for one dialect, and would take a quarter longer counted.
    """
    if os.environ.get("ARGS"):
        return 0  # a part of the suite says nothing about the whole
    command = [
        environment.tool("coverage"),
        "report",
        f"--fail-under={LEAST_COVERAGE}",
        "--sort=cover",
    ]
    return subprocess.run(command, cwd=progress.ROOT, check=False).returncode


if __name__ == "__main__":
    progress.stop_on_sigterm()
    sys.exit(main())

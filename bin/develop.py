"""The smaller targets of a developer: translate, docs, bench, drill, migration, lock."""

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bin import browser, environment, progress


def main(target: str) -> int:
    """Run one target inside the environment and return the exit code."""
    try:
        environment.ensure("dev")
        return TARGETS[target]()
    except progress.StepFailedError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def translate() -> int:
    """Bring new sentences into the catalogues."""
    return _python("-m", "bin.translate", "update")


def docs() -> int:
    """Write the generated parts of the documentation."""
    return _python("-m", "bin.docs", "write")


def bench() -> int:
    """Run all benchmarks, or the one named in BENCH, one after the other."""
    chosen = os.environ.get("BENCH") or "*"
    files = sorted((progress.ROOT / "benchmarks").glob(f"bench_{chosen}.py"))
    if not files:
        raise progress.StepFailedError(
            f"Stopped because there is no benchmarks/bench_{chosen}.py: look into benchmarks/ for the names."
        )
    progress.say(machine())
    return max(_bench(file) for file in files)


def drill() -> int:
    """Run every test marked ``drill``, which the suite leaves out because it takes long; ARGS as for tests."""
    os.environ["CHROMIUM"] = str(browser.ensure())
    chosen = shlex.split(os.environ.get("ARGS", ""))
    return _python("-m", "pytest", "-v", "-m", "drill", "--numprocesses=2", *chosen)


def migration() -> int:
    """Make migrations/versions/0001_initial.py anew from the models."""
    return _python("migrations/regenerate.py")


def lock() -> int:
    """Pin every dependency of the runtime and of development, for all supported Pythons."""
    _python("-m", "pip", "install", "--quiet", "uv")
    for output, extra in (
        ("requirements.lock", ()),
        ("requirements-dev.lock", ("--extra=dev", "--constraints=requirements.lock")),
    ):
        progress.run(
            f"Writing {output}",
            [
                environment.tool("uv"),
                *("pip", "compile", "--universal", "--generate-hashes", "--upgrade"),
                *(
                    "--python-version=3.11",
                    "--no-header",
                    "--quiet",
                    "--no-emit-index-url",
                ),
                *extra,
                "pyproject.toml",
                f"--output-file={output}",
            ],
        )
    return 0


def machine() -> str:
    """What the figures below it were measured on."""
    model = platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        names = [
            line for line in facts.read_text().splitlines() if "model name" in line
        ]
        model = names[0].partition(":")[2].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Machine: {model}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _bench(file: Path) -> int:
    progress.say(f"\n# {file.stem}")
    return _python("-m", f"benchmarks.{file.stem}")


def _python(*arguments: str) -> int:
    command = [str(environment.PYTHON), *arguments]
    return subprocess.run(command, cwd=progress.ROOT, check=False).returncode


TARGETS: dict[str, Callable[[], int]] = {
    "translate": translate,
    "docs": docs,
    "bench": bench,
    "drill": drill,
    "migration": migration,
    "lock": lock,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

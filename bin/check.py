"""`make check`: everything that can be judged without running the suite."""

import subprocess
import sys
import time
from dataclasses import dataclass

from bin import catalogues, environment, progress


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the code, answered by one command."""

    title: str
    command: tuple[str, ...]
    must_hold: bool = True


CHECKS = (
    Check("Format", ("ruff", "format", "--check", ".")),
    Check("Lint", ("ruff", "check", ".")),
    Check("Types", ("mypy",)),
    Check("Who may import whom", ("lint-imports", "--no-cache")),
    Check("Templates", ("djlint", "--lint", "--quiet", "templates")),
    Check("Spelling", ("codespell",)),
    Check("Catalogues", ("python", "-m", "bin.translate", "check")),
    Check("Documentation that is generated", ("python", "-m", "bin.docs", "check")),
    Check("Licences", ("python", "-m", "bin.licences")),
    Check(
        "Known vulnerabilities",
        (
            "pip-audit",
            "--requirement=requirements.lock",
            "--disable-pip",
            "--strict",  # what could not be asked about is not called safe
            "--progress-spinner=off",
        ),
        must_hold=False,  # asks a server that may be out of reach
    ),
)


def main() -> int:
    """Run all checks, name those that fail, and return the exit code."""
    try:
        environment.ensure("dev")
        catalogues.compile_catalogues()
    except progress.StepFailedError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    failed = [check for check in CHECKS if not holds(check)]
    broken = [check.title for check in failed if check.must_hold]
    if broken:
        progress.say(f"\nTo mend: {', '.join(broken)}.")
        return 1
    progress.say("\nEverything holds.")
    return 0


def holds(check: Check) -> bool:
    """Run one check and show what it found."""
    started = time.monotonic()
    program, *arguments = check.command
    answer = subprocess.run(
        [environment.tool(program), *arguments],
        cwd=progress.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    if answer.returncode == 0:
        progress.say(f"  holds: {check.title} ({seconds:.1f} s)")
        return True
    word = "FAILS" if check.must_hold else "warning"
    found = answer.stdout.rstrip()
    shown = found if check.must_hold else found[-500:]
    progress.say(f"  {word}: {check.title} ({seconds:.1f} s)\n{shown}")
    return False


if __name__ == "__main__":
    sys.exit(main())

"""The few packages that come from the operating system, and how they get there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bin import progress


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A package of Debian or Ubuntu and the reason it is needed."""

    name: str
    why: str


SPATIALITE = SystemPackage(
    "libsqlite3-mod-spatialite", "lets SQLite answer questions about maps"
)
FONTS = SystemPackage("fonts-noto-core", "draws Arabic in the browser tests")
LIBATOMIC = SystemPackage("libatomic1", "runs the program that drives the browser")
CHROMIUM = SystemPackage("chromium", "the browser the tests drive")


def python_packages() -> list[SystemPackage]:
    """What this interpreter lacks to make a virtual environment; Debian ships it apart."""
    check = (sys.executable, "-c", "import venv, ensurepip")
    if subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return []
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [SystemPackage(f"{version}-venv", "makes the virtual environment")]


def spatialite_packages() -> list[SystemPackage]:
    """SpatiaLite, unless the operator names a library of their own or uses PostgreSQL."""
    is_elsewhere = os.environ.get("SPATIALITE_LIBRARY_PATH")
    is_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgresql")
    return [] if is_elsewhere or is_postgresql else [SPATIALITE]


def ensure(packages: Sequence[SystemPackage]) -> None:
    """Install those of the packages that are missing; say which and why.

    Raises StepFailedError when the system has no apt, or when we may not install.
    """
    missing = [package for package in packages if not is_installed(package.name)]
    if not missing:
        return
    names = " ".join(package.name for package in missing)
    if shutil.which("apt-get") is None:
        if missing == [SPATIALITE] and _found_elsewhere():
            return
        raise progress.StepFailedError(
            f"Stopped because this system has no apt-get to install {names}: install the same with its own "
            "package manager and name mod_spatialite's file in SPATIALITE_LIBRARY_PATH, then run the same command again."
        )
    progress.say("Needed from the system's packages:")
    for package in missing:
        progress.say(f"  {package.name} – {package.why}")
    prefix = _become_root(names)
    refresh_lists()
    progress.run(
        f"Installing {names}",
        [*prefix, *APT, "install", "--yes", "--no-install-recommends", *names.split()],
    )


def refresh_lists() -> None:
    """Read the lists of packages anew, once in a run."""
    if not _refreshed:
        prefix = _become_root("the packages it needs")
        progress.run("Reading the lists of system packages", [*prefix, *APT, "update"])
        _refreshed.append(True)


def install_with(title: str, command: Sequence[str | Path]) -> None:
    """Run another program's own installer of system packages, as root."""
    progress.run(title, [*_become_root("the packages it needs"), *command])


_refreshed: list[bool] = []

# Waits for another installation to finish instead of failing at once.
APT = (
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-o",
    "DPkg::Lock::Timeout=300",
)


def is_installed(name: str) -> bool:
    """Whether dpkg knows the package as installed."""
    if shutil.which("dpkg-query") is None:
        return False
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", name)
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout.startswith("ii")


def is_offered(name: str) -> bool:
    """Whether apt's sources offer the package as a real one, not as a pointer to a snap."""
    if shutil.which("apt-cache") is None:
        return False
    answer = subprocess.run(
        ("apt-cache", "show", "--no-all-versions", name),
        capture_output=True,
        text=True,
        check=False,
    )
    is_real = answer.stdout.startswith(f"Package: {name}\n")  # not merely provided
    return is_real and "snap" not in answer.stdout.lower()


def _become_root(names: str) -> list[str]:
    """The words before a command that must run as root; asks for the password here if need be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise progress.StepFailedError(
            f"Stopped because installing system packages needs root and there is no sudo: ask an administrator to run "
            f"“apt-get install {names}”, then run the same command again."
        )
    interactive = [] if sys.stdin.isatty() else ["--non-interactive"]
    if subprocess.run(["sudo", *interactive, "--validate"], check=False).returncode:
        raise progress.StepFailedError(
            f"Stopped because sudo did not let us install system packages: ask an administrator to run “apt-get install "
            f"{names}”, then run the same command again."
        )
    return ["sudo", "--non-interactive"]


def _found_elsewhere() -> bool:
    """Whether SpatiaLite lies where Homebrew, Fedora or Arch put it."""
    places = (
        "/opt/homebrew/lib/mod_spatialite.dylib",
        "/usr/local/lib/mod_spatialite.dylib",
        "/usr/lib64/mod_spatialite.so",
        "/usr/lib/mod_spatialite.so",
    )
    return any(Path(place).exists() for place in places)

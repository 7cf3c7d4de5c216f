"""Says under which licence each package of the runtime comes, and refuses the GPL."""

import re
import sys
from collections.abc import Iterator
from email.message import Message
from importlib import metadata
from importlib.metadata import PackageMetadata
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
# The lesser GPL lets a program link to the library; the others would bind the program.
REFUSED = re.compile(
    r"(?<!L)(?<!Lesser )\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE
)
# Stated in the package's own LICENSE file, but not in its metadata.
READ_BY_US = {"huey": "MIT", "pysqlite3": "Zlib"}


def main() -> int:
    """Print what is refused or unknown; 1 when there is any."""
    problems = [
        f"{name}: {licence or 'no licence stated'}"
        for name, licence in licences()
        if not licence or REFUSED.search(licence)
    ]
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


def licences() -> Iterator[tuple[str, str]]:
    """The packages of the runtime that are installed here, each with its licence."""
    for name in re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==", LOCK.read_text(), re.MULTILINE
    ):
        try:
            facts = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        yield name, stated(facts) or READ_BY_US.get(name, "")


def stated(facts: PackageMetadata | Message) -> str:
    """What a package's metadata says about its licence: the expression, or classifiers, or text."""

    def values(field: str) -> list[str]:
        return facts.get_all(field) or []

    classifiers = [
        line for line in values("Classifier") if line.startswith("License ::")
    ]
    texts = [text.strip().partition("\n")[0] for text in values("License")]
    return "; ".join(values("License-Expression") or classifiers or texts)


if __name__ == "__main__":
    sys.exit(main())

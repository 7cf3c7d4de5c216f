"""Two small rules for files about to be committed: they end with a line break, and they are not large."""

import sys
from collections.abc import Callable
from pathlib import Path

LARGEST_BYTES = 1_000_000
ROOMY = {"data": 8_000_000}  # outlines of the world's areas are large and rarely change


def end_of_file(path: Path) -> str:
    """What is wrong with the end of a file, or nothing."""
    content = path.read_bytes()
    if content and (not content.endswith(b"\n") or content.endswith(b"\n\n")):
        return "does not end with exactly one line break"
    return ""


def large_files(path: Path) -> str:
    """What is wrong with the size of a file, or nothing."""
    limit = ROOMY.get(path.parts[0], LARGEST_BYTES)
    return f"is larger than {limit:,} bytes" if path.stat().st_size > limit else ""


RULES: dict[str, Callable[[Path], str]] = {
    "end-of-file": end_of_file,
    "large-files": large_files,
}


def main(rule: str, names: list[str]) -> int:
    """Check the named files by one rule; 1 when one of them breaks it."""
    found = [(name, RULES[rule](Path(name))) for name in names]
    broken = [(name, problem) for name, problem in found if problem]
    for name, problem in broken:
        print(f"{name} {problem}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

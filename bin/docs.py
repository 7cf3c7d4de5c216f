"""Writes docs/commands.md from the Makefile and the `flask` commands: `python -m bin.docs write|check`."""

import re
import sys
from collections.abc import Iterator

from click import Argument, Command, Context, Group, Option, Parameter

from app import create_app
from bin import progress

FILE = progress.ROOT / "docs" / "commands.md"
NOT_OURS = frozenset({"limiter", "routes", "run", "shell"})
INTRODUCTION = """# Commands

Written by `make docs` from the Makefile and from the commands' own help; `make check` says when it is out of date.

## make
"""
SETTINGS = """
`make run` also reads `PORT` (8000), `HOST` (127.0.0.1), `LOG_LEVEL` (warning) and `DEMO` (`no` leaves the demonstration data out);
every other setting is in [settings.md](settings.md). `PYTHON=/usr/bin/python3` names the interpreter for any target. What the steps of
`make run` print is kept in `instance/setup.log`.

## flask

Inside the environment: `.venv/bin/flask --app app COMMAND`.
"""


def write() -> int:
    """Write the document anew."""
    FILE.write_text(text(), encoding="utf-8")
    return 0


def check() -> int:
    """1 when the document is not what `write` would write."""
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text():
        return 0
    print("  docs/commands.md is out of date: run `make docs`.")
    return 1


def text() -> str:
    """The whole document."""
    commands = "\n".join(section for section in sections(create_app().cli, ()))
    return f"{INTRODUCTION}\n{targets()}\n{SETTINGS}\n{commands}"


def targets() -> str:
    """The table of make's targets, from their `##` comments."""
    makefile = (progress.ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z-]+):.*## (.*)$", makefile, re.MULTILINE)
    rows = [f"| `make {name}` | {meaning} |" for name, meaning in found]
    return "\n".join(["| command | does |", "| --- | --- |", *rows])


def sections(group: Group, path: tuple[str, ...]) -> Iterator[str]:
    """One section for each command below a group, in alphabetical order."""
    for name, command in sorted(group.commands.items()):
        if not path and name in NOT_OURS:
            continue
        if isinstance(command, Group):
            yield from sections(command, (*path, name))
        else:
            yield section(command, (*path, name))


def section(command: Command, path: tuple[str, ...]) -> str:
    """A command: how it is called, what it does, what its parts mean."""
    context = Context(command, info_name=" ".join(("flask", *path)))
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"### flask {' '.join(path)}", "", f"`{context.info_name} {usage}`", ""]
    lines.append(" ".join((command.help or "").replace("\b", "").split()))
    rows = [row for parameter in command.params if (row := described(parameter))]
    if rows:
        lines += ["", "| part | meaning |", "| --- | --- |", *rows]
    return "\n".join([*lines, ""])


def described(parameter: Parameter) -> str:
    """A row of the table of a command's parts; nothing for `--help`."""
    if isinstance(parameter, Argument):
        return ""  # said in the usage line and in the help
    if not isinstance(parameter, Option) or "--help" in parameter.opts:
        return ""
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    meaning = " ".join((parameter.help or "").split())
    must = " Required." if parameter.required else ""
    return f"| {names} | {meaning}{must} |"


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else write())

"""`flask import plan|apply|undo`: JSON on standard output, progress on standard error; `flask areas profiles`."""

import csv
import gc
import hashlib
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from directory.authz import Actor
from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.errors import Conflict, DomainError
from directory.models import Role
from importers import apply as applying
from importers import area_profiles as profiles
from importers import drafting, labels, left_out, operations, plan, preview, queries
from importers import undo as undoing
from importers.crew import crew_of
from importers.drafting import Options
from importers.refusals import FileRefused

REFUSED, OUT_OF_DATE = 3, 4
_ACTOR = Actor(role=Role.ADMIN, name="command", can_see_restricted=True)
"""Whoever runs the machine can read its database: nothing is hidden from the command line."""


@click.group("import")
def import_cli() -> None:
    """Files of services: plan, apply, undo."""


@import_cli.command("plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", help="Name of a remembered mapping of columns.")
@click.option(
    "--country", help="Country of rows that name none: ISO 3166-1, two letters."
)
@click.option("--term", help="Category of rows that name none that we know.")
@click.option("--lang", help="Language of the texts without a suffix (ISO 639-1).")
@click.option(
    "--source", help="Name under which the ids are remembered; default: the file's."
)
@click.option(
    "--leave-out-lookalikes",
    "no_twins",
    is_flag=True,
    help="Leave out new rows that look like a listing of the directory.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
)
def plan_command(file: Path, as_json: bool, no_twins: bool, **said: str | None) -> None:
    """Read FILE and say what it would change. Writes nothing to the listings.

    Exit status 0: the plan can be applied; 3: the file is refused; 2: wrong usage.
    """
    config = Config.from_environment()
    try:
        options = _options(config, file, said)
        answer = _plan(config, file.read_bytes(), options, no_twins=no_twins)
    except FileRefused as error:
        refused = {
            "code": error.code,
            "message": _words(error.message, error),
            "remedy": _words(error.remedy, error),
        }
        _print(
            {"refused": refused}, as_json, f"{refused['message']} {refused['remedy']}"
        )
        sys.exit(REFUSED)
    _print(answer, as_json, _summary(answer))


@import_cli.command("apply")
@click.argument("run", type=click.UUID)
def apply_command(run: uuid.UUID) -> None:
    """Carry out the plan RUN in one transaction. Exit status 4: out of date or applied already."""
    config = Config.from_environment()
    gc.disable()  # as for planning
    try:
        with crew_of(config) as crew, unit_of_work(config) as session:
            done = applying.apply(
                session, actor=_ACTOR, run_id=run, now=datetime.now(UTC),
                progress=_progress(), crew=crew,
            )  # fmt: skip
    except DomainError as error:
        _exit(error)
    click.echo(orjson.dumps({"run": str(run), **asdict(done)}))


@import_cli.command("undo")
@click.argument("run", type=click.UUID)
@click.option(
    "--keep-edited", is_flag=True, help="Leave listings alone that were edited since."
)
def undo_command(run: uuid.UUID, keep_edited: bool) -> None:
    """Take the import RUN back. Exit status 4: not applied, or edited since."""
    config = Config.from_environment()
    try:
        with unit_of_work(config) as session:
            removed = undoing.undo(
                session, actor=_ACTOR, run_id=run, now=datetime.now(UTC),
                progress=_progress(), keep_edited=keep_edited,
            )  # fmt: skip
    except DomainError as error:
        _exit(error)
    click.echo(orjson.dumps({"run": str(run), "undone": removed}))


@import_cli.command("issues")
@click.argument("run", type=click.UUID)
def issues_command(run: uuid.UUID) -> None:
    """Write every problem that the plan RUN found, as CSV on standard output."""
    config = Config.from_environment()
    writer = csv.writer(sys.stdout)
    writer.writerow(("line", "column", "severity", "code", "message", "remedy"))
    with session_factory(make_engine(config.database_url))() as session:
        for one in queries.all_issues(session, run):
            told = preview.issue(one)
            words = (told.message % told.values, told.remedy % told.values)
            writer.writerow((one.line, one.column, one.severity, one.code, *words))


@click.command("profiles")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", help="Language of texts whose title names none (ISO 639-1).")
def area_profiles(file: Path, lang: str | None) -> None:
    """Write profiles and figures of areas from FILE: CSV, XLSX or ODS, a row for each area.

    Columns: area_code, then any of labour_demand, main_sectors, market_access, road_season, network,
    risks, participants (also labour_demand:fr …), language, source, source_date, and figures:
    indicator:CODE or indicator:CODE:UNIT, or one on each row in indicator, value, unit, date.
    Empty cells change nothing. All of the file or nothing: exit status 3 names row and column.
    """
    config = Config.from_environment()
    try:
        with unit_of_work(config) as session:
            done = profiles.bring(
                session,
                actor=_ACTOR,
                data=file.read_bytes(),
                language=lang or config.default_locale,
                max_bytes=config.max_upload_mb * 1024 * 1024,
                now=datetime.now(UTC),
            )
    except DomainError as error:
        for problem in getattr(error, "problems", ()):
            click.echo(str(problem), err=True)
        click.echo(f"{_words(error.message, error)} {error.remedy}".strip(), err=True)
        sys.exit(REFUSED)
    click.echo(
        f"profiles: created {done.created}, updated {done.updated}, unchanged"
        f" {done.unchanged}; figures new or changed: {done.figures}"
    )


def _options(config: Config, file: Path, said: dict[str, str | None]) -> Options:
    columns: dict[str, str] = {}
    kind_words: dict[str, str] = {}
    if name := said["mapping"]:
        with session_factory(make_engine(config.database_url))() as session:
            mapping = queries.get_mapping(session, name)
            if mapping is None:
                raise FileRefused("mapping_not_known", name=name)
            columns, kind_words = mapping.columns, mapping.values.get("kinds", {})
    return Options(
        filename=file.name,
        language=said["lang"] or config.default_locale,
        country=said["country"],
        term=said["term"],
        source=said["source"] or said["mapping"],
        columns=columns,
        kind_words=kind_words,
        max_bytes=config.max_upload_mb * 1024 * 1024,
    )


def _plan(
    config: Config, data: bytes, options: Options, *, no_twins: bool
) -> dict[str, Any]:
    """Plan in a reading session; the write lock is taken only to keep the finished plan."""
    progress = _progress()
    # A hundred thousand drafts hold no cycles; looking for them again and again costs a fifth.
    gc.disable()
    reading = session_factory(make_engine(config.database_url))
    with crew_of(config) as crew, reading() as session:
        drafted = drafting.draft_rows(session, data, options, progress, crew=crew)
        source = drafting.source_of(options)
        made = plan.build(session, drafted, source, progress, actor=_ACTOR, crew=crew)
    progress("keeping", 0, 1)
    with unit_of_work(config) as session:
        run = operations.start_run(
            session, actor=_ACTOR, options=options, now=datetime.now(UTC),
            checksum=hashlib.sha256(data).hexdigest(),
        )  # fmt: skip
        operations.keep_plan(session, run=run, plan=made, drafted=drafted)
        progress("keeping", 1, 1)
        if no_twins:
            left_out.leave_out(session, actor=_ACTOR, run=run)
        tables = {"tables": drafted.tally} if drafted.tally else {}
        return {
            "run": str(run.id),
            "format": made.format,
            **(run.counts or {}),
            **tables,
        }


def _progress() -> Callable[[str, int, int], None]:
    """Return a reporter: a line rewritten in a terminal, otherwise a line every two seconds."""
    is_terminal = sys.stderr.isatty()
    last_time, last_phase = time.monotonic(), ""

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal last_time, last_phase
        now = time.monotonic()
        pause = 0.2 if is_terminal else 2.0
        if now - last_time < pause and phase == last_phase:
            return
        last_time, last_phase = now, phase
        share = f" {done:,} / {total:,}" if total > 1 else ""
        click.echo(f"\r\033[K{labels.PHASES[phase]}{share}" if is_terminal else f"{labels.PHASES[phase]}{share}", err=True, nl=not is_terminal)  # fmt: skip

    return tell


def _words(message: str, error: DomainError) -> str:
    return message % error.values if error.values else message


def _print(answer: dict[str, Any], as_json: bool, text: str) -> None:
    click.echo(orjson.dumps(answer) if as_json else text)


def _summary(answer: dict[str, Any]) -> str:
    lines = [f"run {answer['run']} ({answer['format']})"]
    names = ("rows", "create", "update", "unchanged", "skip", "conflicts", "duplicates")
    lines.append(", ".join(f"{name} {answer[name]:,}" for name in names))
    lines += [
        f"  {code}: {number:,}" for code, number in answer["issues"]["by_code"].items()
    ]
    return "\n".join(lines)


def _exit(error: DomainError) -> None:
    text = f"{_words(error.message, error)} {_words(error.remedy, error)}".strip()
    click.echo(text, err=True)
    sys.exit(OUT_OF_DATE if isinstance(error, Conflict) else 1)

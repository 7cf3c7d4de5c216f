"""The file of a hand-over: a zip of one text per table, a row of JSON on each line, and a list."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from directory.errors import Invalid
from directory.handover import queries, values
from directory.handover.queries import Scope, Tally
from directory.handover.values import Json
from directory.text import N_

FORMAT: Final = "homeward-directory"
VERSION: Final = 1
LIST: Final = "manifest.json"
MAX_LIST_BYTES: Final = 1024 * 1024
MAX_LINE_BYTES: Final = 256 * 1024 * 1024


class NotAHandover(Invalid):
    """The file is something else."""

    code = "handover_wrong_type"
    message = N_("This file is not a directory that was handed over.")
    remedy = N_("Choose the .zip file that `flask directory export` wrote.")


class OtherVersion(Invalid):
    """A newer program wrote the file."""

    code = "handover_version"
    message = N_("This file has version %(version)s; this program reads %(known)s.")
    remedy = N_("Update this installation, then import the file again.")


class Damaged(Invalid):
    """A part is missing or unreadable."""

    code = "handover_damaged"
    message = N_("The table %(table)s of this file cannot be read, at line %(line)s.")
    remedy = N_("Nothing was imported. Export the directory again.")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself: its scope, when it was made, and each table's rows and sum."""

    scope: Scope
    made_at: str
    tables: Mapping[str, tuple[int, str]]
    checksum: str


def write(session: Session, scope: Scope, path: Path, *, now: datetime) -> Manifest:
    """Write the directory to ``path`` as it is in one reading transaction.

    Only the owner of the file may read it. Raises OSError where it cannot be written.
    """
    path.touch(mode=0o600)
    tallies: dict[str, Tally] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part, rows in queries.read(session, scope):
            tally = tallies[part.name] = Tally()
            with archive.open(_name(part.name), "w", force_zip64=True) as stream:
                for row in rows:
                    line = values.dumps(row)
                    tally.add(line)
                    stream.write(line + b"\n")
        manifest = _manifest(scope, tallies, now)
        archive.writestr(LIST, _as_json(manifest))
    return manifest


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return what a file says of itself; raises NotAHandover and OtherVersion."""
    try:
        if archive.getinfo(LIST).file_size > MAX_LIST_BYTES:
            raise NotAHandover
        said = orjson.loads(archive.read(LIST))
        if said["format"] != FORMAT:
            raise NotAHandover
        if said["version"] != VERSION:
            raise OtherVersion(values={"version": said["version"], "known": VERSION})
        scope = Scope(said["protected"] is True, said["history"] is True)
        tables = {
            str(name): (int(one["rows"]), str(one["sha256"]))
            for name, one in said["tables"].items()
        }
        return Manifest(scope, str(said["made_at"]), tables, str(said["checksum"]))
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        zipfile.BadZipFile,
    ) as error:
        raise NotAHandover from error


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a file for reading; raises NotAHandover where it is no archive at all."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise NotAHandover from error


def read_rows(archive: zipfile.ZipFile, table: str) -> Iterator[tuple[int, Json]]:
    """Yield the rows of a table with their lines, counted from 1; raises Damaged."""
    number = 0
    try:
        with archive.open(_name(table)) as stream:
            while line := stream.readline(MAX_LINE_BYTES):
                number += 1
                yield number, _row(line)
    except (
        KeyError,
        TypeError,
        ValueError,
        EOFError,
        OSError,
        zlib.error,
        zipfile.BadZipFile,
    ) as error:
        raise Damaged(values={"table": table, "line": number}) from error


def _row(line: bytes) -> Json:
    row = orjson.loads(line)
    if not isinstance(row, dict):
        raise TypeError(type(row))
    return row


def _name(table: str) -> str:
    return f"tables/{table}.jsonl"


def _manifest(scope: Scope, tallies: Mapping[str, Tally], now: datetime) -> Manifest:
    tables = {name: (one.rows, one.checksum) for name, one in tallies.items()}
    return Manifest(scope, now.isoformat(), tables, queries.checksum(tallies))


def _as_json(manifest: Manifest) -> bytes:
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": manifest.made_at,
        "protected": manifest.scope.with_protected,
        "history": manifest.scope.with_history,
        "tables": {
            name: {"rows": rows, "sha256": digest}
            for name, (rows, digest) in manifest.tables.items()
        },
        "checksum": manifest.checksum,
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of the file itself, to send by another way than the file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1024 * 1024):
            digest.update(block)
    return digest.hexdigest()

"""Files broken in thousands of ways: each is read or refused by name; none hangs or is half taken."""

import io
import json
import random
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import ImportRun, Service
from importers import columns, headers, registry
from importers.refusals import FileRefused
from tests.importers import made_files

LIMIT = 64_000_000
LONGEST_SECONDS = 10
NUMBERS = (b"0", b"-1", b"1e999", b"99999999999999999999", b"NaN", b"")
PIECES = (
    b"\x00",
    b'"',
    b"<",
    b"]]>",
    b"{",
    b"[[[[",
    b"\xff\xfe",
    b"\n" * 50,
    b"#org",
    "\u202e".encode(),
    b"A" * 5000,
)
FORMATS = sorted(made_files.samples())


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The same bytes with one to four things wrong."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((1, 2, 8, 64, 512)))
        way = rng.randrange(7)
        if way == 0:
            data = data[:start]
        elif way == 1:
            data = data[:start] + data[end:]
        elif way == 2:
            data = data[:start] + rng.choice(PIECES) + data[start:]
        elif way == 3:
            data = data[:start] + rng.choice(NUMBERS) + data[end:]
        elif way == 4:
            data = data[:end] + data[start:end] * rng.choice((1, 3, 200)) + data[end:]
        else:
            data = data[:start] + rng.randbytes(end - start) + data[end:]
    return data


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "\x00",
    "a" * 3000,
    [],
    {},
    [[]],
    {"id": []},
    "#1",
    "NaN",
    [None],
    "٣",
)


def with_odd_values(document: Any, rng: random.Random) -> Any:
    """The same JSON with some of its values replaced by others that nobody expects there."""
    if rng.random() < 0.04:
        return rng.choice(ODD)
    if isinstance(document, dict):
        return {
            name: with_odd_values(value, rng)
            for name, value in document.items()
            if rng.random() > 0.03
        }
    if isinstance(document, list):
        changed = [with_odd_values(value, rng) for value in document]
        return changed * rng.choice((1, 1, 1, 2, 0)) if rng.random() < 0.1 else changed
    return document


def with_odd_words(data: bytes, rng: random.Random) -> bytes:
    """The same text with some words or numbers replaced, so that its form stays whole."""
    for _ in range(rng.randint(1, 6)):
        words = list(re.finditer(rb"[\w.+-]+", data))
        if not words:
            break
        start, end = rng.choice(words).span()
        other = rng.choice(words).group()
        data = (
            data[:start]
            + rng.choice((*NUMBERS, other, other * 300, b"-" + other))
            + data[end:]
        )
    return data


def mutations(data: bytes, number: int, seed: str) -> Iterator[bytes]:
    """So many broken copies; of an archive, mostly of one of its parts."""
    rng = random.Random(seed)  # noqa: S311 – mutations, not secrets
    for _ in range(number):
        if data[:2] == b"PK" and rng.random() < 0.7:
            yield _with_broken_part(data, rng)
        elif data[:1] == b"{" and rng.random() < 0.6:
            yield json.dumps(with_odd_values(json.loads(data), rng)).encode()
        else:
            yield rng.choice((mutated, with_odd_words))(data, rng)


def _with_broken_part(data: bytes, rng: random.Random) -> bytes:
    archive = zipfile.ZipFile(io.BytesIO(data))
    victim = rng.choice(archive.namelist())
    files = {name: archive.read(name) for name in archive.namelist()}
    if rng.random() < 0.1:
        del files[victim]
    else:
        files[victim] = rng.choice((mutated, with_odd_words))(files[victim], rng)
    return made_files.zipped(files)


def read(data: bytes) -> None:
    """Read a file as an import does; FileRefused is an answer, everything else is not."""
    started = time.monotonic()
    try:
        table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
        columns.recognise(
            table.headers, hashtags=table.hashtags, samples=table.rows[:60]
        )
        assert all(len(row) == len(table.headers) for row in table.rows)
        assert len(table.lines) == len(table.rows) == len(set(table.lines))
    except FileRefused:
        pass
    assert time.monotonic() - started < LONGEST_SECONDS


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_file_is_read_or_refused_by_name(name: str) -> None:
    for data in mutations(made_files.samples()[name], 300, name):
        read(data)


@pytest.mark.drill
@pytest.mark.parametrize("name", FORMATS)
def test_five_thousand_broken_files_are_read_or_refused_by_name(name: str) -> None:
    for data in mutations(made_files.samples()[name], 5_000, f"drill {name}"):
        read(data)


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_file_is_planned_whole_or_not_at_all(
    planned: Callable[..., ImportRun], session: Session, name: str
) -> None:
    for data in mutations(made_files.samples()[name], 20, f"plan {name}"):
        try:
            run = planned(data, f"list.{name}")
        except FileRefused:
            continue
        assert run.counts is not None
        told = run.counts
        assert told["rows"] == sum(
            told[key] for key in ("create", "update", "unchanged", "skip", "conflicts")
        )
    assert session.scalar(select(func.count()).select_from(Service)) == 0


CHILD = """
import contextlib, io, sys
from pathlib import Path
from typing import Any
from geo import gis_files
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix in (".gpkg", ".shp"):
        with contextlib.redirect_stdout(io.StringIO()):
            code = gis_files.main(str(path), "all")
        assert code in (0, 11), code
        print(path.name, code, flush=True)
"""


@pytest.mark.parametrize(
    ("suffix", "number"),
    [
        (".gpkg", 300),
        (".shp", 300),
        pytest.param(".gpkg", 5_000, marks=pytest.mark.drill),
        pytest.param(".shp", 5_000, marks=pytest.mark.drill),
    ],
)
def test_broken_files_of_a_gis_do_not_bring_their_reader_down(
    suffix: str, number: int, tmp_path: Path
) -> None:
    files = made_files.gis_files(suffix)
    rng = random.Random(suffix)  # noqa: S311 – mutations, not secrets
    for index in range(number):
        victim = rng.choice(sorted(files))
        for name, data in files.items():
            path = tmp_path / f"{index:05d}{Path(name).suffix}"
            path.write_bytes(mutated(data, rng) if name == victim else data)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)], capture_output=True, text=True,
        check=False, timeout=LONGEST_SECONDS + number, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == number

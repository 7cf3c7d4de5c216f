"""Runs one step of the work: shows how long it takes, keeps its output, explains a failure in one sentence."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "instance" / "setup.log"

QUIET_SECONDS = 2.0  # anything longer shows that it is alive
LINE_EVERY_SECONDS = 10.0  # how often, where there is no terminal to redraw

# What went wrong -> why, and what helps. The first pattern that is found in the output counts.
CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device",
        "the disk is full",
        "free some space (about 2 GB are needed)",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "a downloaded package differs from the one in the lock file",
        "look for a proxy that changes downloads",
    ),
    (
        r"Could not get lock|Unable to acquire the dpkg",
        "another program is installing system packages",
        "wait until it has finished",
    ),
    (
        r"Unable to locate package|has no installation candidate",
        "the system's package sources do not offer a package it needs",
        "enable Debian's main or Ubuntu's universe section",
    ),
    (
        r"Failed to download Chrom",
        "the server that offers Chromium cannot be reached",
        "check the network connection, or install a Chromium and name its file in CHROMIUM",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed",
        "the certificate of a package server is not trusted here",
        "name your network's own certificate authority in PIP_CERT",
    ),
    (
        r"name resolution|Could not resolve|unreachable|Failed to fetch|ConnectTimeout|NewConnectionError|after connection broken|No route to host",
        "a package server cannot be reached",
        "check the network connection",
    ),
    (
        r"a password is required|no tty present|not in the sudoers",
        "sudo needs a password and cannot ask for it here",
        "run it in a terminal, or as root",
    ),
    (
        r"mod_spatialite.*(cannot open|not found|no such)",
        "the SpatiaLite library cannot be loaded",
        "install libsqlite3-mod-spatialite, or name its file in SPATIALITE_LIBRARY_PATH",
    ),
    (
        r"Permission denied|PermissionError",
        "a file may not be read or written",
        "check who owns this folder",
    ),
    (
        r"no such (column|table)|Undefined(Column|Table)",
        "the database was made by another version of the program",
        "move the file instance/homeward.sqlite3 away, or name another database in DATABASE_URL",
    ),
    (
        r"database is locked",
        "another program is using the database",
        "stop the other program",
    ),
)


class StepFailedError(Exception):
    """A step did not work; the text is one sentence with cause and remedy."""


class Output:
    """The lines a command prints, kept in the log file; the newest is shown as progress."""

    def __init__(self, stream: int) -> None:
        self.tail: deque[str] = deque(maxlen=60)
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def last(self) -> str:
        """The newest line that says something, or nothing."""
        return self.tail[-1] if self.tail else ""

    def finish(self) -> str:
        """Wait until all was read, and return the last lines."""
        self._thread.join(timeout=5)
        return "\n".join(self.tail)

    def _read(self) -> None:
        with LOG.open("ab") as log:
            rest = b""
            while block := os.read(self._stream, 65536):
                log.write(block)
                log.flush()
                *lines, rest = re.split(rb"[\r\n]+", rest + block)
                for line in lines:
                    self._keep(line)
            self._keep(rest)

    def _keep(self, line: bytes) -> None:
        text = line.decode(errors="replace").strip()
        if text and not text.startswith("WARNING: Location"):  # pip, of a cache folder
            self.tail.append(text)


def run(
    title: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None
) -> None:
    """Run a command as one step, called by what it does ("Installing …").

    Raises StepFailedError with one sentence when the command fails.
    """
    LOG.parent.mkdir(mode=0o700, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n# {time.strftime('%Y-%m-%d %H:%M:%S')} {title}\n")
    started = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if process.stdout is None:  # cannot be: a pipe was asked for
        raise RuntimeError(title)
    output = Output(process.stdout.fileno())
    try:
        code = _watch(title, process, output, started)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    tail = output.finish()
    process.stdout.close()
    if code != 0:
        raise StepFailedError(explain(title, tail))
    seconds = time.monotonic() - started
    took = f" ({seconds:.0f} s)" if seconds >= QUIET_SECONDS else ""
    _erase()
    say(f"  done: {title}{took}")


def explain(title: str, output: str) -> str:
    """One sentence for a failed step: what it was doing, why it stopped, what helps."""
    cause, remedy = _cause(output)
    doing = title[:1].lower() + title[1:]
    return (
        f"Stopped while {doing}, because {cause}: {remedy}, "
        "then run the same command again; it continues here."
    )


def _cause(output: str) -> tuple[str, str]:
    for pattern, cause, remedy in CAUSES:
        if re.search(pattern, output, re.IGNORECASE):
            return cause, remedy
    lines = output.strip().splitlines() or ["nothing"]
    named = [
        line for line in lines if re.match(r"(\w+\.)*\w*(Error|Exception)\b.*:", line)
    ]
    last = (named or lines)[-1]
    log = LOG.relative_to(ROOT)
    return (
        f"the command said “{last[:300]}”",
        f"read the whole story at the end of {log}",
    )


def stop_on_sigterm() -> None:
    """Treat a request to end like Ctrl+C, so that what was started is stopped too."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    print(text, flush=True)


def _watch(
    title: str, process: subprocess.Popen[bytes], output: Output, started: float
) -> int:
    """Wait for the end of the command, and show that it is alive."""
    is_terminal = sys.stdout.isatty()
    pause = 0.5 if is_terminal else LINE_EVERY_SECONDS
    next_sign = started + QUIET_SECONDS
    while True:
        try:
            return process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if now >= next_sign:
                next_sign = now + pause
                _draw(f"  {title} … {now - started:.0f} s", output.last(), is_terminal)


def _draw(line: str, detail: str, is_terminal: bool) -> None:
    if not is_terminal:
        say(f"{line}  {detail[:100]}".rstrip())
        return
    width = os.get_terminal_size().columns - 1
    text = f"{line}  {detail}"[:width]
    print(f"\r\033[K{text}", end="", flush=True)


def _erase() -> None:
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)

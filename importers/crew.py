"""Processes that reckon beside the one that keeps the directory: one for each further core.

A large file is work for more than one core, and Python uses one for each process. A member of the
crew has a session of its own that only reads, does one task after the other, and ends with the process that
hired it, however that ends. Small files, one core or ``IMPORT_PROCESSES=1`` mean that nobody is hired.
"""

import gc
import multiprocessing
import os
import pickle  # between our own processes only
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

from sqlalchemy.orm import Session

from directory.config import Config
from directory.database import make_engine, session_factory

MOST: Final = 4
"""Processes of one import, the hiring one included: beyond, the database is what takes time."""
FEWEST_ROWS: Final = 10_000
"""A file of fewer rows is done before a further process has begun."""


@dataclass(slots=True)
class Desk:
    """Where tasks are done: a session that reads, and what earlier tasks left for later ones."""

    session: Session
    kept: dict[str, Any] = field(default_factory=dict)


Task = Callable[..., Any]
"""A function of a module, given a desk and arguments that can be pickled."""


class MemberLost(RuntimeError):
    """A process of the crew ended before its time."""


class Member:
    """One process of the crew. Tasks are done in the order in which they were asked for."""

    def __init__(self, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, url), daemon=True)
        self._process.start()
        theirs.close()
        self._thread = ThreadPoolExecutor(max_workers=1)
        """Waits for the answers, so that the member never waits for somebody to take one."""
        self.is_lost = False

    def ask(self, task: Task, *arguments: Any) -> "Future[Any]":
        """Return what will be the answer; it raises what the task raises, or MemberLost."""
        return self._thread.submit(self._ask, pickle.dumps((task, arguments)))

    def _ask(self, asked: bytes) -> Any:
        try:
            self._line.send_bytes(asked)
            error, answer = pickle.loads(self._line.recv_bytes())  # noqa: S301 -- our own process
        except (EOFError, OSError) as problem:
            self.is_lost = True
            raise MemberLost from problem
        if error is not None:
            raise error
        return answer

    def dismiss(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._process.join()
        self._process.close()
        self._line.close()


class Crew:
    """The members that were hired for one piece of work; nobody, until there are enough rows."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._size = size
        self._members: list[Member] = []

    def hire(self, rows: int) -> Sequence[Member]:
        """Return the members for work on so many rows, or nobody."""
        if rows < FEWEST_ROWS:
            return ()
        while len(self._members) < self._size:
            self._members.append(Member(self._url))
        return self._members

    def dismiss(self) -> None:
        """End all members."""
        while self._members:
            self._members.pop().dismiss()


NOBODY: Final = Crew("", 0)


@contextmanager
def crew_of(config: Config) -> Iterator[Crew]:
    """A crew for the length of the block: a process for each core, this one included."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    wanted = config.import_processes or min(cores, MOST)
    if config.jobs == "immediate" and not config.import_processes:
        wanted = 1
    crew = Crew(config.database_url, wanted - 1)
    try:
        yield crew
    finally:
        crew.dismiss()


def share(
    members: Sequence[Member],
    desk: Desk,
    task: Task,
    portions: Iterable[Any],
    *,
    about: Any,
) -> Iterator[Any]:
    """Yield ``task(desk, about, portion)`` of each portion, in order; whoever is free takes the next.

    The process itself takes its part, and what a lost member leaves. Portions are taken from their
    source a few at a time.
    """
    asked: deque[tuple[Any, Future[Any] | Any]] = deque()
    for portion in portions:
        waiting = [
            one for _, one in asked if isinstance(one, Future) and not one.done()
        ]
        free = [one for one in members if not one.is_lost]
        if len(waiting) < _AHEAD * len(free):
            asked.append(
                (portion, free[len(asked) % len(free)].ask(task, about, portion))
            )
        else:
            asked.append((portion, task(desk, about, portion)))
        while asked and _is_done(asked[0][1]):
            yield _answer(*asked.popleft(), desk, task, about)
    while asked:
        yield _answer(*asked.popleft(), desk, task, about)


_AHEAD: Final = 2
"""Portions that a member has at hand, so that it never waits for the next."""


def _is_done(answer: Any) -> bool:
    return not isinstance(answer, Future) or answer.done()


def _answer(portion: Any, answer: Any, desk: Desk, task: Task, about: Any) -> Any:
    if not isinstance(answer, Future):
        return answer
    try:
        return answer.result()
    except MemberLost:
        return task(desk, about, portion)


def _serve(line: Connection, url: str) -> None:
    """Do tasks until nobody is at the other end of the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that hired decides
    gc.disable()  # it ends with its work, and looking for cycles among rows costs a tenth
    with session_factory(make_engine(url))() as session:
        desk = Desk(session)
        try:
            while True:
                task, arguments = pickle.loads(line.recv_bytes())  # noqa: S301 -- our own process
                line.send_bytes(_done(task, desk, arguments))
        except (EOFError, OSError):
            return


def _done(task: Task, desk: Desk, arguments: Sequence[Any]) -> bytes:
    """What the other end is told: the error, else the answer."""
    try:
        return pickle.dumps((None, task(desk, *arguments)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((error, None))

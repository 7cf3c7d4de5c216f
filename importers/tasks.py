"""Long work of imports, done by the background worker: reading and planning, applying, undoing."""

import hashlib
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from directory import jobs
from directory.authz import Actor
from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.errors import Conflict, DomainError
from directory.models import ImportRun, Role, User
from directory.text import N_
from importers import apply as applying
from importers import drafting, operations, plan, uploads
from importers import undo as undoing
from importers.crew import crew_of
from importers.drafting import Options
from importers.refusals import FileRefused

logger = logging.getLogger("homeward.importers")
_NEVER_KEPT = frozenset({"position_refused"})


class UploadGone(Conflict):
    """The file is not there any more, so it cannot be read again."""

    code = "upload_gone"
    message = N_("The file of this import is not kept any more.")
    remedy = N_("Choose the file again.")


class Interrupted(Conflict):
    """Something that we did not foresee stopped the work; nothing of it was kept."""

    code = "interrupted"
    message = N_(
        "The work stopped because of an error of ours. Nothing of it was kept."
    )
    remedy = N_("Try again. If it happens again, tell your administrator the time.")


class Stopped(Conflict):
    """Somebody asked for the work to stop."""

    code = "stopped"
    message = N_("The work was stopped as you asked. Nothing of it was kept.")
    remedy = N_("Start it again when you like.")


@jobs.huey.on_startup()  # type: ignore[untyped-decorator]  # huey has no types
def carry_on() -> None:
    """Start again what a killed process left under way; each run a few times at most.

    What was half done is gone with its transaction, and each piece of work takes its run first, so
    that of two that do the same one does it. What was being taken back waits for a person.
    """
    config = jobs.settings()
    with unit_of_work(config) as session:
        left = operations.interrupted(session)
        again = [run for run in left if run.state != "undoing"]
        for run in left:
            if run.state == "undoing":
                operations.fail(run, error=Interrupted(), state="applied")
        waiting = [(run.id, run.state, run.applied_by) for run in again]
    for key, state, user_id in waiting:
        if uploads.count_try(config, key) > _TRIES:
            continue
        logger.warning(
            "import %s was interrupted while %s; it is carried on", key, state
        )
        if state == "reading":
            plan_run(str(key))
        else:
            apply_run(str(key), str(user_id) if user_id else None, datetime.now(UTC))


_TRIES: Final = 2
"""How often a run is carried on by itself: one that ends its process each time needs a person."""


@jobs.huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def plan_run(run_id: str) -> None:
    """Read the upload of a run and keep its plan; refusals are kept with the run."""
    config, key = jobs.settings(), uuid.UUID(run_id)
    try:
        _plan(config, key)
    except FileRefused as error:
        _finish(config, key, _refusing(error))
        if error.code != "columns_unknown":
            uploads.forget(config, key)
    except DomainError as error:
        _finish(config, key, _failing(error, "failed"))
    except Exception:
        logger.exception("planning of import %s failed", key)
        uploads.forget(config, key)
        _finish(config, key, _failing(Interrupted(), "failed"))
    uploads.clear_step(config, key)


@jobs.huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def apply_run(run_id: str, user_id: str | None, now: datetime) -> None:
    """Carry out a run for the person who asked; what goes wrong is kept with the run."""
    with crew_of(jobs.settings()) as crew:
        _carry_out(run_id, user_id, "planned", lambda session, actor, key: applying.apply(
            session, actor=actor, run_id=key, now=now, progress=_progress(key), crew=crew
        ))  # fmt: skip
    uploads.forget(jobs.settings(), uuid.UUID(run_id))


@jobs.huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def undo_run(
    run_id: str, user_id: str | None, now: datetime, keep_edited: bool
) -> None:
    """Take a run back for the person who asked; what goes wrong is kept with the run."""
    _carry_out(run_id, user_id, "applied", lambda session, actor, key: undoing.undo(
        session, actor=actor, run_id=key, now=now, progress=_progress(key), keep_edited=keep_edited
    ))  # fmt: skip


def _plan(config: Config, key: uuid.UUID) -> None:
    data = uploads.read(config, key)
    if data is None:
        raise UploadGone
    tell = _progress(key)
    with crew_of(config) as crew, _reading(config) as session:
        run = session.get_one(ImportRun, key)
        options = options_of(run, config)
        drafted = drafting.draft_rows(session, data, options, tell, crew=crew)
        actor = _actor(session, str(run.created_by) if run.created_by else None)
        made = plan.build(session, drafted, run.source, tell, actor=actor, crew=crew)
    if made.withheld or _NEVER_KEPT & made.counts["issues"]["by_code"].keys():
        uploads.forget(config, key)
    with unit_of_work(config) as session:
        run = session.get_one(ImportRun, key)
        if run.state != "reading":
            return  # another process has planned it meanwhile
        operations.keep_plan(session, run=run, plan=made, drafted=drafted)


def options_of(run: ImportRun, config: Config) -> Options:
    """Return what was said about the file of a run."""
    mapping = run.mapping or {}
    return Options(
        filename=run.filename,
        language=run.language,
        country=run.country,
        term=run.default_term,
        source=run.source,
        columns=mapping.get("columns", {}),
        kind_words=mapping.get("values", {}),
        max_bytes=config.max_upload_mb * 1024 * 1024,
    )


def checksum_of(data: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(data).hexdigest()


def _carry_out(
    run_id: str,
    user_id: str | None,
    state_before: str,
    work: Callable[[Session, Actor, uuid.UUID], Any],
) -> None:
    config, key = jobs.settings(), uuid.UUID(run_id)
    try:
        with unit_of_work(config) as session:
            work(session, _actor(session, user_id), key)
    except applying.AlreadyApplied:
        logger.info("import %s had been carried out already", key)
    except DomainError as error:
        _finish(config, key, _failing(error, state_before))
    except Exception:
        logger.exception("import %s failed", key)
        _finish(config, key, _failing(Interrupted(), state_before))
    uploads.clear_step(config, key)


def _actor(session: Session, user_id: str | None) -> Actor:
    user = session.get_one(User, uuid.UUID(user_id)) if user_id else None
    if user is None:
        return Actor(role=Role.ADMIN, name="command")
    return Actor(
        role=Role(user.role), user_id=user.id, name=user.name, email=user.email,
        can_see_restricted=user.can_see_restricted,
    )  # fmt: skip


def _finish(config: Config, key: uuid.UUID, write: Callable[[ImportRun], None]) -> None:
    with unit_of_work(config) as session:
        write(session.get_one(ImportRun, key))


def _refusing(error: FileRefused) -> Callable[[ImportRun], None]:
    return lambda run: operations.refuse(run, error=error)


def _failing(error: DomainError, state: str) -> Callable[[ImportRun], None]:
    return lambda run: operations.fail(run, error=error, state=state)


def _reading(config: Config) -> Session:
    return session_factory(make_engine(config.database_url))()


def _progress(key: uuid.UUID) -> Callable[[str, int, int], None]:
    config = jobs.settings()

    def tell(phase: str, done: int, total: int) -> None:
        if uploads.is_to_stop(config, key):
            raise Stopped
        uploads.tell(config, key, uploads.Step(phase, done, total))

    return tell

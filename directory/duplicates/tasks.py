"""Background work of duplicates: every night what changed is compared, every week everything."""

from datetime import UTC, datetime, timedelta

from huey import crontab

from directory import jobs
from directory.database import unit_of_work
from directory.duplicates import merges, work
from directory.jobs import huey


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def search_since(moment: datetime) -> None:
    """Compare what was written down or changed since a moment with everything: after an import."""
    _search(datetime.now(UTC), moment)


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def search_all() -> None:
    """Compare everything with everything, because somebody asked for it."""
    _search(datetime.now(UTC), None)


def last_compared() -> datetime | None:
    """Return when listings were last compared by this installation's own work, if they were."""
    said = jobs.recall(_COMPARED)
    return datetime.fromisoformat(said) if said else None


def _search(now: datetime, since: datetime | None) -> None:
    with unit_of_work(jobs.settings()) as session:
        work.search(session, now=now, since=since)
    jobs.remember(_COMPARED, now.isoformat())


_COMPARED = "duplicates.compared"
_LOOK_BACK = timedelta(days=2)
"""A night that the server was off is made good the night after; anything longer within the week."""


@huey.periodic_task(crontab(hour="2", minute="20"))  # type: ignore[untyped-decorator]  # huey has no types
def search_nightly() -> None:
    """Compare what changed lately with everything; on Sundays everything with everything."""
    now = datetime.now(UTC)
    since = None if now.isoweekday() == 7 else now - _LOOK_BACK
    _search(now, since)
    with unit_of_work(jobs.settings()) as session:
        merges.forget_old(session, now=now)

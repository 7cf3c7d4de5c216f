"""Background work of upkeep: asking whether listings are right, the weekly message, dead links."""

from datetime import UTC, datetime

from huey import crontab

from directory import jobs
from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.jobs import huey
from directory.upkeep import digest, readers, reminding, weblinks


@huey.periodic_task(crontab(hour="5", minute="10"))  # type: ignore[untyped-decorator]  # huey has no types
def remind() -> int:
    """Ask every morning about the listings whose check is due."""
    config = jobs.settings()
    with unit_of_work(config) as session:
        return reminding.remind(
            session, secret_key=config.secret_key, now=datetime.now(UTC)
        )


@huey.periodic_task(crontab(day_of_week="1", hour="6", minute="0"))  # type: ignore[untyped-decorator]  # as above
def send_digest() -> int:
    """Write to keepers and watchers on Mondays."""
    with unit_of_work(jobs.settings()) as session:
        return digest.send(session, now=datetime.now(UTC))


@huey.periodic_task(crontab(minute="25"))  # type: ignore[untyped-decorator]  # as above
def hear_readers() -> int:
    """Open tasks for what people say of listings in their feedback."""
    with unit_of_work(jobs.settings()) as session:
        return readers.take_in(session, now=datetime.now(UTC))


@huey.periodic_task(crontab(minute="*/30"))  # type: ignore[untyped-decorator]  # as above
def check_links() -> int:
    """Check some websites."""
    return check_some(jobs.settings(), now=datetime.now(UTC))


def check_some(config: Config, *, now: datetime) -> int:
    """Choose, ask and note in three steps, so that no transaction waits for a website."""
    with session_factory(make_engine(config.database_url))() as session:
        links = weblinks.due_links(session, now=now)
    answers = weblinks.ask_all(links)
    with unit_of_work(config) as session:
        return weblinks.note_answers(session, links, answers, now=now)

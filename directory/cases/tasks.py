"""Background work of cases: the nightly erasure."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime

from huey import crontab

from directory import jobs
from directory.cases import retention
from directory.database import unit_of_work
from directory.jobs import huey

logger = logging.getLogger("homeward.retention")


@huey.periodic_task(crontab(hour="3", minute="17"))  # type: ignore[untyped-decorator]  # huey has no types
def erase_what_is_due() -> None:
    """Erase personal data whose time has come; only numbers are logged."""
    with unit_of_work(jobs.settings()) as session:
        report = retention.run(session, now=datetime.now(UTC))
    logger.info("Retention: %s", asdict(report))

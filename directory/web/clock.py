"""The time of this request: read once at the edge, and settable where tests happen."""

from datetime import UTC, date, datetime
from typing import cast

from flask import current_app, has_app_context


def now() -> datetime:
    """The moment of this request, in UTC; ``app.config["NOW"]`` stands still in tests."""
    fixed = current_app.config.get("NOW") if has_app_context() else None
    return cast("datetime | None", fixed) or datetime.now(UTC)


def today() -> date:
    """The day of this request, in UTC."""
    return now().date()

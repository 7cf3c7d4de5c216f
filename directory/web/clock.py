"""The time of this request: read once at the edge, and settable where tests happen."""

from datetime import UTC, date, datetime

from flask import current_app


def now() -> datetime:
    """The moment of this request, in UTC; ``app.config["NOW"]`` stands still in tests."""
    fixed: datetime | None = current_app.config.get("NOW")
    return fixed or datetime.now(UTC)


def today() -> date:
    """The day of this request, in UTC."""
    return now().date()

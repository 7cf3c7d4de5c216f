"""How long somebody must wait after wrong passwords: longer each time, never for ever."""

import math
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from directory import tokens
from directory.accounts.queries import clean_email
from directory.errors import NotAllowed
from directory.models import SignInFailure
from directory.text import N_

FREE_ATTEMPTS: Final = 5
FORGET_AFTER: Final = timedelta(minutes=15)
FIRST_WAIT: Final = timedelta(seconds=30)


class TooManyAttempts(NotAllowed):
    """Too many wrong passwords for this address; ``values['minutes']`` says how long to wait."""

    code = "too_many_attempts"
    message = N_(
        "There were too many wrong passwords for this address. Try again in about %(minutes)s min."
    )


def wait_after(count: int) -> timedelta:
    """How long to wait after so many wrong passwords in a row: from the fifth on, doubling.

    >>> [wait_after(n).total_seconds() for n in (4, 5, 6, 20)]
    [0.0, 30.0, 60.0, 900.0]
    """
    if count < FREE_ATTEMPTS:
        return timedelta(0)
    doublings = min(count - FREE_ATTEMPTS, 10)
    return min(FIRST_WAIT * (1 << doublings), FORGET_AFTER)


def refuse_if_waiting(session: Session, *, email: str, now: datetime) -> None:
    """Raise TooManyAttempts while the address has to wait, whether it has an account or not."""
    failure = session.get(SignInFailure, _key(email))
    if failure is None:
        return
    left = failure.last_at + wait_after(failure.count) - now
    if left > timedelta(0):
        raise TooManyAttempts(
            values={"minutes": math.ceil(left / timedelta(minutes=1))}
        )


def note_failure(session: Session, *, email: str, now: datetime) -> None:
    """Count one more wrong password; a quarter of an hour without one starts anew."""
    failure = session.get(SignInFailure, _key(email))
    if failure is None:
        session.add(SignInFailure(email_hash=_key(email), count=1, last_at=now))
        return
    is_old = now - failure.last_at >= FORGET_AFTER
    failure.count = 1 if is_old else failure.count + 1
    failure.last_at = now


def forget(session: Session, *, email: str) -> None:
    """Start anew after the right password."""
    failure = session.get(SignInFailure, _key(email))
    if failure is not None:
        session.delete(failure)


def _key(email: str) -> str:
    return tokens.digest(clean_email(email))

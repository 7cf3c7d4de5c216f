"""The indicators of referrals (docs/insights.md): shares with what they are shares of, and waits."""

import math
import statistics
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from directory import small_counts
from directory.referrals.outcomes import Outcome
from directory.referrals.states import OPEN, State
from directory.taxonomy.codes import Urgency

Key = TypeVar("Key", bound=Hashable)
Count = int | None
"""How many; ``None`` where it may not be told."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; both ``None`` where they may not be told."""

    count: Count
    of: Count

    @property
    def percent(self) -> int | None:
        """The share in whole percent; ``None`` where it is hidden or of nothing."""
        if self.count is None or not self.of:
            return None
        return math.floor(100 * self.count / self.of + 0.5)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long something took, in hours: the middle value and what nine of ten stayed under."""

    number: int
    median: float
    ninth_decile: float


@dataclass(frozen=True, slots=True)
class Totals:
    """All indicators of a group of referrals; shares are of those sent unless said otherwise."""

    sent: Count
    answered_in_time: Share
    without_answer: Share
    accepted: Share
    not_accepted: Share
    completed: Share
    confirmed: Share
    """Of those completed."""
    disputed: Share
    """Of those completed."""
    still_open: Share


Test = Callable[[Outcome, datetime], bool]


def _answered_at(one: Outcome) -> datetime | None:
    """The first answer: an acknowledgement, or a decision where none came before it."""
    return min(filter(None, (one.acknowledged_at, one.decided_at)), default=None)


def _in_time(one: Outcome, _now: datetime) -> bool:
    answered, due = _answered_at(one), one.acknowledge_due_at
    return answered is not None and (due is None or answered <= due)


def _without_answer(one: Outcome, now: datetime) -> bool:
    due = one.acknowledge_due_at
    return (
        _answered_at(one) is None
        and due is not None
        and due < now
        and one.state in OPEN
    )


TESTS: Final[Mapping[str, Test]] = {
    "answered_in_time": _in_time,
    "without_answer": _without_answer,
    "accepted": lambda one, _now: one.was_accepted,
    "not_accepted": lambda one, _now: one.state is State.DECLINED,
    "completed": lambda one, _now: one.completed_at is not None,
    "confirmed": lambda one, _now: one.state is State.VERIFIED,
    "disputed": lambda one, _now: one.was_disputed,
    "still_open": lambda one, _now: one.state in OPEN,
}
"""Every indicator as a test of one referral; the page, the file and the help read this table."""

OF_COMPLETED: Final = frozenset({"confirmed", "disputed"})


def totals(found: Sequence[Outcome], *, now: datetime, below: int) -> Totals:
    """Return the indicators of all referrals together, small counts hidden."""
    return by(found, key=lambda _one: "all", now=now, below=below).get("all", _NOTHING)


def by(
    found: Iterable[Outcome],
    *,
    key: Callable[[Outcome], Key],
    now: datetime,
    below: int,
) -> dict[Key, Totals]:
    """Return the indicators of each group, such that no small count can be worked out."""
    groups: dict[Key, list[Outcome]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    sent = {name: len(group) for name, group in groups.items()}
    counts = {
        name: {
            group: sum(test(one, now) for one in ones) for group, ones in groups.items()
        }
        for name, test in TESTS.items()
    }
    shown_sent = small_counts.suppress(sent, below=below)
    shares = {
        name: _shares(
            counts[name], counts["completed"] if name in OF_COMPLETED else sent, below
        )
        for name in TESTS
    }
    return {
        group: Totals(
            sent=shown_sent[group],
            **{
                name: shares[name][group] if shown_sent[group] is not None else _HIDDEN
                for name in TESTS
            },
        )
        for group in groups
    }


def waits(found: Sequence[Outcome]) -> dict[str, dict[str, Wait]]:
    """Return, by urgency, how long answers, decisions and first services took after sending."""
    ends: Mapping[str, Callable[[Outcome], datetime | None]] = {
        "answer": _answered_at,
        "decision": lambda one: one.decided_at,
        "service": lambda one: one.first_service_at,
    }
    result: dict[str, dict[str, Wait]] = {}
    for urgency in Urgency:
        own = [one for one in found if one.urgency == urgency]
        kinds = {name: _wait(own, end) for name, end in ends.items()}
        measured = {name: wait for name, wait in kinds.items() if wait is not None}
        if measured:
            result[urgency.value] = measured
    return result


def _shares(
    parts: Mapping[Key, int], wholes: Mapping[Key, int], below: int
) -> dict[Key, Share]:
    shown = small_counts.suppress_parts(parts, wholes, below=below)
    hidden_wholes = small_counts.suppress(wholes, below=below)
    return {
        key: Share(shown[key], hidden_wholes[key])
        if hidden_wholes[key] is not None
        else _HIDDEN
        for key in parts
    }


def _wait(
    found: Sequence[Outcome], end: Callable[[Outcome], datetime | None]
) -> Wait | None:
    """A wait of fewer than five referrals is not told: it could be one person's."""
    pairs = [(one.sent_at, end(one)) for one in found]
    hours = sorted(
        (last - first).total_seconds() / 3600 for first, last in pairs if last
    )
    if len(hours) < 5:
        return None
    ninth = hours[math.ceil(0.9 * len(hours)) - 1]
    return Wait(len(hours), statistics.median(hours), ninth)


_HIDDEN: Final = Share(None, None)
_NOTHING: Final = Totals(0, *(Share(0, 0) for _ in TESTS))

"""Writes feedback: anyone gives it, a supervisor handles it, the person may ask once more."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from directory import authz, tokens
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.feedback import categories
from directory.models import Feedback
from directory.text import N_

CODE_LENGTH: Final = 12
CLOSED: Final = frozenset({"closed_informed", "closed_unreachable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person said; everything but category and text may be missing."""

    category: str
    text: str
    language: str
    service_id: uuid.UUID | None = None
    happened_on: date | None = None
    contact: str | None = None
    may_share: bool = False


class StepRefused(Conflict):
    """The feedback has moved on."""

    code = "feedback_step_refused"
    message = N_(
        "This step is no longer possible, because someone else went on with it."
    )


def give(session: Session, *, given: Given, now: datetime) -> str:
    """Keep feedback and return its tracking code, which is stored nowhere and shown once."""
    problems: dict[str, str] = {}
    if given.category not in categories.CATEGORIES:
        problems["category"] = N_("Choose what it is about.")
    if not given.text.strip():
        problems["text"] = N_("Write what happened or what you wish.")
    if given.happened_on is not None and given.happened_on > now.date():
        problems["happened_on"] = N_("The date cannot be in the future.")
    if problems:
        raise Invalid(fields=problems)
    code = tokens.readable_code(CODE_LENGTH)
    session.add(
        Feedback(
            code_hash=tokens.digest(code),
            category=given.category,
            text=given.text.strip(),
            language=given.language,
            service_id=given.service_id,
            happened_on=given.happened_on,
            contact=given.contact,
            may_share=given.may_share,
            state="received",
            received_at=now,
            state_since=now,
        )
    )
    session.flush()
    return code


def handle(
    session: Session,
    *,
    actor: Actor,
    feedback: Feedback,
    state: str,
    answer: str | None,
    now: datetime,
) -> None:
    """Take the next step; closing it with an answer needs the answer.

    The caller has fetched ``feedback`` through the actor's eyes. Raises NotYours, StepRefused,
    Invalid.
    """
    authz.require(actor, Action.HANDLE_FEEDBACK)
    if state == "appealed" or state not in categories.NEXT[feedback.state]:
        raise StepRefused
    if state == "closed_informed" and not (answer or feedback.answer):
        raise Invalid(fields={"answer": N_("Write the answer for the person.")})
    feedback.state = state
    feedback.state_since = now
    feedback.handled_by = actor.user_id
    if feedback.acknowledged_at is None:
        feedback.acknowledged_at = now
    if answer:
        feedback.answer = answer
        feedback.answered_at = now
    session.flush()


def appeal(session: Session, *, feedback: Feedback, now: datetime) -> None:
    """Ask for another look at closed feedback; possible once, by whoever has the code."""
    if feedback.state not in CLOSED or feedback.appealed_at is not None:
        raise StepRefused
    feedback.state = "appealed"
    feedback.state_since = now
    feedback.appealed_at = now
    session.flush()

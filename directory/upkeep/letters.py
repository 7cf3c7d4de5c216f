"""The words of upkeep's e-mails, in the reader's language; never a protected listing's name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from directory.models import Message
from directory.text import N_, translator

REMINDER, DIGEST = "upkeep_reminder", "upkeep_digest"
SITE: Final = "{site}"
"""Stands for the address of this site until the message leaves."""
FEW: Final = 5
"""Counts of referrals below this are said as "some" (small numbers tell on people)."""

ASKED: Final = (
    N_("Are these listings still right?"),
    N_(
        "People who come home look these services up. Please open each link and say whether all"
        " is still right. You need no account."
    ),
    N_("The links work for 30 days. Whoever has them can answer for you."),
)
NEWS: Final = N_("Your listings this week")
SIGN_IN: Final = N_("Sign in to see them:")
SOME_REFERRALS: Final = N_("Some referrals came through your listings.")
REFERRALS: Final = N_("%(count)s referrals came through your listings.")
TO_CHECK: Final = N_("Listings that need a look: %(count)s.")
LOOK: Final = N_("What needs a look first:")
CHANGED: Final = N_("These listings that you watch have changed:")


def write(
    session: Session,
    *,
    kind: str,
    recipient: str,
    language: str,
    subject: str,
    parts: Sequence[str],
    now: datetime,
) -> Message:
    """Queue one e-mail of several parts, each a finished text."""
    message = Message(
        kind=kind,
        recipient=recipient,
        subject=translator(language)(subject),
        body="\n\n".join(parts) + "\n",
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def say(
    language: str, sentence: str, values: Mapping[str, object] | None = None
) -> str:
    """A sentence in a language, with its values."""
    text = translator(language)(sentence)
    return text % values if values else text


def referrals_sentence(language: str, count: int) -> str | None:
    """How many referrals came, without telling on the few; None for none."""
    if not count:
        return None
    if count < FEW:
        return say(language, SOME_REFERRALS)
    return say(language, REFERRALS, {"count": count})

"""Invented feedback on the demonstration's services, in the languages of its countries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.demonstration.people import Listing
from directory.feedback import operations
from directory.feedback.operations import Given
from directory.models import Feedback

VOICES: Final = (
    (
        2,
        "thanks",
        "fr",
        "On m'a reçue le jour même et bien expliqué les papiers. Merci.",
    ),
    (
        4,
        "listing_error",
        "es",
        "El horario cambió: ahora cierran a la una de la tarde.",
    ),
    (6, "missing_service", "ar", "توجد عيادة أسنان مجانية قرب السوق وليست في القائمة."),
    (9, "delay", "fr", "J'attends une réponse depuis deux semaines."),
    (12, "suggestion", "es", "Sería bueno tener el curso también los sábados."),
    (15, "question", "ar", "هل يمكنني إحضار أطفالي إلى الدورة؟"),
    (
        21,
        "fee_bribe",
        "en",
        "Somebody asked me for money to put my name higher on the list.",
    ),
)
"""Days ago, category, language, text."""


def add_feedback(
    session: Session, *, listings: Sequence[Listing], now: datetime
) -> int:
    """Give the feedback as anyone could, without an account; return how much it is."""
    for place, (days, category, language, text) in enumerate(VOICES):
        about = listings[place * 13][1].service_id
        given = Given(category=category, text=text, language=language, service_id=about)
        operations.give(session, given=given, now=now - timedelta(days=days))
    texts = [text for _, _, _, text in VOICES]
    session.execute(
        update(Feedback).where(Feedback.text.in_(texts)).values(is_demonstration=True)
    )
    return len(VOICES)

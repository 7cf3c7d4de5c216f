"""What a person typed about a referral, as values the operations understand."""

from datetime import UTC, datetime, time

from directory.cases import consents
from directory.models import Case, Need, Referral
from directory.referrals.guards import Listing
from directory.referrals.moves import Request, Said
from directory.web.fields import Fields, Form


def request_of(form: Form, *, previous: Referral | None) -> Request:
    """The sender's decisions about a new referral; raises Invalid by field."""
    fields = Fields(form)
    request = Request(
        disclosed=fields.choices("disclosed"),
        urgency=fields.text("urgency"),
        message=fields.text("message"),
        was_called=fields.ticked("was_called"),
        confirms_duplicate=fields.ticked("confirms_duplicate"),
        acknowledgement=acknowledgement(fields),
        previous=previous,
    )
    fields.done()
    return request


def acknowledgement(fields: Fields) -> str | None:
    """Why to refer in spite of a caution; nothing counts without the tick that it was read."""
    reason = fields.text("caution_reason")
    return reason if fields.ticked("acknowledges_caution") else None


def first_values(case: Case, need: Need, listing: Listing, *, now: datetime) -> Form:
    """The form as it opens: the least that makes a referral, as far as the consent covers it."""
    consent = consents.for_referral(
        case.consents,
        organization_id=listing.organization_id,
        items=consents.MINIMUM_ITEMS,
        today=now.date(),
    )
    allowed = set(consent.data_items) if consent else set(consents.MINIMUM_ITEMS)
    items = [*consents.MINIMUM_ITEMS, *sorted(consents.AFTER_ACCEPTANCE_ITEMS)]
    form: Form = Form({"urgency": need.urgency})
    chosen = [item for item in items if item in allowed]
    if chosen:
        form.setlist("disclosed", chosen)
    return form


def said(form: Form) -> Said:
    """What was said with a move; raises Invalid by field."""
    fields = Fields(form)
    words = Said(
        reason=fields.text("reason", longest=40),
        outcome=fields.text("outcome", longest=40),
        expected_on=fields.day("expected_on"),
        appointment_at=_appointment(fields),
        question=fields.text("question"),
        answer=fields.text("answer"),
        note=fields.text("note"),
        contact=fields.text("contact", longest=40),
        confirms_duplicate=fields.ticked("confirms_duplicate"),
    )
    fields.done()
    return words


def _appointment(fields: Fields) -> datetime | None:
    """A day and, where known, an hour (UTC)."""
    day = fields.day("appointment_on")
    clock = fields.text("appointment_time", longest=5)
    if day is None:
        return None
    try:
        hour = time.fromisoformat(clock) if clock else time(12)
    except ValueError:
        hour = time(12)
    return datetime.combine(day, hour, tzinfo=UTC)

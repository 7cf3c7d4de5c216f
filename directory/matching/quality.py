"""The soft criteria: what makes one eligible service better for this person than another. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from directory.listings import freshness as listing_freshness
from directory.listings.freshness import Band
from directory.matching.verdicts import Situation, Verdict, met, not_met, unknown
from directory.models import Cost
from directory.taxonomy.codes import ACCESS_FLAGS
from directory.text import N_, Labels, LanguageCodes

HALF_VALUE_KM = 20.0
"""A service so far away is worth half of one next door."""
LONGEST_WAIT_DAYS = 90
FEWEST_OUTCOMES = 5

Kilometres = TypeVar("Kilometres", float, NDArray[np.float64])

_COSTS: Mapping[str, tuple[str, float]] = {
    Cost.FREE: (N_("Free of charge."), 1.0),
    Cost.SUBSIDISED: (N_("At a reduced price."), 0.6),
    Cost.PAID: (N_("Has to be paid for."), 0.2),
}


def cost(situation: Situation) -> Verdict:
    """What the person has to pay; excludes only where free services alone are wanted."""
    stated = _COSTS.get(situation.facts.cost or "")
    if stated is None:
        return unknown(N_("The cost is not known."))
    reason, value = stated
    if situation.needs.preferences.free_only and situation.facts.cost != Cost.FREE:
        return not_met(reason, N_("Ask whether the fee can be waived."))
    return met(reason, value)


def distance_value(kilometres: Kilometres) -> Kilometres:
    """What a distance is worth: 1 next door, half at HALF_VALUE_KM, never quite nothing."""
    return HALF_VALUE_KM / (HALF_VALUE_KM + kilometres)


def distance(situation: Situation) -> Verdict:
    """How far the person has to go; excludes only beyond ``max_distance_km``."""
    kilometres, limit = (
        situation.kilometres,
        situation.needs.preferences.max_distance_km,
    )
    if situation.facts.is_remote:
        return met(N_("No travel is needed."))
    if kilometres is None:
        return unknown(N_("The distance is not known."))
    printed = round(kilometres, 1)
    if limit is not None and kilometres > limit:
        return not_met(
            N_("%(km)s km away, more than the %(limit)s km asked for."),
            N_("Ask about transport, or accept a longer way."),
            distance_value(kilometres),
            km=printed,
            limit=limit,
        )
    if situation.is_approximate:
        return met(
            N_("About %(km)s km from the middle of the area."),
            distance_value(kilometres),
            km=printed,
        )
    return met(N_("%(km)s km away."), distance_value(kilometres), km=printed)


def language(situation: Situation) -> Verdict:
    """The person and the service share a language."""
    spoken, known = situation.facts.languages, situation.needs.person.languages
    if not spoken:
        return unknown(N_("The languages spoken there are not known."))
    names = LanguageCodes(spoken)
    if not known:
        return unknown(
            N_("Languages spoken there: %(languages)s."),
            "person.languages",
            languages=names,
        )
    if known.intersection(spoken):
        return met(N_("Languages spoken there: %(languages)s."), languages=names)
    return not_met(
        N_("Languages spoken there: %(languages)s."),
        N_("Arrange for an interpreter."),
        languages=names,
    )


def staff_sex(situation: Situation) -> Verdict | None:
    """There is female staff, where that is wanted."""
    if not situation.needs.preferences.female_staff:
        return None
    flags = situation.facts.access
    if "female_staff" in flags:
        return met(N_("Has female staff."))
    if "male_staff" in flags:
        return not_met(
            N_("Names male staff only."), N_("Ask for a woman to be present.")
        )
    return unknown(N_("It is not known whether there is female staff."))


def access(situation: Situation) -> Verdict | None:
    """The place can be used in the ways that are wanted."""
    asked, flags = situation.needs.preferences.access, situation.facts.access
    if not asked:
        return None
    if not flags:
        return unknown(
            N_("Nothing is known about access for people with disabilities.")
        )
    missing = sorted(asked.difference(flags))
    if not missing:
        return met(N_("Has what is needed for access."))
    return not_met(
        N_("Not stated: %(access)s."),
        N_("Call and ask about: %(access)s."),
        1 - len(missing) / len(asked),
        access=Labels(tuple(ACCESS_FLAGS.get(flag, flag) for flag in missing)),
    )


def hours(situation: Situation) -> Verdict | None:
    """The opening hours are known, so that nobody goes in vain."""
    if not situation.facts.hours:
        return None
    return met(N_("Opening hours: %(hours)s."), hours=situation.facts.hours)


def capacity(situation: Situation) -> Verdict | None:
    """It takes new people, there are free places, or the wait is short."""
    facts = situation.facts
    if facts.intake == "closed":
        return _takes_nobody(facts.intake_until)
    if facts.capacity is not None:
        if facts.capacity == 0:
            return not_met(
                N_("Full, as of %(date)s."),
                N_("Ask about a waiting list."),
                date=facts.capacity_on,
            )
        return met(
            N_("Free places: %(count)s, as of %(date)s."),
            count=facts.capacity,
            date=facts.capacity_on,
        )
    if facts.wait_days is None:
        return _INTAKES.get(facts.intake or "")
    value = max(0.0, 1 - facts.wait_days / LONGEST_WAIT_DAYS)
    return met(N_("Waiting time in days: %(days)s."), value, days=facts.wait_days)


_INTAKES: Mapping[str, Verdict] = {
    "open": met(N_("Takes new people.")),
    "by_appointment": met(N_("Takes new people by appointment."), 0.9),
    "waiting_list": met(N_("Has a waiting list."), 0.4),
}


def _takes_nobody(until: date | None) -> Verdict:
    if until is None:
        return not_met(
            N_("Takes nobody new at present."), N_("Ask about a waiting list.")
        )
    return not_met(
        N_("Takes nobody new until %(date)s."),
        N_("Ask again after %(date)s."),
        date=until,
    )


def freshness(situation: Situation) -> Verdict:
    """How lately somebody made sure that the listing is true (DOMAIN section 11)."""
    facts = situation.facts
    state = listing_freshness.of(facts, situation.today)
    if state.doubted_on is not None:
        return not_met(
            N_(
                "On %(date)s we were told that it is closed, has moved or cannot be reached."
            ),
            N_("Call before you refer anybody."),
            0.0,
            date=state.doubted_on,
        )
    if facts.assured_date is None:
        return unknown(N_("Nobody has verified this listing yet."))
    days = max(0, (situation.today - facts.assured_date).days)
    value = max(0.0, 1 - days / (2 * facts.review_days))
    if state.band is Band.FRESH:
        return met(N_("Verified on %(date)s."), value, date=facts.assured_date)
    return not_met(
        N_("Last verified on %(date)s; a check is overdue."),
        N_("Call before you refer anybody."),
        value,
        date=facts.assured_date,
    )


def response(situation: Situation) -> Verdict | None:
    """The provider answers referrals in time."""
    record = situation.facts.record
    if record is None:
        return None
    share = record.answered / record.sent
    reason = N_("Answered in time: %(answered)s of %(sent)s referrals.")
    if share >= 0.5:
        return met(reason, share, answered=record.answered, sent=record.sent)
    return not_met(
        reason,
        N_("Call them when you send the referral."),
        share,
        answered=record.answered,
        sent=record.sent,
    )


def outcome(situation: Situation) -> Verdict | None:
    """The people referred there say that they got the service."""
    record = situation.facts.record
    if record is None or record.confirmed + record.disputed < FEWEST_OUTCOMES:
        return None
    told = record.confirmed + record.disputed
    share = record.confirmed / told
    reason = N_("Confirmed by the person: %(confirmed)s of %(told)s services.")
    if share >= 0.5:
        return met(reason, share, confirmed=record.confirmed, told=told)
    return not_met(
        reason,
        N_("Follow up soon after the first appointment."),
        share,
        confirmed=record.confirmed,
        told=told,
    )

"""The hard criteria: what must not be missing for a service to be proposed. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from directory.listings.facts import Facts
from directory.matching.coverage import NEAR, Reach, Status
from directory.matching.needs import Wanted
from directory.matching.verdicts import (
    NameOfArea,
    NameOfTerm,
    NamesOfAreas,
    Situation,
    Verdict,
    met,
    not_met,
    unknown,
)
from directory.models import CoverageKind, ServiceStatus
from directory.taxonomy.codes import DOCUMENTS, PROFILES, RETURN_MODALITIES, SEXES
from directory.text import N_, CountryCodes, Labels, Names, normalise


def status_of_need(terms: Collection[str], wanted: Wanted) -> Status:
    """Whether a service with these tags meets a need.

    A category tag beside one of its leaves adds nothing; alone it may mean any leaf.
    """
    if wanted.met_by.intersection(terms):
        return Status.MET
    if wanted.category in terms and not wanted.leaves_of_category.intersection(terms):
        return Status.UNKNOWN
    return Status.NOT_MET


def need(situation: Situation) -> Verdict:
    """The service offers what is needed."""
    wanted = situation.wanted
    status = status_of_need(situation.facts.terms, wanted)
    name = NameOfTerm(wanted.term)
    if status is Status.MET:
        return met(N_("Offers: %(term)s"), term=name)
    if status is Status.UNKNOWN:
        return unknown(
            N_("Works in %(category)s; ask whether that includes: %(term)s"),
            category=NameOfTerm(wanted.category or wanted.term),
            term=name,
        )
    return not_met(
        N_("Does not offer: %(term)s"), N_("Look for another service."), term=name
    )


_COVERED: Mapping[str, str] = {
    CoverageKind.SHAPE: N_("The place lies in the area drawn for this service."),
    CoverageKind.RADIUS: N_("Serves everyone within %(radius)s km."),
    CoverageKind.AREA: N_("Serves %(area)s."),
    CoverageKind.NATIONAL: N_("Serves the whole country."),
    CoverageKind.REMOTE: N_("Helps by phone or online."),
}
_BY_JOURNEY: Final = N_(
    "Serves everyone within about %(minutes)s minutes of travel, taken as %(radius)s km in a"
    " straight line."
)
_COVERED_IN_PART: Mapping[str, str] = {
    **_COVERED,
    CoverageKind.SHAPE: N_("Serves a part of this area."),
    CoverageKind.RADIUS: N_("Serves the part of this area within %(radius)s km of it."),
    CoverageKind.AREA: N_("Serves %(area)s, a part of this area."),
    NEAR: N_("Does not say where it works, but is close to the place."),
}


def coverage(situation: Situation) -> Verdict:
    """The service may be used from the place."""
    reach = situation.reach
    if reach.status is Status.MET:
        return met(
            _COVERED[reach.kind] if reach.minutes is None else _BY_JOURNEY,
            **_named(reach),
        )
    if reach.status is Status.UNKNOWN:
        return unknown(_COVERED_IN_PART[reach.kind], **_named(reach))
    if reach.kind == NEAR:
        return _beyond_reach(situation)
    remedy = N_(
        "Ask whether they make an exception, or whether the person can come to their area."
    )
    if not situation.facts.tells_distance and not situation.facts.is_remote:
        return not_met(N_("The area it serves ends close to the place."), remedy)
    return not_met(
        N_("The area it serves ends %(km)s km from the place."),
        remedy,
        km=round(reach.miss_km, 1),
    )


def _beyond_reach(situation: Situation) -> Verdict:
    """Nobody said where it works, and its position lies beyond what is taken for near."""
    remedy = N_("Ask whether they work as far as the place.")
    if situation.kilometres is None:
        return not_met(
            N_("It does not say where it works, and is not close to the place."), remedy
        )
    return not_met(
        N_("It does not say where it works, and is %(km)s km from the place."),
        remedy,
        km=round(situation.kilometres, 1),
    )


def _named(reach: Reach) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if reach.area_id is not None:
        values["area"] = NameOfArea(reach.area_id)
    if reach.radius_km is not None:
        values["radius"] = reach.radius_km
    if reach.minutes is not None:
        values["minutes"] = reach.minutes
    return values


_CLOSED: Mapping[str, str] = {
    ServiceStatus.INACTIVE: N_("Not active at present."),
    ServiceStatus.DEFUNCT: N_("This service has ended."),
}


def status(situation: Situation) -> Verdict:
    """The service is in operation."""
    facts = situation.facts
    if facts.status == ServiceStatus.ACTIVE:
        return met(N_("In operation."))
    if facts.status in _CLOSED:
        return not_met(_CLOSED[facts.status], N_("Look for another service."))
    if facts.status_until is None:
        return not_met(N_("Temporarily closed."), N_("Ask when it opens again."))
    return not_met(
        N_("Temporarily closed until %(date)s."),
        N_("Ask again after %(date)s."),
        date=facts.status_until,
    )


def can_be_mended(facts: Facts) -> bool:
    """Whether a closed service may be named as a near miss: only one that will open again."""
    return facts.status in {ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED}


def advisory(situation: Situation) -> Verdict | None:
    """No advisory stops referrals to the place or to the service."""
    if not situation.is_suspended:
        return None
    return not_met(
        N_("Referrals to this area are suspended for safety."),
        N_("Ask your supervisor when the area is open again."),
    )


def age(situation: Situation) -> Verdict:
    """The person's age lies within the limits, both ends included."""
    facts, years = situation.facts, situation.needs.person.age
    low, high = facts.minimum_age, facts.maximum_age
    if low is None and high is None:
        return met(N_("For all ages."))
    limits: dict[str, Any] = {"minimum": low, "maximum": high}
    if low is None:
        reason = N_("For people up to %(maximum)s years old.")
    elif high is None:
        reason = N_("For people from %(minimum)s years of age.")
    else:
        reason = N_("For people from %(minimum)s to %(maximum)s years of age.")
    if years is None:
        return unknown(reason, "person.age", **limits)
    if (low is None or years >= low) and (high is None or years <= high):
        return met(reason, **limits)
    return not_met(
        reason,
        N_("Ask whether they make an exception, or look for a service for this age."),
        **limits,
    )


def sex(situation: Situation) -> Verdict:
    """The service is for people of this sex."""
    allowed, given = situation.facts.sexes, situation.needs.person.sex
    if not allowed:
        return met(N_("For everyone, whatever their sex."))
    reason, names = N_("Only for: %(sexes)s."), _labels(allowed, SEXES)
    if given is None:
        return unknown(reason, "person.sex", sexes=names)
    if given in allowed:
        return met(reason, sexes=names)
    return not_met(
        reason,
        N_("Ask whether they know a similar service that is open to all."),
        sexes=names,
    )


def profile(situation: Situation) -> Verdict:
    """The person belongs to one of the groups that the service is for."""
    person, groups = situation.needs.person, situation.facts.profiles
    if not groups:
        return met(N_("Not limited to certain groups."))
    reason, names = N_("For these groups: %(profiles)s."), _labels(groups, PROFILES)
    if person.profiles is None:
        return unknown(reason, "person.profiles", profiles=names)
    if person.profiles.intersection(groups):
        return met(reason, profiles=names)
    if person.profiles_unknown.intersection(groups):
        return unknown(reason, "person.profiles", profiles=names)
    return not_met(
        reason,
        N_("Ask whether they also help people outside these groups."),
        profiles=names,
    )


def documents(situation: Situation) -> Verdict:
    """The person has the documents that must be brought."""
    facts, given = situation.facts, situation.needs.person.documents
    required = _labels((*facts.documents, *facts.other_documents), DOCUMENTS)
    if not required.messages:
        return met(N_("No documents are required."))
    if given is None and facts.documents:
        return unknown(
            N_("Bring: %(documents)s."), "person.documents", documents=required
        )
    missing = [code for code in facts.documents if code not in (given or ())]
    if missing:
        return not_met(
            N_("Missing: %(documents)s."),
            N_("Help the person to get these first: %(documents)s."),
            documents=_labels(missing, DOCUMENTS),
        )
    if facts.other_documents:
        return unknown(N_("Bring: %(documents)s."), documents=required)
    return met(N_("Bring: %(documents)s."), documents=required)


def return_modality(situation: Situation) -> Verdict | None:
    """The service is for people who returned in this way."""
    allowed, given = (
        situation.facts.return_modalities,
        situation.needs.person.return_modality,
    )
    if not allowed:
        return None
    reason = N_("For people whose return was: %(modalities)s.")
    names = _labels(allowed, RETURN_MODALITIES)
    if given is None or given == "unknown":
        return unknown(reason, "person.return_modality", modalities=names)
    if given in allowed:
        return met(reason, modalities=names)
    return not_met(
        reason, N_("Ask whether other returnees may come too."), modalities=names
    )


def host_country(situation: Situation) -> Verdict | None:
    """The service is for people who return from this country."""
    allowed, given = situation.facts.host_countries, situation.needs.person.host_country
    if not allowed:
        return None
    reason, names = (
        N_("For people who return from: %(countries)s."),
        CountryCodes(allowed),
    )
    if given is None:
        return unknown(reason, "person.host_country", countries=names)
    if given in allowed:
        return met(reason, countries=names)
    return not_met(
        reason,
        N_("Ask whether people who return from other countries may come too."),
        countries=names,
    )


def programme(situation: Situation) -> Verdict | None:
    """The person is in one of the programmes that the service is for."""
    allowed, given = situation.facts.programmes, situation.needs.person.programmes
    if not allowed:
        return None
    reason, names = N_("For people in: %(programmes)s."), Names(allowed)
    if given is None:
        return unknown(reason, "person.programmes", programmes=names)
    if {normalise(name) for name in given} & {normalise(name) for name in allowed}:
        return met(reason, programmes=names)
    return not_met(
        reason,
        N_("Ask whether the person can still join the programme."),
        programmes=names,
    )


def months_since_return(situation: Situation) -> Verdict | None:
    """The person came back neither too lately nor too long ago, both ends included."""
    facts, months = situation.facts, situation.needs.person.months_since_return
    low, high = facts.minimum_months_since_return, facts.maximum_months_since_return
    if low is None and high is None:
        return None
    limits: dict[str, Any] = {"minimum": low, "maximum": high}
    if low is None:
        reason = N_("For people who came back at most %(maximum)s months ago.")
    elif high is None:
        reason = N_("For people who came back at least %(minimum)s months ago.")
    else:
        reason = N_("For people who came back %(minimum)s to %(maximum)s months ago.")
    if months is None:
        return unknown(reason, "person.months_since_return", **limits)
    if low is not None and months < low:
        return not_met(
            reason,
            N_("Ask again %(minimum)s months after the return."),
            **limits,
        )
    if high is not None and months > high:
        return not_met(reason, N_("Ask whether they make an exception."), **limits)
    return met(reason, **limits)


def residence(situation: Situation) -> Verdict | None:
    """The person lives in one of the areas that the service asks for."""
    allowed, home = situation.facts.residence_areas, situation.residence
    if not allowed:
        return None
    reason, names = N_("For people who live in: %(areas)s."), NamesOfAreas(allowed)
    if home is None:
        return unknown(reason, "person.residence", areas=names)
    if home.within.intersection(allowed):
        return met(reason, areas=names)
    if home.parts.intersection(allowed):
        return unknown(reason, "person.residence", areas=names)
    return not_met(
        reason,
        N_("Ask whether people who live elsewhere may come too."),
        areas=names,
    )


def _labels(codes: Iterable[str], names: Mapping[str, str]) -> Labels:
    return Labels(tuple(names.get(code, code) for code in codes))

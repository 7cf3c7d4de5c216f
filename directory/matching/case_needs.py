"""What a case asks of the directory."""

from collections.abc import Sequence
from datetime import date

from directory.matching.needs import DEFAULT_LIMIT, Needs, Person, Preferences
from directory.models import Case
from geo.points import Point


def needs_of(
    case: Case,
    terms: Sequence[str],
    *,
    language: str,
    today: date,
    limit: int = DEFAULT_LIMIT,
    limit_each: int | None = None,
) -> Needs | None:
    """Return the question for some needs of a case; None where its place is not known."""
    if not terms or case.latitude is None or case.longitude is None:
        return None
    wishes = case.preferences or {}
    return Needs(
        terms=tuple(dict.fromkeys(terms)),
        point=Point(latitude=case.latitude, longitude=case.longitude),
        person=Person(
            age=case.age,
            sex=case.sex,
            languages=_known(case.languages),
            profiles=_known(case.profiles),
            profiles_unknown=frozenset(case.profiles_unknown or ()),
            documents=_known(case.documents),
            return_modality=case.return_modality,
            host_country=case.host_country,
            programmes=_known(case.programmes),
            months_since_return=months_since(case.arrival_date, today),
            lives_at_place=True,
        ),
        preferences=Preferences(
            max_distance_km=wishes.get("max_distance_km"),
            free_only=bool(wishes.get("free_only")),
            female_staff=bool(wishes.get("female_staff")),
        ),
        language=language,
        limit=limit,
        limit_each=limit_each,
    )


def months_since(arrival: date | None, today: date) -> int | None:
    """Return the whole months since somebody came back, 0 before; None where no day is known."""
    if arrival is None:
        return None
    months = (today.year - arrival.year) * 12 + today.month - arrival.month
    return max(0, months - (today.day < arrival.day))


def _known(values: Sequence[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)

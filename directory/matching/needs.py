"""What is asked of a match: where, which needs, what is known of the person, what is preferred."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from directory.database import fetch
from directory.errors import Invalid
from directory.models import TaxonomyTerm
from directory.text import N_
from geo.points import Point

DEFAULT_LIMIT, MOST_MATCHES = 20, 500
NOT_LISTED = N_("Choose one from the list.")


class UnknownTerm(Invalid):
    """A need that the taxonomy does not know."""

    code = "term_unknown"
    message = N_("This need is not in the list of categories: %(term)s.")
    remedy = N_("Choose a category or one of its parts from the list.")


class UnknownArea(Invalid):
    """A place or residence that no loaded area has as its code."""

    code = "area_unknown"
    message = N_("There is no area with the code %(code)s.")
    remedy = N_("Choose the area from the list, or give a position.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of the person; ``None`` is unknown and never excludes.

    ``profiles``, ``documents`` and ``programmes`` (names) are complete when given: what is not in
    them is a no, but for ``profiles_unknown``, which were not asked. ``months_since_return`` are
    whole months, 0 before the return. ``residence`` is the code of the area the person lives in;
    ``lives_at_place``: it is the place of the match.
    """

    age: int | None = None
    sex: str | None = None
    languages: frozenset[str] | None = None
    profiles: frozenset[str] | None = None
    profiles_unknown: frozenset[str] = frozenset()
    documents: frozenset[str] | None = None
    return_modality: str | None = None
    host_country: str | None = None
    programmes: frozenset[str] | None = None
    months_since_return: int | None = None
    residence: str | None = None
    lives_at_place: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the person would like. ``max_distance_km`` and ``free_only`` exclude, the others rank."""

    max_distance_km: float | None = None
    free_only: bool = False
    female_staff: bool = False
    access: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """One question to the directory. Exactly one of ``point`` and ``area_code`` is given.

    ``terms`` are taxonomy codes, categories or leaves. ``weights`` replaces the weight of a
    criterion by its code. ``limit`` is the number of matches to return, ``limit_each`` that for each
    need, where it is given.
    """

    terms: tuple[str, ...]
    point: Point | None = None
    area_code: str | None = None
    person: Person = field(default_factory=Person)
    preferences: Preferences = field(default_factory=Preferences)
    weights: Mapping[str, float] = field(default_factory=dict)
    language: str = "en"
    limit: int = DEFAULT_LIMIT
    limit_each: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tags of a service meet a need.

    A category is met by itself and all its leaves. A leaf is met by itself; a service that has only
    the leaf's ``category`` may meet it, nobody knows.
    """

    term: str
    met_by: frozenset[str]
    category: str | None
    leaves_of_category: frozenset[str] = frozenset()

    @property
    def tags(self) -> frozenset[str]:
        """All tags of services to be looked at."""
        return self.met_by | {self.category} if self.category else self.met_by


def wanted(session: Session, terms: tuple[str, ...]) -> list[Wanted]:
    """Return what meets each need, without repetitions; raises UnknownTerm."""
    parent = aliased(TaxonomyTerm)
    query = select(TaxonomyTerm.code, parent.code.label("category")).outerjoin(
        parent, TaxonomyTerm.parent_id == parent.id
    )
    parents: dict[str, str | None] = dict(iter(fetch(session, query)))
    for number, term in enumerate(terms):
        if term not in parents:
            raise UnknownTerm(
                values={"term": term}, fields={f"needs.{number}.term": NOT_LISTED}
            )
    return [_wanted(term, parents) for term in dict.fromkeys(terms)]


def _wanted(term: str, parents: Mapping[str, str | None]) -> Wanted:
    def leaves(category: str) -> frozenset[str]:
        return frozenset(code for code, above in parents.items() if above == category)

    category = parents[term]
    if category is None:
        return Wanted(term, frozenset({term}) | leaves(term), None)
    return Wanted(term, frozenset({term}), category, leaves(category))

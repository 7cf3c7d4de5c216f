"""Compares two listings: what speaks for one and the same, what against, in words and as a score.

The score adds evidence as Fellegi and Sunter do: each fact is worth some bits, a bit doubling or
halving the odds; the sum becomes a probability. The bits were set by hand and tuned on one half of
``data/duplicates/pairs.csv``; docs/duplicates.md holds the table and what it measures on the other.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz

from directory.duplicates import names
from directory.duplicates.names import Name
from directory.text import N_, normalise
from geo.distance import great_circle_km
from geo.points import Point

FOUND: Final = 0.5
"""The score from which a pair is shown to a person."""
_PRIOR: Final = -6.0
"""Before anything is compared: that two listings of one neighbourhood are one is not likely."""

# (likeness from which, bits): between two rows the bits run in a straight line.
_NAME_BITS: Final = (
    (0.0, -14.0), (0.6, -9.0), (0.75, -2.0), (0.84, 2.5), (0.9, 4.5), (1.0, 7.0),
)  # fmt: skip
# (kilometres up to which, bits)
_DISTANCE_BITS: Final = (
    (0.05, 5.0), (0.3, 4.0), (1.0, 3.0), (3.0, 1.5), (6.0, -1.5), (12.0, -2.5), (25.0, -5.0),
)  # fmt: skip
_FAR: Final = -9.0
_SURE_KM: Final = 1.5
"""Positions that may be further off than this say only how far apart two places are at least."""
_SAME_PHONE, _OTHER_PHONE, _OTHER_PHONE_THERE = 3.0, -1.0, -3.0
_SAME_WEB = 1.5
_SAME_ORGANIZATION, _OTHER_ORGANIZATION = 0.4, -4.0
_SAME_ADDRESS, _OTHER_ADDRESS, _OTHER_ADDRESS_THERE = 3.0, -4.5, -7.0
"""Across sources, which may know of different doors and numbers, and within one."""
_OTHER_AREA: Final = -3.0
_SAME_AREA: Final = 2.0
_NOWHERE: Final = -2.0
_OTHER_CATEGORY, _OTHER_CATEGORY_THERE = -5.0, -9.0
"""Across sources, which sort differently, and within one."""
_NO_NAME: Final = -5.0
_SAME_GENERAL_NAME: Final = -2.0
_OTHER_SEXES: Final = -9.0
_OTHER_TEXT: Final = -10.0
"""Of two listings of one source, which describes each of them for itself."""
_SAME_TEXT: Final = 2.0
_TEXT_LENGTH, _OWN_TEXT_LENGTH = 15, 60
"""Letters from which a description tells two apart, and from which it is no mere kind of place."""
_NUMBERS: Final = -14.0
_MARK_BITS: Final[Mapping[str, tuple[float, float]]] = {
    # axis: (both say it and differ, only one says it)
    "side": (-14.0, -10.0),
    "sex": (-14.0, -10.0),
    "level": (-14.0, -5.0),
    "tier": (-8.0, -2.0),
    "age": (-10.0, -5.0),
    "height": (-10.0, -5.0),
    "faith": (-10.0, -6.0),
    "scale": (-6.0, -0.5),
    "who": (-8.0, -8.0),
    "care": (-8.0, -8.0),
}
_NONE: Final[frozenset[str]] = frozenset()
_SEX_MARKS: Final[Mapping[frozenset[str], frozenset[str]]] = {
    frozenset({"female"}): frozenset({"sex:girls"}),
    frozenset({"male"}): frozenset({"sex:boys"}),
}
_OTHER_KIND: Final = -9.5
_KIND_MORE, _UNIT_MORE = -1.5, -6.0
_WHOLE: Final = frozenset(
    {"hospital", "clinic", "centre", "medical centre", "unit", "post", "dispensary", "csps",
     "school", "college", "institute", "university"}
)  # fmt: skip
"""Kinds that name a whole place; any other names a part of one, or something beside it."""
_MOST_ELSE: Final = _DISTANCE_BITS[0][1] + _SAME_PHONE + _SAME_TEXT
"""The most that can speak for one listing beside the names: of contacts only the strongest counts."""
_NOTHING_LEFT: Final = -0.1
"""Bits, well below those of ``FOUND``, which is rounded."""
_LONG_NAME: Final = (12, 24, 2.0)
"""A name of more letters than the first number says more, of the second and more so many bits."""


class Entry(NamedTuple):
    """What is compared of a listing, at one of its places.

    ``precision_km``: how far off the position may be. ``names``: the name, other names and translations, each read. ``label``: the name as it is written.
    ``phones``: in one form.
    ``hosts``: of its web addresses. ``area``: whatever names its first-level area. ``text``: what the listing says
    of itself. ``place`` is empty where the position is unknown or must not be told.
    """

    key: Any
    names: tuple[Name, ...]
    organization: Name | None = None
    place: Point | None = None
    precision_km: float = 0.0
    country: str | None = None
    area: str | None = None
    address: str = ""
    phones: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    sexes: frozenset[str] = frozenset()
    text: str = ""
    source: str | None = None
    label: str = ""
    service: Any = None
    """The service's key: places of one service are no duplicates of each other."""


class Reason(NamedTuple):
    """One piece of evidence: its code, its worth in bits, and the values that its words name."""

    code: str
    bits: float
    values: Mapping[str, Any]


class Comparison(NamedTuple):
    """How likely two entries are one, between 0 and 1, and why, the weightiest reason first."""

    score: float
    reasons: tuple[Reason, ...]


WORDS: Final[Mapping[str, str]] = {
    "same_name": N_("The names are the same."),
    "names_alike": N_("The names are alike (%(percent)s %%)."),
    "names_differ": N_("The names differ (alike by %(percent)s %%)."),
    "names_general": N_("The names say only what kind of place it is."),
    "numbers_differ": N_("The numbers in the names differ (%(one)s, %(other)s)."),
    "marks_differ": N_(
        "A word tells them apart: a side, a sex, a level, a faith or an age."
    ),
    "kinds_differ": N_("The names say different kinds of place."),
    "kinds_more": N_("Only one name says what kind of place it is in full."),
    "metres_apart": N_("They are %(metres)s m apart."),
    "kilometres_apart": N_("They are %(kilometres)s km apart."),
    "same_area": N_("They are in the same area."),
    "other_area": N_("They are in different areas."),
    "place_unknown": N_("It is not known where both of them are."),
    "same_phone": N_("They have the same telephone number."),
    "other_phone": N_("Their telephone numbers differ."),
    "same_web": N_("They have the same website."),
    "same_organization": N_("They belong to the same organization."),
    "other_organization": N_("They belong to different organizations."),
    "same_address": N_("They have the same address."),
    "other_address": N_("The numbers in their addresses differ."),
    "other_sexes": N_("They are for different sexes."),
    "same_text": N_("They describe themselves in nearly the same words."),
    "other_text": N_("They describe themselves in other words."),
    "other_category": N_("They have no category in common."),
}
"""What each reason says."""


def compare(one: Entry, other: Entry) -> Comparison:
    """Return how likely two entries are the same listing; the order of the two does not matter."""
    return _compared(one, other, _names(one, other))


def alike(one: Entry, other: Entry) -> Comparison | None:
    """Return what ``compare`` does, if it is enough to show the two to a person.

    Most pairs that were brought together end with their names, which is a third of the work.
    """
    named = _names(one, other)
    if _PRIOR + _bits(named) + _MOST_ELSE < _NOTHING_LEFT:
        return None
    found = _compared(one, other, named)
    return found if found.score >= FOUND else None


def _compared(one: Entry, other: Entry, named: list[Reason]) -> Comparison:
    reasons = [
        *named,
        *_where(one, other),
        *_contacts(one, other),
        *_contents(one, other),
    ]
    bits = _PRIOR + sum(reason.bits for reason in reasons)
    score = 1 / (1 + 2.0 ** -max(-30.0, min(30.0, bits)))
    reasons.sort(key=lambda reason: (-abs(reason.bits), reason.code))
    return Comparison(round(score, 4), tuple(reasons))


def _names(one: Entry, other: Entry) -> list[Reason]:
    """Of all pairs of names the one that speaks most for the same listing."""
    best: list[Reason] = []
    sexes = (_SEX_MARKS.get(one.sexes, _NONE), _SEX_MARKS.get(other.sexes, _NONE))
    for a in one.names:
        for b in other.names:
            found = list(_name(a, b, sexes))
            if not best or _bits(found) > _bits(best):
                best = found
    return best


def _bits(reasons: list[Reason]) -> float:
    return sum(reason.bits for reason in reasons)


def _name(
    a: Name, b: Name, sexes: tuple[frozenset[str], frozenset[str]]
) -> Iterator[Reason]:
    """Compare two names; a sex that one name says may stand in the other's listing only."""
    alike = names.likeness(a, b)
    percent = {"percent": round(alike * 100)}
    bits = _between(_NAME_BITS, alike)
    if not a.core and not b.core:
        is_same = a.folded == b.folded
        bits += _SAME_GENERAL_NAME if is_same else _NO_NAME
        yield Reason("names_general", bits, {})
    elif alike == 1:
        yield Reason("same_name", bits + _for_length(a.core), {})
    else:
        yield Reason("names_alike" if bits > 0 else "names_differ", bits, percent)
    if a.numbers != b.numbers:
        yield Reason("numbers_differ", _NUMBERS, _both(a.numbers, b.numbers))
    if bits := _marks(a.marks | (sexes[0] & b.marks), b.marks | (sexes[1] & a.marks)):
        yield Reason("marks_differ", bits, {})
    if a.kinds != b.kinds:
        if a.kinds and b.kinds and not a.kinds & b.kinds:
            yield Reason("kinds_differ", _OTHER_KIND, {})
        else:
            is_whole = (a.kinds ^ b.kinds) <= _WHOLE
            yield Reason("kinds_more", _KIND_MORE if is_whole else _UNIT_MORE, {})


def _for_length(core: str) -> float:
    """What a long name says more than a short one, which many have."""
    short, long, bits = _LONG_NAME
    return bits * min(1.0, max(0.0, (len(core) - short) / (long - short)))


def _marks(a: frozenset[str], b: frozenset[str]) -> float:
    """The worst that marks of one axis say; marks that both have say nothing."""
    worst = 0.0
    if a == b:
        return worst
    for axis, (differ, alone) in _MARK_BITS.items():
        one = {mark for mark in a if mark.startswith(f"{axis}:")}
        other = {mark for mark in b if mark.startswith(f"{axis}:")}
        if one != other:
            worst = min(worst, differ if one and other else alone)
    return worst


def _where(one: Entry, other: Entry) -> Iterator[Reason]:
    """Position, else area; and the address, which adds nothing to two positions that agree."""
    found = list(_place(one, other))
    if one.address and other.address:
        if one.address == other.address:
            found.append(Reason("same_address", _SAME_ADDRESS, {}))
        elif _have_other_numbers(one.address, other.address):
            there = _is_one_source(one, other)
            bits = _OTHER_ADDRESS_THERE if there else _OTHER_ADDRESS
            found.append(Reason("other_address", bits, {}))
    yield from _strongest(found) if found else [Reason("place_unknown", _NOWHERE, {})]


def _place(one: Entry, other: Entry) -> Iterator[Reason]:
    distance = None
    if one.place is not None and other.place is not None:
        unsure = one.precision_km + other.precision_km
        apart = max(0.0, great_circle_km(one.place, other.place) - unsure)
        if unsure <= _SURE_KM or apart > _SURE_KM:
            distance = _distance(apart)
    if distance is not None:
        yield distance
    elif one.area and other.area:
        is_same = one.area == other.area
        bits = _SAME_AREA if is_same else _OTHER_AREA
        yield Reason("same_area" if is_same else "other_area", bits, {})


def _have_other_numbers(one: str, other: str) -> bool:
    """Whether house or box numbers stand in both addresses, and none in common."""
    first = {word for word in one.split() if word[:1].isdigit()}
    second = {word for word in other.split() if word[:1].isdigit()}
    return bool(first and second) and not first & second


def _strongest(found: list[Reason]) -> Iterator[Reason]:
    """What speaks against, and of what speaks for only the strongest: the others follow from it."""
    yield from (each for each in found if each.bits <= 0)
    yield from sorted(
        (each for each in found if each.bits > 0), key=lambda each: -each.bits
    )[:1]


def _distance(km: float) -> Reason:
    bits = next((bits for limit, bits in _DISTANCE_BITS if km <= limit), _FAR)
    if km < 1:
        return Reason("metres_apart", bits, {"metres": round(km * 1000)})
    return Reason("kilometres_apart", bits, {"kilometres": round(km, 1)})


def _contacts(one: Entry, other: Entry) -> Iterator[Reason]:
    found = []
    if one.phones and other.phones:
        is_same = bool(one.phones & other.phones)
        there = _is_one_source(one, other)
        bits = _OTHER_PHONE_THERE if there else _OTHER_PHONE
        bits = _SAME_PHONE if is_same else bits
        found.append(Reason("same_phone" if is_same else "other_phone", bits, {}))
    if one.hosts & other.hosts:
        found.append(Reason("same_web", _SAME_WEB, {}))
    if one.organization and other.organization:
        alike = _organizations(one.organization, other.organization)
        is_same = alike >= 0.85
        bits = _SAME_ORGANIZATION if is_same else _OTHER_ORGANIZATION
        code = "same_organization" if is_same else "other_organization"
        found.append(Reason(code, bits, {}))
    yield from _strongest(found)


def _contents(one: Entry, other: Entry) -> Iterator[Reason]:
    if one.sexes and other.sexes and not one.sexes & other.sexes:
        yield Reason("other_sexes", _OTHER_SEXES, {})
    is_one_source = _is_one_source(one, other)
    length = min(len(one.text), len(other.text))
    if length >= _TEXT_LENGTH:
        alike = fuzz.token_set_ratio(one.text, other.text, processor=normalise)
        if alike >= 85 and length >= _OWN_TEXT_LENGTH and not is_one_source:
            yield Reason("same_text", _SAME_TEXT, {})
        elif alike < 70 and is_one_source:
            yield Reason("other_text", _OTHER_TEXT, {})
    if one.terms and other.terms and not _share_term(one.terms, other.terms):
        bits = _OTHER_CATEGORY_THERE if is_one_source else _OTHER_CATEGORY
        yield Reason("other_category", bits, {})


def _is_one_source(one: Entry, other: Entry) -> bool:
    """Whether both come from one source, which tells its own listings apart on purpose."""
    return one.source is not None and one.source == other.source


def _organizations(a: Name, b: Name) -> float:
    if a.numbers != b.numbers or a.marks != b.marks:
        return 0.0
    return max(names.likeness(a, b), fuzz.token_set_ratio(a.core, b.core) / 100)


def _share_term(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether they have a category in common; a category holds its leaves."""
    return bool(a & b) or any(
        one.startswith(f"{other}.") or other.startswith(f"{one}.")
        for one in a for other in b
    )  # fmt: skip


def _both(one: Any, other: Any) -> dict[str, str]:
    return {
        "one": ", ".join(sorted(one)) or "–", "other": ", ".join(sorted(other)) or "–"
    }  # fmt: skip


def _between(table: tuple[tuple[float, float], ...], value: float) -> float:
    """Read a value between the rows of a table."""
    below = table[0]
    for above in table[1:]:
        if value <= above[0]:
            share = (value - below[0]) / (above[0] - below[0])
            return below[1] + share * (above[1] - below[1])
        below = above
    return below[1]

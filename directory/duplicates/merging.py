"""What two listings say differently, and the one record that a person's choices make of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from directory.listings.record import LIST_FIELDS, ListingRecord, differences
from directory.listings.sealing import HIDDEN, PLACE, PROTECTED, SEALED

Values = Mapping[str, Any]


class Choice(StrEnum):
    """Whose value stays."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {
    "position": ("latitude", "longitude", "precision_m", "area_code", "country"),
    "coverage": tuple(
        one.name for one in fields(ListingRecord) if one.name.startswith("coverage")
    ),
    "intake": ("intake", "intake_until"),
    "status": ("status", "status_until"),
    "cost": ("cost", "cost_amount", "cost_currency", "cost_waiver"),
    "capacity_available": (
        "capacity_available", "capacity_maximum", "capacity_unit", "capacity_updated",
    ),
    "alert": ("alert", "alert_until"),
    "valid_from": ("valid_from", "valid_to"),
    "funding_source": ("funding_source", "funding_until"),
    "minimum_age": ("minimum_age", "maximum_age"),
    "minimum_months_since_return": (
        "minimum_months_since_return", "maximum_months_since_return",
    ),
}  # fmt: skip
"""Fields that make sense only together: one choice stands for all of them."""
KEPT: Final = frozenset(
    {"organization_name", "organization_id", "organization_description", "provider_type",
     "service_id", "source", "is_demonstration", "language", "sensitivity", "alternate_name",
     "assured_date", "verification_method"}
)  # fmt: skip
"""Fields that nobody chooses: they stay with the kept listing, or follow from both."""
NAMES_LENGTH: Final = 300
"""What the other names may take together (``listings.rules``)."""
_FIELDS: Final = tuple(one.name for one in fields(ListingRecord) if one.name != "texts")
_PLACE_FIELDS: Final = (HIDDEN - {"area_code"}).intersection(_FIELDS)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, or fields that go together, that the two listings say differently.

    ``first`` and ``second`` hold the values by field name; ``proposed`` is the choice that is made
    for a person who chooses nothing.
    """

    name: str
    first: Values
    second: Values
    proposed: Choice
    can_be_both: bool


def compare(
    first: ListingRecord, second: ListingRecord, *, keeps_first: bool
) -> list[Difference]:
    """Return what a person may choose between, in the order of the record's fields."""
    changed = {name.partition(":")[0] for name in differences(first, second)}
    hidden = _hidden(first, second)
    found = []
    for name, members in _choices():
        if not changed & set(members) or hidden & set(members):
            continue
        one, other = _values(first, members), _values(second, members)
        can_be_both = name in LIST_FIELDS or name == "phone"
        found.append(
            Difference(
                name, one, other, _proposed(one, other, keeps_first), can_be_both
            )
        )
    return found


def merged(
    first: ListingRecord,
    second: ListingRecord,
    choices: Mapping[str, str],
    *,
    keeps_first: bool,
) -> ListingRecord:
    """Return the kept listing's record with the chosen values.

    The name that is not chosen becomes another name, so that it is still found; texts in other
    languages that the kept one lacks are taken over with their field; the higher protection stays.
    """
    kept, gone = (first, second) if keeps_first else (second, first)
    values: dict[str, Any] = {}
    texts = dict(kept.texts)
    for each in compare(first, second, keeps_first=keeps_first):
        chosen = _choice(choices.get(each.name), each)
        members = dict(TOGETHER).get(each.name, (each.name,))
        if chosen is Choice.BOTH:
            values[each.name] = _joined(each.name, kept, gone)
            continue
        side = first if chosen is Choice.FIRST else second
        for member in members:
            values[member] = getattr(side, member)
            _take_texts(texts, member, side, is_kept=side is kept)
    values["alternate_name"] = _other_names(kept, gone, values)
    values["sensitivity"] = max(kept.sensitivity or "L0", gone.sensitivity or "L0")
    record = replace(kept, **values, texts=texts)
    return without_place(record) if record.sensitivity == SEALED else record


def without_place(record: ListingRecord) -> ListingRecord:
    """Return a record as a sealed listing may hold it."""
    nothing: dict[str, Any] = dict.fromkeys(_PLACE_FIELDS)
    texts = {key: text for key, text in record.texts.items() if key[0] not in PLACE}
    return replace(record, **nothing, texts=texts)


def completeness(record: ListingRecord) -> int:
    """Return how many fields a record fills in: the fuller of two is kept unless a person says else."""
    return sum(getattr(record, name) not in {None, ()} for name in _FIELDS)


def _choices() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each choice with its fields, in the order of the record."""
    grouped = {member: name for name, members in TOGETHER.items() for member in members}
    done = set()
    for field_name in _FIELDS:
        name = grouped.get(field_name, field_name)
        if name in KEPT or name in done:
            continue
        done.add(name)
        yield name, TOGETHER.get(name, (name,))


def _hidden(first: ListingRecord, second: ListingRecord) -> frozenset[str]:
    """What is neither shown nor chosen where one of the two is protected."""
    if {first.sensitivity, second.sensitivity} & PROTECTED:
        return HIDDEN | {"country", "coverage"}
    return frozenset()


def _values(record: ListingRecord, members: tuple[str, ...]) -> Values:
    return {name: getattr(record, name) for name in members}


def _is_empty(values: Values) -> bool:
    return all(value in (None, (), "") for value in values.values())


def _proposed(first: Values, second: Values, keeps_first: bool) -> Choice:
    if _is_empty(first) or _is_empty(second):
        return Choice.SECOND if _is_empty(first) else Choice.FIRST
    if "phone" in first:
        return Choice.BOTH
    return Choice.FIRST if keeps_first else Choice.SECOND


def _choice(said: str | None, each: Difference) -> Choice:
    if said == Choice.BOTH and not each.can_be_both:
        return each.proposed
    return Choice(said) if said in set(Choice) else each.proposed


def _joined(name: str, kept: ListingRecord, gone: ListingRecord) -> Any:
    one, other = getattr(kept, name), getattr(gone, name)
    if name == "phone":
        numbers = [*(one or "").split(";"), *(other or "").split(";")]
        known = dict.fromkeys(number.strip() for number in numbers if number.strip())
        return "; ".join(known)
    return tuple(dict.fromkeys((*one, *other)))


def _take_texts(
    texts: dict[tuple[str, str], str], name: str, side: ListingRecord, *, is_kept: bool
) -> None:
    """Let the other languages of a field follow its choice."""
    if is_kept:
        return
    for key in [key for key in texts if key[0] == name]:
        texts.pop(key)
    texts.update({key: text for key, text in side.texts.items() if key[0] == name})


def _other_names(
    kept: ListingRecord, gone: ListingRecord, chosen: Values
) -> str | None:
    """All names of both but the one that is shown; translations keep their own place."""
    shown = chosen.get("service_name", kept.service_name)
    names = [
        kept.service_name, *(kept.alternate_name or "").split(";"),
        gone.service_name, *(gone.alternate_name or "").split(";"),
        *(text for (name, _), text in sorted(gone.texts.items()) if name == "service_name"),
    ]  # fmt: skip
    others = dict.fromkeys(name.strip() for name in names)
    text = ""
    for name in others:
        longer = f"{text}; {name}" if text else name
        if name and name != shown and len(longer) <= NAMES_LENGTH:
            text = longer
    return text or None

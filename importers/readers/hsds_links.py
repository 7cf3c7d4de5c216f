"""Which rows of an HSDS feed point at something that is there; every one that does not is named."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from importers.readers.hsds_package import Entry, Package
from importers.records import Issue

OWNERS: Final = {
    "organization_id": "organization",
    "service_id": "service",
    "location_id": "location",
    "service_at_location_id": "service_at_location",
}
"""Columns that say what a row belongs to, and the table they point into."""
_TARGETS: Final = {**OWNERS, "taxonomy_term_id": "taxonomy_term"}

_BELONGS: Final[Mapping[str, tuple[str, ...]]] = {
    "service_at_location": ("service_id", "location_id"),
    "address": ("location_id", "organization_id"),
    "phone": tuple(OWNERS),
    "schedule": ("service_id", "location_id", "service_at_location_id"),
    "language": ("service_id", "location_id"),
    "attribute": ("service_id", "organization_id", "location_id", "taxonomy_term_id"),
    "service_area": ("service_id", "service_at_location_id"),
    "required_document": ("service_id",),
    "eligibility": ("service_id",),
    "cost_option": ("service_id",),
    "accessibility": ("location_id",),
    "service_capacity": ("service_id",),
    "funding": ("service_id", "organization_id"),
}
"""The tables whose rows say something of a listing, and the columns that say of which one."""

_JOINS: Final = frozenset({"service_at_location", "attribute"})
"""Rows that join two things are lost when either is missing; others when nothing is left."""

_FURTHER: Final[Mapping[str, Mapping[str, str]]] = {
    "location": {"organization_id": "organization"},
    "service": {"program_id": "program"},
    "taxonomy_term": {"parent_id": "taxonomy_term"},
    "organization": {"parent_organization_id": "organization"},
}
"""References that a row can do without."""

_WITH_IDS: Final = (
    "organization",
    "service",
    "location",
    "service_at_location",
    "taxonomy_term",
)
_READ: Final = frozenset(
    {
        *_BELONGS,
        *_WITH_IDS,
        "program",
        "taxonomy",
        "unit",
        "metadata",
        "meta_table_description",
    }
)


@dataclass(slots=True)
class Links:
    """The rows that can be used, by table and owner, and what was found on the way."""

    ids: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """For each table that others point into: its rows by id."""
    of: dict[tuple[str, str, str], list[Entry]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Rows by table, the owner's column and the owner's id."""
    notes: list[tuple[int, Issue]] = field(default_factory=list)
    tally: dict[str, Counter[str]] = field(default_factory=dict)

    def rows(self, table: str, column: str, number: str) -> list[Entry]:
        """Return the rows of a table that belong to this owner."""
        return self.of.get((table, column, number), [])

    def note(
        self, code: str, table: str, entry: Entry, column: str,
        variant: str | None = None, **values: str,
    ) -> None:  # fmt: skip
        """Name one row of the feed, and count it under its table."""
        said = {
            "table": table,
            "row": str(entry.row),
            "id": entry.get("id")[:100] or "–",
            **values,
        }
        self.notes.append((0, Issue(code, f"{table}.{column}", said, variant)))
        self.count(table, code)

    def count(self, table: str, what: str, number: int = 1) -> None:
        """Add to a table's numbers."""
        self.tally.setdefault(table, Counter())[what] += number


def follow(package: Package) -> Links:
    """Return the links of a feed; a row that points at nothing is left out, counted and named."""
    links = Links()
    for table, entries in package.tables.items():
        links.count(table, "rows", len(entries))
        if table not in _READ:
            links.count(table, "unread", len(entries))
    for table in (*_WITH_IDS, "program", "taxonomy", "unit"):
        links.ids[table] = _by_id(package, table, links)
    for table, columns in _BELONGS.items():
        for entry in package.rows(table):
            _place(links, table, columns, entry)
    for table, references in _FURTHER.items():
        _check_further(package, links, table, references)
    _note_cycles(links, "taxonomy_term", "parent_id")
    _note_cycles(links, "organization", "parent_organization_id")
    return links


def _by_id(package: Package, table: str, links: Links) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in package.rows(table):
        number = entry.get("id")
        if not number:
            if table in _WITH_IDS:
                is_lost = table not in {"service", "service_at_location"}
                links.note(
                    "id_missing", table, entry, "id", "lost" if is_lost else None
                )
        elif number not in found:
            found[number] = entry
        elif found[number].cells != entry.cells and table in _WITH_IDS:
            links.note("id_repeated", table, entry, "id", value=number[:100])
        else:
            links.count(table, "repeated")
    return found


def _place(links: Links, table: str, columns: tuple[str, ...], entry: Entry) -> None:
    """Put a row with its owners; note its missing id, and each link that leads nowhere."""
    entity = entry.get("link_entity")
    if entity and f"{entity}_id" not in columns:
        links.count(
            table, "unread"
        )  # Attributes of telephones, languages and the like.
        return
    owners = _owners(entry, columns)
    if not owners and _is_of_others(entry):
        links.count(
            table, "unread"
        )  # The telephone of a contact, the language of a telephone.
        return
    dangling = [
        c for c, number in owners.items() if number not in links.ids[_TARGETS[c]]
    ]
    sound = [column for column in owners if column not in dangling]
    is_lost = len(sound) < (_needed(entry, columns) if table in _JOINS else 1)
    code = "reference_dangling" if is_lost else "link_dangling"
    for column in dangling:
        number, target = owners[column][:100], _TARGETS[column]
        variant = "part" if is_lost else None
        links.note(code, table, entry, column, variant, value=number, target=target)
    if is_lost and not dangling:
        column = next(one for one in columns if one not in owners)
        links.note("reference_empty", table, entry, column)
    if is_lost:
        return
    if not entry.get("id") and table not in _WITH_IDS:
        links.note("id_missing", table, entry, "id")
    for column in sound:
        links.of[table, column, owners[column]].append(entry)


def _is_of_others(entry: Entry) -> bool:
    return any(
        name.endswith("_id") and text.strip() for name, text in entry.cells.items()
    )


def _needed(entry: Entry, columns: tuple[str, ...]) -> int:
    """Return how many sound links a joining row needs; an attribute may hold a value instead of a term."""
    return 1 if "taxonomy_term_id" in columns and entry.get("value", "label") else 2


def _owners(entry: Entry, columns: tuple[str, ...]) -> dict[str, str]:
    owners = {column: number for column in columns if (number := entry.get(column))}
    # HSDS 3 attributes name their owner's table beside its id.
    if (kind := entry.get("link_entity")) and f"{kind}_id" in columns:
        owners.setdefault(f"{kind}_id", entry.get("link_id"))
    return {column: number for column, number in owners.items() if number}


def _check_further(
    package: Package, links: Links, table: str, references: Mapping[str, str]
) -> None:
    if package.is_nested and table in {"taxonomy_term", "organization"}:
        return  # A record of an API names its parent without bringing it along.
    for entry in package.rows(table):
        for column, target in references.items():
            number = entry.get(column)
            if number and number not in links.ids.get(target, {}):
                links.note(
                    "link_dangling",
                    table,
                    entry,
                    column,
                    value=number[:100],
                    target=target,
                )


def _note_cycles(links: Links, table: str, column: str) -> None:
    """Name each row that is its own ancestor: once for the row where the circle closes."""
    sound: set[str] = set()
    for start in links.ids[table]:
        path: dict[str, None] = {}
        current = start
        while current and current not in sound and current in links.ids[table]:
            if current in path:
                entry = links.ids[table][current]
                links.note("parents_cyclic", table, entry, column, value=current[:100])
                break
            path[current] = None
            current = links.ids[table][current].get(column)
        sound |= path.keys()

"""What a hand-over holds: its tables in the order in which they can be filled, and their ties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table

from directory.models import (
    Accessibility,
    Address,
    Agreement,
    Area,
    AreaIndicator,
    AreaName,
    AreaProfile,
    Attribute,
    Change,
    Contact,
    CostOption,
    CountryPack,
    Funding,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
    Translation,
    Unit,
    Url,
    Verification,
)

OWNED: Final = (
    "organization_id",
    "service_id",
    "location_id",
    "service_at_location_id",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One table. A row goes with its ``owners``: it leaves only where all that it names leave.

    ``linked``: the two columns that say which table and which row it belongs to, where that is no
    foreign key. ``omitted`` columns stay: they name accounts of this installation. ``by_code``
    marks reference data, known everywhere by its code and not by its key.
    """

    model: Any
    owners: tuple[str, ...] = ()
    linked: tuple[str, str] | None = None
    omitted: frozenset[str] = frozenset()
    by_code: bool = False
    is_history: bool = False

    @property
    def name(self) -> str:
        """The name of the table."""
        return str(self.model.__tablename__)

    @property
    def table(self) -> Table:
        """The table itself."""
        found: Table = self.model.__table__
        return found

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns that a hand-over keeps."""
        left_out = self.omitted | ({"id"} if self.by_code else set())
        return tuple(one for one in self.table.columns if one.name not in left_out)

    @property
    def references(self) -> Mapping[str, str]:
        """The columns that name a row of another table, and that table."""
        return {
            column.name: key.column.table.name
            for column in self.columns
            for key in column.foreign_keys
        }

    @property
    def refers_to_itself(self) -> str | None:
        """The column that names a row of the same table, such as a parent."""
        own = [name for name, table in self.references.items() if table == self.name]
        return own[0] if own else None


PARTS: Final = (
    Part(Taxonomy, by_code=True),
    Part(TaxonomyTerm, by_code=True),
    Part(Area, by_code=True),
    Part(AreaName, owners=("area_id",), by_code=True),
    Part(CountryPack, by_code=True),
    Part(AreaProfile, owners=("area_id",), omitted=frozenset({"written_by"})),
    Part(AreaIndicator, owners=("area_id",)),
    Part(Organization),
    Part(OrganizationIdentifier, owners=("organization_id",)),
    Part(Program, owners=("organization_id",)),
    Part(Agreement, owners=("organization_id",)),
    Part(Location),
    Part(Address, owners=("location_id",)),
    Part(Accessibility, owners=("location_id",)),
    Part(Service, owners=("organization_id",), omitted=frozenset({"import_run_id", "assurer_email"})),
    Part(ServiceAtLocation, owners=("service_id", "location_id")),
    Part(ServiceArea, owners=("service_id", "service_at_location_id")),
    Part(RequiredDocument, owners=("service_id",)),
    Part(CostOption, owners=("service_id",)),
    Part(Unit),
    Part(ServiceCapacity, owners=("service_id",)),
    Part(Funding, owners=OWNED[:2]),
    Part(Schedule, owners=OWNED[1:]),
    Part(Contact, owners=OWNED),
    Part(Phone, owners=(*OWNED, "contact_id")),
    Part(Url, owners=OWNED[:2]),
    Part(Language, owners=("service_id", "location_id", "phone_id")),
    Part(Attribute, linked=("link_entity", "link_id")),
    Part(Translation, linked=("entity", "entity_id")),
    Part(Verification, owners=("service_id",), omitted=frozenset({"user_id"}), is_history=True),
    Part(Change, linked=("resource_type", "resource_id"), omitted=frozenset({"user_id"}), is_history=True),
)  # fmt: skip
"""Never cases, referrals, accounts, messages, feedback or files that wait to be imported."""


def parts(*, with_history: bool) -> tuple[Part, ...]:
    """Return the tables of a hand-over."""
    return tuple(one for one in PARTS if with_history or not one.is_history)

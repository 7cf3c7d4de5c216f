"""Reference data met again: areas, categories and country packs are known by code, not by key."""

import uuid
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from directory.handover import queries
from directory.handover.tables import Part
from directory.handover.values import Json
from directory.models import Area, AreaName, CountryPack, Taxonomy, TaxonomyTerm

TABLES: Final = frozenset({"taxonomy", "taxonomy_term", "area"})


class Codes:
    """The keys of this installation's reference data by code, and what a file has stated of it."""

    def __init__(self, session: Session) -> None:
        """Read the codes of what is here already."""
        areas = session.execute(
            select(Area.id, Area.country, Area.level, Area.code, Area.valid_to)
        )
        terms = session.execute(select(TaxonomyTerm.code, TaxonomyTerm.id))
        lists = session.execute(select(Taxonomy.name, Taxonomy.id))
        packs = session.scalars(select(CountryPack.country))
        self._known: dict[str, dict[str, Any]] = {
            "taxonomy": {row[0]: row[1] for row in lists},
            "taxonomy_term": {row[0]: row[1] for row in terms},
            "area": {queries.area_code(*row[1:]): row[0] for row in areas},
            "country_pack": {country: country for country in packs},
        }
        self._stated: dict[str, set[str]] = {name: set() for name in self._known}

    def key(self, table: str, code: str) -> uuid.UUID:
        """Return the key here of what a file names by code; raises KeyError."""
        found: uuid.UUID = self._known[table][code]
        return found

    def written(self, table: str) -> set[uuid.UUID]:
        """Return the keys of what the file stated."""
        return {self._known[table][code] for code in self._stated[table]}

    def claim(self, session: Session, part: Part, made: Json) -> Json:
        """Give a row its key here; what is known is brought to what the file says.

        Such a row has ``is_known`` set and must not be inserted.
        """
        if part.model is AreaName:
            return made | {"id": uuid.uuid4()}
        code, known = _code_of(part, made), self._known[part.name]
        if code in self._stated[part.name]:
            raise ValueError(code)
        self._stated[part.name].add(code)
        if part.model is CountryPack:
            known[code] = code
            chosen = CountryPack.country == code
            session.execute(delete(CountryPack).where(chosen))
            return made
        if code not in known:
            known[code] = uuid.uuid4()
            return made | {"id": known[code]}
        row = part.table
        session.execute(update(row).where(row.c.id == known[code]).values(made))
        if part.model is Area:
            session.execute(delete(AreaName).where(AreaName.area_id == known[code]))
        return made | {"id": known[code], "is_known": True}

    def is_of_file(self, part: Part, row: Json) -> bool:
        """Whether the file stated this row of reference data, as it is read from here."""
        if part.model is AreaName:
            return row["area_id"] in self._stated["area"]
        return _code_of(part, row) in self._stated[part.name]


def _code_of(part: Part, row: Json) -> str:
    if part.model is Area:
        ended = row.get("valid_to")
        return queries.area_code(row["country"], row["level"], row["code"], ended)
    column = {Taxonomy: "name", TaxonomyTerm: "code", CountryPack: "country"}
    return str(row[column[part.model]])

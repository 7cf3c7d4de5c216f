"""Writes the taxonomy from its file."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import ROOT
from directory.models import Taxonomy, TaxonomyTerm

FILE: Final = ROOT / "data" / "taxonomy.csv"
NAME: Final = "Homeward"
LANGUAGES: Final = ("en", "fr", "es", "ar")

# Services whose address can harm those who use them (DOMAIN 5): L3 no place is kept, L2
# the area only, L1 not for signed-out visitors.
SENSITIVITY: Final[Mapping[str, str]] = {
    "housing.safe_shelter": "L3",
    "protection.gbv": "L2",
    "protection.trafficking": "L2",
    "protection.lgbti": "L2",
    "protection.alternative_care": "L2",
    "arrival.child_handover": "L2",
    "health.hiv_tb": "L2",
    "psychosocial.psychiatry": "L1",
    "psychosocial.substance_use": "L1",
    "protection.child": "L1",
}


def load_taxonomy(session: Session, *, file: Path = FILE) -> tuple[int, int]:
    """Bring the terms to what the file says; returns (created, changed).

    Terms are known by code. None is deleted: listings may carry it.
    """
    taxonomy = _taxonomy(session)
    known = {term.code: term for term in session.scalars(select(TaxonomyTerm))}
    created = changed = 0
    with file.open(encoding="utf-8", newline="") as stream:
        for position, row in enumerate(csv.DictReader(stream)):
            code = row["code"]
            values = _values(row, position, known)
            if code in known:
                changed += _set(known[code], values)
                continue
            known[code] = TaxonomyTerm(taxonomy_id=taxonomy.id, code=code, **values)
            session.add(known[code])
            session.flush()
            created += 1
    return created, changed


def _taxonomy(session: Session) -> Taxonomy:
    found = session.scalars(select(Taxonomy).where(Taxonomy.name == NAME)).one_or_none()
    if found is None:
        found = Taxonomy(
            name=NAME,
            description="Needs of people who return, and the services that meet them",
            version="1",
        )
        session.add(found)
        session.flush()
    return found


def _values(
    row: Mapping[str, str], position: int, known: Mapping[str, TaxonomyTerm]
) -> dict[str, object]:
    return {
        "name": row["en"],
        "names": {language: row[language] for language in LANGUAGES},
        "parent_id": known[row["parent"]].id if row["parent"] else None,
        "dimension": row["dimension"] or None,
        "default_sensitivity": SENSITIVITY.get(row["code"], "L0"),
        "osm_tags": row["osm_tags"] or None,
        "open_eligibility": row["open_eligibility"] or None,
        "position": position,
    }


def _set(term: TaxonomyTerm, values: Mapping[str, object]) -> bool:
    """Set what differs; returns whether anything did."""
    differs = {key: v for key, v in values.items() if getattr(term, key) != v}
    for key, value in differs.items():
        setattr(term, key, value)
    return bool(differs)

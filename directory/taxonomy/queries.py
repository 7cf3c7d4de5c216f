"""Reads the taxonomy: categories and leaves, in any language."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import TaxonomyTerm


@dataclass(frozen=True, slots=True)
class Term:
    """A category (``parent`` is None) or a leaf, with its labels by language."""

    id: uuid.UUID
    code: str
    parent: str | None
    names: dict[str, str]
    dimension: str | None
    default_sensitivity: str

    def label(self, language: str) -> str:
        """Return the label in a language, else in English."""
        return self.names.get(language) or self.names.get("en") or self.code


@dataclass(frozen=True, slots=True)
class Category:
    """A category with its leaves, in the taxonomy's own order."""

    term: Term
    leaves: tuple[Term, ...]


def terms(session: Session) -> list[Term]:
    """Return all terms in the taxonomy's own order, a category before its leaves."""
    columns = (
        TaxonomyTerm.id,
        TaxonomyTerm.code,
        TaxonomyTerm.parent_id,
        TaxonomyTerm.names,
        TaxonomyTerm.dimension,
        TaxonomyTerm.default_sensitivity,
    )
    rows = session.execute(select(*columns).order_by(TaxonomyTerm.position)).all()
    codes = {row.id: row.code for row in rows}
    return [
        Term(
            id=row.id,
            code=row.code,
            parent=codes.get(row.parent_id) if row.parent_id else None,
            names=dict(row.names),
            dimension=row.dimension,
            default_sensitivity=row.default_sensitivity,
        )
        for row in rows
    ]


def categories(session: Session) -> list[Category]:
    """Return the tree: each category with its leaves."""
    everything = terms(session)
    return [
        Category(top, tuple(leaf for leaf in everything if leaf.parent == top.code))
        for top in everything
        if top.parent is None
    ]


def term_by_code(session: Session, code: str) -> Term | None:
    """Return one term, or None where the code is unknown."""
    return next((term for term in terms(session) if term.code == code), None)


def unknown_codes(session: Session, codes: Iterable[str]) -> list[str]:
    """Return those of the codes that are no term, in their order."""
    known = set(session.scalars(select(TaxonomyTerm.code)))
    return [code for code in codes if code not in known]


def term_names(session: Session, codes: Iterable[str], language: str) -> dict[str, str]:
    """Return the labels of some terms by code in a language; unknown codes are left out."""
    columns = (TaxonomyTerm.code, TaxonomyTerm.name, TaxonomyTerm.names)
    query = select(*columns).where(TaxonomyTerm.code.in_(sorted(set(codes))))
    return {
        row.code: (row.names or {}).get(language) or row.name
        for row in session.execute(query)
    }

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import TaxonomyTerm
from directory.taxonomy import operations, queries


def test_it_holds_13_categories_and_89_leaves_in_four_languages(
    session: Session,
) -> None:
    operations.load_taxonomy(session)
    tree = queries.categories(session)
    assert len(tree) == 13
    assert sum(len(category.leaves) for category in tree) == 89
    for term in queries.terms(session):
        assert set(term.names) == {"en", "fr", "es", "ar"}
        assert all(term.names.values())


def test_loading_again_changes_nothing(session: Session) -> None:
    operations.load_taxonomy(session)
    assert operations.load_taxonomy(session) == (0, 0)
    assert session.scalar(select(func.count()).select_from(TaxonomyTerm)) == 102


def test_a_changed_label_is_taken_over_and_no_term_is_lost(
    session: Session, tmp_path: Path
) -> None:
    operations.load_taxonomy(session)
    lines = operations.FILE.read_text("utf-8").splitlines()
    changed = tmp_path / "taxonomy.csv"
    changed.write_text("\n".join([lines[0], lines[1].replace("Health care", "Health")]))
    assert operations.load_taxonomy(session, file=changed) == (0, 1)
    health = queries.term_by_code(session, "health")
    assert health is not None
    assert health.label("en") == "Health"
    assert health.label("xx") == "Health"
    assert session.scalar(select(func.count()).select_from(TaxonomyTerm)) == 102


def test_sensitive_leaves_are_born_sensitive(session: Session) -> None:
    operations.load_taxonomy(session)
    levels = {term.code: term.default_sensitivity for term in queries.terms(session)}
    assert levels["housing.safe_shelter"] == "L3"
    assert levels["protection.gbv"] == "L2"
    assert levels["psychosocial.psychiatry"] == "L1"
    assert levels["health.primary"] == "L0"


def test_unknown_codes_are_named(session: Session) -> None:
    operations.load_taxonomy(session)
    assert queries.unknown_codes(session, ["health", "nonsense"]) == ["nonsense"]
    assert queries.term_by_code(session, "nonsense") is None

"""What is wrong in every row alike is said once, of the file."""

from collections.abc import Sequence
from typing import Final

from importers.columns import Layout
from importers.records import Draft, Issue

_NAMED: Final = 12
"""So many titles are named; files of tags have hundreds."""
_CATEGORY: Final = "taxonomy_terms"


def settle_categories(
    drafts: Sequence[Draft], layout: Layout
) -> tuple[tuple[int, Issue], ...]:
    """Return one issue of the file, and take those of its rows, where no row says its category.

    The rows stay left out. A single row with an empty cell keeps its own issue.
    """
    title = layout.title_of(_CATEGORY) or layout.title_of("kind")
    if not drafts or not all(_lacks_category(draft) for draft in drafts):
        return ()
    if title is not None and len(drafts) == 1:
        return ()
    for draft in drafts:
        draft.issues = [one for one in draft.issues if not _is_of_category(one)]
    said = {"rows": len(drafts), "columns": titles(layout.unused), "field": title or ""}
    return (
        (0, Issue("category_column_missing", None, said, "empty" if title else None)),
    )


def titles(unused: Sequence[str]) -> str:
    """Return the first titles of a list in one line, with a mark where there are more."""
    named = ", ".join(unused[:_NAMED]) or "–"
    return f"{named}, …" if len(unused) > _NAMED else named


def _lacks_category(draft: Draft) -> bool:
    return any(_is_of_category(one) for one in draft.issues)


def _is_of_category(issue: Issue) -> bool:
    return issue.code == "required_missing" and issue.values.get("field") == _CATEGORY

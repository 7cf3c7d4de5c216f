"""New rows that look like listings which the directory has already, in other words or nearby."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import orjson
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.duplicates import entries, finding
from importers.records import Issue

if TYPE_CHECKING:
    from importers.plan import PlannedRow


def note(
    session: Session,
    rows: Sequence["PlannedRow"],
    title: str | None,
    *,
    actor: Actor,
    countries: Collection[str],
) -> int:
    """Tell the rows that would make a new listing of an existing one they look like; return how many.

    They are still made: whether two listings are one is for a person to say. Only listings that the
    actor may know of are compared, and none that another row of the file is about. ``title``: of the
    file's column of names; ``countries``: those of the rows.
    """
    fresh = [row for row in rows if row.action == "create"]
    if not fresh:
        return 0
    taken = {row.service_at_location_id for row in rows if row.service_at_location_id}
    stored = entries.read(session, actor=actor, countries=countries)
    known = [entry for entry in stored if entry.key not in taken]
    asked = [entries.of_values(orjson.loads(row.record)) for row in fresh]
    best: dict[int, finding.Likeness] = {}
    for each in finding.find(asked, known):
        found = best.get(each.left)
        if found is None or each.comparison.score > found.comparison.score:
            best[each.left] = each
    for index, each in best.items():
        name = {"other": known[each.right].label}
        issue = Issue("duplicate_listing", title, name, "alike")
        fresh[index].issues = (*fresh[index].issues, issue)
    return len(best)

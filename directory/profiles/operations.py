"""Writes profiles of areas and figures of assessments; every changed field leaves a trace."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.listings.translations import HUMAN, OUTDATED
from directory.models import Area, AreaIndicator, AreaProfile, Translation
from directory.profiles import queries
from directory.profiles.queries import ENTITY, FIGURE, Figure, Key
from directory.profiles.words import TEXTS
from directory.text import N_

LONGEST: Final = 1000
"""Characters of one text: it is read aloud in counselling."""
LONGEST_SOURCE: Final = 300
COLUMNS: Final = (*TEXTS, "language", "source", "source_date")
Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of an area; what is left out of the mappings stays as it is.

    ``columns``: values by column of ``COLUMNS``, None to empty one. ``texts``: translations by field
    and language, None to drop one; ``states``: how far they can be trusted (``human``, ``machine``).
    """

    columns: Mapping[str, Any]
    texts: Mapping[Key, str | None] = field(default_factory=dict)
    states: Mapping[Key, str] = field(default_factory=dict)


class ProfileChanged(Conflict):
    """Somebody saved the profile since the form was opened."""

    code = "profile_changed"
    message = N_("Someone else changed this profile while you were writing.")
    remedy = N_("Compare with what stands there now, then save again.")


def may_edit(session: Session, actor: Actor, area: AreaRow) -> bool:
    """Whether the actor may write the profile of an area."""
    return authz.may(
        actor, Action.EDIT_AREA_PROFILE, area, area_ids=_around(session, area)
    )


def require_editor(session: Session, actor: Actor, area: AreaRow) -> None:
    """Raise NotYours unless the actor may write the profile of an area."""
    authz.require(
        actor, Action.EDIT_AREA_PROFILE, area, area_ids=_around(session, area)
    )


def save(
    session: Session,
    *,
    actor: Actor,
    area: AreaRow,
    details: Details,
    expected_version: int | None,
    now: datetime,
    origin: str = "form",
) -> Changes:
    """Write the profile of an area and return what changed: nothing is written where nothing did.

    ``expected_version``: that of the profile which was read, 0 where there was none; None writes over
    whatever stands there. Raises NotYours, ProfileChanged, or Invalid by field.
    """
    require_editor(session, actor, area)
    # One writer for each area at a time, also where there is no profile yet.
    session.execute(select(Area.id).where(Area.id == area.id).with_for_update())
    profile = queries.stored(session, area.id)
    is_new = profile is None
    if expected_version not in {None, profile.version if profile else 0}:
        raise ProfileChanged
    if profile is None:
        profile = AreaProfile(
            id=uuid.uuid4(), area_id=area.id, language="", version=0, last_modified=now
        )
    _check(profile, details, now.date())
    changes = _set_columns(profile, details)
    if is_new:
        session.add(profile)
        session.flush()
    changes |= _set_texts(session, profile, details, changed=set(changes), now=now)
    if changes:
        profile.version += 1
        profile.written_by, profile.last_modified = actor.user_id, now
        session.flush()
        action = "create" if is_new else "update"
        _trace(session, actor, ENTITY, profile.id, changes, action, now, origin)
    return changes


def note_figures(
    session: Session,
    *,
    actor: Actor,
    area: AreaRow,
    figures: Sequence[Figure],
    now: datetime,
    origin: str = "form",
) -> int:
    """Keep figures of an area, one of each code and day; return how many are new or changed.

    Raises NotYours.
    """
    require_editor(session, actor, area)
    rows = session.scalars(
        select(AreaIndicator).where(AreaIndicator.area_id == area.id)
    )
    known = {(row.code, row.measured_on): row for row in rows}
    changed = 0
    for figure in figures:
        row = known.get((figure.code, figure.measured_on))
        before = _said(row) if row is not None else None
        if row is None:
            row = AreaIndicator(
                id=uuid.uuid4(), area_id=area.id, code=figure.code,
                measured_on=figure.measured_on,
            )  # fmt: skip
            session.add(row)
            known[figure.code, figure.measured_on] = row
        row.value, row.unit, row.source = figure.value, figure.unit, figure.source
        after = _said(row)
        if before != after:
            changed += 1
            session.flush()
            action = "create" if before is None else "update"
            changes = {"value": (before, after)}
            _trace(session, actor, FIGURE, row.id, changes, action, now, origin)
    return changed


def _said(row: AreaIndicator) -> str:
    """A figure as the change log keeps it."""
    parts = (
        f"{row.code}: {row.value:g}",
        row.unit,
        row.measured_on.isoformat(),
        row.source,
    )
    return " · ".join(part for part in parts if part)


def _around(session: Session, area: AreaRow) -> list[uuid.UUID]:
    return [area.id, *(one.id for one in areas.ancestors(session, area.id))]


def _check(profile: AreaProfile, details: Details, today: date) -> None:
    problems: dict[str, str] = {}
    said = {name: getattr(profile, name) for name in COLUMNS} | dict(details.columns)
    if not said["language"]:
        problems["language"] = N_("Choose the language in which you write.")
    if not any(said[name] for name in TEXTS if name != "participants"):
        problems["labour_demand"] = N_("Write at least one of the texts.")
    if said["source"] and len(said["source"]) > LONGEST_SOURCE:
        problems["source"] = N_("This text is too long.")
    if said["source_date"] and said["source_date"] > today:
        problems["source_date"] = N_("The source cannot be from a day to come.")
    problems |= _too_long(details)
    if problems:
        raise Invalid(fields=problems)


def _too_long(details: Details) -> dict[str, str]:
    texts = {name: details.columns.get(name) for name in TEXTS}
    texts |= {":".join(key): text for key, text in details.texts.items()}
    return {
        name: N_("Write at most 1,000 characters.")
        for name, text in texts.items()
        if text and len(text) > LONGEST
    }


def _set_columns(profile: AreaProfile, details: Details) -> Changes:
    changes: Changes = {}
    for name, value in details.columns.items():
        before = getattr(profile, name)
        if (before or None) != (value or None):
            changes[name] = (before, value)
            setattr(profile, name, value or None)
    return changes


def _set_texts(
    session: Session,
    profile: AreaProfile,
    details: Details,
    *,
    changed: set[str],
    now: datetime,
) -> Changes:
    """Write the translations; one whose original changed while it did not is out of date."""
    known = queries.translations(session, profile.id)
    changes: Changes = {}
    for key in sorted({*known, *details.texts}):
        row = known.get(key)
        before = row.text if row else None
        # The original needs no translation.
        is_original = key[1] == profile.language
        after = None if is_original else details.texts.get(key, before) or None
        state = details.states.get(key)
        if before != after:
            changes[":".join(key)] = (before, after)
            _put_text(session, profile, key, row, after, state or HUMAN, now)
        elif row is not None:
            state = state or (OUTDATED if key[0] in changed else row.state)
            if state != row.state:
                changes[f"text_state:{':'.join(key)}"] = (row.state, state)
                row.state, row.updated_at = state, now
    session.flush()
    return changes


def _put_text(
    session: Session,
    profile: AreaProfile,
    key: Key,
    row: Translation | None,
    text: str | None,
    state: str,
    now: datetime,
) -> None:
    if row is not None and text is None:
        session.delete(row)
    elif row is not None and text is not None:
        row.text, row.state, row.updated_at = text, state, now
    elif text is not None:
        row = Translation(
            entity=ENTITY, entity_id=profile.id, field=key[0], language=key[1],
            text=text, state=state, updated_at=now,
        )  # fmt: skip
        session.add(row)


def _trace(
    session: Session,
    actor: Actor,
    resource_type: str,
    resource_id: uuid.UUID,
    changes: Mapping[str, tuple[Any, Any]],
    action: str,
    now: datetime,
    origin: str,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type=resource_type,
        resource_id=resource_id,
        changes=changes,
        action=action,
        now=now,
        origin=origin,
    )

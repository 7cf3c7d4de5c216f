"""The names of listings in letters: filled in as a letter leaves, and of public listings only.

A letter may wait for hours; a listing that was sealed meanwhile is named in none, and no table of
waiting letters has to be searched for it.
"""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Sensitivity, Service
from directory.text import N_, translator

NAMELESS: Final = N_("One of your listings")
_PLACEHOLDER: Final = re.compile(r"\{listing:([0-9a-f-]{36}):([a-z]{2,3})\}")
_ITEM: Final = "- "
_PARTED: Final = "\n\n"


def placeholder(service_id: uuid.UUID, language: str) -> str:
    """What a waiting letter holds instead of a listing's name; the language is the letter's."""
    return f"{{listing:{service_id}:{language}}}"


def filled(session: Session, bodies: Sequence[str]) -> list[str]:
    """Return the letters' texts with the names that their listings have now.

    A listing that is not public, or no longer there, is "one of your listings"; where it is an item
    of a list, the item is left out, and with the last one the list. A text may come back empty.
    """
    asked = {uuid.UUID(key) for body in bodies for key, _ in _PLACEHOLDER.findall(body)}
    if not asked:
        return list(bodies)
    public = select(Service.id, Service.name).where(
        Service.id.in_(asked), Service.sensitivity == Sensitivity.L0
    )
    names = {row.id: row.name for row in session.execute(public)}
    return [_filled(body, names) for body in bodies]


def _filled(body: str, names: Mapping[uuid.UUID, str]) -> str:
    def name(found: re.Match[str]) -> str:
        return names.get(uuid.UUID(found[1])) or translator(found[2])(NAMELESS)

    parts = (_without_hidden(part, names) for part in body.split(_PARTED))
    return _PLACEHOLDER.sub(name, _PARTED.join(part for part in parts if part.strip()))


def _without_hidden(part: str, names: Collection[uuid.UUID]) -> str:
    """A paragraph without the items that would name what is hidden; empty if its list is."""
    lines = part.split("\n")
    kept = [
        line
        for line in lines
        if not line.startswith(_ITEM)
        or all(uuid.UUID(key) in names for key, _ in _PLACEHOLDER.findall(line))
    ]
    is_emptied = len(kept) < len(lines) and not any(
        line.startswith(_ITEM) for line in kept
    )
    return "" if is_emptied else "\n".join(kept)
